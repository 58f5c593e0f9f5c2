"""All messages and hints have one grammar.

A message is a noun phrase or "Expected X, found Y", and ends without a full stop. A hint is a
sentence that starts with a verb. An author's words stand in straight double quotation marks.
"""

from __future__ import annotations

import re

import pytest

from tests.printed_messages import Printed, all_messages

# The verbs that a hint may start with: imperatives.
VERBS = frozenset(
    """
    Add Ask Begin Bring Change Check Choose Cite Close Combine Commit Compare Confirm Copy Correct
    Create Credit Decide Delete Describe Download Edit End Export Extract Fetch Find Fix Follow Free
    Give Ignore Import Include Increase Indent Install Keep Leave Link List Look Make Merge Move
    Name Nest Number Omit Open Point Print Publish Put Read Redirect Remove Rename Renew Renumber
    Replace Report Request Resolve Restore Retype Review Run Save Send Set Shorten Split Start Say
    Try Type Unpack Unschedule Upgrade Use Wait Wrap Write
    """.split()
)
# Details that a second sentence may add to a rule's own hint.
DETAILS = ("Also at ", "Look for a copy: ", " Or use ")
# A key, a file or an option, as a person types it.
NAME = re.compile(r"--?[a-z]|[a-z]\w*:|[a-z]+_\w+|[a-z]+/|`")
CODE = re.compile(r"`[^`]*`|<[^>]*>")
FORBIDDEN = re.compile(r"\b(got|told|tell|mend|mended|anew|Did you mean)\b")
OTHER_MARKS = re.compile(r"['‘’“”«»‹›]⟨…⟩|⟨…⟩[‘“”«»‹›]|⟨…⟩'(?!s)|[‘“]\w")

MESSAGES = [printed for printed in all_messages() if printed.role == "message"]
HINTS = [printed for printed in all_messages() if printed.role == "hint"]


def wrong(printed: list[Printed], pattern: re.Pattern[str]) -> list[str]:
    """Return the texts, without their code, that contain a pattern."""
    return [
        f"{where}: {text}" for _, text, where in printed if pattern.search(CODE.sub("`…`", text))
    ]


def starts_well(text: str) -> bool:
    return not text[:1].islower() or NAME.match(text) is not None


def test_messages_are_collected_from_the_whole_package() -> None:
    assert (len(MESSAGES) > 600, len(HINTS) > 500) == (True, True)
    rooms = {printed.where.partition("/")[0] for printed in MESSAGES}
    assert rooms >= {"archive", "charts", "check", "cli", "files", "importers", "links", "load"}
    assert rooms >= {"markup", "pipeline", "preview", "render", "review", "send", "targets"}


def test_a_message_starts_with_a_capital_letter_or_a_name() -> None:
    assert [printed for printed in MESSAGES if not starts_well(printed.text)] == []


def test_a_message_has_no_full_stop_and_is_no_question() -> None:
    assert wrong(MESSAGES, re.compile(r"[.?!]$")) == []


def test_a_hint_starts_with_a_verb() -> None:
    texts = (printed for printed in HINTS if not printed.text.startswith(("⟨", *DETAILS)))
    assert [printed for printed in texts if re.split(r"[ ,]", printed.text)[0] not in VERBS] == []


def test_a_hint_ends_with_one_full_stop() -> None:
    """Except where the text that runs out is an address, or follows from another function."""
    assert wrong(HINTS, re.compile(r"(?<![.⟩])$|\.\.$|[?!]$")) == []


@pytest.mark.parametrize("printed", [MESSAGES, HINTS], ids=["messages", "hints"])
def test_words_of_an_author_are_in_one_kind_of_quotation_marks(printed: list[Printed]) -> None:
    assert wrong(printed, OTHER_MARKS) == []


@pytest.mark.parametrize("printed", [MESSAGES, HINTS], ids=["messages", "hints"])
def test_words_of_a_dialect_are_gone(printed: list[Printed]) -> None:
    assert wrong(printed, FORBIDDEN) == []
