"""Whether the mail's CSS survives the mail clients."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from newsletter.check.email.css import StyleSource, parts_of, styles, tokens, words
from newsletter.check.email.origin import in_theme
from newsletter.check.email.subject import CheckedEmail
from newsletter.check.rule import Violation, rule
from newsletter.model import Location
from newsletter.render.context import shared

SHEET = "templates/default/outlook.css.j2"
INLINED = "inline.css.j2"
GMAIL_STYLES = 16_384  # characters in all style elements together
NEAR = 0.9


def _repeated(times: int) -> dict[str, str]:
    return {SHEET: f"{{% for _ in range({times}) %}}.m .k{{letter-spacing:.08em}}{{% endfor %}}\n"}


def _place(mail: CheckedEmail, style: StyleSource, css: str) -> Location:
    return in_theme(mail.theme, css) or mail.place(style.element)


@rule(
    "NL711",
    hint="Mend the CSS; one error costs Gmail's readers the whole style element.",
    bad={SHEET: ".m a{color #005a78}\n"},
    at=f"{SHEET}:1:6",
    good={SHEET: ".m a{color:#005a78}\n"},
)
def css_parse_error(mail: CheckedEmail) -> Iterator[Violation]:
    """Gmail throws away a whole style element for one thing in it that it cannot read; others lose the declaration.

    Read by tinycss2 as CSS Syntax Level 3 says. What cannot be read in `inline.css.j2` is not inlined, and gone.
    """
    for style in styles(mail):
        for css, message in _unreadable(style):
            yield Violation(_place(mail, style, css), message)
    for path in (folder / INLINED for folder in mail.theme.own if (folder / INLINED).is_file()):
        style = StyleSource(mail.tree, _inlined(mail), inline=False)
        for css, message in _unreadable(style):
            yield Violation(
                in_theme(mail.theme, css) or mail.theme.place(str(path), 1)._replace(column=1),
                message,
            )


def _unreadable(style: StyleSource) -> Iterator[tuple[str, str]]:
    """Yield the CSS that cannot be read, and what to say of it."""
    for error in _errors(style.css, style.inline):
        css = _around(style, error)
        yield css, f"CSS that clients cannot read: {css}"
    if not style.inline and (left := style.css.count("{") - style.css.count("}")) > 0:
        yield style.css[:40], f"{left} {{ of a style sheet {'are' if left > 1 else 'is'} not closed"


def _inlined(mail: CheckedEmail) -> str:
    """Return the style sheet that is written into style attributes, of which the finished mail keeps what is used."""
    return mail.theme.render(INLINED, shared(mail.issue, mail.publication, mail.theme))


@lru_cache(maxsize=2048)
def _errors(css: str, inline: bool) -> tuple[Any, ...]:
    found = []
    for node, _ in parts_of(css, inline):
        within = node.value if node.type == "declaration" else getattr(node, "prelude", ())
        found += [token for token in (node, *tokens(within)) if token.type == "error"]
    return tuple(found)


def _around(style: StyleSource, error: Any) -> str:
    """Return the declaration or rule in which an error stands."""
    lines = style.css.split("\n")
    at = sum(len(line) + 1 for line in lines[: error.source_line - 1]) + error.source_column - 1
    start = max(style.css.rfind(sign, 0, at) for sign in "{};") + 1
    ends = [end for sign in "};" if (end := style.css.find(sign, at)) >= 0]
    return style.css[start : min(ends, default=len(style.css))].strip()[:60]


@rule(
    "NL712",
    hint="Write it as a rule of its own: @media (a) and (b).",
    bad={SHEET: "@media screen{@media (max-width:480px){.m h1{font-size:28px!important}}}\n"},
    at=f"{SHEET}:1:15",
    good={SHEET: "@media screen and (max-width:480px){.m h1{font-size:28px!important}}\n"},
)
def nested_at_rule(mail: CheckedEmail) -> Iterator[Violation]:
    """Gmail throws away a style element in which an @ rule stands inside another."""
    for style in styles(mail):
        for found in style.parts:
            if found.node.type == "at-rule" and found.around:
                css = f"@{found.node.at_keyword} {words(found.node.prelude)}".strip()
                yield Violation(
                    _place(mail, style, css), f"{css} stands inside @{found.around[-1]}"
                )


@rule(
    "NL713",
    severity="warning",
    hint="Write the styles into the theme's own files, name fonts that readers have, and set pictures as <img>.",
    bad={SHEET: '@import url("https://fonts.example.org/serif.css");\n'},
    at=f"{SHEET}:1:1",
    good={SHEET: ".m h1{font-family:Georgia,serif}\n"},
)
def remote_css(mail: CheckedEmail) -> Iterator[Violation]:
    """Style sheets, fonts and pictures that CSS would have to fetch are absent for most readers.

    Gmail and Outlook fetch no style sheet and no font, Outlook for Windows no background (caniemail.com: @import,
    @font-face, <link>, background-image).
    """
    for link in mail.elements("link"):
        if "stylesheet" in (link.get("rel") or "").lower():
            where = in_theme(mail.theme, link.get("href") or "<link") or mail.place(link)
            yield Violation(
                where, f"the style sheet {link.get('href')} is not fetched by most clients"
            )
    for style in styles(mail):
        for css, what in _fetched(style):
            yield Violation(_place(mail, style, css), f"{what} is not fetched by most clients")


def _fetched(style: StyleSource) -> Iterator[tuple[str, str]]:
    for node, around in style.parts:
        if node.type == "at-rule" and node.lower_at_keyword in ("import", "font-face"):
            yield f"@{node.at_keyword}", f"@{node.at_keyword} {words(node.prelude)}".strip()
        elif (
            node.type == "declaration"
            and "font-face" not in around
            and (url := _remote(node.value))
        ):
            yield f"{node.name}:", f"{node.name}:{url}"


def _remote(value: Any) -> str | None:
    for token in tokens(value):
        if token.type == "url" or (token.type == "function" and token.lower_name == "url"):
            url = token.value if token.type == "url" else words(token.arguments).strip("\"'")
            if url.lower().startswith(("http:", "https:", "//")):
                return f"url({url})"
    return None


# --- Gmail's limit -------------------------------------------------------------------------------------


def _length(mail: CheckedEmail) -> int:
    return sum(len(style.css) for style in styles(mail) if not style.inline)


@rule(
    "NL714",
    hint="Move what can be inlined to inline.css.j2, and delete what no template uses.",
    bad=_repeated(700),
    at=f"{SHEET}:1:26",
    good=_repeated(300),
)
def style_too_large(mail: CheckedEmail) -> Iterator[Violation]:
    """Gmail takes no more than 16,384 characters of `<style>`; of what comes after that it takes nothing."""
    if (length := _length(mail)) > GMAIL_STYLES:
        yield Violation(
            _largest(mail),
            f"the mail has {length:,} characters of <style>, and Gmail takes {GMAIL_STYLES:,}",
        )


@rule(
    "NL715",
    severity="warning",
    hint="Move what can be inlined to inline.css.j2, and delete what no template uses.",
    bad=_repeated(510),
    at=f"{SHEET}:1:26",
    good=_repeated(300),
)
def style_nearly_too_large(mail: CheckedEmail) -> Iterator[Violation]:
    """A little more `<style>`, and Gmail drops what comes last (it takes 16,384 characters)."""
    if NEAR * GMAIL_STYLES < (length := _length(mail)) <= GMAIL_STYLES:
        yield Violation(
            _largest(mail),
            f"the mail has {length:,} of the {GMAIL_STYLES:,} characters of <style> that Gmail takes",
        )


def _largest(mail: CheckedEmail) -> Location:
    style = max(
        (style for style in styles(mail) if not style.inline), key=lambda style: len(style.css)
    )
    return _place(mail, style, style.css.partition("}")[0])


RULES = (
    css_parse_error,
    nested_at_rule,
    remote_css,
    style_too_large,
    style_nearly_too_large,
)
