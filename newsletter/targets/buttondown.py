"""`type = "buttondown"`: an email that waits as a draft in Buttondown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from newsletter.errors import NewsletterError
from newsletter.model import Email, Image, MergeStyle
from newsletter.render.merge import escape_template_code
from newsletter.targets.client import Client, Connection, Request, Upload
from newsletter.targets.hosting import rewritten
from newsletter.targets.service import ServiceTarget
from newsletter.targets.service_draft import Content, DraftState, ServiceDraft
from newsletter.targets.target_settings import (
    HttpUrl,
    ServiceSettings,
    own_authority,
    read_settings,
    service_token,
)
from newsletter.workspace import Workspace

# Pinned: from this version on, a create that would send is rejected without a header we never set.
VERSION = "2026-04-01"
MODE = "<!-- buttondown-editor-mode: fancy -->"  # stops the editor from parsing HTML as Markdown
STATES: Mapping[str, DraftState] = {
    "draft": "draft",
    "scheduled": "scheduled",
    "about_to_send": "scheduled",
}
PAGES = 50  # of a listing


class ButtondownSettings(ServiceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[targets.NAME]` with `type = "buttondown"`."""

    api: Annotated[HttpUrl, Meta(description="Address of the API.")] = "https://api.buttondown.com"


class Buttondown(Struct, frozen=True):
    """Buttondown's API; facts from its OpenAPI description 1.0.0."""

    name: str
    workspace: Workspace
    settings: ButtondownSettings

    type: str = "buttondown"
    title: str = "Buttondown"
    style: MergeStyle | None = "buttondown"
    takes_text: bool = False
    hosts_images: bool = True
    notes: tuple[str, ...] = (
        "Buttondown generates the text part itself; the template `naked` requires a paid plan",
    )

    @classmethod
    def from_config(
        cls, name: str, table: Mapping[str, Any], workspace: Workspace
    ) -> ServiceTarget:
        settings = read_settings(workspace, name, table, ButtondownSettings)
        return ServiceTarget(name, cls(name, workspace, settings), workspace)

    def connection(self, *, test: bool = False) -> Connection:
        token = service_token(self.name, self.settings, "BUTTONDOWN_API_KEY", self.settings.api)
        headers = {"Authorization": f"Token {token.reveal()}", "X-API-Version": VERSION}
        writes = ("POST /v1/emails", "PATCH /v1/emails/*", "POST /v1/images")
        tests = ("POST /v1/emails/*/send-draft",)
        return Connection(
            self.title,
            self.settings.api.rstrip("/"),
            lambda: headers,
            (token,),
            tests if test else writes,
            frozenset({"publish_date", "filters"}),
            "emails (write) and images (write)",
            own_authority(self.workspace, self.settings),
        )

    def compose(self, email: Email, addresses: Mapping[str, str]) -> Content:
        publication = self.workspace.publication
        ours = {image: publication.image_url(email.slug, image) for image in addresses}
        html = rewritten(email.html, addresses, ours)
        fields = {
            "subject": escape_template_code(email.subject, "buttondown", html=False),
            "preheader": email.preheader,
            "html": f"{MODE}{html}",
        }
        return Content(email.slug, fields, html)

    def planned(self, content: Content, images: Sequence[Image]) -> tuple[Request, ...]:
        return (
            _listing(1),
            *(_upload(image) for image in images),
            _creation(content),
            Request("PATCH", "/v1/emails/{id of the draft, if there is one}"),
            Request("GET", "/v1/emails/{id}"),
            Request("GET", "/v1/emails/{id}/renders", (("target", "email"),)),
        )

    async def find(self, client: Client, key: str) -> list[ServiceDraft]:
        """Return the emails with our key in their metadata, or our slug, which is unique there."""
        drafts: list[ServiceDraft] = []
        for page in range(1, PAGES + 1):
            data = (await client.send(_listing(page))).json()
            for row in data["results"]:
                metadata = row.get("metadata") or {}
                ours = metadata.get("key") == key or row.get("slug") == key
                if ours and row["status"] != "deleted":
                    drafts.append(await self.read(client, row["id"]))
            if not data.get("next"):
                break
        return drafts

    async def create(self, client: Client, content: Content) -> str:
        reply = await client.send(_creation(content))
        return str(reply.json()["id"])

    async def update(self, client: Client, content: Content, draft: ServiceDraft) -> None:
        current = await self.read(client, draft.id)
        if current.state != "draft":
            raise NewsletterError(f"Email {draft.id} is already {current.state_label}: {draft.url}")
        request = Request("PATCH", f"/v1/emails/{draft.id}", json=_payload(content))
        await client.send(request)

    async def read(self, client: Client, draft_id: str) -> ServiceDraft:
        row = (await client.send(Request("GET", f"/v1/emails/{draft_id}"))).json()
        fields = {
            "subject": row["subject"],
            "preheader": row.get("description") or "",
            "html": row["body"],
        }
        return ServiceDraft(
            row["id"],
            STATES.get(row["status"], "sent"),
            row["status"],
            fields,
            f"https://buttondown.com/emails/{row['id']}",
            (row.get("metadata") or {}).get("fingerprint"),
            row.get("modification_date"),
            row.get("publish_date"),
        )

    async def rendered(self, client: Client, draft_id: str) -> str | None:
        request = Request("GET", f"/v1/emails/{draft_id}/renders", (("target", "email"),))
        return str((await client.send(request)).json()["content"])

    async def hosted(self, client: Client) -> Mapping[str, str]:
        return {}  # it detects identical bytes itself and returns the first upload

    async def upload(self, client: Client, image: Image) -> str:
        return str((await client.send(_upload(image))).json()["image"])

    async def send_test(
        self, client: Client, email: Email, draft: ServiceDraft, to: Sequence[str]
    ) -> tuple[str, ...]:
        path = f"/v1/emails/{draft.id}/send-draft"
        await client.send(Request("POST", path, json={"recipients": list(to)}, repeatable=False))
        return ()


def _listing(page: int) -> Request:
    query = (("excluded_fields", "body"), ("page", str(page)))
    return Request("GET", "/v1/emails", query)


def _creation(content: Content) -> Request:
    payload = {**_payload(content), "status": "draft", "slug": content.key[:100]}
    seed = f"{content.key} {content.fingerprint}".encode()
    headers = {"X-Idempotency-Key": hashlib.sha256(seed).hexdigest()}
    return Request("POST", "/v1/emails", json=payload, headers=headers, repeatable=False)


def _payload(content: Content) -> dict[str, Any]:
    return {
        "subject": content.fields["subject"],
        "description": content.fields["preheader"],
        "body": content.fields["html"],
        "template": "naked",
        "metadata": {"key": content.key, "fingerprint": content.fingerprint},
    }


def _upload(image: Image) -> Request:
    upload = Upload("image", image.name, f"image/{image.type}", image.data or b"")
    return Request("POST", "/v1/images", upload=upload)
