"""The kinds of sections that the settings define: which every issue needs, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.check.example import FILES
from newsletter.check.rule import Violation, rule

if TYPE_CHECKING:
    from newsletter.check.email.checked_email import CheckedEmail

_NOTE = "---\nkind: note\n---\nThe tide turned.\n"


def _settings(table: str) -> dict[str, str]:
    return {"newsletter.toml": f"{FILES['newsletter.toml']}[theme.sections.note]\n{table}\n"}


@rule(
    "NL038",
    hint="Write one, or set `required = false` in the settings.",
    bad=_settings("required = true"),
    at="issue.yaml:1:1",
    good=_settings("required = true") | {"20-note.md": _NOTE},
)
def missing_kind(checked: CheckedEmail) -> Iterator[Violation]:
    """A kind that the settings require, `required = true` in `[theme.sections.KIND]`, is not in the issue."""
    present = {section.kind for section in checked.issue.sections}
    for kind, entry in checked.theme.settings.sections.items():
        if entry.required and kind not in present:
            yield Violation(checked.issue.where, f"No section of kind {kind!r}")


@rule(
    "NL039",
    severity="warning",
    hint="Renumber the files, or change `order` in the settings.",
    bad=_settings("order = 1\n[theme.sections.essay]\norder = 2") | {"20-note.md": _NOTE},
    at="20-note.md:1:1",
    good=_settings("order = 2\n[theme.sections.essay]\norder = 1") | {"20-note.md": _NOTE},
)
def kind_out_of_order(checked: CheckedEmail) -> Iterator[Violation]:
    """Readers find their way by habit: kinds with an `order` in the settings follow each other by it."""
    kinds = checked.theme.settings.sections
    last, latest = "", 0
    for section in checked.issue.sections:
        order = kinds[section.kind].order if section.kind in kinds else None
        if order is None:
            continue
        if last and order < latest:
            message = f"{section.kind!r} after {last!r}, against the order in the settings"
            yield Violation(section.where._replace(line=1), message)
        else:
            last, latest = section.kind, order


RULES = (
    missing_kind,
    kind_out_of_order,
)
