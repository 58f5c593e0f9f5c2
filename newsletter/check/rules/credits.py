"""Credits: who an issue names, and how their names are spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.names import NameFinder, named_people, same_person
from newsletter.check.prose.passages import passages
from newsletter.check.rule import Violation, rule
from newsletter.check.subjects import IssueHistory
from newsletter.markup.figure import Figure
from newsletter.markup.inline import InlineImage
from newsletter.markup.table import Table
from newsletter.model import Issue, Masthead, walk


@rule(
    "NL105",
    hint="Add `by` to the section, or credit its role in credits.yaml.",
    bad={"20-data.md": "---\nkind: data\n---\nTwelve ships called.\n"},
    at="20-data.md:4:1",
    good={"20-data.md": "---\nkind: data\nby: tomas\n---\nTwelve ships called.\n"},
)
def missing_author(issue: Issue) -> Iterator[Violation]:
    """Every section whose kind has a role in the masthead needs an author: essay for essays, briefs for briefs.

    Kinds without a role (a note, a list of links, a sponsor's message) need none, nor do issues without a masthead.
    """
    if not issue.masthead.people and not issue.masthead.teams:
        return
    filled = {credit.role.id for credit in issue.credits.roles if credit.holders}
    for section in issue.sections:
        roles = _roles_for(section.kind, issue.masthead)
        if roles and not section.by and not section.broken and not filled.intersection(roles):
            yield Violation(section.where, f"No author given for this {section.kind}")


def _roles_for(kind: str, masthead: Masthead) -> set[str]:
    """Return the roles that are responsible for a kind: of its name, or that in the plural."""
    return {
        role.id for role in masthead.roles if kind and role.id in (kind, f"{kind}s", f"{kind}es")
    }


# Roles for what any section can contain, by their usual names.
_TABLES = re.compile(r"data|tables?|charts?|graphics?")
_PICTURES = re.compile(
    r"drawings?|photos?|photograph\w*|pictures?|images?|illustrations?|charts?|graphics?|art|cover"
)
_CREDITS = "issues/2026-03-01-example/credits.yaml"
_DATA = "essay: mira\ndata: tomas\nproduced_by: desk\nlocation: Lisbon, Portugal\n"
KINDS = ("essay", "brief", "data", "postscript", "note", "links", "sponsor")


@rule(
    "NL106",
    severity="warning",
    hint="Delete the line, or add the section it belongs to.",
    bad={_CREDITS: _DATA},
    at="issues/2026-03-01-example/credits.yaml:2:7",
    good={
        _CREDITS: _DATA,
        "20-data.md": "---\nkind: data\n---\nTwelve ships called.\n",
    },
)
def unused_credit(issue: Issue) -> Iterator[Violation]:
    """Credits copied from the last issue name people for sections that this one does not have.

    Only roles named like a kind of section are checked, and only where the issue itself credits them.
    """
    kinds = {section.kind for section in issue.sections}
    if any(section.broken for section in issue.sections):
        return
    for credit in issue.credits.roles:
        role = credit.role
        kind = next((kind for kind in KINDS if role.id in (kind, f"{kind}s")), None)
        own = credit.where.path == issue.credits.where.path
        if (
            kind
            and own
            and credit.holders
            and not role.required
            and kind not in kinds
            and not _shown(role.id, issue)
        ):
            yield Violation(
                credit.where, f"Credit for {role.label}, but the issue has no {kind} section"
            )


def _shown(role: str, issue: Issue) -> bool:
    """Return whether a section of another kind contains what a role is for: the table in an essay."""
    nodes = [node for section in issue.sections for node in walk(section.blocks)]
    return bool(
        (_TABLES.fullmatch(role) and any(isinstance(node, Table | Figure) for node in nodes))
        or (_PICTURES.fullmatch(role) and any(isinstance(node, InlineImage) for node in nodes))
    )


@rule(
    "NL107",
    severity="info",
    hint="Add them to `people` in the masthead (credits.yaml) if they will write again.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: {name: Ana Reis}\n---\nThe quay is empty at noon.\n"
    },
    at="10-essay.md:3:5",
    good={"10-essay.md": "---\nkind: essay\nby: tomas\n---\nThe quay is empty at noon.\n"},
)
def person_not_in_masthead(issue: Issue) -> Iterator[Violation]:
    """Guests are welcome; a name in the masthead is spelled the same in every issue."""
    known = {person.name for person in issue.masthead.people.values()}
    known |= {team.name for team in issue.masthead.teams.values()}
    reported: set[str] = set()
    for person in named_people(issue):
        if person.credited and person.name not in known | reported:
            reported.add(person.name)
            yield Violation(person.where, f"{person.name} is credited but not in the masthead")


@rule(
    "NL108",
    severity="warning",
    hint="Use one spelling; the masthead's is authoritative.",
    bad="The table is by Tomas Leal, who counted twice.",
    at="1:17",
    good="The table is by Tomás Leal, who counted twice.",
)
def inconsistent_person_name(issue: Issue) -> Iterator[Violation]:
    """People notice their own name first. Spellings that differ by an accent, a hyphen or one letter are compared.

    The masthead's names are compared with those of credits, quotations, images and the text itself.
    """
    known = [person.name for person in issue.masthead.people.values()]
    for person in named_people(issue):
        if twin := next((name for name in known if same_person(person.name, name)), None):
            yield Violation(
                person.where, f'Two spellings of a name: "{person.name}" here, "{twin}" elsewhere'
            )
        elif person.name not in known:
            known.append(person.name)
    mentions = NameFinder(known)
    for passage in passages(issue):
        for start, words, name in mentions.misspelled(passage.words):
            yield Violation(
                passage.at(start, words),
                f'Two spellings of a name: "{words}" here, "{name}" elsewhere',
            )


@rule(
    "NL109",
    severity="warning",
    hint="Ask the person, then keep to that spelling.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: mira\n---\n::: pullquote Ana Réis\nWe are never surprised.\n:::\n",
        "issues/2026-02-22-before/issue.yaml": "title: Before\npreheader: The one before.\ndate: 2026-02-22\n",
        "issues/2026-02-22-before/credits.yaml": "essay: mira\nlocation: Lisbon, Portugal\n",
        "issues/2026-02-22-before/10-essay.md": (
            "---\nkind: essay\nby: mira\n---\n::: pullquote Ana Reis\nWe are never fast.\n:::\n"
        ),
    },
    at="10-essay.md:5:1",
    good="::: pullquote Ana Reis\nWe are never surprised.\n:::",
)
def person_name_changed(archive: IssueHistory) -> Iterator[Violation]:
    """A name that changes its spelling from issue to issue is wrong in one of them; the last 25 issues are compared."""
    before: dict[str, str] = {}
    for issue in archive.earlier:
        for person in named_people(issue):
            before.setdefault(person.name, issue.slug)
    for person in named_people(archive.issue):
        if person.name not in before:
            for name, slug in before.items():
                if same_person(person.name, name):
                    yield Violation(
                        person.where,
                        f'Different spelling of a name: "{person.name}" here, "{name}" in {slug}',
                    )
                    break


RULES = (
    missing_author,
    unused_credit,
    person_not_in_masthead,
    inconsistent_person_name,
    person_name_changed,
)
