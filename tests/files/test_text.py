"""Which bytes are text, and where the first that is not stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsletter.diagnostics import Report
from newsletter.files.text import decode, leads_out, read_text, unprintable

CONFLICT = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"
# Bytes -> the text, or the finding as "line:column message".
TEXTS: list[tuple[bytes, str | None, str]] = [
    (b"", "", ""),
    ("Álvaro\ttab\n".encode(), "Álvaro\ttab\n", ""),
    (b"\xef\xbb\xbfone\n", "one\n", ""),
    (b"a\r\nb\rc\n", "a\nb\nc\n", ""),
    (b"\xff\xfea\x00", None, "1:1 File encoded as UTF-16"),
    (b"\xfe\xff\x00a", None, "1:1 File encoded as UTF-16"),
    (b"one\ntw\xe9\n", None, "2:3 Byte 0xe9 is not UTF-8"),
    ("\ufeffé".encode() + b"\xff", None, "1:2 Byte 0xff is not UTF-8"),
    (b"one\nt\x07wo\n", None, "2:2 Control character U+0007"),
    (b"one\n\n\x07\n\x08", None, "3:1 Control character U+0007"),
    (b"\x07\xff", None, "1:2 Byte 0xff is not UTF-8"),
    (b"one\ntw\xc3", None, "2:3 Byte 0xc3 is not UTF-8"),
    ("é\r\n\x1f".encode(), None, "2:1 Control character U+001F"),
    (b"\xfe", None, "1:1 Byte 0xfe is not UTF-8"),
    (b"\x00", None, "1:1 Control character U+0000"),
    ("a\u0085b".encode(), None, "1:2 Control character U+0085"),
    ("a\ufdd0".encode(), None, "1:2 Control character U+FDD0"),
    ("a\U0001ffff".encode(), None, "1:2 Control character U+1FFFF"),
    ("soft\u00adhyphen\u2028".encode(), "soft\u00adhyphen\u2028", ""),
    (CONFLICT.encode(), None, "1:1 Unresolved merge conflict"),
    (f"one\n\n{CONFLICT}".encode(), None, "3:1 Unresolved merge conflict"),
    (b"one\n<<<<<<< a\n=======\n>>>>>>> b", None, "2:1 Unresolved merge conflict"),
    (
        b"<<<<<<< a\n||||||| base\n=======\n=======\n>>>>>>> b\n",
        None,
        "1:1 Unresolved merge conflict",
    ),
    (b">>>>>>> b\n<<<<<<< a\n=======\n", ">>>>>>> b\n<<<<<<< a\n=======\n", ""),
    (b"<<<<<<< a\n======= \n>>>>>>> b\n", "<<<<<<< a\n======= \n>>>>>>> b\n", ""),
    (b"<<<<<<< ours\nonly a quotation\n", "<<<<<<< ours\nonly a quotation\n", ""),
    (b"<<<<<<< ours\n=======\nno end\n", "<<<<<<< ours\n=======\nno end\n", ""),
    (b"=======\n<<<<<<< a\n>>>>>>> b\n", "=======\n<<<<<<< a\n>>>>>>> b\n", ""),
    (b"a <<<<<<< b\n=======\n>>>>>>> c\n", "a <<<<<<< b\n=======\n>>>>>>> c\n", ""),
]


@pytest.mark.parametrize(("data", "text", "finding"), TEXTS)
def test_bytes_are_text_or_a_finding_says_where_not(
    data: bytes, text: str | None, finding: str
) -> None:
    report = Report()
    assert decode(data, "10-note.md", report) == text
    assert findings(report) == finding


HINTS = {
    b"\xff\xfe": "Save it as UTF-8.",
    b"\xff": "Save the file as UTF-8.",
    CONFLICT.encode(): "Resolve the conflict that git marked.",
    b"\x00": "Delete it; editors do not show it.",
}


@pytest.mark.parametrize("data", HINTS)
def test_a_finding_says_what_to_do(data: bytes) -> None:
    report = Report()
    decode(data, "10-note.md", report)
    (finding,) = report.findings
    assert (finding.code, finding.where.path, finding.hint) == ("NL001", "10-note.md", HINTS[data])


def findings(report: Report) -> str:
    return " ".join(
        f"{f.where.line or 1}:{f.where.column or 1} {f.message}" for f in report.findings
    )


REFUSED = (
    0x08,
    0x0B,
    0x0C,
    0x0E,
    0x1F,
    0x7F,
    0x9F,
    0xD800,
    0xDFFF,
    0xFDD0,
    0xFDEF,
    0xFFFE,
    0x1FFFF,
)


@pytest.mark.parametrize("point", REFUSED)
def test_what_parsers_reject_is_found(point: int) -> None:
    match = unprintable(f"ab{chr(point)}")
    assert match is not None
    assert (match[0], match.start()) == (chr(point), 2)


@pytest.mark.parametrize(
    "sign", ["\t", "\n", "\r", "\u00a0", "\u200b", "\ue000", "\ufdcf", "\ufdf0", "\U0001f600"]
)
def test_what_parsers_accept_is_not(sign: str) -> None:
    assert unprintable(f"a{sign}b") is None


def test_the_limit_is_of_bytes_and_inclusive(tmp_path: Path) -> None:
    path, report = tmp_path / "10-note.md", Report()
    path.write_bytes(b"x" * 2048)
    assert read_text(path, "10-note.md", report, limit=2048) == "x" * 2048
    assert findings(report) == ""
    path.write_bytes(b"x" * 2049)
    assert read_text(path, "10-note.md", report, limit=2048) is None
    assert findings(report) == "1:1 File of 2 KB; the limit is 2 KB"
    path.write_bytes(b"x" * (1024 * 1024))
    report = Report()
    assert read_text(path, "10-note.md", report) is None
    (finding,) = report.findings
    assert (finding.code, finding.where.path) == ("NL007", "10-note.md")
    assert finding.message == "File of 1,024 KB; the limit is 512 KB"
    assert finding.hint == (
        "Shorten the text, or keep tables as CSV in data/; email is clipped at 102 KB."
    )


def test_what_is_no_file_is_reported_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "broken.md").symlink_to("nowhere")
    (tmp_path / "circle.md").symlink_to("circle.md")
    messages = {}
    for name in ("pipe.md", "folder.md", "broken.md", "missing.md", "circle.md"):
        report = Report()
        assert read_text(tmp_path / name, name, report) is None
        messages[name] = [(f.where.path, f.message, f.hint) for f in report.findings]
    regular = ("Not a regular file", "Replace it with a text file.")
    assert messages == {
        "pipe.md": [("pipe.md", *regular)],
        "folder.md": [("folder.md", *regular)],
        "broken.md": [
            (
                "broken.md",
                "File not found",
                "Replace the broken symbolic link with the file itself.",
            )
        ],
        "missing.md": [
            (
                "missing.md",
                "File not found",
                "Restore it with git, or copy one that `newsletter new` makes.",
            )
        ],
        "circle.md": [
            (
                "circle.md",
                "Cannot read the file: Too many levels of symbolic links",
                "Check that the file exists and that you may read it.",
            )
        ],
    }


def test_a_link_out_of_the_workspace_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "desk", tmp_path / "desk-secret"
    root.mkdir()
    outside.mkdir()
    (outside / "note.md").write_text("secret")
    (root / "note.md").write_text("ours")
    (root / "out.md").symlink_to(outside / "note.md")
    (root / "in.md").symlink_to("note.md")
    (root / "folder").symlink_to(outside)
    out = {
        name: leads_out(root / name, root)
        for name in ("note.md", "in.md", "out.md", "folder/note.md")
    }
    assert out == {"note.md": False, "in.md": False, "out.md": True, "folder/note.md": True}
    (tmp_path / "link").symlink_to(root)
    assert not leads_out(tmp_path / "link" / "note.md", tmp_path / "link")
    assert not leads_out(root / "missing.md", root)
    assert not leads_out(root / "folder" / ".." / "note.md", root.resolve() / "..")
    assert leads_out(root / ".." / "desk-secret" / "note.md", root)
    assert leads_out(outside / "note.md", root), "a name that only starts the same"
    report = Report()
    assert read_text(root / "out.md", "out.md", report, root=root) is None
    assert findings(report) == "1:1 Symbolic link points outside the workspace"
    (finding,) = report.findings
    assert (finding.code, finding.where.path) == ("NL001", "out.md")
    assert finding.hint == "Replace the link with the file itself."
    assert read_text(root / "in.md", "in.md", report, root=root) == "ours"
    assert read_text(root / "out.md", "out.md", report) == "secret", "where no root is given"
