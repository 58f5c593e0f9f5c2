"""Exports of every service against what is read from them, and 500 damaged copies of each.

An outline in `outlines/` is a draft as a person compares it; NEWSLETTER_WRITE_OUTLINES=1 rewrites them.
"""

from __future__ import annotations

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
MUTANTS = 500


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
    assert draft.pictures == ()


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
def test_other_data_files_are_named(name: str) -> None:
    data, message = REFUSED[name]
    with pytest.raises(NewsletterError) as refused:
        read_drafts(data, name)
    assert refused.value.message == message
    assert refused.value.hint
