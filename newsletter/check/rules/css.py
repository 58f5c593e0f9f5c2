"""Whether the email's CSS survives mail clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.css import (
    StyleSource,
    css_text,
    invalid_css,
    nested_at_rules,
    styles,
    tokens,
)
from newsletter.check.email.origin import in_theme
from newsletter.check.rule import Violation, rule
from newsletter.model import Location
from newsletter.render.context import shared

SHEET = "templates/default/outlook.css.j2"
INLINED = "inline.css.j2"
GMAIL_STYLES = 16_384  # characters in all style elements together
NEAR = 0.9


def _repeated(times: int) -> dict[str, str]:
    return {SHEET: f"{{% for _ in range({times}) %}}.m .k{{letter-spacing:.08em}}{{% endfor %}}\n"}


def _place(checked: CheckedEmail, style: StyleSource, css: str) -> Location:
    return in_theme(checked.theme, css) or checked.place(style.element)


@rule(
    "NL711",
    hint="Correct the CSS; one error makes Gmail drop the whole style element.",
    bad={SHEET: ".m a{color #005a78}\n"},
    at=f"{SHEET}:1:6",
    good={SHEET: ".m a{color:#005a78}\n"},
)
def css_parse_error(checked: CheckedEmail) -> Iterator[Violation]:
    """Gmail drops a whole style element for one error in it; other clients drop the declaration.

    Parsed by tinycss2 according to CSS Syntax Level 3. Invalid CSS in `inline.css.j2` is not inlined, so it is lost.
    """
    for style in styles(checked):
        for css, message in _problems(style.css, inline=style.inline):
            yield Violation(_place(checked, style, css), message)
    for path in (folder / INLINED for folder in checked.theme.own if (folder / INLINED).is_file()):
        for css, message in _problems(_inlined(checked), inline=False):
            yield Violation(
                in_theme(checked.theme, css)
                or replace(checked.theme.place(str(path), 1), column=1),
                message,
            )


def _problems(css: str, *, inline: bool) -> Iterator[tuple[str, str]]:
    """Yield invalid CSS with a message about it."""
    for piece in invalid_css(css, inline=inline):
        yield piece, f"Invalid CSS: {piece}"
    if not inline and (left := css.count("{") - css.count("}")) > 0:
        yield css[:40], f"Unclosed braces in a style sheet: {left}"


def _inlined(checked: CheckedEmail) -> str:
    """Return the style sheet that is written into style attributes, of which the finished email keeps what is used."""
    return checked.theme.render(INLINED, shared(checked.issue, checked.publication, checked.theme))


@rule(
    "NL712",
    hint="Combine the conditions in one rule: @media (a) and (b).",
    bad={SHEET: "@media screen{@media (max-width:480px){.m h1{font-size:28px!important}}}\n"},
    at=f"{SHEET}:1:15",
    good={SHEET: "@media screen and (max-width:480px){.m h1{font-size:28px!important}}\n"},
)
def nested_at_rule(checked: CheckedEmail) -> Iterator[Violation]:
    """Gmail drops a style element that has an at-rule inside another."""
    for style in styles(checked):
        for css, outer in nested_at_rules(style.css):
            yield Violation(_place(checked, style, css), f"Nested at-rule: {css} inside @{outer}")


@rule(
    "NL713",
    severity="warning",
    hint="Put styles into the theme's own files, use system fonts, and add images as <img>.",
    bad={SHEET: '@import url("https://fonts.sea.example/serif.css");\n'},
    at=f"{SHEET}:1:1",
    good={SHEET: ".m h1{font-family:Georgia,serif}\n"},
)
def remote_css(checked: CheckedEmail) -> Iterator[Violation]:
    """Style sheets, fonts and images that CSS would have to fetch are missing for most readers.

    Gmail and Outlook load no remote style sheets or fonts, Outlook for Windows no background images (caniemail.com:
    @import, @font-face, <link>, background-image).
    """
    for link in checked.elements("link"):
        if "stylesheet" in (link.get("rel") or "").lower():
            where = in_theme(checked.theme, link.get("href") or "<link") or checked.place(link)
            yield Violation(
                where,
                f"Remote style sheet, which most mail clients do not load: {link.get('href')}",
            )
    for style in styles(checked):
        for css, what in _fetched(style):
            yield Violation(
                _place(checked, style, css),
                f"Remote CSS, which most mail clients do not load: {what}",
            )


def _fetched(style: StyleSource) -> Iterator[tuple[str, str]]:
    for part in style.parts:
        node = part.node
        if node.type == "at-rule" and node.lower_at_keyword in ("import", "font-face"):
            yield f"@{node.at_keyword}", f"@{node.at_keyword} {css_text(node.prelude)}".strip()
        elif (
            node.type == "declaration"
            and "font-face" not in part.around
            and (url := _remote(node.value))
        ):
            yield f"{node.name}:", f"{node.name}:{url}"


def _remote(value: Any) -> str | None:
    for token in tokens(value):
        if token.type == "url" or (token.type == "function" and token.lower_name == "url"):
            url = token.value if token.type == "url" else css_text(token.arguments).strip("\"'")
            if url.lower().startswith(("http:", "https:", "//")):
                return f"url({url})"
    return None


# --- Gmail's limit -------------------------------------------------------------------------------------


def _length(checked: CheckedEmail) -> int:
    return sum(len(style.css) for style in styles(checked) if not style.inline)


@rule(
    "NL714",
    hint="Move rules that can be inlined to inline.css.j2, and delete rules that no template uses.",
    bad=_repeated(700),
    at=f"{SHEET}:1:26",
    good=_repeated(300),
)
def style_too_large(checked: CheckedEmail) -> Iterator[Violation]:
    """Gmail keeps at most 16,384 characters of `<style>` and drops the rest."""
    if (length := _length(checked)) > GMAIL_STYLES:
        yield Violation(
            _largest(checked),
            f"{length:,} characters of <style>; Gmail keeps {GMAIL_STYLES:,}",
        )


@rule(
    "NL715",
    severity="warning",
    hint="Move rules that can be inlined to inline.css.j2, and delete rules that no template uses.",
    bad=_repeated(510),
    at=f"{SHEET}:1:26",
    good=_repeated(300),
)
def style_near_limit(checked: CheckedEmail) -> Iterator[Violation]:
    """With a little more `<style>`, Gmail drops the end of it (it keeps 16,384 characters)."""
    if NEAR * GMAIL_STYLES < (length := _length(checked)) <= GMAIL_STYLES:
        yield Violation(
            _largest(checked),
            f"{length:,} of the {GMAIL_STYLES:,} characters of <style> that Gmail keeps",
        )


def _largest(checked: CheckedEmail) -> Location:
    style = max(
        (style for style in styles(checked) if not style.inline), key=lambda style: len(style.css)
    )
    return _place(checked, style, style.css.partition("}")[0])


RULES = (
    css_parse_error,
    nested_at_rule,
    remote_css,
    style_too_large,
    style_near_limit,
)
