"""Read text files; the only module that decides which bytes are acceptable."""

from __future__ import annotations

import os
import re
import stat
from functools import cache
from pathlib import Path

from newsletter.diagnostics import TOO_LARGE, UNREADABLE, Report
from newsletter.model import Location

# Email is clipped at about 102 KB of HTML, so no section that is displayed in full comes near this.
LIMIT = 512 * 1024


def unprintable(text: str) -> re.Match[str] | None:
    """Return the first character that HTML (§13.2.3.5) or XML parsers reject."""
    # Whatever Python considers printable is valid, and that test takes a fiftieth of the time.
    return None if text.replace("\n", "").isprintable() else _refused().search(text)


@cache
def _refused() -> re.Pattern[str]:
    """Return the pattern of C0/C1 controls except tab, LF and CR, surrogates and non-characters."""
    ends = "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    return re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{ends}]")


def leads_out(path: Path, root: Path) -> bool:
    """Return whether a path, or a symbolic link on the way to it, leads out of a folder."""
    if _has_no_links(str(path), f"{root}{os.sep}"):
        return False
    real = os.path.realpath(path)  # a circular link is reported when it is opened
    return not (
        real.startswith(f"{root}{os.sep}") or Path(real).is_relative_to(os.path.realpath(root))
    )


def _has_no_links(path: str, root: str) -> bool:
    """Whether a path is below a folder without a link on the way, which is quickly answered."""
    if not path.startswith(root):
        return False
    if f"{os.sep}.." in path:
        return False
    while len(path) >= len(root):
        if os.path.islink(path):  # noqa: PTH114 - a Path each costs more than the question
            return False
        path = os.path.dirname(path)  # noqa: PTH120
    return True


def read_text(
    path: Path, shown: str, report: Report, *, limit: int = LIMIT, root: Path | None = None
) -> str | None:
    """Return a file's text with LF line ends and no byte-order mark, or `None` after reporting.

    `shown` is the path to display and `limit` is in bytes. No symbolic link may lead out of `root`.
    """
    start = Location(shown)
    if root is not None and leads_out(path, root):
        report.add(
            UNREADABLE,
            start,
            "Symbolic link points outside the workspace",
            "Replace the link with the file itself.",
        )
        return None
    try:
        status = path.stat()
        size = status.st_size
        if not stat.S_ISREG(status.st_mode):  # a folder, or a pipe that would block reading
            report.add(
                UNREADABLE,
                start,
                "Not a regular file",
                "Replace it with a text file.",
            )
            return None
        if size > limit:
            report.add(
                TOO_LARGE,
                start,
                f"File of {size / 1024:,.0f} KB; the limit is {limit / 1024:,.0f} KB",
                "Shorten the text, or keep tables as CSV in data/; email is clipped at 102 KB.",
            )
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        report.add(UNREADABLE, start, "File not found", _hint(path))
        return None
    except OSError as error:
        report.add(
            UNREADABLE,
            start,
            f"Cannot read the file: {error.strerror}",
            "Check that the file exists and that you may read it.",
        )
        return None
    return decode(data, shown, report)


def _hint(path: Path) -> str:
    if path.is_symlink():
        return "Replace the broken symbolic link with the file itself."
    return "Restore it with git, or copy one that `newsletter new` makes."


def decode(data: bytes, shown: str, report: Report) -> str | None:
    """Decode UTF-8; report the location of the first byte or character not allowed in email."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        report.add(UNREADABLE, Location(shown), "File encoded as UTF-16", "Save it as UTF-8.")
        return None
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        where = Location(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        report.add(
            UNREADABLE,
            where,
            f"Byte 0x{data[error.start]:02x} is not UTF-8",
            "Save the file as UTF-8.",
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (line := _conflict(text)) is not None:
        message = "Unresolved merge conflict"
        report.add(
            UNREADABLE, Location(shown, line, 1), message, "Resolve the conflict that git marked."
        )
        return None
    if bad := unprintable(text):
        where = Location(
            shown,
            text.count("\n", 0, bad.start()) + 1,
            bad.start() - text.rfind("\n", 0, bad.start()),
        )
        report.add(
            UNREADABLE,
            where,
            f"Control character U+{ord(bad[0]):04X}",
            "Delete it; editors do not show it.",
        )
        return None
    return text


def _conflict(text: str) -> int | None:
    """Return the line on which git marked a conflict, if any."""
    if "<<<<<<< " not in text:
        return None
    lines = f"\n{text}"
    first = lines.find("\n<<<<<<< ")
    middle = lines.find("\n=======\n", first)
    if min(first, middle, lines.find("\n>>>>>>> ", middle)) < 0:
        return None
    return lines.count("\n", 0, first + 1)
