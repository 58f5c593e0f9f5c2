"""Every file in a folder is read, or reported with the name it should have."""

from __future__ import annotations

import os
import unicodedata

import pytest

from tests.desk import SLUG, Desk

ISSUE = f"issues/{SLUG}"
UNREAD = [
    ("60-note.txt", "File not read: 60-note.txt", "Rename it to 60-note.md in the issue's folder."),
    ("60-note.markdown", "File not read: 60-note.markdown", "Rename it to 60-note.md in the issue's folder."),
    ("60 note.MD", "File not read: 60 note.MD", "Rename it to 60-note.md in the issue's folder."),
    ("sections/60-note.md", "File not read: sections/60-note.md", "Rename it to 60-note.md in the issue's folder."),
    ("facts.yml", "File not read: facts.yml", "Rename it to facts.yaml."),
    ("Sources.yaml", "File not read: Sources.yaml", "Rename it to sources.yaml."),
    ("source.yaml", "File not read: source.yaml", "Rename it to sources.yaml."),
    ("facts.json", "File not read: facts.json", "Rename it to facts.yaml."),
    ("data/sources.yaml", "Unused file: data/sources.yaml", "Use it in a section, or delete it."),
    ("a.docx", "File not read: a.docx", "Import it with `newsletter import a.docx`, or move it out of the issue."),
    ("calls.csv", "Unused file: calls.csv", "Move it to data/ and use it."),
    ("data/calls.csv", "Unused file: data/calls.csv", "Use it in a section, or delete it."),
    ("images/crane.png", "Unused file: images/crane.png", "Use it in a section, or delete it."),
    ("image/crane.png", "Unused file: image/crane.png", "Move it to images/ and use it."),
    ("60-note.md.txt", "File not read: 60-note.md.txt", "Rename it to 60-note.md in the issue's folder."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "message", "hint"), UNREAD, ids=[row[0] for row in UNREAD])
def test_an_unread_file_is_reported(desk: Desk, name: str, message: str, hint: str) -> None:
    desk.write(f"{ISSUE}/{name}", "The quay is empty.\n")
    ran = desk.run("check")
    where = f"{ISSUE}/{name}"
    assert f"{where}: warning NL012 unread-file: {message}\n    hint: {hint}\n" in ran.out + ran.err
    assert ran.code == 0


@pytest.mark.parametrize(
    "name",
    [
        ".#10-essay.md",
        "10-essay.md~",
        "#10-essay.md#",
        "._10-essay.md",
        ".10-essay.md.swp",
        "~$10-essay.docx",
        "10-essay.md.orig",
        ".DS_Store",
        "Thumbs.db",
        ".obsidian/workspace.json",
        "notes.pdf.part",
    ],
)
def test_files_of_editors_and_systems_are_neither_sections_nor_reported(
    desk: Desk, name: str
) -> None:
    before = desk.run("build").code, desk.tree(f"dist/{SLUG}")
    desk.write(f"{ISSUE}/{name}", "not front matter\n")
    assert (desk.run("build").code, desk.tree(f"dist/{SLUG}")) == before
    assert "unread-file" not in desk.run("check").out


def test_an_emacs_lock_is_a_dangling_link_and_breaks_nothing(desk: Desk) -> None:
    (desk.issue / ".#10-essay.md").symlink_to("editor@desk.4242:1700000000")
    assert desk.run("build").code == 0


TITLES = [
    ("# The Port[^1]\n\nText.\n\n[^1]: A note.\n", "error NL023", "Note mark in the section's title"),
    ("# ![A crane](images/crane.png) The Port\n\nText.\n", "error NL023", "Image in the section's title"),
    ("# The [Port](https://example.org/port)\n\nText.\n", "error NL023", "Link in the section's title: https://example.org/port"),
    ('# The <abbr title="Port Authority">PA</abbr>\n\nText.\n', "error NL023", "Attributes of <abbr> in the title"),
    ("# The *Quiet* Port\n\nText.\n", "warning NL013", "Emphasis in the section's title is not printed"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "message"), TITLES, ids=[row[2] for row in TITLES])
def test_markup_that_a_plain_title_cannot_contain_is_reported(
    desk: Desk, body: str, code: str, message: str
) -> None:
    desk.write(f"{ISSUE}/10-essay.md", f"---\nkind: essay\nby: ann\n---\n{body}")
    ran = desk.run("check")
    assert f"{ISSUE}/10-essay.md:5:" in ran.out + ran.err
    assert code in ran.out + ran.err
    assert message in ran.out + ran.err


@pytest.mark.parametrize(
    ("title", "reported"),
    [
        ("The *Quiet* Port", True),
        ("The [Port](https://example.org)", True),
        ("`code` in a title", True),
        ("5 * 3 * 2 ships", False),
        ("snake_case_name", False),
        ("Ports [draft]", False),
        ("What <we> know", False),
    ],
)
def test_markdown_in_a_title_key_is_reported(desk: Desk, title: str, reported: bool) -> None:
    desk.write(f"{ISSUE}/10-essay.md", f'---\nkind: essay\nby: ann\ntitle: "{title}"\n---\nText.\n')
    ran = desk.run("check")
    assert ("NL013 markup-in-title" in ran.out + ran.err) is reported


