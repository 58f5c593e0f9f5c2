"""An image with its caption, credit and licence."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.inline import InlineImage, html_of, text_of
from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Location, Node


class Figure(Struct, frozen=True):
    where: Location
    image: InlineImage
    caption: tuple[Node, ...] = ()
    credit: str | None = None
    licence: str | None = None
    link: str | None = None
    link_at: Location | None = None  # where that URL is written
    credit_at: Location | None = None
    credit_line: str | None = None  # printed verbatim, instead of credit and licence

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.image, *self.caption)

    def html(self, page: HtmlWriter) -> str:
        image = page.image(self.image.src)
        return page.partial(
            "figure",
            src=page.image_url(image),
            srcset=page.srcset(image),
            alt=self.image.alt,
            width=image.width,
            height=image.height,
            caption=html_of(self.caption, page) or None,
            credit=None if self.credit_line else self.credit,
            licence=self.credit_line or self.licence,
            link=self.link,
        )

    def text(self, page: TextWriter) -> str:
        words = " — ".join(filter(None, (self.image.alt, text_of(self.caption, page))))
        rights = self.credit_line or ", ".join(filter(None, (self.credit, self.licence)))
        inside = " ".join(filter(None, (words, f"({rights})" if rights else "")))
        if not inside and not self.link:
            return ""  # decorative images have no text
        link = f" [{page.link(self.link)}]" if self.link else ""
        label = page.phrases["figure"]
        return page.wrap(
            f"[{label}{page.phrases['colon']}{inside}]{link}" if inside else f"[{label}]{link}"
        )
