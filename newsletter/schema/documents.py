"""Types of the files in a workspace, validated on reading and shipped as JSON Schemas.

These types describe what an author may write; `model/` describes what it means once people, roles
and sources are resolved.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from msgspec import Meta

from newsletter.schema.base import Address, Document, Level, RoleName, Text
from newsletter.schema.settings import SettingsFile
from newsletter.schema.sign_off import CorrectionEntry
from newsletter.schema.site import ArchiveChoice, PageFile


class InlineHolder(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A credited person who is not in the masthead."""

    name: Annotated[Text, Meta(description="The name as printed.")]
    url: Annotated[Text | None, Meta(description="Address the name links to.")] = None


Holders = str | InlineHolder | list[str | InlineHolder]


class PersonEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person of the masthead."""

    name: Annotated[Text, Meta(description="The name as printed.")]
    url: Annotated[Text | None, Meta(description="Address the name links to.")] = None
    email: Annotated[
        Address | None,
        Meta(description="The address this person commits with; identifies who approves."),
    ] = None
    approves: Annotated[
        list[RoleName], Meta(description="Roles of `[approval]` this person may approve in.")
    ] = []


class TeamEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One team of the masthead."""

    name: Annotated[Text, Meta(description="The team's name as printed.")]
    members: Annotated[list[str], Meta(description="Ids of people in this masthead.")] = []
    url: Annotated[Text | None, Meta(description="Address the name links to.")] = None


class RoleEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One role that people hold in an issue."""

    label: Annotated[
        str | dict[str, str],
        Meta(description="The word printed before the names; or language → word."),
    ]
    required: Annotated[bool, Meta(description="Whether every issue must fill this role.")] = False


class MastheadFile(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`credits.yaml` at the top of the workspace: the masthead."""

    people: Annotated[dict[str, PersonEntry], Meta(description="Id -> person.")] = {}
    teams: Annotated[dict[str, TeamEntry], Meta(description="Id -> team.")] = {}
    roles: Annotated[
        dict[str, RoleEntry], Meta(description="Id -> role, in the order they are printed.")
    ] = {}
    defaults: Annotated[
        dict[str, Holders],
        Meta(description="Role -> holders, and location, for issues that do not name them."),
    ] = {}


