"""Links as a reader sees them; `web.py` reports whether they work."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.prose.addresses import (
    UsedAddress,
    address_key,
    followed_addresses,
    host,
)
from newsletter.check.prose.link_text import host_named_instead
from newsletter.check.prose.vague_links import is_vague
from newsletter.check.rule import Violation, rule
from newsletter.check.subjects import IssueHistory
from newsletter.markup.inline import InlineImage, Link
from newsletter.model import Issue, walk


@rule(
    "NL201",
    severity="warning",
    hint="Describe where the link goes.",
    bad="The report is [here](https://sea.example/report).",
    at="1:15",
    good="Read the [report of the harbour board](https://sea.example/report).",
)
def vague_link_text(issue: Issue) -> Iterator[Violation]:
    """Screen readers list links without the words around them; thirty entries that say "here" are useless.

    (WCAG 2.4.4; the Email Markup Consortium found it in 72 % of emails in 2025.)
    """
    for address in followed_addresses(issue):
        if address.node and is_vague(address.words, issue.language):
            yield Violation(address.node.where, f'Vague link text: "{address.words}"')


@rule(
    "NL202",
    severity="warning",
    hint="Name the host that the link leads to, or use descriptive words.",
    bad="Look at [statistics.sea.example](https://harbour.example/figures).",
    at="1:9",
    good="Look at [sea.example](https://www.sea.example/figures).",
)
def link_text_mismatch(issue: Issue) -> Iterator[Violation]:
    """Link text that names another host than the link's own looks like phishing, to readers and spam filters."""
    for address in followed_addresses(issue):
        named = host_named_instead(address.words, address.url)
        if address.node and named:
            message = f"Link text names {named}, but the link leads to {host(address.url)}"
            yield Violation(address.node.where, message)


@rule(
    "NL206",
    severity="info",
    hint="Keep the more useful of the two.",
    bad="Read [the log](https://sea.example/log).\n\nThen read [the harbour's log](https://www.sea.example/log/#noon).",
    at="3:31",
    good="Read [the log](https://sea.example/log), then [the other log](https://sea.example/other).",
)
def duplicate_link(issue: Issue) -> Iterator[Violation]:
    """A second link to the same page; http, `www.`, a closing slash and the fragment make no difference.

    The line of sources may repeat links of the text.
    """
    seen: dict[str, UsedAddress] = {}
    for address in followed_addresses(issue):
        name = address_key(address.url)
        if address.node is None or name is None:
            continue
        if first := seen.get(name):
            yield Violation(
                address.where, f"Duplicate link: {name} is also linked at {_near(first, address)}"
            )
        seen.setdefault(name, address)


def _near(first: UsedAddress, second: UsedAddress) -> str:
    where = first.where
    if where.path == second.where.path:
        return f"line {where.line}"
    return f"{where.path.rsplit('/', 1)[-1]}:{where.line}"


NEWS = ("essay", "brief", "data")
STANDING = 3  # issues with the same link: how to subscribe, where to write


@rule(
    "NL207",
    severity="info",
    hint="Say what is new about it, or remove it.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nRead [the log](https://sea.example/log).\n",
        "issues/2026-02-22-before/issue.yaml": "title: Before\npreheader: The one before.\ndate: 2026-02-22\n",
        "issues/2026-02-22-before/credits.yaml": "essay: mira\nlocation: Lisbon, Portugal\n",
        "issues/2026-02-22-before/10-essay.md": (
            "---\nkind: essay\nby: mira\n---\nRead [the log](http://sea.example/log/).\n"
        ),
    },
    at="10-essay.md:5:16",
    good="Read [the log of this week](https://sea.example/log/9).",
)
def link_in_earlier_issue(archive: IssueHistory) -> Iterator[Violation]:
    """Regular readers notice a link they have seen before; the last 25 issues are compared.

    Home pages, and links that appear in three or more issues, are standing links and exempt, as are
    those in `standing_links` of `[check]`, and those that a note or postscript repeats word for word.

    (rust-lang/this-week-in-rust, `tools/inspect_links.py`.)
    """
    before: dict[str, list[str]] = {}
    for issue in archive.earlier:
        for name in {address_key(address.url) for address in followed_addresses(issue)} - {None}:
            before.setdefault(str(name), []).append(issue.slug)
    listed = tuple(filter(None, map(_listed, archive.standing_links)))
    for address in followed_addresses(archive.issue):
        name = address_key(address.url)
        if not name or "/" not in name or name not in before:
            continue
        if (
            len(before[name]) < STANDING
            and not name.startswith(listed)
            and not _repeats(address, archive)
        ):
            yield Violation(address.where, f"Link used before: {name} in {before[name][0]}")


def _listed(start: str) -> str:
    return (address_key(start if "://" in start else f"https://{start}") or "").lower()


def _repeats(address: UsedAddress, archive: IssueHistory) -> bool:
    """Return whether the issue before has the same link under the same words in a section of the same kind.

    Sections of news are exempt: there, a repeated link is what the rule looks for.
    """
    section = address.section
    if section is None or section.kind in NEWS or not archive.earlier:
        return False
    return any(
        address.words == other.words and address_key(address.url) == address_key(other.url)
        for other in followed_addresses(archive.earlier[0])
        if other.section and other.section.kind == section.kind
    )


@rule(
    "NL210",
    hint="Add link text between the brackets, or delete the link.",
    bad="Read the log [](https://sea.example/log).",
    at="1:14",
    good="Read [the log](https://sea.example/log).",
)
def empty_link_text(issue: Issue) -> Iterator[Violation]:
    """A link without text, or around an image without alternative text, is invisible or read out as its address."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Link) and not any(
                child.alt.strip()
                if isinstance(child, InlineImage)
                else getattr(child, "words", "").strip()
                for child in walk(node.children)
            ):
                yield Violation(node.where, "Link without text")


RULES = (
    vague_link_text,
    link_text_mismatch,
    duplicate_link,
    link_in_earlier_issue,
    empty_link_text,
)
