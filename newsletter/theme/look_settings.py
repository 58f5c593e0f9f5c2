"""`[theme]` of the settings, laid over a look: tokens, phrases, kinds, logo, masthead and foot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter.diagnostics import (
    ACCENT_ADJUSTED,
    BROKEN_THEME,
    FAINT_LOGO,
    LOGO_NOT_SHARP,
    MISSING_IMAGE,
    OVERRIDDEN_SETTING,
    WRONG_IMAGE,
    WRONG_VALUE,
    Report,
)
from newsletter.files.quotation import quoted
from newsletter.files.suggest import closest_hint, nearest, spelling_hint
from newsletter.files.yaml_reader import PositionMap
from newsletter.languages import known as known_language
from newsletter.model import Image, Location
from newsletter.schema.look import LogoImage, ThemeSettings
from newsletter.theme.accent import accent_palette
from newsletter.theme.color_pairs import token_color
from newsletter.theme.colors import gmail, outlook, parse_color
from newsletter.theme.logo_contrast import faint_share
from newsletter.theme.theme_images import SUFFIXES

# Fonts that are installed: on Apple's systems, Windows, Android and Linux, in this order.
STACKS: Mapping[str, str] = {
    "serif": "Georgia,'Times New Roman',serif",
    "sans": "Helvetica,Arial,sans-serif",
    "slab": "Rockwell,'Rockwell Nova','Roboto Slab','DejaVu Serif',serif",
    "mono": "Menlo,Consolas,'Courier New',monospace",
}
_GENERIC = ("serif", "sans-serif", "monospace", "cursive", "system-ui", "ui-serif", "ui-rounded")
# Space and line height of each density, as factors of the look's own.
DENSITIES: Mapping[str, tuple[float, float]] = {
    "compact": (0.8, 0.95),
    "regular": (1.0, 1.0),
    "airy": (1.25, 1.06),
}
MOSTLY = 0.5  # share of a logo that may be faint, such as a pale ornament next to clear letters

Tables = dict[str, dict[str, Any]]
SettingPath = tuple[str | int, ...]


class LookContext(Struct, frozen=True):
    """What settings are applied to, and where problems are reported."""

    tokens: Mapping[str, Any]
    phrases: Mapping[str, Mapping[str, str]]
    kinds: frozenset[str]
    own_tokens: Mapping[tuple[str, str], Location]  # in the publication's own tokens.toml: they win
    images: Mapping[str, Image]
    language: str
    places: PositionMap  # of the `theme` setting
    report: Report

    def wrong(self, path: SettingPath, message: str, hint: str) -> None:
        self.report.add(WRONG_VALUE, self.places.key(*path), message, hint)


def look_tokens(settings: ThemeSettings, look: LookContext) -> dict[str, Any]:
    """Return the tokens with accent, font, width and density applied, after reporting problems."""
    tables: Tables = {name: dict(table) for name, table in look.tokens.items()}
    if settings.font is not None and (stack := _stack(settings.font, look)):
        _set(tables, "font", "text" if "text" in tables["font"] else "serif", stack, look=look)
        if "head" in tables["font"]:  # a look whose headlines have fonts of their own
            _set(tables, "font", "head", stack, look=look)
    if settings.width is not None:
        _set(tables, "width", "text", settings.width, look=look)
        own = look.tokens["width"]
        _set(tables, "width", "page", settings.width + own["page"] - own["text"], look=look)
    _set_density(tables, settings.density, look)
    if settings.accent is not None:
        _set_accent(tables, settings.accent, look)
    return tables


def _set(tables: Tables, table: str, key: str, value: Any, *, look: LookContext) -> None:
    """Set a token, unless the publication's own tokens.toml has it, which is then reported."""
    where = look.own_tokens.get((table, key))
    if where is None:
        tables[table][key] = value
    elif tables[table][key] != value:
        message = f"{table}.{key} in the theme's own tokens overrides the settings"
        look.report.add(OVERRIDDEN_SETTING, where, message, "Delete the token, or the setting.")


