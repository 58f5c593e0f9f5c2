"""Rule selection and severity: from the settings, then the issue, then the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.diagnostics import WRONG_VALUE, blocks_build
from newsletter.model import Finding, Location, RuleSelection, Severity
from newsletter.workspace import Workspace

# Findings about what is still to be written: warnings while an issue is a draft.
STILL_TO_WRITE = frozenset(
    {
        "NL030",  # no section
        "NL031",  # an empty section
        "NL103",  # a required role
        "NL104",  # the location
        "NL105",  # an author
        "NL301",  # TK
        "NL606",  # alternative text
        "NL709",  # TK in a template
        "NL926",  # a value of `newsletter init`
    }
)


class SelectionStack(Struct, frozen=True):
    """The rule selections of several sources, in increasing order of precedence.

    The longest code wins (`NL303` over `NL3`), then the later source, then `ignore`.
    """

    choices: tuple[RuleSelection, ...] = ()
    only: frozenset[str] | None = None  # if set, no other code applies
    draft: bool = False  # whether errors about what is still to be written are warnings

    @classmethod
    def of_settings(cls, workspace: Workspace, *more: RuleSelection) -> SelectionStack:
        """Return the selections of the settings and of the command line, in this order."""
        return cls(tuple(map(in_codes, (selection_of_workspace(workspace), *more))))

    def merged_with(self, choice: RuleSelection) -> SelectionStack:
        """Return the stack with one more selection, between the settings and the command line."""
        choices = (*self.choices[:1], in_codes(choice), *self.choices[1:])
        return replace(self, choices=choices)

    def on(self, code: str) -> bool:
        """Return whether a rule applies."""
        if self.only is not None and code not in self.only:
            return False
        chosen = [
            (rank, choice.select) for rank, choice in enumerate(self.choices) if choice.select
        ]
        rank, select = chosen[-1] if chosen else (-1, ("",))
        matches = [(len(prefix), rank, False) for prefix in select if code.startswith(prefix)]
        matches += [
            (len(prefix), rank, True)
            for rank, choice in enumerate(self.choices)
            for prefix in choice.ignore
            if code.startswith(prefix)
        ]
        selected = any(not ignored for _, _, ignored in matches)
        return selected and not max(matches)[2]

    def severity(self, code: str, severity: Severity) -> Severity:
        """Return the effective severity of a rule's findings."""
        matches = [
            (len(prefix), rank, _canonical(level))
            for rank, choice in enumerate(self.choices)
            for prefix, level in choice.severity.items()
            if code.startswith(prefix)
        ]
        chosen = max(matches)[2] if matches else severity
        return "warning" if self.draft and chosen == "error" and code in STILL_TO_WRITE else chosen

    def of(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the selected findings with their effective severity.

        Findings that block the build are always included.
        """
        for finding in findings:
            if blocks_build(finding):
                yield finding
            elif self.on(finding.code):
                yield finding.with_severity(self.severity(finding.code, finding.severity))


def selection_of_workspace(workspace: Workspace) -> RuleSelection:
    """Return the selection of the settings."""
    check = workspace.check
    return RuleSelection(tuple(check.select), tuple(check.ignore), check.severity)


def in_codes(choice: RuleSelection) -> RuleSelection:
    """Return a selection with rule names, in any case, replaced by codes."""
    severity = {code_of(word): level for word, level in choice.severity.items()}
    return RuleSelection(
        tuple(map(code_of, choice.select)), tuple(map(code_of, choice.ignore)), severity
    )


def _canonical(level: Severity | Literal["information"]) -> Severity:
    return "info" if level == "information" else level


@lru_cache(maxsize=256)
def code_of(word: str) -> str:
    """Return the code or code prefix for a word; return other words unchanged."""
    if re.fullmatch(r"NL\d*", word):
        return word
    from newsletter.check.registry import (
        find_entry,
        is_prefix,
    )  # imports all rules, which a build does not need

    entry = find_entry(word)
    if entry:
        return entry.code
    return word.upper() if is_prefix(word.upper()) else word


def unknown_words(choice: RuleSelection) -> Iterator[tuple[str, str, str]]:
    """Yield key, word and a hint for each word that is not a rule."""
    from newsletter.check.registry import (
        is_prefix,
        near_miss,
    )  # imports all rules, which a build does not need

    for key, words in (
        ("select", choice.select),
        ("ignore", choice.ignore),
        ("severity", tuple(choice.severity)),
    ):
        for word in words:
            if not is_prefix(code_of(word)):
                yield key, word, near_miss(word)


def unknown_in_issue(choice: RuleSelection, where: Location) -> Iterator[Finding]:
    """Yield a finding for each unknown rule in `check:` of issue.yaml."""
    for key, word, hint in unknown_words(choice):
        yield WRONG_VALUE.finding(where, f'Unknown rule "{word}" in {key}', hint)
