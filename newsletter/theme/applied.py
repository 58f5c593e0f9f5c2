"""A theme's files with the publication's settings applied."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected
from newsletter.files.toml_reader import read_toml, toml_places
from newsletter.model import Image, Location
from newsletter.schema.look import LogoImage
from newsletter.theme.theme_images import read_theme_images

if TYPE_CHECKING:
    from newsletter.theme.theme import Theme
    from newsletter.workspace import Workspace


def apply_settings(theme: Theme, workspace: Workspace) -> Theme:
    """Return a theme with the images of its folders and `[theme]` of the settings applied.

    Raises `IssueRejected` with every setting that cannot be used. What can be used and is still
    worth knowing is in `findings` of the result.
    """
    report = Report()
    settings = workspace.look
    images = read_theme_images(*_image_folders(theme, workspace), report)
    if not workspace.has_look_settings:
        return replace(theme, images=images, findings=tuple(report.findings))
    # Imported only for settings: colors are computed from the accent.
    from newsletter.theme.look_settings import (
        LookContext,
        check_kinds,
        check_theme_images,
        logo_of,
        look_phrases,
        look_tokens,
    )

    images = _paired(logo_of(settings.logo), logo_of(settings.logo_dark), images)
    look = LookContext(
        theme.tokens,
        theme.phrases,
        theme.kinds,
        _own_tokens(theme),
        images,
        workspace.publication.language,
        workspace.look_places,
        report,
    )
    tokens = look_tokens(settings, look)
    phrases = look_phrases(settings, look)
    check_kinds(settings, look)
    check_theme_images(settings, replace(look, tokens=tokens))
    if report.failed:
        raise IssueRejected(workspace.settings.name, tuple(report.findings))
    digest = hashlib.sha256(theme.digest.encode() + msgspec.json.encode(settings)).hexdigest()
    return replace(
        theme,
        tokens=tokens,
        phrases=phrases,
        kinds=theme.kinds | set(settings.sections),
        digest=digest,
        images=images,
        settings=settings,
        places=workspace.look_places,
        findings=tuple(report.findings),
    )


def _image_folders(theme: Theme, workspace: Workspace) -> tuple[tuple[Path, ...], dict[str, str]]:
    """Return the folders of a theme, and the publication's: an issue in another look has its logo."""
    main = workspace.templates / workspace.publication.theme
    return (*theme.folders, main), {**theme.shown, str(main): workspace.display_path(main)}


def _paired(
    light: LogoImage | None, dark: LogoImage | None, images: dict[str, Image]
) -> dict[str, Image]:
    """Return the images, with the dark logo marked as the variant of the light one."""
    if light and dark and light.src in images and dark.src in images and light.src != dark.src:
        main = images[light.src].name
        images[dark.src] = replace(images[dark.src], variant_of=main)
    return images


def _own_tokens(theme: Theme) -> dict[tuple[str, str], Location]:
    """Return where the publication's own tokens are, by table and key."""
    tokens: dict[tuple[str, str], Location] = {}
    for folder in theme.own:
        label = f"{theme.shown[str(folder)]}/tokens.toml"
        for path, where in _places(folder / "tokens.toml", label).items():
            if len(path) == 2:
                tokens[str(path[0]), str(path[1])] = where
    return tokens


def _places(path: Path, label: str) -> dict[tuple[str | int, ...], Location]:
    read = read_toml(path, label, Report()) if path.exists() else None
    return dict(toml_places(read[1], label, ()).keys) if read else {}
