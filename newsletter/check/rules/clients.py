"""Whether the mail clients that matter to a publication support what its email uses."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html as lxml_html

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.clients import USUAL, Feature, support
from newsletter.check.email.features import used
from newsletter.check.email.origin import in_theme
from newsletter.check.object_cache import cached_for_object
from newsletter.check.rule import Violation, rule
from newsletter.check.rules.html import at, closing

NAMED = 4  # clients in a message
_CSS = "css-"


@rule(
    "NL721",
    severity="warning",
    hint="Make sure the email works without it, or list the mail clients you support in `[check] clients`.",
    bad=closing('<hr style="border-radius:8px" />'),
    at=at(column=29),
    good=closing('<hr style="border:0" />'),
)
def css_unsupported(checked: CheckedEmail) -> Iterator[Violation]:
    """CSS that a chosen mail client does not support: its readers see something else.

    The data is that of caniemail.com. Only features without any support are reported, not partly supported ones.
    Exempt are rules inside `@media` and `@supports`, hover and focus styles, cosmetic refinements, and everything the
    packaged theme itself uses with a fallback.
    """
    for feature, by, element in _unsupported(checked):
        if feature.slug.startswith(_CSS):
            yield Violation(
                in_theme(checked.theme, by) or checked.place(element), _message(checked, feature)
            )


@rule(
    "NL722",
    severity="warning",
    hint="Use text or an image instead, or list the mail clients you support in `[check] clients`.",
    bad=closing("<video></video>"),
    at=at(),
    good=closing("<hr />"),
)
def html_unsupported(checked: CheckedEmail) -> Iterator[Violation]:
    """HTML and image formats that a chosen mail client does not support: their content is missing for its readers.

    The data is that of caniemail.com. Only features without any support are reported, not partly supported ones.
    """
    for feature, by, element in _unsupported(checked):
        if not feature.slug.startswith(_CSS):
            yield Violation(
                in_theme(checked.theme, by) or checked.place(element), _message(checked, feature)
            )


@cached_for_object
def _unsupported(checked: CheckedEmail) -> tuple[tuple[Feature, str, lxml_html.HtmlElement], ...]:
    """Return each feature once, with the words and the element that use it first."""
    return tuple(_missing(checked))


def _missing(checked: CheckedEmail) -> Iterator[tuple[Feature, str, lxml_html.HtmlElement]]:
    facts, reported = support(), set()
    for way, (by, element) in used(checked.tree).items():
        feature = facts.features.get(way)
        if (
            feature
            and feature.slug not in reported
            and facts.lacking(feature, checked.checks.clients or USUAL)
        ):
            reported.add(feature.slug)
            yield feature, by, element


def _message(checked: CheckedEmail, feature: Feature) -> str:
    facts = support()
    clients = facts.lacking(feature, checked.checks.clients or USUAL)
    names = ", ".join(facts.names[client] for client in clients[:NAMED])
    more = f" and {len(clients) - NAMED} more" if len(clients) > NAMED else ""
    note = next((f" {text}" for text, where in feature.notes if where & set(clients)), "")
    return f"{feature.title} not supported by {names}{more} (caniemail.com, {facts.date}).{note}"


RULES = (
    css_unsupported,
    html_unsupported,
)