class IssueCheck(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`check:` of an issue."""

    select: Annotated[
        list[Text], Meta(description="Rule codes or prefixes to use, and no others.")
    ] = []
    ignore: Annotated[list[Text], Meta(description="Rule codes or prefixes to leave out.")] = []
    severity: Annotated[
        dict[str, Level], Meta(description="Code or prefix -> `error`, `warning` or `info`.")
    ] = {}


class IssueFile(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`issue.yaml`: what the issue is called and when it appears."""

    title: Annotated[
        Text, Meta(description="The issue's title, and its subject line unless `subject` is given.")
    ]
    date: Annotated[dt.date, Meta(description="Day of publication, as 2026-03-01.")]
    preheader: Annotated[
        Text, Meta(description="One sentence (the deck) shown after the subject in the inbox.")
    ]
    subject: Annotated[
        Text | None, Meta(description="Subject line, when it differs from the title.")
    ] = None
    number: Annotated[int | None, Meta(description="Running number of the issue.")] = None
    language: Annotated[
        Text | None, Meta(description="BCP 47 tag; the publication's language by default.")
    ] = None
    tags: Annotated[list[str], Meta(description="Topics, for the archive.")] = []
    theme: Annotated[Text | None, Meta(description="A folder of templates/ or `default`.")] = None
    archive: Annotated[
        ArchiveChoice,
        Meta(
            description="Whether the archive has a page of it: `true`, `false`, or `unlisted` "
            "(a page that no list, feed or search leads to)."
        ),
    ] = True
    formerly: Annotated[
        list[Text], Meta(description="Earlier slugs of this issue; their addresses lead here.")
    ] = []
    corrects: Annotated[
        Text | None, Meta(description="Slug of the issue that this one corrects.")
    ] = None
    check: Annotated[IssueCheck, Meta(description="Which rules apply to this issue.")] = (
        IssueCheck()
    )


class SourceEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where something came from."""

    title: Annotated[Text, Meta(description="Title of the report, page or article.")]
    url: Annotated[Text | None, Meta(description="Its address.")] = None
    publisher: Annotated[Text | None, Meta(description="Who published it.")] = None
    date: Annotated[dt.date | None, Meta(description="When it was published.")] = None
    accessed: Annotated[dt.date | None, Meta(description="When it was last accessed.")] = None


class FactEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure of the issue."""

    value: Annotated[Text | None, Meta(description="The figure as printed; or name a `cell`.")] = (
        None
    )
    cell: Annotated[
        Text | None,
        Meta(
            description="Where the figure is: file#row/column, as data/ports.csv#Sines/2025; "
            "it is printed in the issue's language."
        ),
    ] = None
    unit: Annotated[Text | None, Meta(description="Its unit.")] = None
    source: Annotated[Text | None, Meta(description="Id of an entry in sources.yaml.")] = None
    as_of: Annotated[dt.date | None, Meta(description="The day to which the figure refers.")] = None


class PersonShown(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who can be recognized in an image."""

    name: Annotated[Text, Meta(description="Who is shown.")]
    consent: Annotated[bool, Meta(description="Whether they agreed to be shown.")]


class ImageEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rights in one image."""

    credit: Annotated[Text | None, Meta(description="Who made it.")] = None
    credit_line: Annotated[
        Text | None, Meta(description="The exact line the licence requires, printed as it is.")
    ] = None
    licence: Annotated[Text | None, Meta(description="Under which terms it is used.")] = None
    source: Annotated[Text | None, Meta(description="Where it is from: an address, an agency.")] = (
        None
    )
    expires: Annotated[
        dt.date | None, Meta(description="The last day on which it may be published.")
    ] = None
    allowed: Annotated[
        list[Literal["email", "web"]],
        Meta(description="Where it may be published; left out or empty: everywhere."),
    ] = []
    uses: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="In how many issues it may be published; any number by default."),
    ] = None
    people: Annotated[list[PersonShown], Meta(description="People shown.")] = []


class LexiconEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One term of the lexicon."""

    prefer: Annotated[Text, Meta(description="The preferred spelling.")]
    avoid: Annotated[list[Text], Meta(description="Spellings to avoid; matched as whole words.")]
    because: Annotated[
        Text | None, Meta(description="The reason, in a few words; printed with the finding.")
    ] = None


Sources = str | SourceEntry | list[str | SourceEntry]


class FrontMatter(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lines between `---` and `---` at the top of a section."""

    kind: Annotated[
        Text,
        Meta(
            description="essay, brief, data, postscript, note, links, sponsor, or one of the theme's."
        ),
    ]
    title: Annotated[Text | None, Meta(description="The section's heading.")] = None
    by: Annotated[
        Holders | None,
        Meta(description="Who wrote it: an id of the masthead, a `{name, url}`, or a list."),
    ] = None
    tags: Annotated[list[str], Meta(description="Topics of this section.")] = []
    teaser: Annotated[
        Text | None,
        Meta(description="Text above “Read more” in the archive; the opening by default."),
    ] = None
    date: Annotated[
        dt.date | None, Meta(description="Its own date, where it differs from the issue's.")
    ] = None
    source: Annotated[
        Sources | None,
        Meta(
            description="Where the news came from: an id of sources.yaml, an address, an entry, or a list."
        ),
    ] = None


# The types of files that an editor can complete and validate, by the name of their schema.
SCHEMAS: dict[str, Any] = {
    "masthead": MastheadFile,
    "issue": IssueFile,
    "credits": dict[str, Holders],
    "section": FrontMatter,
    "page": PageFile,
    "sources": dict[str, SourceEntry],
    "facts": dict[str, FactEntry],
    "images": dict[str, ImageEntry],
    "lexicon": list[LexiconEntry],
    "corrections": list[CorrectionEntry],
    "settings": SettingsFile,
}
