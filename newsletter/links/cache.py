"""What the network said before, in a file that several runs may write at once."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.links.result import LinkQuery, LinkResult

Mode = Literal["fresh", "refresh", "offline"]

LASTS = dt.timedelta(days=7)  # a page that is fine, there or elsewhere
BRIEFLY = dt.timedelta(
    hours=1
)  # one that is gone, walled or doubtful: somebody may be mending it right now
FORGOTTEN = dt.timedelta(days=60)  # not kept beyond, even for `offline`
SLACK = 1000  # lines that are out of date before the file is written anew


class LinkCache(Struct, frozen=True):
    """Answers in a file below `.newsletter/`; `refresh` recalls none of them, `offline` all, however old."""

    path: Path | None  # None: nothing is kept
    mode: Mode = "fresh"

    @contextmanager
    def open(self) -> Iterator[OpenLinkCache]:
        """Read what is known, and write down what is learnt until the end."""
        if self.path is None:
            yield OpenLinkCache({}, self.mode, None)
            return
        answers = list(read(self.path))
        known = {answer.url: answer for answer in answers}
        if len(answers) > 2 * len(known) + SLACK:
            tidy(self.path)
        with _appending(self.path) as file:
            yield OpenLinkCache(known, self.mode, file)


class OpenLinkCache(Struct, frozen=True):
    """An open memory."""

    known: dict[str, LinkResult]
    mode: Mode
    file: (
        int | None
    )  # None where there is none, or it cannot be written: that costs time, not correctness

    def recall(self, wanted: LinkQuery) -> LinkResult | None:
        """Return what is known of an address, unless it is out of date or says nothing of a wanted fragment."""
        answer = self.known.get(wanted.url)
        if answer is None or self.mode == "refresh":
            return None
        if self.mode == "fresh" and not (is_fresh(answer) and _covers(answer, wanted)):
            return None
        return replace(answer, from_memory=True)

    def keep(self, answer: LinkResult) -> None:
        """Write an answer down at once, so that a run which is killed loses none."""
        if self.file is not None:
            # One write for the whole line: the system puts it at the end, whoever else writes. The line end comes
            # first, so that a line cut off by a kill spoils no other (RFC 7464 begins its records so, and for this).
            with contextlib.suppress(OSError):
                os.write(self.file, b"\n" + _encode(answer))


def is_fresh(answer: LinkResult) -> bool:
    """Tell whether an answer need not be asked for again; an answer that may be another at the next try never is."""
    if answer.verdict in ("ok", "moved"):
        lasts = LASTS
    elif answer.status is None or answer.status in (408, 429) or 500 <= answer.status < 600:
        return False
    else:
        lasts = BRIEFLY
    return dt.timedelta() <= dt.datetime.now(dt.UTC) - answer.asked < lasts


def _covers(answer: LinkResult, wanted: LinkQuery) -> bool:
    return answer.verdict not in ("ok", "moved") or {*wanted.fragments} <= {
        *answer.present,
        *answer.missing,
    }


# --- the file ----------------------------------------------------------------------------------------------


def read(path: Path) -> Iterator[LinkResult]:
    """Yield the answers of a file, oldest first; what is no answer is passed over."""
    import msgspec

    decoder = msgspec.json.Decoder(LinkResult)
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return
    for line in filter(None, lines):
        with contextlib.suppress(ValueError):  # msgspec's own errors are such
            answer = decoder.decode(line)
            if answer.asked.tzinfo:  # without, somebody wrote it by hand
                yield answer


def _encode(answer: LinkResult) -> bytes:
    import msgspec

    return msgspec.json.encode(answer)


def tidy(path: Path) -> None:
    """Write the file anew with the latest answer for each address, unless another run has it open."""
    from newsletter.files.output import write_file  # seldom needed, and it knows all about issues

    horizon = dt.datetime.now(dt.UTC) - FORGOTTEN
    with contextlib.suppress(OSError, NewsletterError), _lock(path, alone=True):
        latest = {answer.url: answer for answer in read(path) if answer.asked > horizon}
        write_file(path, b"\n".join(map(_encode, latest.values())))


@contextmanager
def _appending(path: Path) -> Iterator[int | None]:
    with contextlib.ExitStack() as stack:
        file = None
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_lock(path, alone=False))
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            stack.callback(os.close, file)
        yield file


@contextmanager
def _lock(path: Path, *, alone: bool) -> Iterator[None]:
    """Hold a lock beside the file, together with other runs or alone. Raises `OSError` where it is not to be had."""
    try:
        import fcntl
    except ImportError:  # Windows, where a file that another run has open cannot be replaced anyway
        yield
        return
    # Beside, for the file itself is replaced. Closing lets go of it, and so does whatever ends the process.
    with path.with_suffix(".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        yield
