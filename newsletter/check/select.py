"""Which rules apply, and how bad what they find is: settings, then the issue, then the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from newsletter.diagnostics import WRONG_VALUE, blocks_build
from newsletter.model import Finding, Location, RuleSelection, Severity
from newsletter.workspace import Workspace


class SelectionStack(Struct, frozen=True):
    """What several places say of rules, the one that has the last word last.

    The longest code wins (`NL303` over `NL3`), then the later place, then `ignore`.
    """

    choices: tuple[RuleSelection, ...] = ()
    only: frozenset[str] | None = None  # no other code applies, whatever is chosen

    @classmethod
    def of_settings(cls, workspace: Workspace, *more: RuleSelection) -> SelectionStack:
        """Return what the settings say, and after them the command line."""
        return cls(tuple(map(in_codes, (of_workspace(workspace), *more))))

    def merged_with(self, choice: RuleSelection) -> SelectionStack:
        """Return the selection with one more place below all others but the first: the command line keeps its say."""
        return SelectionStack((*self.choices[:1], in_codes(choice), *self.choices[1:]), self.only)

    def on(self, code: str) -> bool:
        """Tell whether a rule applies."""
        if self.only is not None and code not in self.only:
            return False
        chosen = [
            (place, choice.select) for place, choice in enumerate(self.choices) if choice.select
        ]
        place, select = chosen[-1] if chosen else (-1, ("",))
        said = [(len(prefix), place, False) for prefix in select if code.startswith(prefix)]
        said += [
            (len(prefix), place, True)
            for place, choice in enumerate(self.choices)
            for prefix in choice.ignore
            if code.startswith(prefix)
        ]
        return bool(said) and any(not ignored for _, _, ignored in said) and not max(said)[2]

    def severity(self, code: str, severity: Severity) -> Severity:
        """Return how bad a finding of a rule is here."""
        said = [
            (len(prefix), place, level)
            for place, choice in enumerate(self.choices)
            for prefix, level in choice.severity.items()
            if code.startswith(prefix)
        ]
        return max(said)[2] if said else severity

    def of(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that are wanted, as bad as they are here.

        What was met while files were read and keeps an issue from being a mail stays, whatever is selected.
        """
        for finding in findings:
            if blocks_build(finding):
                yield finding
            elif self.on(finding.code):
                yield finding.with_severity(self.severity(finding.code, finding.severity))


def of_workspace(workspace: Workspace) -> RuleSelection:
    """Return what the settings say."""
    check = workspace.check
    return RuleSelection(tuple(check.select), tuple(check.ignore), check.severity)


def in_codes(choice: RuleSelection) -> RuleSelection:
    """Return a choice with codes for the names of rules, in whatever case people write them."""
    severity = {code_of(word): level for word, level in choice.severity.items()}
    return RuleSelection(
        tuple(map(code_of, choice.select)), tuple(map(code_of, choice.ignore)), severity
    )


@lru_cache(maxsize=256)
def code_of(word: str) -> str:
    """Return the code, or start of codes, that a word stands for; the word itself where it stands for none."""
    if re.fullmatch(r"NL\d*", word):
        return word
    from newsletter.check.registry import find_entry, is_prefix  # all rules: a build does without

    entry = find_entry(word)
    return entry.code if entry else word.upper() if is_prefix(word.upper()) else word


def unknown_words(choice: RuleSelection) -> Iterator[tuple[str, str, str]]:
    """Yield key, word and a hint for each word that stands for no rule."""
    from newsletter.check.registry import is_prefix, near_miss  # all rules: a build does without

    for key, words in (
        ("select", choice.select),
        ("ignore", choice.ignore),
        ("severity", tuple(choice.severity)),
    ):
        for word in words:
            if not is_prefix(code_of(word)):
                yield key, word, near_miss(word)


def unknown_in_issue(choice: RuleSelection, where: Location) -> Iterator[Finding]:
    """Yield a finding for each word in `check:` of issue.yaml that stands for no rule."""
    for key, word, hint in unknown_words(choice):
        yield WRONG_VALUE.finding(where, f"{key}: no rule has the code or name {word!r}", hint)
