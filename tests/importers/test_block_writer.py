"""The block of each kind, with every value that the outline and the writer read from it."""

from __future__ import annotations

from collections.abc import Callable

from newsletter.importers.draft import DraftBlock
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.block_writer import BlockPlace
from newsletter.importers.markdown.spans import BREAK, TextSpan

A, B = "https://e.org/a", "https://e.org/b"
NOTE = TextSpan("1", what="note")


def span(words: str, *marks: str, url: str = "") -> TextSpan:
    return TextSpan(words, frozenset(marks), url)


def text(words: str, line: int = 1, *, url: str = "", note: bool = False) -> DraftBlock:
    spans = [span(words, url=url), *([NOTE] if note else [])]
    return make.paragraph(spans, BlockPlace(line))


PLACE = BlockPlace(7, "Quote", centred=True, size=14.0)
LIST = make.list_of([(text("one"),)], None, 1)
NUMBERS = make.list_of([(text("one"),)], 1, 1)
BLOCKS: dict[str, tuple[Callable[[], DraftBlock], DraftBlock]] = {
    "a paragraph": (
        lambda: make.paragraph([span("a "), span("b", url=A), NOTE, span("c", url=A), NOTE], PLACE),
        DraftBlock(
            "paragraph", f"a [b]({A})[^1]<!-- -->[c]({A})[^1]", "a bc", 7,
            style="Quote", centred=True, size=14.0, links=(A,), notes=("1",),
        ),
    ),
    "a bold paragraph": (
        lambda: make.paragraph([span("a", "strong"), BREAK, span("b", "strong", "em")], PLACE),
        DraftBlock(
            "paragraph", "**a**\\\n***b***", "a\nb", 7,
            style="Quote", bold=True, centred=True, size=14.0,
        ),
    ),
    "a paragraph that is bold by its style": (
        lambda: make.paragraph([span("a")], BlockPlace(7, bold=True)),
        DraftBlock("paragraph", "a", "a", 7, bold=True),
    ),
    "an italic paragraph": (
        lambda: make.paragraph([span("a", "em"), span("b", "em", "strong")], BlockPlace(7)),
        DraftBlock("paragraph", "*a**b***", "ab", 7, italic=True),
    ),
    "a paragraph of an image": (
        lambda: make.paragraph([TextSpan("A", what="image", src="images/a.png")], BlockPlace(7, bold=True)),
        DraftBlock("paragraph", "![A](images/a.png)", "A", 7),
    ),
    "a heading": (
        lambda: make.heading([span("a", "strong"), BREAK, span("b #", "em", "strong")], 3, PLACE),
        DraftBlock(
            "heading", "### a *b #*", "a b #", 7,
            level=3, style="Quote", centred=True, size=14.0,
        ),
    ),
    "a heading with a hash at the end": (
        lambda: make.heading([span("a ##")], 2, BlockPlace(7, bold=True)),
        DraftBlock("heading", "## a \\##", "a ##", 7, level=2),
    ),
    "a list": (
        lambda: make.list_of([(text("a", url=A),), (text("b", note=True),)], None, 7),
        DraftBlock("list", f"- [a]({A})\n- b[^1]", "a\nb", 7, links=(A,), notes=("1",)),
    ),
    "a list below a list": (
        lambda: make.list_of([(text("a"),)], None, 7, [LIST]),
        DraftBlock("list", "* a", "a", 7),
    ),
    "a list below a numbered list": (
        lambda: make.list_of([(text("a"),)], None, 7, [NUMBERS]),
        DraftBlock("list", "- a", "a", 7),
    ),
    "a list below a list with another mark": (
        lambda: make.list_of([(text("a"),)], None, 7, [LIST, make.list_of([(text("b"),)], None, 3, [LIST])]),
        DraftBlock("list", "- a", "a", 7),
    ),
    "a list below a paragraph that looks like a list": (
        lambda: make.list_of([(text("a"),)], None, 7, [LIST, DraftBlock("quote", "- b", "b", 6)]),
        DraftBlock("list", "- a", "a", 7),
    ),
    "a numbered list": (
        lambda: make.list_of([(text("a"),), (text("b"),)], 9, 7, [LIST]),
        DraftBlock("list", "9. a\n10. b", "a\nb", 7),
    ),
    "a numbered list below another": (
        lambda: make.list_of([(text("a"),)], 0, 7, [NUMBERS]),
        DraftBlock("list", "0) a", "a", 7),
    ),
    "a list in a list": (
        lambda: make.list_of([(text("a"), LIST), (text("b"),)], 10, 7),
        DraftBlock("list", "10. a\n    - one\n11. b", "a\none\nb", 7),
    ),
    "a list of several paragraphs": (
        lambda: make.list_of([(text("a"), text("b")), (text("c"),)], None, 7),
        DraftBlock("list", "- a\n\n  b\n\n- c", "a\nb\nc", 7),
    ),
    "a list that begins with a list": (
        lambda: make.list_of([(LIST,), (LIST, text("a"))], None, 7),
        DraftBlock("list", "- - one\n\n- - one\n\n  a", "one\none\na", 7),
    ),
    "a quotation": (
        lambda: make.quote([text("a", url=A), make.thematic_break(2), text("b", note=True)], 7, "Quote"),
        DraftBlock(
            "quote", f"> [a]({A})\n>\n> ---\n>\n> b[^1]", "a\nb", 7,
            style="Quote", links=(A,), notes=("1",),
        ),
    ),
    "a pull quote": (
        lambda: make.pull_quote([text("a", url=A), text("b", note=True)], 7),
        DraftBlock(
            "directive", f"::: pullquote\n[a]({A})\n\nb[^1]\n:::", "a\nb", 7,
            style="pullquote", links=(A,), notes=("1",),
        ),
    ),
    "a pull quote with an image": (
        lambda: make.pull_quote([text("a"), make.image("a.png", "A", 7)], 7),
        DraftBlock("quote", "> a\n>\n> ![A](images/a.png)", "a\nA", 7),
    ),
    "a pull quote with a button": (
        lambda: make.pull_quote([make.button("a", A, 7)], 7),
        DraftBlock(
            "quote", f'> ::: button\n> label: a\n> url: "{A}"\n> :::', "a", 7, links=(A,),
        ),
    ),
    "a footnote": (
        lambda: make.footnote("n", [text("a", url=A), make.code_block("x\n\ny", 3)], 7),
        DraftBlock(
            "note", f"[^n]: [a]({A})\n\n    ```\n    x\n\n    y\n    ```", "a\nx\n\ny", 7,
            links=(A,), label="n",
        ),
    ),
    "code": (
        lambda: make.code_block("\na\n  b\n\n", 7, "c++"),
        DraftBlock("code", "```c++\na\n  b\n```", "a\n  b", 7),
    ),
    "code with backticks": (
        lambda: make.code_block("a``b````", 7, "no name"),
        DraftBlock("code", "`````\na``b````\n`````", "a``b````", 7),
    ),
    "code with three backticks": (
        lambda: make.code_block("```", 7),
        DraftBlock("code", "````\n```\n````", "```", 7),
    ),
    "a thematic break": (lambda: make.thematic_break(7), DraftBlock("rule", "---", "", 7)),
    "a table": (
        lambda: make.table(
            [
                [[span("a", url=A)], [span("b|c|", "code")]],
                [[span("c"), BREAK, span("d"), NOTE]],
                [[], [span("e|f\\")], [span("g", url=A)]],
            ],
            7,
        ),
        DraftBlock(
            "table",
            f"| [a]({A}) | `b\\|c\\|` |  |\n| --- | --- | --- |\n"
            f"| c<br>d[^1] |  |  |\n|  | e\\|f\\\\ | [g]({A}) |",
            "a\tb|c|\t\nc d\t\t\n\te|f\\\tg", 7,
            links=(A,), notes=("1",),
            rows=(("a", "b|c|", ""), ("c d", "", ""), ("", "e|f\\", "g")),
        ),
    ),
    "an image": (
        lambda: make.image("a.png", " A \n crane ", 7),
        DraftBlock("image", "![A crane](images/a.png)", "A crane", 7, image="a.png", alt="A crane"),
    ),
    "an image without a description": (
        lambda: make.image("a.png", "", 7),
        DraftBlock("image", "![](images/a.png)", "", 7, image="a.png"),
    ),
    "an image with a caption": (
        lambda: make.image(
            "a.png", "A", 7,
            caption=make.paragraph(
                [span("b", url=A), BREAK, span("c: d", "em"), NOTE], BlockPlace(9)
            ),
        ),
        DraftBlock(
            "image",
            f'::: figure\nsrc: images/a.png\nalt: A\ncaption: "[b]({A}) *c: d*[^1]"\n:::',
            "A\nb\nc: d", 7, 9, links=(A,), notes=("1",), image="a.png", alt="A",
            caption=f"[b]({A}) *c: d*[^1]",
        ),
    ),
    "an image with a caption and a link": (
        lambda: make.image("a.png", "", 7, caption=text("b", 8, url=B), link=A),
        DraftBlock(
            "image",
            f'::: figure\nsrc: images/a.png\nalt: ""\ncaption: "[b]({B})"\nlink: "{A}"\n:::',
            "b", 7, 8, links=(A, B), image="a.png", caption=f"[b]({B})",
        ),
    ),
    "an image with a link": (
        lambda: make.image("a.png", "A", 7, link=A),
        DraftBlock(
            "image", f'::: figure\nsrc: images/a.png\nalt: A\nlink: "{A}"\n:::', "A", 7,
            links=(A,), image="a.png", alt="A",
        ),
    ),
    "a button": (
        lambda: make.button(" Join \n us ", A, 7),
        DraftBlock(
            "directive", f'::: button\nlabel: Join us\nurl: "{A}"\n:::', "Join us", 7,
            style="button", links=(A,),
        ),
    ),
    "a comment": (
        lambda: make.comment(" a -- b ---> ", 7),
        DraftBlock("comment", "<!-- a - - b - - -> -->", "a -- b --->", 7),
    ),
}  # fmt: skip


def test_blocks_have_these_values() -> None:
    made = {name: maker() for name, (maker, _) in BLOCKS.items()}
    assert made == {name: expected for name, (_, expected) in BLOCKS.items()}


VALUES = [
    ("Join us", "Join us"),
    ("Join (us), J. O’Neill/Co – now", "Join (us), J. O’Neill/Co – now"),
    ("a", "a"),
    ("null", '"null"'),
    ("True", '"True"'),
    ("false", '"false"'),
    ("nullify", "nullify"),
    ("1 link", '"1 link"'),
    ("É", '"É"'),
    ("a: b", '"a: b"'),
    ('say "hi"', '"say \\"hi\\""'),
    ("a\x7fb", '"a\\x7fb"'),
    ("", '""'),
]


def test_a_value_is_quoted_where_yaml_would_read_another() -> None:
    written = [(label, make.button(label, A, 1).markdown.split("\n")[1]) for label, _ in VALUES]
    assert written == [(label, f"label: {value}") for label, value in VALUES]
