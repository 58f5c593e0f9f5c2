"""Reading an author's text: the one place that decides what bytes are acceptable."""

from __future__ import annotations

import os
import re
import stat
from functools import cache
from pathlib import Path

from newsletter.diagnostics import TOO_LARGE, UNREADABLE, Report
from newsletter.model import Location

# A mail is clipped at about 102 KB of HTML, so no section that arrives whole comes near this.
LIMIT = 512 * 1024


def unprintable(text: str) -> re.Match[str] | None:
    """Return the first character that HTML (§13.2.3.5) and XML parsers refuse."""
    # Whatever Python calls printable is fine, and asking that takes a fiftieth of the time.
    return None if text.replace("\n", "").isprintable() else _refused().search(text)


@cache
def _refused() -> re.Pattern[str]:
    """Return the pattern of C0 and C1 controls but tab, LF and CR; surrogates; non-characters."""
    ends = "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    return re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{ends}]")


def leads_out(path: Path, root: Path) -> bool:
    """Tell whether a path, or a link on the way to it, leads out of a folder."""
    real = os.path.realpath(path)  # of a link to itself that link, which is told when it is opened
    return not (
        real.startswith(f"{root}{os.sep}") or Path(real).is_relative_to(os.path.realpath(root))
    )


def read_text(
    path: Path, shown: str, report: Report, *, limit: int = LIMIT, root: Path | None = None
) -> str | None:
    """Return the file's text with LF line ends and no byte-order mark, or `None` after reporting why not.

    `shown` is the path people are told. `limit` is in bytes. Out of `root` no link may lead.
    """
    start = Location(shown)
    if root is not None and leads_out(path, root):
        report.add(
            UNREADABLE,
            start,
            "it is a link that leads out of the workspace",
            "Put the file itself here.",
        )
        return None
    try:
        status = path.stat()
        size = status.st_size
        if not stat.S_ISREG(
            status.st_mode
        ):  # a folder, or a pipe that would keep its reader waiting
            report.add(
                UNREADABLE,
                start,
                "cannot be read: it is not a file",
                "Put a text file in its place.",
            )
            return None
        if size > limit:
            report.add(
                TOO_LARGE,
                start,
                f"the file has {size / 1024:,.0f} KB; at most {limit / 1024:,.0f} KB are read",
                "A mail is clipped at 102 KB: shorten the text, or keep tables as CSV under data/.",
            )
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        report.add(UNREADABLE, start, "there is no such file", _hint(path))
        return None
    except OSError as error:
        report.add(
            UNREADABLE,
            start,
            f"cannot be read: {error.strerror}",
            "Check that the file exists and is yours.",
        )
        return None
    return decode(data, shown, report)


def _hint(path: Path) -> str:
    if path.is_symlink():
        return "It is a link to a file that is gone: put the file itself here."
    return "Bring it back with git, or copy one that `newsletter new` makes."


def decode(data: bytes, shown: str, report: Report) -> str | None:
    """Decode UTF-8, with the place of the first byte or character that cannot stand in a mail."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        report.add(UNREADABLE, Location(shown), "the file is UTF-16", "Save it as UTF-8.")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        where = Location(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        report.add(
            UNREADABLE,
            where,
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            "Save the file as UTF-8.",
        )
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (line := _conflict(text)) is not None:
        message = "two versions of the file are not merged yet"
        report.add(
            UNREADABLE, Location(shown, line, 1), message, "Settle the conflict that git marked."
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
            f"control character U+{ord(bad[0]):04X}",
            "Delete it; it is invisible in editors.",
        )
        return None
    return text


def _conflict(text: str) -> int | None:
    """Return the line on which git marked a conflict: published, it is a heading and a quotation seven deep."""
    if "<<<<<<< " not in text:
        return None
    lines = f"\n{text}"
    first = lines.find("\n<<<<<<< ")
    middle = lines.find("\n=======\n", first)
    if min(first, middle, lines.find("\n>>>>>>> ", middle)) < 0:
        return None
    return lines.count("\n", 0, first + 1)
