"""The rights in images: licences that are unknown or run out, uses that were not agreed, people who did not consent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.example import IMAGE
from newsletter.check.rule import Violation, rule
from newsletter.check.subjects import IssueHistory
from newsletter.load.rights import rights_of
from newsletter.markup.figure import Figure
from newsletter.markup.inline import InlineImage
from newsletter.model import Issue, Location, walk
from newsletter.model.issue import ImageRights

_QUAY = "issues/2026-03-01-example/images/quay.png"
_ESSAY = (
    "---\nkind: essay\nby: mira\n---\n"
    "::: figure\nsrc: images/quay.png\nalt: The north quay without ships\n:::\n"
)
_FILE = "issues/2026-03-01-example/images.yaml"


def _shown(rights: str) -> dict[str, str | bytes | None]:
    return {
        "10-essay.md": _ESSAY,
        _QUAY: IMAGE,
        _FILE: f"images/quay.png: {{credit: Mira Oduya, {rights}}}\n",
    }


def _used(issue: Issue) -> Iterator[tuple[Location, ImageRights]]:
    """Yield the images of an issue that are listed in images.yaml, each once."""
    seen: set[str] = set()
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, InlineImage) and node.src not in seen:
                seen.add(node.src)
                if rights := rights_of(node.src, issue.images):
                    yield node.where, rights


@rule(
    "NL520",
    hint="Renew the licence, or use another image.",
    bad=_shown("licence: agency, expires: 2026-02-28"),
    at="10-essay.md:6:6",
    good=_shown("licence: agency, expires: 2026-03-31"),
)
def expired_licence(issue: Issue) -> Iterator[Violation]:
    """An image whose licence has run out on the day of the issue."""
    for where, rights in _used(issue):
        if rights.expires and rights.expires < issue.date:
            message = f"Licence of {rights.name} expired on {rights.expires}"
            yield Violation(where, message)


_UNKNOWN = re.compile(
    r"\W*(?:unknown|unclear|tbd|tbc|todo|tk|none|\?+|n/?a|google|internet|web)\W*", re.IGNORECASE
)


@rule(
    "NL521",
    severity="warning",
    hint="Find out the terms and state them in images.yaml, or use another image.",
    bad=_shown("licence: unknown"),
    at="10-essay.md:6:6",
    good=_shown("licence: CC BY 4.0"),
)
def unknown_licence(issue: Issue) -> Iterator[Violation]:
    """An image whose terms of use are not stated in images.yaml."""
    for where, rights in _used(issue):
        stated = rights.licence or rights.credit_line
        own = _stated_in_block(issue, where)
        if not own and (stated is None or _UNKNOWN.fullmatch(stated)):
            yield Violation(where, f"Unknown licence of {rights.name}")


def _stated_in_block(issue: Issue, where: Location) -> bool:
    """Return whether the figure's own block states another licence than images.yaml does."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Figure) and node.image.where == where:
                return bool(node.licence) and not _UNKNOWN.fullmatch(node.licence or "")
    return False


@rule(
    "NL522",
    hint="Ask them, and record it in images.yaml; or use another image.",
    bad=_shown("licence: CC BY 4.0, people: [{name: Ana Reis, consent: false}]"),
    at="10-essay.md:6:6",
    good=_shown("licence: CC BY 4.0, people: [{name: Ana Reis, consent: true}]"),
)
def person_without_consent(issue: Issue) -> Iterator[Violation]:
    """A person can be recognized who did not agree to be shown (GDPR, Article 6; the right to one's own image)."""
    for where, rights in _used(issue):
        for name in rights.unwilling:
            yield Violation(where, f"No consent of {name}, shown in {rights.name}")


@rule(
    "NL523",
    hint="Ask for a wider licence, or use another image.",
    bad=_shown("licence: agency, allowed: [web]"),
    at="10-essay.md:6:6",
    good=_shown("licence: agency, allowed: [email, web]"),
)
def use_not_allowed(checked: CheckedEmail) -> Iterator[Violation]:
    """An image in an email or on the web page whose licence does not cover that."""
    for where, rights in _used(checked.issue):
        for use, name in (("email", "an email"), ("web", "the web page")):
            if use not in rights.allowed:
                yield Violation(where, f"Licence of {rights.name} does not cover {name}")


@rule(
    "NL524",
    hint="Ask for more uses, or use another image.",
    bad={
        **_shown("licence: agency, uses: 1"),
        "issues/2026-02-01-before/issue.yaml": "title: Before\npreheader: The quay a month ago.\n"
        "date: 2026-02-01\n",
        "issues/2026-02-01-before/credits.yaml": "essay: mira\nproduced_by: desk\n",
        "issues/2026-02-01-before/10-essay.md": _ESSAY,
        "issues/2026-02-01-before/images/quay.png": IMAGE,
    },
    at="10-essay.md:6:6",
    good=_shown("licence: agency, uses: 1"),
)
def image_overused(archive: IssueHistory) -> Iterator[Violation]:
    """An image that was published in as many earlier issues as its licence allows."""
    for where, rights in _used(archive.issue):
        if rights.uses is None:
            continue
        name = rights.name.rpartition("/")[2]
        earlier = [issue for issue in archive.earlier if name in _file_names(issue)]
        if len(earlier) >= rights.uses:
            before = ", ".join(issue.slug for issue in earlier[:3])
            message = f"{rights.name} may be used in {rights.uses} issues; already in {before}"
            yield Violation(where, message.replace("1 issues", "1 issue"))


def _file_names(issue: Issue) -> set[str]:
    return {
        node.src.rpartition("/")[2]
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, InlineImage)
    }


RULES = (
    expired_licence,
    unknown_licence,
    person_without_consent,
    use_not_allowed,
    image_overused,
)