def _stack(font: str, look: LookContext) -> str | None:
    """Return the fonts of a setting as CSS, or `None` after reporting."""
    if font in STACKS:
        return STACKS[font]
    families = [family.strip().strip("'\"").strip() for family in font.split(",")]
    if len(families) == 1 and families[0] not in _GENERIC:
        close = nearest(font, STACKS)
        hint = closest_hint(close) if close else f'Write it with a fallback: "{font}, serif".'
        look.wrong(
            ("font",), f"font: expected a kind or a list of fonts, found {quoted(font)}", hint
        )
        return None
    if bad := next((name for name in families if not re.fullmatch(r"[\w .+-]+", name)), None):
        message = f"font: {quoted(bad)} is not the name of a font"
        look.wrong(("font",), message, "Write names with commas: Charter, Georgia, serif.")
        return None
    if families[-1] not in _GENERIC:
        message = f"font: no fallback after {quoted(families[-1])}"
        look.wrong(("font",), message, "End the list with serif, sans-serif or monospace.")
        return None
    return ",".join(f"'{name}'" if re.search(r"[^\w-]", name) else name for name in families)


def _set_density(tables: Tables, density: str, look: LookContext) -> None:
    space, leading = DENSITIES[density]
    for key, value in look.tokens["space"].items():
        _set(tables, "space", key, round(value * space), look=look)
    for key in ("body", "small"):
        value = look.tokens["leading"][key] * leading
        _set(tables, "leading", key, round(value, 2), look=look)


def _set_accent(tables: Tables, accent: str, look: LookContext) -> None:
    """Set the colors that an accent gives; report what is not the accent itself."""
    parsed = parse_color(accent)
    if parsed is None or parsed[1] < 1:
        hint = "Write it as #rrggbb."
        if parsed:
            hint = "Write a color without transparency, as #rrggbb."
        look.wrong(("accent",), f"accent: expected a color, found {quoted(accent)}", hint)
        return
    palette = accent_palette(accent, look.tokens)
    where = look.places.key("accent")
    for table, colors in palette.tokens.items():
        for key, value in colors.items():
            _set(tables, table, key, value, look=look)
    notes = [note.message for note in palette.notes if note.token not in look.own_tokens]
    if notes:
        message = f"Accent {accent} adjusted for contrast: {'; '.join(notes)}"
        hint = "Choose another accent or tokens of your own if you prefer."
        look.report.add(ACCENT_ADJUSTED, where, message, hint)


def look_phrases(settings: ThemeSettings, look: LookContext) -> dict[str, dict[str, str]]:
    """Return the phrases with the settings' own, and labels of kinds, after reporting problems."""
    phrases = {language: dict(words) for language, words in look.phrases.items()}
    known = {*phrases["en"], *look.kinds, *settings.sections}
    for key, value in settings.phrases.items():
        if isinstance(value, str):
            _phrase(phrases, look.language, key, value, path=(key,), known=known, look=look)
        elif not known_language(key):
            hint = spelling_hint(key, look.phrases, what="languages of the look")
            look.wrong(("phrases", key), f"Unknown language tag {quoted(key)}", hint)
        else:
            for name, words in value.items():
                _phrase(phrases, key, name, words, path=(key, name), known=known, look=look)
    for kind, entry in settings.sections.items():
        labels = entry.label if isinstance(entry.label, dict) else {look.language: entry.label}
        for language, label in labels.items():
            if label is not None:
                phrases.setdefault(language, {})[kind] = label
                phrases["en"].setdefault(kind, label)
    return phrases


def _phrase(
    phrases: dict[str, dict[str, str]],
    language: str,
    key: str,
    words: str,
    *,
    path: tuple[str, ...],
    known: set[str],
    look: LookContext,
) -> None:
    if key not in known:
        look.wrong(("phrases", *path), f"Unknown phrase {quoted(key)}", spelling_hint(key, known))
        return
    needed = set(re.findall(r"\{(\w+)\}", phrases["en"].get(key, "")))
    given = set(re.findall(r"\{(\w*)\}", words))
    if needed != given:
        names = ", ".join(f"{{{name}}}" for name in sorted(needed)) or "no words in braces"
        message = f"{key}: expected {names} in the phrase, found {quoted(words)}"
        look.wrong(("phrases", *path), message, "Keep the words in braces; they are filled in.")
        return
    phrases.setdefault(language, {})[key] = words


