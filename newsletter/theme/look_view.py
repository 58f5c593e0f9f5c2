"""What templates are given of a theme's settings and images; addresses depend on the medium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.model import Image, Publication
from newsletter.schema.look import LinkedLine, LogoImage, MastheadItems
from newsletter.theme.look_settings import logo_of
from newsletter.theme.theme import Theme

ICON = 32  # CSS pixels; the widest an icon is shown


class ImageView(Struct, frozen=True):
    """An image of the theme as templates print it; sizes are CSS pixels."""

    src: str
    width: int
    height: int
    alt: str = ""


class LookLinkView(Struct, frozen=True):
    """A link of the masthead or the foot."""

    text: str
    url: str
    icon: ImageView | None


class ItemsView(Struct, frozen=True):
    """The items of the masthead or the foot."""

    links: tuple[LookLinkView, ...]
    forwarded: LinkedLine | None
    sponsor: LinkedLine | None

    def __bool__(self) -> bool:
        return bool(self.links or self.forwarded or self.sponsor)

    def on_web(self) -> bool:
        return bool(self.links or self.sponsor)


class LookView(Struct, frozen=True):
    """The settings of the look, as `look` in templates."""

    name: str  # the publication's name, or the text of its logo
    logo: ImageView | None
    logo_dark: ImageView | None
    masthead: ItemsView
    foot: ItemsView


def look_values(theme: Theme, publication: Publication, prefix: str) -> dict[str, Any]:
    """Return the template values that a theme's settings give.

    `prefix` precedes the name of an image: an address, or a relative folder.
    """
    settings = theme.settings

    def image_view(name: str, width: int | None = None, alt: str = "") -> ImageView:
        image = theme.images.get(name)
        if image is None:
            hint = spelling_hint(name, theme.images, what="images of the theme")
            raise NewsletterError(f"Image not found: {quoted(name)}", hint=hint)
        return _view(image, width, alt, prefix)

    def items(part: MastheadItems) -> ItemsView:
        links = tuple(
            LookLinkView(link.text, link.url, _icon(theme.images[link.icon], link.text, prefix))
            if link.icon
            else LookLinkView(link.text, link.url, None)
            for link in part.links
        )
        return ItemsView(links, part.forwarded, part.sponsor)

    if not settings.foot.address:
        publication = replace(publication, postal_address=None)
    logo, dark = logo_of(settings.logo), logo_of(settings.logo_dark)
    look = LookView(
        (logo.alt if logo else None) or publication.name,
        _logo(logo, publication, image_view, theme.tokens["width"]["text"]),
        _logo(_alike(dark, logo), publication, image_view, theme.tokens["width"]["text"]),
        items(settings.masthead),
        items(settings.foot),
    )
    return {"look": look, "theme_image": image_view, "publication": publication}


def _alike(dark: LogoImage | None, light: LogoImage | None) -> LogoImage | None:
    """Return the dark logo in the size of the light one, which it replaces."""
    if dark is None or light is None:
        return dark
    return replace(dark, width=dark.width or light.width, alt=dark.alt or light.alt)


def _logo(
    logo: LogoImage | None,
    publication: Publication,
    image_view: Callable[..., ImageView],
    widest: int,
) -> ImageView | None:
    if logo is None:
        return None
    view = image_view(logo.src, logo.width, logo.alt or publication.name)
    if view.width <= widest:
        return view
    return image_view(logo.src, widest, logo.alt or publication.name)


def _view(image: Image, width: int | None, alt: str, prefix: str) -> ImageView:
    """Return an image in its size; without a width, two pixels of the file are one on the page."""
    width = width or max(image.width // 2, 1)
    height = max(round((image.height or 1) * width / image.width), 1)
    return ImageView(prefix + image.name, width, height, alt)


def _icon(image: Image, alt: str, prefix: str) -> ImageView:
    return _view(image, min(max(image.width // 2, 1), ICON), alt, prefix)


def theme_images_in(theme: Theme, *documents: str) -> tuple[Image, ...]:
    """Return the images of a theme that finished documents refer to."""
    return tuple(
        image
        for image in theme.images.values()
        if any(image.name in document for document in documents)
    )
