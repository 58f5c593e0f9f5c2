"""What the network said of links, where it was asked: `newsletter check --links`."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.rule import Violation, rule
from newsletter.check.subjects import LinkedIssue
from newsletter.links.extract import mend
from newsletter.links.result import LinkResult


def _why(answer: LinkResult) -> str:
    """Return the reason without signs that would move a terminal's cursor: servers have a hand in it."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in answer.why)


@rule(
    "NL270",
    hint="Find where it went, or take the link out.",
    bad="Read [the log](https://example.org/gone).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def dead_link(linked: LinkedIssue) -> Iterator[Violation]:
    """The page is gone, its host is not there or is private, or its certificate is one that browsers refuse.

    Told only where it is certain; the hint leads to a copy of about the issue's date, if the Internet Archive has one.
    """
    for use, answer in linked.said("broken"):
        when = f"{linked.issue.date:%Y%m%d}/" if linked.own(use) else ""
        copy = f"Perhaps there is a copy: https://web.archive.org/web/{when}{use.url}"
        yield Violation(
            use.where,
            f"{use.url} does not open: {_why(answer)}",
            None,
            f"{linked.elsewhere(use)} {copy}",
        )


@rule(
    "NL271",
    severity="warning",
    hint="Write the new address.",
    bad="Read [the log](https://example.org/old).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def moved_link(linked: LinkedIssue) -> Iterator[Violation]:
    """The host says that the page moved for good (301, 308); such signposts are taken down some day.

    The mend puts the new address in place of the old, in the issue's own files.
    """
    for use, answer in linked.said("moved"):
        new = answer.moved_to or answer.final
        if use.fragment and "#" not in new:
            new = f"{new}#{use.fragment}"
        yield Violation(
            use.where, f"{use.url} moved to {new}", mend(use, new), linked.elsewhere(use)
        )


@rule(
    "NL272",
    severity="warning",
    hint="Open it in a browser; if it is there, name its host in blocked_is_fine under [links].",
    bad="Read [the log](https://example.org/wall).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def blocked_link(linked: LinkedIssue) -> Iterator[Violation]:
    """The host turns programs away (401, 403, 429, 451, 999, a challenge): only a person can say what is there."""
    for use, answer in linked.said("blocked"):
        yield Violation(
            use.where,
            f"{use.url} does not let us look: {_why(answer)}",
            None,
            linked.elsewhere(use),
        )


@rule(
    "NL273",
    severity="warning",
    hint="Open it and see whether it is the page you mean.",
    bad="Read [the log](https://example.org/soft).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def suspect_link(linked: LinkedIssue) -> Iterator[Violation]:
    """Something is there, but perhaps not the page: it says "not found" with a good status, or is the home page."""
    for use, answer in linked.said("suspect"):
        yield Violation(
            use.where, f"{use.url} looks wrong: {_why(answer)}", None, linked.elsewhere(use)
        )


@rule(
    "NL274",
    severity="warning",
    hint="Link to an anchor the page has, or to the page.",
    bad="Read [the log](https://example.org/log#midnight).",
    at="1:16",
    good="Read [the log](https://example.org/log#noon).",
)
def missing_anchor(linked: LinkedIssue) -> Iterator[Violation]:
    """The page is there and has no such place: its headings were renamed, or the anchor was copied with a slip."""
    for use, _ in linked.lacking():
        yield Violation(
            use.where,
            f"{use.url}: the page has no anchor #{use.fragment}",
            None,
            linked.elsewhere(use, str),
        )


@rule(
    "NL275",
    severity="warning",
    hint="Try again later; if it stays silent, link to something else.",
    bad="Read [the log](https://example.org/slow).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def unanswered_link(linked: LinkedIssue) -> Iterator[Violation]:
    """Nobody answered in time: the page may be slow today, or gone; a reader would wait as long."""
    for use, answer in linked.said("timeout"):
        yield Violation(
            use.where, f"{use.url} did not answer: {_why(answer)}", None, linked.elsewhere(use)
        )


RULES = (
    dead_link,
    moved_link,
    blocked_link,
    suspect_link,
    missing_anchor,
    unanswered_link,
)