def check_kinds(settings: ThemeSettings, look: LookContext) -> None:
    """Report kinds of the settings that look like misspellings of the theme's."""
    for kind in settings.sections:
        if kind not in look.kinds and (close := nearest(kind, look.kinds, cutoff=0.8)):
            message = f"Unknown section kind {quoted(kind)}"
            hint = f"{closest_hint(close)} A new kind needs sections/{kind}.j2 in the theme."
            look.report.add(BROKEN_THEME, look.places.key("sections", kind), message, hint)


def check_theme_images(settings: ThemeSettings, look: LookContext) -> None:
    """Report images of the settings that do not exist, and logos that cannot be seen."""
    logos = ((key, logo_of(getattr(settings, key))) for key in ("logo", "logo_dark"))
    images: list[tuple[str, SettingPath]] = [
        (logo.src, (key, "src")) for key, logo in logos if logo is not None
    ]
    images += [
        (link.icon, (part, "links", index, "icon"))
        for part in ("masthead", "foot")
        for index, link in enumerate(getattr(settings, part).links)
        if link.icon is not None
    ]
    for name, path in images:
        if Path(name).suffix.lower() not in SUFFIXES:
            message = f"Unsupported image type: {quoted(name)}"
            look.report.add(WRONG_IMAGE, look.places.key(*path), message, "Export it as PNG.")
        elif name not in look.images:
            hint = "Save it in templates/<theme>/images/."
            if look.images:
                hint = spelling_hint(name, look.images, what="images of the theme")
            look.report.add(
                MISSING_IMAGE, look.places.key(*path), f"Image not found: {quoted(name)}", hint
            )
    if settings.logo_dark is not None and settings.logo is None:
        look.wrong(("logo_dark",), "logo_dark without logo", "Add `logo`, shown in light mode.")
    _check_logo(settings, look)


def logo_of(value: str | LogoImage | None) -> LogoImage | None:
    """Return a logo setting, of which a file name is the short form."""
    return LogoImage(src=value) if isinstance(value, str) else value


def _check_logo(settings: ThemeSettings, look: LookContext) -> None:
    light, dark = logo_of(settings.logo), logo_of(settings.logo_dark)
    if light is None or light.src not in look.images:
        return
    paper = token_color(look.tokens, ("light", "paper"))
    night = token_color(look.tokens, ("dark", "paper"))
    _check_seen(light, ("logo",), (("light mode", paper),), look)
    if dark is None:
        papers = (
            ("dark mode", night),
            ("the dark mode of Outlook.com", outlook(paper)),
            ("the dark mode of Gmail's apps", gmail(paper)),
        )
        _check_seen(light, ("logo",), papers, look)
    elif dark.src in look.images:
        _check_seen(dark, ("logo_dark",), (("dark mode", night),), look)
    for logo, key in ((light, "logo"), (dark, "logo_dark")):
        widest = look.tokens["width"]["text"]
        if logo and logo.width and logo.width > widest:
            message = f"width: {logo.width} is wider than the text, {widest} pixels"
            look.wrong((key, "width"), message, "Choose a smaller width.")
        image = look.images.get(logo.src) if logo else None
        if logo and image and logo.width and image.width < 1.5 * logo.width:
            message = f"{logo.src} has {image.width} pixels for a width of {logo.width}"
            hint = f"Export it {2 * logo.width} pixels wide, for dense screens."
            look.report.add(LOGO_NOT_SHARP, look.places.key(key, "width"), message, hint)


def _check_seen(
    logo: LogoImage, path: tuple[str, ...], papers: tuple[tuple[str, Any], ...], look: LookContext
) -> None:
    """Report a logo that is faint on one of the pages, at most once."""
    data = look.images[logo.src].data or b""
    for name, paper in papers:
        share = faint_share(data, paper)
        if share is not None and share > MOSTLY:
            message = (
                f"{logo.src} is hardly visible in {name}: {share:.0%} of it under 3:1 on {paper}"
            )
            hint = "Give the image a background of its own, or a light and a dark version."
            if path == ("logo",) and name != "light mode":
                hint = "Add `logo_dark`, or give the image a background of its own."
            look.report.add(FAINT_LOGO, look.places.key(*path), message, hint)
            return
