"""Links as a reader meets them; whether they lead anywhere is asked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.addresses import SHORTENERS, UsedAddress, addresses, host, key
from newsletter.check.prose.vague_links import says_nothing
from newsletter.check.rule import Violation, rule
from newsletter.check.subjects import IssueHistory
from newsletter.markup.inline import InlineImage, Link
from newsletter.model import Issue, walk


@rule(
    "NL201",
    severity="warning",
    hint="Say where the link goes.",
    bad="The report is [here](https://example.org/report).",
    at="1:15",
    good="Read the [report of the harbour board](https://example.org/report).",
)
def vague_link_text(issue: Issue) -> Iterator[Violation]:
    """Screen readers list links without the words around them, and thirty times "here" is no list.

    (WCAG 2.4.4; the Email Markup Consortium found it in 72 % of mails in 2025.)
    """
    for address in addresses(issue):
        if address.node and says_nothing(address.words, issue.language):
            yield Violation(address.node.where, f"link text {address.words!r} says nothing")


_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?", re.IGNORECASE)


# Among other words only what can be nothing else: `see https://example.org`, but `Example.org is back`.
_WHOLE = re.compile(
    r"(?:https?://|\bwww\.)((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?", re.IGNORECASE
)


@rule(
    "NL202",
    severity="warning",
    hint="Name the host the link leads to, or write words instead.",
    bad="Look at [statistics.example.org](https://harbour.example/figures).",
    at="1:9",
    good="Look at [example.org](https://www.example.org/figures).",
)
def link_text_mismatch(issue: Issue) -> Iterator[Violation]:
    """Text that names one host over a link to another is how phishing looks, and spam filters count it so."""
    for address in addresses(issue):
        shown, leads = (
            _HOST.fullmatch(address.words) or _WHOLE.search(address.words),
            host(address.url),
        )
        if (
            not address.node
            or not shown
            or not leads
            or not ("/" in shown[0] or _known_end(shown[1]))
        ):
            continue
        if (
            leads in SHORTENERS or shown[1].lower() in address.url.lower()
        ):  # told elsewhere; archived, or passed on
            continue
        named = shown[1].lower().removeprefix("www.")
        if not _akin(named, leads):
            yield Violation(
                address.node.where, f"the text names {named}, the link leads to {leads}"
            )


# Ends that are hosts and hardly anything else: `Node.js`, `README.md` and `next.rs` are names of other things.
_ENDS = frozenset("com org net edu gov int eu uk de fr es pt it nl info news example".split())


def _known_end(name: str) -> bool:
    return name.rsplit(".", 1)[-1].lower() in _ENDS


def _akin(named: str, leads: str) -> bool:
    """Tell whether one host is the other or lies in its domain: `example.org` for `www.example.org`."""
    return named == leads or leads.endswith(f".{named}") or named.endswith(f".{leads}")


@rule(
    "NL206",
    severity="information",
    hint="Keep the one that serves the reader better.",
    bad="Read [the log](https://example.org/log).\n\nThen read [the harbour's log](https://www.example.org/log/#noon).",
    at="3:31",
    good="Read [the log](https://example.org/log), then [the other log](https://example.org/other).",
)
def repeated_link(issue: Issue) -> Iterator[Violation]:
    """A second link to a page costs attention and room; http, `www.`, slash and fragment make no other page.

    The line of sources may repeat what the text links to.
    """
    seen: dict[str, UsedAddress] = {}
    for address in addresses(issue):
        name = key(address.url)
        if address.node is None or name is None:
            continue
        if first := seen.get(name):
            yield Violation(address.where, f"{name} is linked already at {_near(first, address)}")
        seen.setdefault(name, address)


def _near(first: UsedAddress, second: UsedAddress) -> str:
    path, line, _ = first.where
    return f"line {line}" if path == second.where.path else f"{path.rsplit('/', 1)[-1]}:{line}"


FURNITURE = 3  # issues with the same link: how to subscribe, where to write


@rule(
    "NL207",
    severity="information",
    hint="Say what is new about it, or leave it out.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nRead [the log](https://example.org/log).\n",
        "issues/2026-02-22-before/issue.yaml": "title: Before\npreheader: The one before.\ndate: 2026-02-22\n",
        "issues/2026-02-22-before/credits.yaml": "essay: mira\nlocation: Lisbon, Portugal\n",
        "issues/2026-02-22-before/10-essay.md": (
            "---\nkind: essay\nby: mira\n---\nRead [the log](http://example.org/log/).\n"
        ),
    },
    at="10-essay.md:5:16",
    good="Read [the log of this week](https://example.org/log/9).",
)
def link_in_earlier_issue(archive: IssueHistory) -> Iterator[Violation]:
    """Readers who stay notice what they were sent before; the last 25 issues are looked at.

    A site's first page, and what stands in three issues and more, is furniture.

    (rust-lang/this-week-in-rust, `tools/inspect_links.py`.)
    """
    before: dict[str, list[str]] = {}
    for issue in archive.earlier:
        for name in {key(address.url) for address in addresses(issue)} - {None}:
            before.setdefault(str(name), []).append(issue.slug)
    for address in addresses(archive.issue):
        name = key(address.url)
        if name and "/" in name and 0 < len(before.get(name, ())) < FURNITURE:
            yield Violation(address.where, f"{name} was linked in {before[name][0]}")


@rule(
    "NL210",
    hint="Put words between the brackets, or delete the link.",
    bad="Read the log [](https://example.org/log).",
    at="1:14",
    good="Read [the log](https://example.org/log).",
)
def empty_link_text(issue: Issue) -> Iterator[Violation]:
    """A link without words, or around a picture without an alt text, cannot be seen or is read as its address."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Link) and not any(
                child.alt.strip()
                if isinstance(child, InlineImage)
                else getattr(child, "words", "").strip()
                for child in walk(node.children)
            ):
                yield Violation(node.where, "the link has no words")


RULES = (
    vague_link_text,
    link_text_mismatch,
    repeated_link,
    link_in_earlier_issue,
    empty_link_text,
)
