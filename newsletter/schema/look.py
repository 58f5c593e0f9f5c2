"""Types of `[theme]`, the settings of a publication's look."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from newsletter.schema.base import Document, Text

# In a union with a table, text stays plain: msgspec 0.22 corrupts memory where it has constraints.

# A file of the theme's images/ folder, without a path.
ThemeFile = Annotated[
    str,
    Meta(
        pattern=r"^[^/\\\s][^/\\\n]*\.(?i:png|jpe?g|gif)$",
        extra={"expected": "the name of a PNG, JPEG or GIF file in templates/<theme>/images/"},
    ),
]
WebAddress = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^\s/]+[^\s]*|mailto:[^\s@]+@[^\s@]+|%%[a-z_]+%%)$",
        extra={"expected": "an address such as https://letters.example.org/about"},
    ),
]
Pixels = Annotated[int, Meta(ge=1, le=600, extra={"expected": "a width from 1 to 600 pixels"})]
KindName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_-]*$",
        extra={"expected": "a kind such as interview: lowercase letters, digits and hyphens"},
    ),
]
Density = Literal["compact", "regular", "airy"]


class LogoImage(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`logo` and `logo_dark`, where more than the file is given."""

    src: Annotated[ThemeFile, Meta(description="A file of `templates/<theme>/images/`.")]
    alt: Annotated[
        Text | None, Meta(description="What it says; the publication's name by default.")
    ] = None
    width: Annotated[
        Pixels | None,
        Meta(description="Width in CSS pixels; half the file's by default, for dense screens."),
    ] = None


class LookLink(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link in the masthead or the foot."""

    text: Annotated[Text, Meta(description="The words; with an icon, what it is for.")]
    url: Annotated[WebAddress, Meta(description="Where it leads.")]
    icon: Annotated[
        ThemeFile | None, Meta(description="A file of `templates/<theme>/images/` shown instead.")
    ] = None


class LinkedLine(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`forwarded` and `sponsor`: a line of text, with a link or without."""

    text: Annotated[Text, Meta(description="The line as printed.")]
    url: Annotated[WebAddress | None, Meta(description="Where it leads.")] = None


class MastheadItems(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[theme.masthead]`: the content above the title, next to name, number and date."""

    links: Annotated[list[LookLink], Meta(description="Links, in order.")] = []
    forwarded: Annotated[
        LinkedLine | None,
        Meta(description="A line for readers to whom the email was forwarded."),
    ] = None
    sponsor: Annotated[LinkedLine | None, Meta(description="Who paid, in the words agreed.")] = None


class FootItems(MastheadItems, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[theme.foot]`: the content below the credits, next to the unsubscribe links and the name."""

    address: Annotated[
        bool, Meta(description="Whether `postal_address` is printed, as many laws require.")
    ] = True


class KindEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[theme.sections.KIND]`: a kind of section."""

    label: Annotated[
        str | dict[str, str] | None,
        Meta(description="Printed above sections of this kind; or language → label."),
    ] = None
    order: Annotated[
        int | None,
        Meta(description="Position among the kinds; sections out of order are reported."),
    ] = None
    required: Annotated[bool, Meta(description="Whether every issue must have one.")] = False
    level: Annotated[
        Annotated[int, Meta(ge=2, le=3, extra={"expected": "2 or 3"})],
        Meta(description="Level of its heading: 2, or 3 below the section before."),
    ] = 2


class ThemeSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[theme]`: the look of the publication; `theme = "NAME"` is short for its `name`."""

    name: Annotated[Text, Meta(description="A packaged look, or a folder of templates/.")] = (
        "default"
    )
    accent: Annotated[
        Text | None,
        Meta(description="One color for links, labels, buttons and tints, as #86331f."),
    ] = None
    font: Annotated[
        Text | None,
        Meta(
            description="`serif`, `sans`, `slab`, `mono`, or a list as `Charter, Georgia, serif`."
        ),
    ] = None
    logo: Annotated[str | LogoImage | None, Meta(description="An image instead of the name.")] = (
        None
    )
    logo_dark: Annotated[str | LogoImage | None, Meta(description="The same for dark mode.")] = None
    width: Annotated[
        Annotated[int, Meta(ge=400, le=680, extra={"expected": "a width from 400 to 680 pixels"})]
        | None,
        Meta(description="Width of the text in pixels."),
    ] = None
    density: Annotated[Density, Meta(description="Spacing of lines and sections.")] = "regular"
    masthead: Annotated[MastheadItems, Meta(description="Content above the title.")] = (
        MastheadItems()
    )
    foot: Annotated[FootItems, Meta(description="Content below the credits.")] = FootItems()
    labels: Annotated[
        dict[str, Text], Meta(description="Role of credits.yaml → label printed in its place.")
    ] = {}
    phrases: Annotated[
        dict[str, str | dict[str, str]],
        Meta(description="Phrase → words; or language → phrase → words."),
    ] = {}
    sections: Annotated[
        dict[KindName, KindEntry], Meta(description="Kind → what is printed and required.")
    ] = {}
