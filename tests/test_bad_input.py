"""Bad input that a text case file cannot contain: bytes, images, links out of the workspace, sizes.

Each case compares the complete standard error, exit code 1, and the unchanged last good output.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
from functools import lru_cache
from pathlib import Path

import pytest
from PIL import Image

from newsletter.files.text import LIMIT
from tests.desk import SLUG, Desk

SECTION = f"issues/{SLUG}/10-essay.md"
FRONT = "---\nkind: essay\n---\n"


def rejected(desk: Desk) -> str:
    """Return the output of a build that fails and leaves the last good output unchanged."""
    good = desk.tree()
    ran = desk.run("build")
    assert (ran.code, ran.out) == (1, "")
    assert desk.tree() == good
    return re.sub(r"(?m)^    \|.*\n", "", ran.err)  # without excerpts: test_check.py covers them


@pytest.fixture
def built(desk: Desk) -> Desk:
    """A workspace with a good output in `dist/`."""
    assert desk.run("build").code == 0
    return desk


# --- bytes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            FRONT.encode() + "Café\n".encode() + "Caf\xe9\n".encode("latin-1"),
            ":5:4: error NL001 unreadable-file: Byte 0xe9 is not UTF-8\n    hint: Save the file as UTF-8.",
            id="Latin-1",
        ),
        pytest.param(
            (FRONT + "One ship.\n").encode("utf-16"),
            ": error NL001 unreadable-file: File encoded as UTF-16\n    hint: Save it as UTF-8.",
            id="UTF-16",
        ),
        pytest.param(
            FRONT.encode() + b"One \x00 ship\n",
            ":4:5: error NL001 unreadable-file: Control character U+0000\n"
            "    hint: Delete it; editors do not show it.",
            id="NUL",
        ),
        pytest.param(
            FRONT.encode() + b"One\r\n\r\nsh\x1bip\r\n",
            ":6:3: error NL001 unreadable-file: Control character U+001B\n"
            "    hint: Delete it; editors do not show it.",
            id="escape, in a file with CRLF",
        ),
        pytest.param(
            FRONT.encode() + b"One \xed\xa0\x80 ship\n",
            ":4:5: error NL001 unreadable-file: Byte 0xed is not UTF-8\n    hint: Save the file as UTF-8.",
            id="lone surrogate",
        ),
        pytest.param(
            FRONT.encode() + b"a" * (5 * 1024 * 1024),
            ": error NL007 file-too-large: File of 5,120 KB; the limit is 512 KB\n"
            "    hint: Shorten the text, or keep tables as CSV in data/; email is clipped at 102 KB.",
            id="five megabytes",
        ),
        pytest.param(
            FRONT.encode() + b"> " * 1000 + b"deep\n",
            ":4:61: error NL022 markup-too-deep: Nesting deeper than 30 levels\n"
            "    hint: Use fewer levels of lists, quotes, emphasis and tags.",
            id="a thousand quotations deep",
        ),
        pytest.param(
            FRONT.encode() + b"".join(b"  " * level + b"- x\n" for level in range(400)),
            ":19:31: error NL022 markup-too-deep: Nesting deeper than 30 levels\n"
            "    hint: Use fewer levels of lists, quotes, emphasis and tags.",
            id="hundreds of lists deep",
        ),
        pytest.param(
            FRONT.encode() + b"*a **b " * 1000 + b"** c*" * 1000 + b"\n",
            ":4:106: error NL022 markup-too-deep: Nesting deeper than 30 levels\n"
            "    hint: Use fewer levels of lists, quotes, emphasis and tags.",
            id="a thousand emphases deep",
        ),
        pytest.param(
            FRONT.encode() + b"<small>" * 1000 + b"deep" + b"</small>" * 1000 + b"\n",
            ":4:204: error NL022 markup-too-deep: Nesting deeper than 30 levels\n"
            "    hint: Use fewer levels of lists, quotes, emphasis and tags.",
            id="a thousand tags deep",
        ),
    ],
)
def test_section_that_cannot_be_read(built: Desk, content: bytes, expected: str) -> None:
    built.write(SECTION, content)
    assert rejected(built) == f"{SECTION}{expected}\n"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_yaml_nested_without_end(built: Desk, opening: str) -> None:
    """A recursive parser must not crash the interpreter."""
    built.write(f"issues/{SLUG}/issue.yaml", f"title: {opening * (LIMIT // len(opening) - 10)}\n")
    ran = built.process("build")
    assert ran.code == 1
    assert ran.err.startswith(f"issues/{SLUG}/issue.yaml")
    assert "Traceback" not in ran.err


def test_everything_a_title_may_contain(desk: Desk) -> None:
    title = "Quays & “Cranes” <b>'n'</b> \"Cables\" ⚓ 👩‍🔧 {{ x }} %%q%% مرفأ"
    desk.write(
        f"issues/{SLUG}/issue.yaml",
        json.dumps({"title": title, "date": "2026-03-01", "preheader": title}, ensure_ascii=False),
    )
    assert desk.run("build").code == 0
    output = desk.root / "dist" / SLUG
    from email import message_from_bytes
    from email.policy import SMTP
    from html.parser import HTMLParser

    class Titles(HTMLParser):
        words = ""
        open = False

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.open |= tag == "h1"

        def handle_endtag(self, tag: str) -> None:
            self.open &= tag != "h1"

        def handle_data(self, data: str) -> None:
            self.words += data if self.open else ""

    for name in ("email.html", "web.html"):
        reader = Titles()
        reader.feed((output / name).read_text(encoding="utf-8"))
        assert reader.words == title
    assert (
        message_from_bytes((output / "message.eml").read_bytes(), policy=SMTP)["Subject"] == title
    )
    assert title.replace("مرفأ", "\u2068مرفأ\u2069") in (output / "email.txt").read_text(
        encoding="utf-8"
    )
    assert json.loads((output / "manifest.json").read_bytes())["subject"] == title


# --- images ---------------------------------------------------------------------------------------


@lru_cache
def png(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("1", (width, height)).save(data, "PNG")
    return data.getvalue()


@lru_cache
def noise(kind: str) -> bytes:
    data = io.BytesIO()
    Image.frombytes("RGB", (200, 200), random.Random(7).randbytes(120_000)).save(data, kind)
    return data.getvalue()


GOOD = png(20, 10)
PICTURES = {
    "missing": (
        "images/crain.png",
        (
            'error NL501 missing-image: Image not found: "images/crain.png"\n'
            '    hint: Write "images/crane.png" if that is what you meant.'
        ),
    ),
    "a folder": (
        "images",
        (
            'error NL501 missing-image: Image not found: "images"\n'
            '    hint: Write "images/cut.png" if that is what you meant.'
        ),
    ),
    "truncated PNG": (
        "images/cut.png",
        "error NL502 corrupt-image: Damaged image: image file is truncated\n"
        "    hint: Export or download it again.",
    ),
    "truncated JPEG": (
        "images/cut.jpg",
        "error NL502 corrupt-image: Damaged image: image file is truncated (143 bytes not processed)\n"
        "    hint: Export or download it again.",
    ),
    "a hundred megapixels": (
        "images/huge.png",
        "error NL503 oversized-image: Image of 100 megapixels (10,000 × 10,000); the limit is 50\n"
        "    hint: Save a smaller copy; 1,200 pixels across are enough.",
    ),
    "more than Pillow opens": (
        "images/vast.png",
        "error NL503 oversized-image: Image of 196 megapixels; the limit is 50\n"
        "    hint: Save a smaller copy; 1,200 pixels across are enough.",
    ),
    "empty": (
        "images/empty.png",
        "error NL505 unsupported-image-type: Not an image that mail clients show (JPEG, PNG, GIF, WEBP)\n"
        "    hint: Export it as PNG or JPEG.",
    ),
    "text under a picture's name": (
        "images/text.png",
        "error NL505 unsupported-image-type: Not an image that mail clients show (JPEG, PNG, GIF, WEBP)\n"
        "    hint: Export it as PNG or JPEG.",
    ),
    "SVG": (
        "images/vector.svg",
        "error NL505 unsupported-image-type: Unsupported image type SVG: Gmail and Outlook do not show it\n"
        "    hint: Export the image as PNG.",
    ),
    "data:": (
        "data:image/png;base64,iVBORw0KGgo=",
        "error NL505 unsupported-image-type: Unsupported image type data: addresses: Gmail and Outlook do not show it\n"
        "    hint: Export the image as PNG.",
    ),
    "outside by its path": (
        "../../../outside.png",
        'error NL504 image-outside-workspace: Image outside the workspace: "../../../outside.png"\n'
        "    hint: Copy the image into the issue's images/ folder.",
    ),
    "outside by an absolute path": (
        "/etc/hostname",
        'error NL504 image-outside-workspace: Image outside the workspace: "/etc/hostname"\n'
        "    hint: Copy the image into the issue's images/ folder.",
    ),
    "outside by percent signs": (
        "%2e%2e/%2e%2e/%2e%2e/outside.png",
        'error NL504 image-outside-workspace: Image outside the workspace: "%2e%2e/%2e%2e/%2e%2e/outside.png"\n'
        "    hint: Copy the image into the issue's images/ folder.",
    ),
    "outside by a symbolic link": (
        "images/link.png",
        'error NL504 image-outside-workspace: Image outside the workspace: "images/link.png"\n'
        "    hint: Copy the image into the issue's images/ folder.",
    ),
    "a symbolic link to itself": (
        "images/loop.png",
        'error NL501 missing-image: Broken symbolic link: "images/loop.png"\n'
        "    hint: Replace the link with the file itself.",
    ),
    "on the web without a width": (
        "https://pictures.example/a.png",
        "error NL505 unsupported-image-type: Remote image without a width\n"
        "    hint: Save the image in the issue's images/ folder and name it there. "
        "Or use `::: figure` with `width:`; `check --fix --links` fills it in.",
    ),
    "on the web without encryption": (
        "http://pictures.example/a.png",
        "error NL505 unsupported-image-type: Remote image without an https address\n"
        "    hint: Save the image in the issue's images/ folder and name it there.",
    ),
}


LINKED = re.compile("link|loop")


def gallery(desk: Desk) -> None:
    """Put good and bad images where the table above expects them."""
    images = f"issues/{SLUG}/images"
    desk.write(f"{images}/crane.png", GOOD)
    desk.write("../outside.png", GOOD)
    desk.write(f"{images}/cut.png", noise("PNG")[:-2000])
    desk.write(f"{images}/cut.jpg", noise("JPEG")[:-2000])
    desk.write(f"{images}/cut.gif", noise("GIF")[:-2000])
    desk.write(f"{images}/huge.png", png(10_000, 10_000))
    desk.write(f"{images}/vast.png", png(14_000, 14_000))
    desk.write(f"{images}/empty.png", b"")
    desk.write(f"{images}/text.png", "a picture")
    desk.write(f"{images}/vector.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")


@pytest.mark.parametrize("command", ["build", "check", "diff"])
def test_a_symbolic_link_to_itself_is_not_an_issue(command: str, desk: Desk) -> None:
    (desk.root / "issues/loop").symlink_to("loop")
    ran = desk.run(command, "issues/loop")
    assert ran.code == 2
    assert ran.err.startswith('error: No issue matches "issues/loop"\n')


@pytest.mark.parametrize("block", ["table\nsrc", "chart\nkind: bar\ndata"])
def test_a_data_file_that_is_a_link_to_itself_is_reported(block: str, desk: Desk) -> None:
    desk.write(
        f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\n::: {block}: data/a.csv\n:::\n"
    )
    (desk.root / f"issues/{SLUG}/data").mkdir(exist_ok=True)
    (desk.root / f"issues/{SLUG}/data/a.csv").symlink_to("a.csv")
    ran = desk.run("build")
    assert ran.code == 1
    assert 'error NL001 unreadable-file: Broken symbolic link: "data/a.csv"\n' in ran.err


@pytest.mark.parametrize("case", PICTURES)
def test_image_that_cannot_be_used(built: Desk, case: str) -> None:
    source, expected = PICTURES[case]
    gallery(built)
    if "link" in case:
        folder = built.issue / "images"
        (folder / "link.png").symlink_to(built.root.parent / "outside.png")
        (folder / "loop.png").symlink_to(folder / "loop.png")
    built.write(SECTION, f"{FRONT}One.\n\n![A crane]({source})\n")
    assert without_unread(rejected(built)) == f"{SECTION}:6:1: {expected}\n"


def without_unread(text: str) -> str:
    """Return findings without those about the gallery's other images."""
    text = re.sub(r"(?m)^.*NL012 unread-file.*\n    hint: .*\n", "", text)
    return text.strip("\n") + "\n"


