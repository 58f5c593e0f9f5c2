"""Which rules apply, and how bad what they find is: settings, then the issue, then the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsletter import faults
from newsletter.faults import WRONG_VALUE
from newsletter.model import Choice, Fault, Finding, Location, Severity
from newsletter.workspace import Workspace

FOUND_LOADING = frozenset(fault.code for fault in vars(faults).values() if isinstance(fault, Fault))


@dataclass(frozen=True, slots=True)
class Selection:
    """What several places say of rules, the one that has the last word last.

    The longest code wins (`NL303` over `NL3`), then the later place, then `ignore`.
    """

    choices: tuple[Choice, ...] = ()

    @classmethod
    def of_settings(cls, workspace: Workspace, *more: Choice) -> Selection:
        """Return what the settings say, and after them the command line."""
        check = workspace.check
        return cls((Choice(tuple(check.select), tuple(check.ignore), check.severity), *more))

    def over(self, choice: Choice) -> Selection:
        """Return the selection with one more place below all others but the first: the command line keeps its say."""
        return Selection((*self.choices[:1], choice, *self.choices[1:]))

    def on(self, code: str) -> bool:
        """Tell whether a rule applies."""
        chosen = [(place, choice.select) for place, choice in enumerate(self.choices) if choice.select]
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
            if keeps_from_mail(finding):
                yield finding
            elif self.on(finding.code):
                yield finding.rated(self.severity(finding.code, finding.severity))


def keeps_from_mail(finding: Finding) -> bool:
    """Tell whether a finding is one that no setting and no `allow` can help."""
    return finding.severity == "error" and finding.code in FOUND_LOADING


def unknown_codes(choice: Choice) -> Iterator[tuple[str, str]]:
    """Yield a message and a hint for each code that stands for nothing."""
    from newsletter.check.catalogue import is_prefix, near_miss  # all rules: a build does without

    for key, words in (("select", choice.select), ("ignore", choice.ignore), ("severity", tuple(choice.severity))):
        for word in words:
            if not is_prefix(word):
                yield f"{key}: no rule has the code {word!r}", near_miss(word)


def unknown_in_issue(choice: Choice, where: Location) -> Iterator[Finding]:
    """Yield a finding for each code in `check:` of issue.yaml that stands for nothing."""
    for message, hint in unknown_codes(choice):
        yield WRONG_VALUE.finding(where, message, hint)
