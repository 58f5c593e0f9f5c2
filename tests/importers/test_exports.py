"""Exports of every service and the drafts read from them, and damaged copies of each export.

An outline in `outlines/` is a draft as readable text; NEWSLETTER_WRITE_OUTLINES=1 rewrites them.
"""

from __future__ import annotations

import json
import os
import random
from contextlib import suppress
from pathlib import Path

import pytest

from newsletter.errors import NewsletterError
from newsletter.importers import read_drafts
from newsletter.importers.sibling_files import SiblingFiles
from tests.importers.exports import EXPORTS, PNG
from tests.importers.reading import outline, parsed, section

OUTLINES = Path(__file__).parent / "outlines"
MUTANTS = 60  # 500 and more: benchmarks/imports.py --mutants 500


def check_outline(name: str, text: str) -> None:
    path = OUTLINES / f"{name}.txt"
    if os.environ.get("NEWSLETTER_WRITE_OUTLINES"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read(name: str) -> None:
    make, file = EXPORTS[name]
    drafts = read_drafts(make(), file)
    check_outline(name, "\n~~~~~\n\n".join(map(outline, drafts)))
    for draft in drafts:
        assert not parsed(section(draft))[1]


@pytest.mark.parametrize("name", EXPORTS)
def test_damaged_exports_are_read_or_refused(name: str) -> None:
    make, file = EXPORTS[name]
    whole = make()
    source = random.Random(name)
    for _ in range(MUTANTS):
        data = bytearray(whole)
        for _ in range(source.randint(1, 8)):
            start = source.randrange(len(data))
            match source.randrange(4):
                case 0:
                    data[start] = source.randrange(256)
                case 1:
                    del data[start : start + source.randint(1, 40)]
                case 2:
                    data[start:start] = data[: source.randint(1, 60)]
                case 3:
                    data[start:start] = source.randbytes(source.randint(1, 12))
        with suppress(NewsletterError):
            read_drafts(bytes(data), file)


NOTE = """\
# Cranes

At six ==the cranes== start. %%Ask Tomás before this goes out.%%

See [[Lamp|the lamp]], [[Ships]] and [[Ships#Names]].

![[berth.png|300]]

![[Lamp#Oil]]

> [!warning] Take care
> It is wet. ^wet

`[[code]]` stays.

%%
A block that nobody reads.
%%

Leave with %%unsubscribe_url%%.
"""


def test_a_note_of_a_vault_is_resolved(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / "Drafts").mkdir()
    (tmp_path / "Lights").mkdir()
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "berth.png").write_bytes(PNG)
    lamp = "---\nurl: https://lamp.example/\n---\nThe lamp.\n\n## Oil\n\nIt burns oil. %%secret%%\n"
    (tmp_path / "Lights" / "Lamp.md").write_text(lamp)
    (draft,) = read_drafts(NOTE.encode(), "Cranes.md", SiblingFiles(tmp_path / "Drafts"))
    check_outline("obsidian", outline(draft))
    assert not parsed(section(draft))[1]
    assert "secret" not in section(draft)


def test_a_vault_does_not_lead_out_of_itself(tmp_path: Path) -> None:
    (tmp_path / "vault" / ".obsidian").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(PNG)
    (tmp_path / "vault" / "link.png").symlink_to(tmp_path / "secret.png")
    text = b"![[../secret.png]] and ![[secret.png]] and ![[link.png]]"
    (draft,) = read_drafts(text, "a.md", SiblingFiles(tmp_path / "vault"))
    assert draft.images == ()


REFUSED = {
    "shortcut.gdoc": (
        b'{"url": "https://docs.example/open?id=1", "doc_id": "1", "email": "a@b.example"}',
        "shortcut.gdoc is a Google Drive shortcut, which has no text",
    ),
    "feed.xml": (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title></channel></rss>',
        "feed.xml is an RSS feed",
    ),
    "atom.xml": (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "atom.xml is an Atom feed"),
    "data.json": (b'{"a": [1, 2]}', "data.json is a JSON file of an unknown kind"),
    "some.xml": (
        b'<?xml version="1.0"?><recipe><step/></recipe>',
        "some.xml is an XML file of an unknown kind (<recipe>)",
    ),
    "ships.csv": (b"name,tons\nAurora,900\n", "ships.csv is a table, not a draft"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_data_files_are_reported(name: str) -> None:
    data, message = REFUSED[name]
    with pytest.raises(NewsletterError) as refused:
        read_drafts(data, name)
    assert refused.value.message == message
    assert refused.value.hint


OTHER_SYNTAX = {
    "lines.jsonl": ('{"a": 1}\n{"a": 2}\n', "a file of JSON lines"),
    "half.json": ('{"title": "Cranes", "bo', "a damaged JSON file"),
    "feed.json": ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "a JSON feed"),
    "bare.txt": (
        "<note><to>Mira</to></note>",
        "an XML file of an unknown kind (<note>)",
    ),
    "page.url": ("[InternetShortcut]\nURL=https://e.org/\n", "a web shortcut, which has no text"),
    "day.ics": ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "a calendar or address card"),
    "a.tex": ("% draft\n\\documentclass{article}\n", "a LaTeX document"),
    "flat.fodt": (
        '<?xml version="1.0"?><office:document xmlns:office="x"/>',
        "a flat OpenDocument file",
    ),
}


