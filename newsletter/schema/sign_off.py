"""Types of the settings for approval, corrections and sent emails."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, field

from newsletter.schema.base import Document, RoleName, Text

CorrectionKind = Literal["correction", "clarification", "update", "retraction"]


class CorrectionEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dated note about something published that was wrong, unclear or has changed."""

    date: Annotated[dt.date, Meta(description="Day the note was published, as 2026-03-03.")]
    kind: Annotated[
        CorrectionKind,
        Meta(
            description="correction (it was wrong), clarification (true but misleading), update "
            "(new facts) or retraction (withdrawn)."
        ),
    ]
    note: Annotated[
        Text, Meta(description="The note as readers see it: what was wrong and what is right.")
    ]
    section: Annotated[
        Text | None, Meta(description="File name of the section, such as 10-essay.md.")
    ] = None
    was: Annotated[
        Text | None, Meta(description="The wrong text; leave it out if it must not be repeated.")
    ] = None
    is_: Annotated[Text | None, Meta(description="The correct text.")] = field(
        name="is", default=None
    )
    by: Annotated[Text | None, Meta(description="Id of the person who wrote the note.")] = None


class ApprovalSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[approval]`: who must approve an issue before it is published."""

    required: Annotated[
        list[RoleName], Meta(description="Roles that must approve; none by default.")
    ] = []
    distinct: Annotated[
        bool, Meta(description="Whether every required role needs a different person.")
    ] = False
    signed: Annotated[
        bool,
        Meta(
            description="Whether every approval needs a signature; people listed in "
            "allowed_signers always need one."
        ),
    ] = False
    expires: Annotated[
        Annotated[int, Meta(ge=1, extra={"expected": "a whole number above 0"})] | None,
        Meta(description="Days after which an approval no longer counts."),
    ] = None


class SentSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[sent]`: what `publish` and `send` keep of the bytes they sent."""

    keep: Annotated[
        Literal["copy", "revision"],
        Meta(
            description="`copy`: the email itself, in the issue's sent/ folder; `revision`: only "
            "its digest and the git revision it was made from."
        ),
    ] = "copy"
