"""The look of the publication as controls: tried on the real email, and written only on request."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files.output import write_file
from newsletter.files.toml_edit import with_table_values
from newsletter.schema.look import Density, LogoImage, ThemeSettings
from newsletter.theme.color_pairs import PairContrast, pair_contrasts
from newsletter.theme.look_settings import DENSITIES, STACKS, logo_of
from newsletter.theme.theme import open_theme, theme_names
from newsletter.workspace import SETTINGS, Workspace

CONTROLS = ("name", "accent", "font", "logo", "logo_dark", "width", "density")
NARROWEST, WIDEST = 400, 680  # pixels, as `width` of the settings
HAND = "Copy as TOML and edit the settings file by hand."


class LookChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """The values of the panel's controls; `None` means the look's own value."""

    name: str = "default"
    accent: str | None = None
    font: str | None = None
    logo: str | None = None
    logo_dark: str | None = None
    width: int | None = None
    density: Density = "regular"


class ChangedSettings(NewsletterError):
    """The settings file differs from the one that the panel shows."""


def read_choice(text: str) -> LookChoice:
    """Return the choice that a page sent as JSON. Raises `NewsletterError`."""
    try:
        return msgspec.json.decode(text, type=LookChoice)
    except msgspec.ValidationError as error:
        raise NewsletterError(f"Not a look: {error}") from error
    except msgspec.DecodeError as error:
        raise NewsletterError("Not a look: expected JSON") from error


def look_json(workspace: Workspace) -> dict[str, Any]:
    """Return the present choice, what can be chosen, and the digest of the settings file."""
    return {
        "choice": msgspec.to_builtins(choice_of(workspace.look)),
        "digest": _digest(_settings_bytes(workspace)),
        "path": workspace.display_path(workspace.settings),
        "looks": sorted(theme_names(workspace.templates)),
        "fonts": list(STACKS),
        "densities": list(DENSITIES),
        "images": _image_names(workspace),
        "widths": [NARROWEST, WIDEST],
    }


def choice_of(settings: ThemeSettings) -> LookChoice:
    """Return the part of `[theme]` that the panel has controls for."""
    logo, dark = logo_of(settings.logo), logo_of(settings.logo_dark)
    return LookChoice(
        settings.name,
        settings.accent,
        settings.font,
        logo.src if logo else None,
        dark.src if dark else None,
        settings.width,
        settings.density,
    )


def in_look(workspace: Workspace, choice: LookChoice) -> Workspace:
    """Return a workspace whose settings have this look; nothing is written.

    Raises `NewsletterError` for values that the settings file could not have.
    """
    values = msgspec.to_builtins(workspace.look) | msgspec.to_builtins(choice)
    for key in ("logo", "logo_dark"):
        values[key] = _kept_logo(getattr(workspace.look, key), values[key])
    if choice.width is not None and not NARROWEST <= choice.width <= WIDEST:
        message = f"Expected a width from {NARROWEST} to {WIDEST} pixels, found {choice.width}"
        raise NewsletterError(message)
    try:
        look = msgspec.convert(values, ThemeSettings)
    except msgspec.ValidationError as error:
        raise NewsletterError(f"Not a look: {error}") from error
    publication = replace(workspace.publication, theme=look.name)
    return replace(workspace, look=look, publication=publication)


def _kept_logo(present: str | LogoImage | None, src: str | None) -> Any:
    """Return a logo with its text and width if only its file is chosen."""
    if isinstance(present, LogoImage) and present.src == src:
        return msgspec.to_builtins(present)
    return src


def tried_json(workspace: Workspace, choice: LookChoice) -> dict[str, Any]:
    """Return the contrast of every pair in a look, its problems, and its settings as TOML."""
    try:
        tried = in_look(workspace, choice)
        theme = open_theme(tried, tried.look.name)
    except IssueRejected as error:
        problems = [_problem(finding.message, finding.hint) for finding in error.findings]
        return {"contrasts": [], "problems": problems, "notes": [], "toml": toml_of(choice)}
    except NewsletterError as error:
        problems = [_problem(error.message, error.hint)]
        return {"contrasts": [], "problems": problems, "notes": [], "toml": toml_of(choice)}
    return {
        "contrasts": [_contrast(contrast) for contrast in pair_contrasts(theme.tokens)],
        "problems": [],
        "notes": [_problem(finding.message, finding.hint) for finding in theme.findings],
        "toml": toml_of(choice),
    }


def _problem(message: str, hint: str | None) -> dict[str, str | None]:
    return {"message": message, "hint": hint}


def _contrast(contrast: PairContrast) -> dict[str, Any]:
    return {
        "scheme": contrast.scheme,
        "use": contrast.pair.use,
        "front": contrast.front,
        "behind": contrast.behind,
        "ratio": round(contrast.ratio, 2),
        "needed": contrast.pair.needed,
        "sufficient": contrast.sufficient,
    }


def toml_of(choice: LookChoice) -> str:
    """Return a choice as a `[theme]` table, without values that equal the look's own."""
    lines = [
        f"{key} = {_toml(value)}"
        for key, value in _changed_values(choice).items()
        if value is not None
    ]
    return "\n".join(("[theme]", *lines)) + "\n"


def _changed_values(choice: LookChoice) -> Mapping[str, Any]:
    values = {key: getattr(choice, key) for key in CONTROLS}
    if choice.density == "regular":
        values["density"] = None
    return values


def _toml(value: Any) -> str:
    return msgspec.json.encode(value).decode()  # strings and numbers are written alike in TOML


def save_look(workspace: Workspace, choice: LookChoice, digest: str) -> None:
    """Write a choice into `[theme]` of the settings file and leave the rest of it unchanged.

    Raises `ChangedSettings` if the file differs from the one shown, and `NewsletterError` if the
    look has problems or the file cannot be edited safely.
    """
    in_look(workspace, choice)
    problems = tried_json(workspace, choice)["problems"]
    if problems:
        raise NewsletterError(problems[0]["message"], hint=problems[0]["hint"])
    before = _settings_bytes(workspace)
    if _digest(before) != digest:
        hint = "Check the panel, which shows the file as it is now, and save again."
        raise ChangedSettings(
            f"{workspace.settings.name} has changed since it was shown", hint=hint
        )
    present = msgspec.to_builtins(choice_of(workspace.look))
    changed = {
        key: value
        for key, value in _changed_values(choice).items()
        if value != (None if (key, present[key]) == ("density", "regular") else present[key])
    }
    table = ("theme",) if workspace.settings.name == SETTINGS else ("tool", "newsletter", "theme")
    after = with_table_values(before.decode(), table, changed, short="name")
    if after is None:
        raise NewsletterError(f"Cannot edit [theme] in {workspace.settings.name}", hint=HAND)
    write_file(workspace.settings, after.encode())


def _settings_bytes(workspace: Workspace) -> bytes:
    try:
        return workspace.settings.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{workspace.settings.name} cannot be read") from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _image_names(workspace: Workspace) -> list[str]:
    """Return the images of the publication's theme, for the logo."""
    try:
        return sorted(open_theme(workspace, workspace.look.name).images)
    except NewsletterError:
        return []
