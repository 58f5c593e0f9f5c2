"""The row in the inbox: subject and preheader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.graphemes import graphemes
from newsletter.check.rule import Violation, rule
from newsletter.markup.width import display_width
from newsletter.model import Issue, Location

PHONE, DESKTOP = 50, 70  # columns of a subject that are shown
SHORT, LONG = 40, 100  # characters of a preheader

_ISSUE = "title: The port that nobody counted\npreheader: {}\ndate: 2026-03-01\n"
_DECK = "Why the quietest port in Europe is the one to watch."


def _titled(title: str, preheader: str = _DECK) -> dict[str, str]:
    return {"issue.yaml": f'title: "{title}"\npreheader: {preheader}\ndate: 2026-03-01\n'}


def _place(issue: Issue) -> Location:
    return issue.places.get("subject") or issue.places.get("title") or issue.where


@rule(
    "NL901",
    severity="warning",
    hint="Add a shorter `subject`; the title can stay as it is.",
    bad=_titled("The port that nobody counted, and what its empty quays say of the year to come"),
    at="issue.yaml:1:8",
    good=_titled("The port that nobody counted"),
)
def subject_too_long(issue: Issue) -> Iterator[Violation]:
    """Every inbox truncates a subject after about 70 columns, even on wide screens."""
    if (width := display_width(issue.subject)) > DESKTOP:
        yield Violation(_place(issue), f"Subject of {width} columns; inboxes show {DESKTOP}")


@rule(
    "NL902",
    severity="info",
    hint="Put the topic into the first 33 characters.",
    bad=_titled("The port that nobody counted, and what it says of 2026"),
    at="issue.yaml:1:8",
    good=_titled("The port that nobody counted"),
)
def subject_truncated_on_phones(issue: Issue) -> Iterator[Violation]:
    """Phones show the first 33 to 50 columns of a subject."""
    if PHONE < (width := display_width(issue.subject)) <= DESKTOP:
        visible = _cut(issue.subject, PHONE)
        yield Violation(_place(issue), f'Subject of {width} columns; phones show "{visible}"')


def _cut(text: str, columns: int) -> str:
    """Return the characters of a text that fit into so many columns."""
    fitting, width = "", 0
    for character in graphemes(text):
        width += display_width(character)
        if width > columns:
            break
        fitting += character
    return fitting.rstrip()


_CAPITALS = re.compile(r"[^\W\d_]{2,}")


@rule(
    "NL903",
    severity="warning",
    hint="Use sentence case and at most one exclamation mark.",
    bad=_titled("THE PORT THAT NOBODY COUNTED"),
    at="issue.yaml:1:8",
    good=_titled("The port that UNCTAD counted"),
)
def shouting_subject(issue: Issue) -> Iterator[Violation]:
    """Capitals throughout and several exclamation marks look like spam, to people and to filters.

    (SpamAssassin's SUBJ_ALL_CAPS and PLING_PLING.)
    """
    words = _CAPITALS.findall(issue.subject)
    if len(words) > 2 and all(word.isupper() for word in words):
        yield Violation(_place(issue), "Subject in capitals")
    elif issue.subject.count("!") > 1:
        count = issue.subject.count("!")
        yield Violation(_place(issue), f"Subject with {count} exclamation marks")


@rule(
    "NL904",
    severity="warning",
    hint="Remove the prefix.",
    bad=_titled("Re: The port that nobody counted"),
    at="issue.yaml:1:8",
    good=_titled("Repairs: the port that nobody counted"),
)
def fake_reply_subject(issue: Issue) -> Iterator[Violation]:
    """A newsletter is not a reply. Gmail's rules for senders forbid the prefix; misleading subjects violate CAN-SPAM.

    (15 U.S.C. 7704(a)(2).)
    """
    if match := re.match(r"(?:re|fwd?|aw|wg|tr|rv|res|enc)\s*:\s", issue.subject, re.IGNORECASE):
        yield Violation(_place(issue), f'Subject with the prefix of a reply: "{match[0].strip()}"')


@rule(
    "NL910",
    severity="info",
    hint="Add a sentence about what the subject leaves open.",
    bad={"issue.yaml": _ISSUE.format("One ship came in.")},
    at="issue.yaml:2:12",
    good={"issue.yaml": _ISSUE.format(_DECK)},
)
def preheader_too_short(issue: Issue) -> Iterator[Violation]:
    """An inbox shows 40 to 100 characters after the subject, enough for a second sentence."""
    if (length := len(graphemes(issue.preheader))) < SHORT:
        where = issue.places.get("preheader", issue.where)
        yield Violation(
            where,
            f"Preheader of {length} characters; inboxes show {SHORT} to {LONG}",
        )


@rule(
    "NL911",
    severity="info",
    hint="Shorten it, or put the news first.",
    bad={
        "issue.yaml": _ISSUE.format(
            "Why the quietest port in Europe is the one to watch, and what " + _DECK[4:]
        )
    },
    at="issue.yaml:2:12",
    good={"issue.yaml": _ISSUE.format(_DECK)},
)
def preheader_too_long(issue: Issue) -> Iterator[Violation]:
    """An inbox shows at most 100 characters of the preheader."""
    if (length := len(graphemes(issue.preheader))) > LONG:
        where = issue.places.get("preheader", issue.where)
        yield Violation(where, f"Preheader of {length} characters; inboxes show {LONG}")


@rule(
    "NL912",
    severity="warning",
    hint="Write about what the subject leaves open.",
    bad=_titled(
        "The port that nobody counted until March", "The port that nobody counted, until March."
    ),
    at="issue.yaml:2:12",
    good={"issue.yaml": _ISSUE.format(_DECK)},
)
def preheader_repeats_subject(issue: Issue) -> Iterator[Violation]:
    """The inbox row, and title and deck in the email, show the same words twice."""
    words = [
        re.sub(r"\W+", " ", text).casefold().strip()
        for text in (issue.preheader, issue.subject, issue.title)
    ]
    if words[0] in words[1:]:
        yield Violation(issue.places.get("preheader", issue.where), "Preheader repeats the subject")


RULES = (
    subject_too_long,
    subject_truncated_on_phones,
    shouting_subject,
    fake_reply_subject,
    preheader_too_short,
    preheader_too_long,
    preheader_repeats_subject,
)
