"""`type = "resend"`: a broadcast that waits as a draft in Resend."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from newsletter.errors import NewsletterError
from newsletter.model import Email, Image, MergeStyle
from newsletter.render.merge import escape_template_code, fill
from newsletter.schema.base import Text
from newsletter.targets.client import Client, Connection, Request
from newsletter.targets.marked_message import PREFIX, sample_values
from newsletter.targets.service import ServiceTarget
from newsletter.targets.service_draft import Content, DraftState, ServiceDraft
from newsletter.targets.target_settings import (
    HttpUrl,
    ServiceSettings,
    own_authority,
    read_settings,
    sender_line,
    service_token,
)
from newsletter.workspace import Workspace

STATES: Mapping[str, DraftState] = {
    "draft": "draft",
    "scheduled": "scheduled",
    "queued": "scheduled",
}
_DIVIDER = " · "


class ResendSettings(ServiceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[targets.NAME]` with `type = "resend"`."""

    segment: Annotated[Text, Meta(description="Id of the segment.")]
    topic: Annotated[Text | None, Meta(description="Id of a topic.")] = None
    api: Annotated[HttpUrl, Meta(description="Address of the API.")] = "https://api.resend.com"


class Resend(Struct, frozen=True):
    """Resend's API; facts from its OpenAPI description 1.5.0."""

    name: str
    workspace: Workspace
    settings: ResendSettings

    type: str = "resend"
    title: str = "Resend"
    style: MergeStyle | None = "resend"
    takes_text: bool = True
    hosts_images: bool = False
    # Resend would add its preview_text to the email in addition to the existing preheader.
    notes: tuple[str, ...] = ("The preheader stays in the HTML",)

    @classmethod
    def from_config(
        cls, name: str, table: Mapping[str, Any], workspace: Workspace
    ) -> ServiceTarget:
        settings = read_settings(workspace, name, table, ResendSettings)
        return ServiceTarget(name, cls(name, workspace, settings), workspace)

    def connection(self, *, test: bool = False) -> Connection:
        token = service_token(self.name, self.settings, "RESEND_API_KEY", self.settings.api)
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        return Connection(
            self.title,
            self.settings.api.rstrip("/"),
            lambda: headers,
            (token,),
            ("POST /emails",) if test else ("POST /broadcasts", "PATCH /broadcasts/*"),
            frozenset({"send", "scheduled_at"}),
            "full access; a key for sending only cannot make broadcasts",
            own_authority(self.workspace, self.settings),
        )

    def compose(self, email: Email, addresses: Mapping[str, str]) -> Content:
        publication = self.workspace.publication
        fields = {
            "subject": escape_template_code(email.subject, "resend", html=False),
            "sender": sender_line(publication, quoted=True),
            "segment": self.settings.segment,
            "html": email.html,
            "text": email.text,
        }
        if self.settings.topic is not None:
            fields["topic"] = self.settings.topic
        return Content(email.slug, fields)

    def planned(self, content: Content, images: Sequence[Image]) -> tuple[Request, ...]:
        return (
            _listing(None),
            Request("POST", "/broadcasts", json=_payload(content), repeatable=False),
            Request("PATCH", "/broadcasts/{id of the draft, if there is one}"),
            Request("GET", "/broadcasts/{id}"),
        )

    async def find(self, client: Client, key: str) -> list[ServiceDraft]:
        """Return the broadcasts named with our key; a listing has no subject and no content."""
        drafts: list[ServiceDraft] = []
        after: str | None = None
        while True:
            data = (await client.send(_listing(after))).json()
            drafts += [
                await self.read(client, row["id"])
                for row in data["data"]
                if (row.get("name") or "").partition(_DIVIDER)[0] == key
            ]
            if not data.get("has_more") or not data["data"]:
                return drafts
            after = data["data"][-1]["id"]

    async def create(self, client: Client, content: Content) -> str:
        request = Request("POST", "/broadcasts", json=_payload(content), repeatable=False)
        return str((await client.send(request)).json()["id"])

    async def update(self, client: Client, content: Content, draft: ServiceDraft) -> None:
        current = await self.read(client, draft.id)
        if current.state != "draft":
            raise NewsletterError(
                f"Broadcast {draft.id} is already {current.state_label}: {draft.url}"
            )
        await client.send(Request("PATCH", f"/broadcasts/{draft.id}", json=_payload(content)))

    async def read(self, client: Client, draft_id: str) -> ServiceDraft:
        row = (await client.send(Request("GET", f"/broadcasts/{draft_id}"))).json()
        fields = {
            "subject": row.get("subject") or "",
            "sender": row.get("from") or "",
            "segment": row.get("segment_id") or "",
            "html": row.get("html") or "",
            "text": row.get("text") or "",
        }
        if self.settings.topic is not None:
            fields["topic"] = row.get("topic_id") or ""
        return ServiceDraft(
            row["id"],
            STATES.get(row["status"], "sent"),
            row["status"],
            fields,
            f"https://resend.com/broadcasts/{row['id']}",
            (row.get("name") or "").partition(_DIVIDER)[2] or None,
            None,
            row.get("scheduled_at") or row.get("sent_at"),
        )

    async def rendered(self, client: Client, draft_id: str) -> str | None:
        return None  # no API call for that

    async def hosted(self, client: Client) -> Mapping[str, str]:
        return {}  # it hosts no images

    async def upload(self, client: Client, image: Image) -> str:
        raise NotImplementedError("Resend hosts no images")

    async def send_test(
        self, client: Client, email: Email, draft: ServiceDraft, to: Sequence[str]
    ) -> tuple[str, ...]:
        """Send the draft's content as single emails, filled in by us.

        Resend has no call to test a broadcast.
        """
        values = sample_values(email, self.workspace.publication, to)
        fields = draft.fields
        payload = {
            "from": fields["sender"],
            "to": list(to),
            "subject": PREFIX + email.subject,
            "html": fill(fields["html"], "resend", values, html=True),
            "text": fill(fields["text"], "resend", values, html=False),
        }
        seed = f"{draft.id} {draft.marker} {sorted(to)}".encode()
        headers = {"Idempotency-Key": hashlib.sha256(seed).hexdigest()}
        request = Request("POST", "/emails", json=payload, headers=headers, repeatable=False)
        await client.send(request)
        return ("Resend has no test of a broadcast: its content was sent as a single email",)


def _listing(after: str | None) -> Request:
    query = (("limit", "100"),) + ((("after", after),) if after else ())
    return Request("GET", "/broadcasts", query)


def _payload(content: Content) -> dict[str, Any]:
    fields = content.fields
    payload = {
        "name": f"{content.key}{_DIVIDER}{content.fingerprint}",
        "segment_id": fields["segment"],
        "from": fields["sender"],
        "subject": fields["subject"],
        "html": fields["html"],
        "text": fields["text"],
    }
    return {**payload, "topic_id": fields["topic"]} if "topic" in fields else payload
