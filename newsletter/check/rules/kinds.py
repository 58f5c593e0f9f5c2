"""The kinds of sections that the settings define: which every issue needs, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

from msgspec.structs import replace

from newsletter.check.example import FILES
from newsletter.check.rule import Violation, rule
from newsletter.files.quotation import quoted
from newsletter.theme.look_settings import logo_of

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
            yield Violation(checked.issue.where, f"No section of kind {quoted(kind)}")


@rule(
    "NL039",
    severity="warning",
    hint="Renumber the files, or change `order` in the settings.",
    bad=_settings("order = 1\n[theme.sections.essay]\norder = 2") | {"20-note.md": _NOTE},
    at="20-note.md:1:1",
    good=_settings("order = 2\n[theme.sections.essay]\norder = 1") | {"20-note.md": _NOTE},
)
def kind_out_of_order(checked: CheckedEmail) -> Iterator[Violation]:
    """Readers know where to find things: kinds with an `order` in the settings must follow it."""
    kinds = checked.theme.settings.sections
    last, latest = "", 0
    for section in checked.issue.sections:
        order = kinds[section.kind].order if section.kind in kinds else None
        if order is None:
            continue
        if last and order < latest:
            message = (
                f"{quoted(section.kind)} after {quoted(last)}, against the order in the settings"
            )
            yield Violation(replace(section.where, line=1), message)
        else:
            last, latest = section.kind, order


@rule(
    "NL043",
    severity="warning",
    hint="Print it in your own file, or delete the setting or the file.",
    bad={
        "newsletter.toml": FILES["newsletter.toml"]
        + '[theme.foot]\nlinks = [{text = "Log", url = "https://sea.example/log"}]\n',
        "templates/default/foot_items.j2": "{# nothing #}\n",
    },
    at="newsletter.toml:9:2",
    good={
        "newsletter.toml": FILES["newsletter.toml"]
        + '[theme.foot]\nlinks = [{text = "Log", url = "https://sea.example/log"}]\n'
    },
)
def setting_without_effect(checked: CheckedEmail) -> Iterator[Violation]:
    """A logo, link or line of the settings that a file of the theme does not print is not seen by readers."""
    theme, email = checked.theme, checked.email
    html, text = unescape(email.html), " ".join(email.text.split())
    logo = logo_of(theme.settings.logo)
    if logo and logo.src in theme.images and theme.images[logo.src].name not in email.html:
        yield Violation(theme.places.key("logo"), "The logo is not in the email")
    for part in ("masthead", "foot"):
        items = getattr(theme.settings, part)
        lines = [line for line in (*items.links, items.forwarded, items.sponsor) if line]
        printed = ((line.url or line.text) in (html if line.url else text) for line in lines)
        lost = [line.text for line, is_there in zip(lines, printed, strict=True) if not is_there]
        if lost:
            message = f"{part}: {', '.join(map(quoted, lost))} is not in the email"
            yield Violation(theme.places.key(part), message)


RULES = (
    missing_kind,
    kind_out_of_order,
    setting_without_effect,
)