def test_every_bad_image_is_reported_once_in_one_run(built: Desk) -> None:
    gallery(built)
    lines = [
        f"![A crane]({source})"
        for source, _ in PICTURES.values()
        if "link" not in source and "loop" not in source
    ]
    built.write(SECTION, FRONT + "\n\n".join([*lines, *lines]) + "\n")
    places = re.findall(rf"^{SECTION}:(\d+):1: error NL5", rejected(built), re.MULTILINE)
    assert [int(place) for place in places] == [4 + 2 * index for index in range(len(lines))]


def test_image_behind_a_link_inside_the_workspace_is_used(desk: Desk) -> None:
    """Teams share a folder of logos through links; only links out of the workspace are rejected."""
    desk.write("shared/logo.png", GOOD)
    (desk.issue / "images").symlink_to(desk.root / "shared")
    desk.write(SECTION, f"{FRONT}One.\n\n![Our logo](images/logo.png)\n")
    assert desk.run("build").code == 0
    assert [
        name.split("-")[0] for name in desk.tree(f"dist/{SLUG}") if name.startswith("images/")
    ] == ["images/logo"]


# --- wrong kinds of files -------------------------------------------------------------------------


def test_no_workspace(tmp_path: Path, desk: Desk) -> None:
    ran = desk.run("build", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"error: No workspace found: neither {tmp_path} nor a folder above it has a newsletter.toml\n"
        "    hint: Create one with `newsletter init`, or change to its folder.\n"
    )


