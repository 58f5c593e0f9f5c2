"""Which rules apply, with which severity: settings, then the issue, then the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from newsletter.diagnostics import WRONG_VALUE, blocks_build
from newsletter.model import Finding, Location, RuleSelection, Severity
from newsletter.workspace import Workspace


class SelectionStack(Struct, frozen=True):
    """The selections of several places, the one with the highest precedence last.

    The longest code wins (`NL303` over `NL3`), then the later place, then `ignore`.
    """

    choices: tuple[RuleSelection, ...] = ()
    only: frozenset[str] | None = None  # no other code applies, whatever is selected

    @classmethod
    def of_settings(cls, workspace: Workspace, *more: RuleSelection) -> SelectionStack:
        """Return the selection of the settings, followed by that of the command line."""
        return cls(tuple(map(in_codes, (selection_of_workspace(workspace), *more))))

    def merged_with(self, choice: RuleSelection) -> SelectionStack:
        """Return the selection with one more place after the settings and before the command line."""
        return SelectionStack((*self.choices[:1], in_codes(choice), *self.choices[1:]), self.only)

    def on(self, code: str) -> bool:
        """Return whether a rule applies."""
        if self.only is not None and code not in self.only:
            return False
        chosen = [
            (place, choice.select) for place, choice in enumerate(self.choices) if choice.select
        ]
        place, select = chosen[-1] if chosen else (-1, ("",))
        matches = [(len(prefix), place, False) for prefix in select if code.startswith(prefix)]
        matches += [
            (len(prefix), place, True)
            for place, choice in enumerate(self.choices)
            for prefix in choice.ignore
            if code.startswith(prefix)
        ]
        selected = any(not ignored for _, _, ignored in matches)
        return selected and not max(matches)[2]

    def severity(self, code: str, severity: Severity) -> Severity:
        """Return the severity of a rule's findings here."""
        matches = [
            (len(prefix), place, _canonical(level))
            for place, choice in enumerate(self.choices)
            for prefix, level in choice.severity.items()
            if code.startswith(prefix)
        ]
        return max(matches)[2] if matches else severity

    def of(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the selected findings with their severity here.

        Findings that block the build stay, whatever is selected.
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
    """Return a selection with codes for the names of rules, in any case."""
    severity = {code_of(word): level for word, level in choice.severity.items()}
    return RuleSelection(
        tuple(map(code_of, choice.select)), tuple(map(code_of, choice.ignore)), severity
    )


def _canonical(level: Severity | Literal["information"]) -> Severity:
    return "info" if level == "information" else level


@lru_cache(maxsize=256)
def code_of(word: str) -> str:
    """Return the code, or start of codes, that a word is for; otherwise the word itself."""
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
        yield WRONG_VALUE.finding(where, f'{key}: unknown rule "{word}"', hint)
