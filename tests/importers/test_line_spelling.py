"""How a line of a draft is spelled as Markdown: exactly, and with no more marks than it needs."""

from __future__ import annotations

from newsletter.importers.formats.web_page import read_html
from newsletter.importers.markdown.inline_writer import markdown
from newsletter.importers.markdown.spans import TextSpan

LINES = [
    ("[Reference: https://e.org/a]Read more", "\\[Reference: <https://e.org/a>]Read more"),
    ("a*b and a * b", "a\\*b and a \\* b"),
    ("*word* and **word**", "\\*word\\* and \\*\\*word\\*\\*"),
    ("snake_case _word_ a_ b", "snake_case \\_word\\_ a\\_ b"),
    ("`code` and back`tick", "\\`code\\` and back\\`tick"),
    ("[a] [b](c) [^1]", "\\[a] \\[b](c) \\[^1]"),
    ("~old~ ~~older~~", "\\~old\\~ \\~\\~older\\~\\~"),
    ("a < b, &lt;b&gt; and &lt;!-- x, x&lt;y and &lt;", "a < b, \\<b> and \\<!-- x, x\\<y and <"),
    ("AT&T &amp;amp; &amp;copy; &amp;#42;", "AT&T \\&amp; \\&copy; \\&#42;"),
    ("# of ships", "\\# of ships"),
    ("## Two", "\\## Two"),
    ("C# and #1", "C# and #1"),
    ("+ plus", "\\+ plus"),
    ("+plus", "+plus"),
    ("- minus", "\\- minus"),
    ("-minus", "-minus"),
    ("– dash", "– dash"),
    ("&gt; quoted", "\\> quoted"),
    ("| bar |", "\\| bar |"),
    ("a | b", "a | b"),
    ("1. One", "1\\. One"),
    ("1) One", "1\\) One"),
    ("12345678901. One", "12345678901. One"),
    ("1.One", "1.One"),
    ("2026. A year", "2026\\. A year"),
    ("===", "\\==="),
    ("---", "\\---"),
    ("- - -", "\\- - -"),
    ("-- option", "-- option"),
    ("--option and a --option b--c", "\\--option and a \\--option b--c"),
    (":::", "\\:::"),
    ("::: figure", "\\::: figure"),
    ("a ::: b", "a \\::: b"),
    ("a :: b", "a :: b"),
    (": colon", ": colon"),
    ("=", "\\="),
    ("%%name%% and %%first_name%% and %%foo%%", "%%name%% and %%first_name%% and %<!-- -->%foo%%"),
    ("back\\slash", "back\\\\slash"),
    ("2 \\* 3", "2 \\\\\\* 3"),
    ("http://quay.example/a_b", "<http://quay.example/a_b>"),
    ("<b>bold</b>word", "**bold**word"),
    ("<b>bold </b>word", "**bold** word"),
    ("<b> bold</b>word", "**bold**word"),
    ("word<b>bold</b>", "word**bold**"),
    ("word<b>(bold)</b>word", "word(**bold**)word"),
    ("<b>“bold”</b> word", "**“bold”** word"),
    ("<b>a</b><b>b</b>", "**ab**"),
    ("<b>a</b> <b>b</b>", "**a** **b**"),
    ("<b>a</b><i>b</i>", "**a***b*"),
    ("<b>a<i>b</i></b>", "**a*b***"),
    ("<b>a <i>b</i></b>", "**a *b***"),
    ("<i>a</i><b>b</b><i>c</i>", "*a***b***c*"),
    ("<i>a <b>b</b> c</i>", "*a **b** c*"),
    ("<b>a <i>b</b> c</i>", "**a *b*** *c*"),
    ("<s>a</s>b", "~~a~~b"),
    ("<b>a<br>b</b>", "**a**\\\n**b**"),
    ("a <b><br>b</b>", "a\\\n**b**"),
    ("<b>a.</b>b", "**a**.b"),
    ("<b>日本</b>語", "**日本**語"),
    ("<i>日本。</i>語", "*日本*。語"),
    ("<b>*</b>", "**\\***"),
    ("<b>!</b><i>?</i>", "**!***?*"),
    ("a<b>&nbsp;</b>b", "a\xa0b"),
    ("<code>a</code>", "`a`"),
    ("<code>a`b</code>", "``a`b``"),
    ("<code>`a</code>", "`` `a ``"),
    ("<code>a`</code>", "`` a` ``"),
    ("<code>``</code>", "``` `` ```"),
    ("<code> a </code>", "`a`"),
    ("<code> a</code>", "`a`"),
    ("<code>a  b</code>", "`a b`"),
    ("<b><code>a</code></b>", "**`a`**"),
    ("<code><b>a</b> b</code>", "**`a`**` b`"),
    ("<b>a <code>b</code> c</b>", "**a `b` c**"),
    ("<sup>a</sup><sub>b</sub>", "<sup>a</sup><sub>b</sub>"),
    ("<mark>a <b>b</b></mark>", "<mark>a **b**</mark>"),
    ("<kbd>a*b</kbd>", "<kbd>a\\*b</kbd>"),
    ("<small>a</small>b", "<small>a</small>b"),
    ('<a href="https://e.org/">a</a>', "[a](https://e.org/)"),
    ('<a href="https://e.org/">a <b>b</b></a>', "[a **b**](https://e.org/)"),
    ('<b><a href="https://e.org/">a</a></b>', "[**a**](https://e.org/)"),
    ('<b>x <a href="https://e.org/">a</a></b>', "**x [a](https://e.org/)**"),
    ('<a href="https://e.org/">a</a><a href="https://e.org/">b</a>', "[ab](https://e.org/)"),
    (
        '<a href="https://e.org/">a</a><a href="https://e.org/b">b</a>',
        "[a](https://e.org/)[b](https://e.org/b)",
    ),
    (
        '<a href="https://e.org/">a</a> <a href="https://e.org/">b</a>',
        "[a](https://e.org/) [b](https://e.org/)",
    ),
    ('<a href="https://e.org/"> a </a>b', "[a ](https://e.org/)b"),
    ('<a href="https://e.org/">[a]</a>', "[\\[a\\]](https://e.org/)"),
    ('<a href="https://e.org/">a](b</a>', "[a\\](b](https://e.org/)"),
    ('<a href="https://e.org/">https://e.org/</a>', "<https://e.org/>"),
    ('<a href="https://e.org/">https://e.org</a>', "[https://e.org](https://e.org/)"),
    ('<a href="https://e.org/"><b>https://e.org/</b></a>', "[**https://e.org/**](https://e.org/)"),
    ('<a href="https://e.org/a(b)">a</a>', "[a](<https://e.org/a(b)>)"),
    ('<a href="https://e.org/a b">a</a>', "[a](https://e.org/a%20b)"),
    ('<a href="https://e.org/a&lt;b&gt;">a</a>', "[a](https://e.org/a%3Cb%3E)"),
    ('<a href="https://e.org/a\\b">a</a>', "[a](<https://e.org/a\\\\b>)"),
    ('<a href="https://e.org/?a=1&amp;amp;b">a</a>', "[a](https://e.org/?a=1&amp;amp;b)"),
    ('<a href="https://e.org/?a=1&amp;copy=2">a</a>', "[a](https://e.org/?a=1&copy=2)"),
    ('<a href="https://e.org/%%name%%">a</a>', "[a](https://e.org/%%name%%)"),
    ('<a href="https://e.org/%%foo%%">a</a>', "[a](https://e.org/%25%25foo%25%25)"),
    ('<a href="https://e.org/é">a</a>', "[a](https://e.org/é)"),
    (
        '<a href="https://e.org/" title=\'A "quoted" \\ &amp;amp; title\'>a</a>',
        '[a](https://e.org/ "A \\"quoted\\" \\\\ \\&amp; title")',
    ),
    ('Wow!<a href="https://e.org/">a</a>', "Wow\\![a](https://e.org/)"),
    ('Wow\\!<a href="https://e.org/">a</a>', "Wow\\\\\\![a](https://e.org/)"),
    ('Wow! <a href="https://e.org/">a</a>', "Wow! [a](https://e.org/)"),
    ('<a href="https://e.org/">Wow!</a>', "[Wow!](https://e.org/)"),
    ('<img src="https://e.org/a.png" alt="a [b] *c*"> x', "![a \\[b\\] \\*c\\*](images/a.png) x"),
    ('Wow!<img src="https://e.org/a.png" alt="a"> x', "Wow!![a](images/a.png) x"),
    ('<b>x <img src="https://e.org/a.png" alt="a"></b>', "**x** ![a](images/a.png)"),
    (
        '<a href="https://e.org/">x <img src="https://e.org/a.png" alt="a"></a>',
        "[x ![a](images/a.png)](https://e.org/)",
    ),
    (
        "See https://e.org/a. And https://e.org/b, too",
        "See <https://e.org/a>. And <https://e.org/b>, too",
    ),
    ("(https://e.org/a) and https://e.org/a_(b)", "(<https://e.org/a>) and <https://e.org/a_(b)>"),
    (
        '"https://e.org/a" <i>https://e.org/b</i>',
        '"<https://e.org/a>" [*https://e.org/b*](https://e.org/b)',
    ),
    ("https://e.org/a] [https://e.org/[b]]", "<https://e.org/a>] \\[<https://e.org/[b]>]"),
    (
        "https://e.org/a} https://e.org/b| https://e.org/c…",
        "<https://e.org/a>} <https://e.org/b>| <https://e.org/c>…",
    ),
    (
        "https://e.org/x HTTPS://E.ORG/Y ftp://e.org/",
        "<https://e.org/x> <HTTPS://E.ORG/Y> ftp://e.org/",
    ),
    ("one<br>two", "one\\\ntwo"),
    ("one<br># two", "one\\\n\\# two"),
    ("one<br>1. two", "one\\\n1\\. two"),
    ("<b>one</b><br><i>two</i>", "**one**\\\n*two*"),
]  # fmt: skip