WORDS = [
    ("::: callout Why *it* matters\nText.\n:::\n", 'Markdown in a title is printed as typed: "Why *it* matters"'),
    ("::: pullquote Ann [of it](https://quay.example)\nText.\n:::\n", "Markdown in a name is printed as typed"),
    ("::: callout\ntitle: Why it matters\n\nText.\n:::\n", "Key printed as text: title"),
    ("::: button\nlabel: Read **more**\nurl: https://quay.example/\n:::\n", "Markdown in a label is"),
    ("::: figure\nsrc: https://quay.example/a.png\nwidth: 40\nalt: A *crane*\n:::\n", "Markdown in an alternative text"),
    ("::: table\nsrc: data/a.csv\nsource: The `port` office\n:::\n", "Markdown in a source is printed as typed"),
    ("::: table\nsrc: data/b.csv\n:::\n", 'Markdown in a CSV file is printed as typed: "**12**"'),
]  # fmt: skip


@pytest.mark.parametrize(("body", "message"), WORDS, ids=[row[1] for row in WORDS])
def test_markdown_in_text_printed_as_typed_is_reported(desk: Desk, body: str, message: str) -> None:
    desk.write(f"{ISSUE}/data/a.csv", "Ships,Number\nLarge,12\n")
    desk.write(f"{ISSUE}/data/b.csv", "Ships,Number\nLarge,**12**\n")
    desk.write(f"{ISSUE}/10-essay.md", f"---\nkind: essay\nby: ann\n---\nText.\n\n{body}")
    ran = desk.run("check")
    assert f"warning NL013 markup-in-title: {message}" in ran.out + ran.err


AT_THE_TOP = [
    ("credits.yml", "Not read: credits.yml", "Merge it into credits.yaml."),
    ("lexikon.yaml", "Not read: lexikon.yaml", "Rename it to lexicon.yaml."),
    ("issue/2026-04-01-x/10-essay.md", "Not read: issue", "Merge it into issues."),
    ("template/default/tokens.toml", "Not read: template", "Rename it to templates."),
    ("templates/tokens.toml", "Not read: templates/tokens.toml",
     "Move it to the theme's folder: templates/default/tokens.toml."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "message", "hint"), AT_THE_TOP, ids=[row[0] for row in AT_THE_TOP]
)
def test_an_unread_file_next_to_the_settings_is_reported(
    desk: Desk, name: str, message: str, hint: str
) -> None:
    desk.write(name, "")
    ran = desk.run("check")
    assert f"warning NL012 unread-file: {message}\n    hint: {hint}\n" in ran.out + ran.err


@pytest.mark.parametrize(
    "name", ["masthead.mjml", "inline.css", "token.toml", "phrases.yaml", "foot.mjml.jinja2"]
)
def test_an_unread_theme_file_is_reported(desk: Desk, name: str) -> None:
    desk.write(f"templates/default/{name}", "")
    ran = desk.run("check")
    assert (
        f"templates/default/{name}: error NL011 invalid-theme: Unused theme file"
        in ran.out + ran.err
    )


def test_a_template_that_is_not_utf_8_is_reported(desk: Desk) -> None:
    desk.write("templates/default/foot.mjml.j2", b"<mj-text>\ncaf\xe9\n</mj-text>\n")
    ran = desk.run("build")
    assert ran.code == 1
    assert "templates/default/foot.mjml.j2:2:4: error NL001 unreadable-file: Byte 0xe9" in ran.err
    assert desk.run("check").code == 1


def test_a_file_name_in_another_normalization_form_is_read(desk: Desk) -> None:
    """macOS decomposes accents in file names; editors do not decompose them in text."""
    desk.write(
        f"{ISSUE}/data/" + unicodedata.normalize("NFD", "données.csv"), "Ships,Number\nLarge,12\n"
    )
    desk.write(
        f"{ISSUE}/10-essay.md",
        "---\nkind: essay\nby: ann\n---\nText.\n\n::: table\nsrc: data/données.csv\n:::\n",
    )
    assert "NL012" not in desk.run("check").out


def test_a_name_in_different_case_is_suggested(desk: Desk) -> None:
    for name in ("Crane.PNG", "cranes.png", "cran.png"):
        desk.write(f"{ISSUE}/images/{name}", b"")
    desk.write(
        f"{ISSUE}/10-essay.md", "---\nkind: essay\nby: ann\n---\n![The crane](images/crane.png)\n"
    )
    assert 'Write "images/Crane.PNG" if that is what you meant.' in desk.run("build").err


def test_a_file_name_that_is_not_utf_8_is_reported(desk: Desk) -> None:
    path = desk.issue / os.fsdecode(b"60-caf\xe9.txt")
    try:
        path.write_text("The quay is empty.\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system only has UTF-8 file names")
    assert desk.run("build").code == 0
    assert "NL012 unread-file" in desk.run("check").out
    assert desk.run("list").code == 0
    path.unlink()
