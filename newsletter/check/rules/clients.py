"""Whether the mail clients that matter to a publication support what its mail uses."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html as lxml_html

from newsletter.check.email.clients import USUAL, Feature, support
from newsletter.check.email.features import used
from newsletter.check.email.origin import in_theme
from newsletter.check.email.subject import CheckedEmail
from newsletter.check.memo import remembered
from newsletter.check.rule import Violation, rule
from newsletter.check.rules.html import at, closing

NAMED = 4  # clients in a message
_CSS = "css-"


@rule(
    "NL721",
    severity="warning",
    hint="Write it so that nothing is missing without it, or name the clients you care for in `[check] clients`.",
    bad=closing('<hr style="border-radius:8px" />'),
    at=at(column=29),
    good=closing('<hr style="border:0" />'),
)
def css_unsupported(mail: CheckedEmail) -> Iterator[Violation]:
    """CSS that a chosen client does not know, and what its readers see instead is up to chance.

    The facts are those of caniemail.com. Told is what was found without any support, not what is supported in part.
    Left out are rules inside `@media` and `@supports`, answers to pointer and keyboard, refinements that nobody
    misses, and whatever the packaged theme itself uses and does without.
    """
    for feature, by, element in _unsupported(mail):
        if feature.slug.startswith(_CSS):
            yield Violation(in_theme(mail.theme, by) or mail.place(element), _told(mail, feature))


@rule(
    "NL722",
    severity="warning",
    hint="Say it in words or in a picture, or name the clients you care for in `[check] clients`.",
    bad=closing("<video></video>"),
    at=at(),
    good=closing("<hr />"),
)
def html_unsupported(mail: CheckedEmail) -> Iterator[Violation]:
    """HTML and picture formats that a chosen client does not know: what stands in them is missing for its readers.

    The facts are those of caniemail.com. Told is what was found without any support, not what is supported in part.
    """
    for feature, by, element in _unsupported(mail):
        if not feature.slug.startswith(_CSS):
            yield Violation(in_theme(mail.theme, by) or mail.place(element), _told(mail, feature))


@remembered
def _unsupported(mail: CheckedEmail) -> tuple[tuple[Feature, str, lxml_html.HtmlElement], ...]:
    """Return each feature once, with the words and the element that use it first."""
    return tuple(_missing(mail))


def _missing(mail: CheckedEmail) -> Iterator[tuple[Feature, str, lxml_html.HtmlElement]]:
    facts, told = support(), set()
    for way, (by, element) in used(mail.tree).items():
        feature = facts.features.get(way)
        if (
            feature
            and feature.slug not in told
            and facts.lacking(feature, mail.checks.clients or USUAL)
        ):
            told.add(feature.slug)
            yield feature, by, element


def _told(mail: CheckedEmail, feature: Feature) -> str:
    facts = support()
    clients = facts.lacking(feature, mail.checks.clients or USUAL)
    names = ", ".join(facts.names[client] for client in clients[:NAMED])
    more = f" and {len(clients) - NAMED} more" if len(clients) > NAMED else ""
    note = next((f" {text}" for text, where in feature.notes if where & set(clients)), "")
    return f"{feature.title} is not supported by {names}{more} (caniemail.com, {facts.date}).{note}"


RULES = (
    css_unsupported,
    html_unsupported,
)