def test_the_lines_of_a_page_are_spelled_so() -> None:
    pages = [page for page, _ in LINES]
    body = "".join(f"<p>{page}</p>\n" for page in pages)
    draft = read_html(f"<body>{body}".encode(), "a.html")
    assert list(zip(pages, [block.markdown for block in draft.blocks], strict=True)) == LINES


def span(words: str, *marks: str, url: str = "") -> TextSpan:
    return TextSpan(words, frozenset(marks), url)


A, B = "https://e.org/a", "https://e.org/b"
HARD = {
    "marks that Markdown would join": (
        [span("b", "strong"), span("*", "code", "em")],
        "**b**_`*`_",
    ),
    "an escaped sign before a link": (
        [span("\\!"), span("日。", "code", "strong", url=A)],
        f"\\\\\\![**`日。`**]({A})",
    ),
    "a space inside a link and its emphasis": (
        [span("c ", "strong", url=A), span("_")],
        f"[**c**]({A}) \\_",
    ),
    "a space after a mark": ([span("#", url=A), span(" b", "strong", url=A)], f"[# **b**]({A})"),
    "underscores and a space": (
        [
            span("#", url=A), span("*", "strong", url=A), span("1. ", "em", url=A),
            span("“e”", url=A),
        ],
        f"[#**\\***_1._ “e”]({A})",
    ),
    "emphasis of a sign before a letter, in a link": (
        [span("!", "strong", url=A), span("c", url=A)],
        f"[<!-- -->**<!-- -->!<!-- -->**<!-- -->c]({A})",
    ),
    "emphasis from a space to a link before a letter": (
        [span("!", "code"), span(" b", "strong"), span("!", "strong", url=A), span("c")],
        f"`!` **<!-- -->b[!]({A})<!-- -->**<!-- -->c",
    ),
    "a note after a note": (
        [span("a"), TextSpan("1", what="note"), TextSpan("2", what="note"), span("b")],
        "a[^1][^2]b",
    ),
    "a note after an exclamation mark": ([span("a!"), TextSpan("1", what="note")], "a\\![^1]"),
    "a note, then a link": (
        [TextSpan("1", what="note"), span("b", url=A)],
        f"[^1]<!-- -->[b]({A})",
    ),
    "a note inside a link": (
        [span("a", url=A), TextSpan("1", what="note", url=A), span("b", url=A)],
        f"[a]({A})[^1]<!-- -->[b]({A})",
    ),
    "a note, words, then a link": (
        [TextSpan("1", what="note"), span("b"), span("c", url=A)],
        f"[^1]b[c]({A})",
    ),
    "a note inside emphasis": (
        [span("a", "em"), TextSpan("1", frozenset({"em"}), what="note"), span("b", "em")],
        "*a[^1]b*",
    ),
    "links of two addresses in emphasis": (
        [span("a", "em", url=A), span("b", "em", url=B)],
        f"[*a*]({A})[*b*]({B})",
    ),
    "the longer of two runs is outside": (
        [span("a", "em", "strong"), span("b", "strong"), span("c")],
        "***a*b**c",
    ),
    "an image with a title": (
        [TextSpan("A \n crane", what="image", src="images/a b.png", title="At  noon"), span(".")],
        '![A crane](images/a%20b.png "At noon").',
    ),
    "nothing": ([], ""),
}  # fmt: skip


def test_hard_lines_are_spelled_so_that_they_are_read_back() -> None:
    spelled = {name: markdown(spans) for name, (spans, _) in HARD.items()}
    assert spelled == {name: written for name, (_, written) in HARD.items()}