def test_section_that_is_a_folder(built: Desk) -> None:
    (built.issue / "20-brief.md").mkdir()
    assert rejected(built) == (
        f"issues/{SLUG}/20-brief.md: error NL001 unreadable-file: Not a regular file\n"
        "    hint: Replace it with a text file.\n"
    )


def test_section_that_is_a_broken_link(built: Desk) -> None:
    (built.issue / "20-brief.md").symlink_to("nowhere.md")
    assert rejected(built) == (
        f"issues/{SLUG}/20-brief.md: error NL001 unreadable-file: File not found\n"
        "    hint: Replace the broken symbolic link with the file itself.\n"
    )


def test_section_that_never_ends(built: Desk) -> None:
    """A named pipe would block a reader forever."""
    os.mkfifo(built.issue / "20-brief.md")
    with built.start("build") as process:
        try:
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, out) == (1, "")
    assert err == (
        f"issues/{SLUG}/20-brief.md: error NL001 unreadable-file: Not a regular file\n"
        "    hint: Replace it with a text file.\n"
    )


@pytest.mark.parametrize("name", ["10-essay.md", "issue.yaml", "credits.yaml", "sources.yaml"])
def test_file_behind_a_link_out_of_the_workspace_is_not_read(built: Desk, name: str) -> None:
    """A build reads nothing outside the workspace, because files there can change unnoticed."""
    path = built.issue / name
    outside = built.write(f"../{name}", path.read_bytes() if path.exists() else "{}\n")
    path.unlink(missing_ok=True)
    path.symlink_to(outside)
    room = "issue" if name.endswith(".md") else "workspace"
    assert rejected(built).startswith(
        f"issues/{SLUG}/{name}: error NL001 unreadable-file: Symbolic link points outside the {room}\n"
        "    hint: Replace the link with the file itself.\n"
    )