@pytest.mark.parametrize("name", OTHER_SYNTAX)
def test_files_in_unsupported_formats_are_refused_by_name(name: str) -> None:
    text, what = OTHER_SYNTAX[name]
    with pytest.raises(NewsletterError) as refused:
        read_drafts(text.encode(), name)
    assert refused.value.message == f"{name} is {what}"


def test_text_that_only_looks_like_data_is_text() -> None:
    for text in ("<b>Bold</b> words", "[sic] is a word", '{"title": "A"}\n\nWords after it.'):
        assert read_drafts(text.encode(), "draft.txt")[0].blocks


CLASSIC = {
    "empty lines": ("One.\n\nTwo\nlines.", "One.\n\nTwo\\\nlines.\n"),
    "below a heading": (
        "One.\n\n<h2>Two</h2>\nThree.\n\nFour.",
        "One.\n\n## Two\n\nThree.\n\nFour.\n",
    ),
    "around a quotation": (
        "One.\n<blockquote>Two.\n\nThree.</blockquote>\nFour.",
        "One.\n\n> Two.\n>\n> Three.\n\nFour.\n",
    ),
    "with a caption": (
        'One.\n\n[caption width="9"]<img src="https://e.org/a.png" alt="A" /> Dawn[/caption]\n\nTwo.\n\nThree.',
        "One.\n\n::: figure\nsrc: images/a.png\nalt: A\ncaption: Dawn\n:::\n\nTwo.\n\nThree.\n",
    ),
    "before blocks": (
        "One.\n\nTwo.\n\n<!-- wp:paragraph -->\n<p>Three\nfour.</p>\n<!-- /wp:paragraph -->",
        "One.\n\nTwo.\n\nThree four.\n",
    ),
    "code": ("One.\n\n<pre>a\n\nb</pre>", "One.\n\n```\na\n\nb\n```\n"),
}
WXR = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>T</title>'
    "<wp:post_type>post</wp:post_type><content:encoded><![CDATA[{}]]></content:encoded></item></channel></rss>"
)


@pytest.mark.parametrize(("html", "markdown"), CLASSIC.values(), ids=CLASSIC)
def test_empty_lines_of_the_classic_editor_are_paragraphs(html: str, markdown: str) -> None:
    (draft,) = read_drafts(WXR.format(html).encode(), "export.xml")
    assert section(draft) == markdown


LEXICAL = {
    "root": {
        "type": "root",
        "children": [
            {
                "type": "extended-heading",
                "tag": "h2",
                "children": [{"type": "extended-text", "text": "Tides"}],
            },
            {
                "type": "paragraph",
                "children": [
                    {"type": "extended-text", "text": "Low at ", "format": 0},
                    {"type": "extended-text", "text": "six", "format": 1},
                    {
                        "type": "link",
                        "url": "https://e.org/",
                        "children": [{"type": "extended-text", "text": " here"}],
                    },
                ],
            },
            {
                "type": "list",
                "listType": "bullet",
                "children": [{"type": "listitem", "children": [{"type": "text", "text": "crane"}]}],
            },
            {"type": "callout", "calloutText": "Mind the gap."},
        ],
    }
}
MOBILEDOC = {
    "version": "0.3.1",
    "atoms": [["soft-return", "", {}]],
    "cards": [["html", {"html": "<p>A card.</p>"}], ["hr", {}]],
    "markups": [["strong"], ["a", ["href", "https://e.org/"]]],
    "sections": [
        [1, "h2", [[0, [], 0, "Tides"]]],
        [1, "p", [[0, [], 0, "Low at "], [0, [0], 1, "six"], [0, [1], 1, " here"]]],
        [3, "ul", [[[0, [], 0, "crane"]]]],
        [10, 0],
    ],
}


@pytest.mark.parametrize(
    ("key", "value", "last"),
    [("lexical", LEXICAL, "Mind the gap."), ("mobiledoc", MOBILEDOC, "A card.")],
)
def test_a_ghost_post_without_html_is_read_from_its_editor(
    key: str, value: object, last: str
) -> None:
    post = {"id": "1", "title": "T", "html": None, key: json.dumps(value)}
    export = {"db": [{"data": {"posts": [post]}}]}
    (draft,) = read_drafts(json.dumps(export).encode(), "ghost.json")
    assert section(draft) == (
        f"## Tides\n\nLow at **six**[ here](https://e.org/)\n\n- crane\n\n{last}\n"
    )


def test_a_response_of_the_ghost_api_is_read() -> None:
    post = {
        "id": "1",
        "title": "T",
        "html": "<p>Low at six.</p>",
        "tags": [{"name": "Tides"}, {"name": "#own"}],
    }
    data = {"posts": [post | {"authors": [{"name": "Mira Oduya"}]}], "meta": {}}
    (draft,) = read_drafts(json.dumps(data).encode(), "posts.json")
    assert draft.meta == {"author": "Mira Oduya", "tags": "Tides"}
