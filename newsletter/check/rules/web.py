"""What the network check found about links: `newsletter check --links`."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.prose.addresses import malformed, trailing_signs
from newsletter.check.prose.link_text import host_named_instead
from newsletter.check.rule import Violation, rule
from newsletter.check.subjects import LinkedIssue
from newsletter.links.display import shortened
from newsletter.links.extract import LinkUse, replacement_edit
from newsletter.links.result import LinkResult
from newsletter.model import Edit

LONGEST = 200  # characters of a reason or an address in a message


def _reason(result: LinkResult) -> str:
    """Return the reason, cut and without control or direction characters: servers influence it."""
    return shortened(result.reason, LONGEST)


def _shown(use: LinkUse) -> str:
    return shortened(use.url, LONGEST)


@rule(
    "NL270",
    hint="Find the page's new address, or remove the link.",
    bad="Read [the log](https://sea.example/gone).",
    at="1:16",
    good="Read [the log](https://sea.example/log).",
)
def dead_link(linked: LinkedIssue) -> Iterator[Violation]:
    """The page is gone, its host does not exist or is private, or browsers reject its certificate.

    Reported only when certain; the hint links to the copy closest to the issue's date that the Internet Archive has.
    """
    for use, result in linked.with_verdict("broken"):
        date = f"{linked.issue.date:%Y%m%d}/" if linked.own(use) else ""
        copy = f"Look for a copy: https://web.archive.org/web/{date}{use.url}"
        message = f"Broken link: {_shown(use)} ({_reason(result)})"
        yield Violation(use.where, message, None, f"{linked.elsewhere(use)} {copy}")


@rule(
    "NL271",
    severity="warning",
    hint="Link to the new address.",
    bad="Read [the log](https://sea.example/old).",
    at="1:16",
    good="Read [the log](https://sea.example/log).",
)
def moved_link(linked: LinkedIssue) -> Iterator[Violation]:
    """The server says that the page moved permanently (301, 308); such redirects are removed some day.

    `--fix` writes the new address, in the issue's own files only, and never one that expires, counts readers, is
    a form or a notice, or that another rule would report.
    """
    for use, result in linked.with_verdict("moved"):
        new = _with_fragment(result.moved_to or result.final, use.fragment)
        message = f"Moved link: {_shown(use)} is now {shortened(new, LONGEST)}"
        edit = _edit(linked, use, new) if result.fixable else None
        look = "" if result.fixable else "Compare the two pages first; --fix does not write it."
        yield Violation(use.where, message, edit, f"{linked.elsewhere(use)} {look}".strip())


def _with_fragment(new: str, fragment: str) -> str:
    return f"{new}#{fragment}" if fragment and "#" not in new else new


def _edit(linked: LinkedIssue, use: LinkUse, new: str) -> Edit | None:
    """Return the edit to a new address, unless another rule would report it in that place."""
    if _spelling_errors(new) - _spelling_errors(use.url):
        return None
    is_replaced = _is_autolink(linked, use)  # the text is the address
    if use.kind == "link" and not is_replaced and host_named_instead(use.text, new):
        return None
    return replacement_edit(use, new)


def _spelling_errors(url: str) -> set[str]:
    return {*malformed(url), trailing_signs(url)} - {""}


def _is_autolink(linked: LinkedIssue, use: LinkUse) -> bool:
    """Return whether a link is written `<https://…>`."""
    line, column = use.where.line, use.where.column
    for section in linked.issue.sections:
        if section.where.path == use.where.path and line and column and use.text == use.url:
            return section.text.split("\n")[line - 1][column - 2 : column - 1] == "<"
    return False


@rule(
    "NL272",
    severity="warning",
    hint="Open it in a browser; if it works, add its host to blocked_is_fine under [links].",
    bad="Read [the log](https://sea.example/wall).",
    at="1:16",
    good="Read [the log](https://sea.example/log).",
)
def blocked_link(linked: LinkedIssue) -> Iterator[Violation]:
    """The server blocks automated requests (401, 403, 429, 451, 999, a challenge): only a person can check the page."""
    for use, result in linked.with_verdict("blocked"):
        message = f"Link not checkable: {_shown(use)} blocks automated requests ({_reason(result)})"
        yield Violation(use.where, message, None, linked.elsewhere(use))


@rule(
    "NL273",
    severity="warning",
    hint="Open it and check that it is the page you mean.",
    bad="Read [the log](https://sea.example/soft).",
    at="1:16",
    good="Read [the log](https://sea.example/log).",
)
def suspect_link(linked: LinkedIssue) -> Iterator[Violation]:
    """A page opens, but perhaps not the right one: it says "not found", or is the home page."""
    for use, result in linked.with_verdict("suspect"):
        message = f"Suspect link: {_shown(use)} ({_reason(result)})"
        yield Violation(use.where, message, None, linked.elsewhere(use))


@rule(
    "NL274",
    severity="warning",
    hint="Link to an anchor that exists, or to the page.",
    bad="Read [the log](https://sea.example/log#midnight).",
    at="1:16",
    good="Read [the log](https://sea.example/log#noon).",
)
def missing_anchor(linked: LinkedIssue) -> Iterator[Violation]:
    """The page opens but lacks the anchor: its headings were renamed, or the anchor was mistyped."""
    for use, _ in linked.lacking():
        message = f"Missing anchor: {_shown(use)} (no #{shortened(use.fragment, 80)} on the page)"
        yield Violation(use.where, message, None, linked.elsewhere(use, str))


@rule(
    "NL275",
    severity="warning",
    hint="Try again later; if it stays slow, link to another page.",
    bad="Read [the log](https://sea.example/slow).",
    at="1:16",
    good="Read [the log](https://sea.example/log).",
)
def unanswered_link(linked: LinkedIssue) -> Iterator[Violation]:
    """The server did not respond in time: it may be slow today, or gone; readers would wait as long."""
    for use, result in linked.with_verdict("timeout"):
        message = f"Link timed out: {_shown(use)} ({_reason(result)})"
        yield Violation(use.where, message, None, linked.elsewhere(use))


RULES = (
    dead_link,
    moved_link,
    blocked_link,
    suspect_link,
    missing_anchor,
    unanswered_link,
)