def test_issue_that_is_a_link_out_of_the_workspace(built: Desk) -> None:
    built.issue.rename(built.root.parent / "elsewhere")
    built.issue.symlink_to(built.root.parent / "elsewhere")
    assert (
        "10-essay.md: error NL001 unreadable-file: Symbolic link points outside the workspace\n"
        in rejected(built)
    )


@pytest.mark.parametrize(
    "name", ["templates/default", "templates/default/blocks", "templates/default/foot.mjml.j2"]
)
def test_theme_outside_the_workspace(built: Desk, name: str) -> None:
    outside = built.root.parent / "look"
    outside.mkdir()
    path = built.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(outside)
    assert rejected(built) == (
        f"{name}: error NL011 invalid-theme: Symbolic link points outside the workspace\n"
        "    hint: Replace the link with the files themselves.\n"
    )


def test_nothing_is_fixed_outside_the_workspace(desk: Desk) -> None:
    text = f"{FRONT}See [the list](https://quay.example/a?utm_source=b).\n"
    outside = desk.write("../essay.md", text)
    (desk.root / SECTION).unlink()
    (desk.root / SECTION).symlink_to(outside)
    assert desk.run("check", "--fix").code == 1
    assert outside.read_text("utf-8") == text


# --- a theme --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param(
            "masthed.mjml.j2",
            "",
            ": error NL011 invalid-theme: Unused theme file\n"
            '    hint: Write "masthead.mjml.j2" if that is what you meant.',
            id="a file's name misspelt",
        ),
        pytest.param(
            "tokn.toml",
            "",
            ': error NL011 invalid-theme: Unused theme file\n    hint: Write "tokens.toml" if that is what you meant.',
            id="its tokens' name misspelt",
        ),
        pytest.param(
            "button.html.j2",
            "",
            ": error NL011 invalid-theme: Unused theme file\n"
            '    hint: Write "blocks/button.html.j2" if that is what you meant.',
            id="a file in the wrong folder",
        ),
        pytest.param(
            "tokens.toml",
            '[light]\nink = "blak"\n',
            ':2:1: error NL011 invalid-theme: ink: expected a color, found "blak"\n    hint: Write it as #rrggbb.',
            id="a colour that is none",
        ),
        pytest.param(
            "tokens.toml",
            '[dark]\npaper = "#12345"\n',
            ':2:1: error NL011 invalid-theme: paper: expected a color, found "#12345"\n    hint: Write it as #rrggbb.',
            id="a colour with five digits",
        ),
    ],
)
def test_a_malformed_allow_comment_in_a_theme(
    built: Desk, name: str, content: str, expected: str
) -> None:
    built.write(f"templates/default/{name}", content)
    assert rejected(built) == f"templates/default/{name}{expected}\n"


def test_own_files_and_colors_are_not_misspellings(desk: Desk) -> None:
    desk.write("templates/default/foot2.mjml.j2", "<mj-text>{{ publication.name }}</mj-text>\n")
    desk.write("templates/default/foot.mjml.j2", '{% include "foot2.mjml.j2" %}\n')
    desk.write("templates/default/sections/essays.mjml.j2", '{% extends "section.mjml.j2" %}\n')
    desk.write("templates/default/promo.mjml.j2", "")
    desk.write("templates/default/foot.mjml.j2.orig", "")
    desk.write(
        "templates/default/tokens.toml",
        '[light]\naccent = "navy"\nink = "#123"\nmark = "rgb(1, 2, 3)"\n',
    )
    assert desk.run("build").code == 0
