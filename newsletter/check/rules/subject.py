"""The row in the inbox: subject and preheader."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    hint="Write a shorter `subject`; the title can stay as it is.",
    bad=_titled("The port that nobody counted, and what its empty quays say of the year to come"),
    at="issue.yaml:1:8",
    good=_titled("The port that nobody counted"),
)
def subject_too_long(issue: Issue) -> Iterator[Violation]:
    """Past some 70 columns a subject is cut in every inbox, on wide screens too."""
    if (width := display_width(issue.subject)) > DESKTOP:
        yield Violation(
            _place(issue), f"the subject is {width} columns long; inboxes show {DESKTOP}"
        )


@rule(
    "NL902",
    severity="information",
    hint="Say what it is about in the first 33 characters.",
    bad=_titled("The port that nobody counted, and what it says of 2026"),
    at="issue.yaml:1:8",
    good=_titled("The port that nobody counted"),
)
def subject_cut_on_phones(issue: Issue) -> Iterator[Violation]:
    """Phones show the first 33 to 50 columns of a subject."""
    if PHONE < (width := display_width(issue.subject)) <= DESKTOP:
        kept = issue.subject[:PHONE].rstrip()
        yield Violation(
            _place(issue), f"the subject is {width} columns long; phones end it after {kept!r}"
        )


_CAPITALS = re.compile(r"[^\W\d_]{2,}")


@rule(
    "NL903",
    severity="warning",
    hint="Write it as a sentence; the news is what makes people open it.",
    bad=_titled("THE PORT THAT NOBODY COUNTED"),
    at="issue.yaml:1:8",
    good=_titled("The port that UNCTAD counted"),
)
def subject_shouts(issue: Issue) -> Iterator[Violation]:
    """Capitals throughout and rows of exclamation marks read as spam, to people and to filters.

    (SpamAssassin's SUBJ_ALL_CAPS and PLING_PLING.)
    """
    words = _CAPITALS.findall(issue.subject)
    if len(words) > 2 and all(word.isupper() for word in words):
        yield Violation(_place(issue), "the subject is typed in capitals")
    elif issue.subject.count("!") > 1:
        yield Violation(
            _place(issue), f"the subject has {issue.subject.count('!')} exclamation marks"
        )


@rule(
    "NL904",
    severity="warning",
    hint="Leave it out.",
    bad=_titled("Re: The port that nobody counted"),
    at="issue.yaml:1:8",
    good=_titled("Repairs: the port that nobody counted"),
)
def subject_poses_as_reply(issue: Issue) -> Iterator[Violation]:
    """A letter to many is no answer to one. Gmail's rules for senders forbid it; misleading subjects break CAN-SPAM.

    (15 U.S.C. 7704(a)(2).)
    """
    if match := re.match(r"(?:re|fwd?|aw|wg|tr|rv|res|enc)\s*:\s", issue.subject, re.IGNORECASE):
        yield Violation(
            _place(issue), f"the subject starts with {match[0].strip()!r}, as replies do"
        )


@rule(
    "NL910",
    severity="information",
    hint="Say in a sentence what the subject leaves open.",
    bad={"issue.yaml": _ISSUE.format("One ship came in.")},
    at="issue.yaml:2:12",
    good={"issue.yaml": _ISSUE.format(_DECK)},
)
def preheader_too_short(issue: Issue) -> Iterator[Violation]:
    """An inbox shows 40 to 100 characters after the subject: room for a second sentence."""
    if len(issue.preheader) < SHORT:
        where = issue.places.get("preheader", issue.where)
        yield Violation(
            where,
            f"the preheader has {len(issue.preheader)} characters; there is room for {SHORT} to {LONG}",
        )


@rule(
    "NL911",
    severity="information",
    hint="Bring the news before the cut.",
    bad={
        "issue.yaml": _ISSUE.format(
            "Why the quietest port in Europe is the one to watch, and what " + _DECK[4:]
        )
    },
    at="issue.yaml:2:12",
    good={"issue.yaml": _ISSUE.format(_DECK)},
)
def preheader_too_long(issue: Issue) -> Iterator[Violation]:
    """An inbox shows at most 100 characters of the preheader, and no word of the rest."""
    if len(issue.preheader) > LONG:
        where = issue.places.get("preheader", issue.where)
        yield Violation(
            where, f"the preheader has {len(issue.preheader)} characters; inboxes show {LONG}"
        )


@rule(
    "NL912",
    severity="warning",
    hint="Say what the subject leaves open.",
    bad=_titled(
        "The port that nobody counted until March", "The port that nobody counted, until March."
    ),
    at="issue.yaml:2:12",
    good={"issue.yaml": _ISSUE.format(_DECK)},
)
def preheader_repeats_subject(issue: Issue) -> Iterator[Violation]:
    """The same words twice in the inbox row, and again as title and deck."""
    words = [
        re.sub(r"\W+", " ", text).casefold().strip()
        for text in (issue.preheader, issue.subject, issue.title)
    ]
    if words[0] in words[1:]:
        yield Violation(
            issue.places.get("preheader", issue.where), "the preheader says what the subject says"
        )


RULES = (
    subject_too_long,
    subject_cut_on_phones,
    subject_shouts,
    subject_poses_as_reply,
    preheader_too_short,
    preheader_too_long,
    preheader_repeats_subject,
)
