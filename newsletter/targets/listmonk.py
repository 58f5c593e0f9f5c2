"""`type = "listmonk"`: a campaign that waits as a draft in your own listmonk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urljoin

from msgspec import Meta, Struct

from newsletter.errors import NewsletterError
from newsletter.model import Email, Image, MergeStyle
from newsletter.render.go_template import as_literals
from newsletter.render.merge import escape_template_code
from newsletter.schema.base import Text
from newsletter.targets.client import Client, Connection, Request, Upload
from newsletter.targets.hosting import rewritten
from newsletter.targets.service import ServiceTarget
from newsletter.targets.service_draft import Content, DraftState, ServiceDraft
from newsletter.targets.target_settings import (
    HttpUrl,
    ListIds,
    Number,
    ServiceSettings,
    own_authority,
    read_settings,
    sender_line,
    service_token,
)
from newsletter.workspace import Workspace

STATES: Mapping[str, DraftState] = {"draft": "draft", "scheduled": "scheduled"}  # others: started
PAGE = 100  # campaigns or files per page of a listing
_MARKER = "newsletter-"  # the tag that stores the fingerprint


class ListmonkSettings(ServiceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[targets.NAME]` with `type = "listmonk"`."""

    url: Annotated[HttpUrl, Meta(description="Address of listmonk.")]
    user: Annotated[Text, Meta(description="The API user.")]
    lists: ListIds
    template: Annotated[
        Number | None, Meta(description="Id of a template; the default one if omitted.")
    ] = None


class Listmonk(Struct, frozen=True):
    """listmonk's API; facts from its source, v6.2."""

    name: str
    workspace: Workspace
    settings: ListmonkSettings

    type: str = "listmonk"
    title: str = "listmonk"
    style: MergeStyle | None = "listmonk"
    takes_text: bool = True
    hosts_images: bool = True
    notes: tuple[str, ...] = ()

    @classmethod
    def from_config(
        cls, name: str, table: Mapping[str, Any], workspace: Workspace
    ) -> ServiceTarget:
        settings = read_settings(workspace, name, table, ListmonkSettings)
        return ServiceTarget(name, cls(name, workspace, settings), workspace)

    def connection(self, *, test: bool = False) -> Connection:
        token = service_token(self.name, self.settings, "LISTMONK_TOKEN", self.settings.url)
        header = f"token {self.settings.user}:{token.reveal()}"
        tests = ("POST /api/campaigns/*/test",)
        writes = ("POST /api/campaigns", "PUT /api/campaigns/*", "POST /api/media")
        return Connection(
            self.title,
            self.settings.url.rstrip("/"),
            lambda: {"Authorization": header},
            (token,),
            tests if test else writes,
            frozenset({"send_at", "status", "archive_meta"}),
            "campaigns:get, campaigns:manage, media:get, media:manage, lists:get",
            own_authority(self.workspace, self.settings),
        )

    def compose(self, email: Email, addresses: Mapping[str, str]) -> Content:
        """Return the campaign, with our HTML escaped from listmonk's template engine.

        Go's html/template drops HTML comments (including Outlook's) and escapes values by context;
        `Safe` disables that for everything except the merge fields.
        """
        publication = self.workspace.publication
        ours = {image: publication.image_url(email.slug, image) for image in addresses}
        html = rewritten(email.html, addresses, ours)
        fields = {
            "subject": escape_template_code(email.subject, "listmonk", html=False),
            "sender": sender_line(publication, quoted=True),
            "lists": ", ".join(str(number) for number in sorted(self.settings.lists)),
            "html": as_literals(html),
            "text": as_literals(email.text, values_safe=True),
        }
        if self.settings.template is not None:
            fields["template"] = str(self.settings.template)
        return Content(email.slug, fields, html)

    def planned(self, content: Content, images: Sequence[Image]) -> tuple[Request, ...]:
        payload = self._payload(content)
        return (
            self._listing(content.key, 1),
            *((_media_listing(1),) if images else ()),
            *(_upload(image) for image in images),
            Request("POST", "/api/campaigns", json=payload, repeatable=False),
            Request("PUT", "/api/campaigns/{id of the draft, if there is one}"),
            Request("GET", "/api/campaigns/{id}"),
            Request("GET", "/api/campaigns/{id}/preview"),
        )

    async def find(self, client: Client, key: str) -> list[ServiceDraft]:
        rows: list[Mapping[str, Any]] = []
        page, total = 1, 1
        while len(rows) < total and page <= 100:
            reply = await client.send(self._listing(key, page))
            data = reply.json()["data"]
            if not data["results"]:
                break
            rows += data["results"]
            page, total = page + 1, data["total"]
        ids = [str(row["id"]) for row in rows if key in (row.get("tags") or [])]
        return [await self.read(client, draft_id) for draft_id in ids]

    async def create(self, client: Client, content: Content) -> str:
        request = Request("POST", "/api/campaigns", json=self._payload(content), repeatable=False)
        reply = await client.send(request)
        return str(reply.json()["data"]["id"])

    async def update(self, client: Client, content: Content, draft: ServiceDraft) -> None:
        """Replace a draft.

        listmonk also allows changes to paused and scheduled campaigns, so the state is checked
        first.
        """
        reply = await client.send(Request("GET", f"/api/campaigns/{draft.id}"))
        row = reply.json()["data"]
        if row["status"] != "draft":
            raise NewsletterError(f"Campaign {draft.id} is already {row['status']}: {draft.url}")
        attached = [media["id"] for media in row.get("media") or []]  # or they are detached
        payload = {**self._payload(content), "media": attached}
        payload["tags"] += [tag for tag in row.get("tags") or [] if _theirs(tag, content.key)]
        await client.send(Request("PUT", f"/api/campaigns/{draft.id}", json=payload))

    async def read(self, client: Client, draft_id: str) -> ServiceDraft:
        reply = await client.send(Request("GET", f"/api/campaigns/{draft_id}"))
        row = reply.json()["data"]
        fields = {
            "subject": row["subject"],
            "sender": row["from_email"],
            "lists": ", ".join(str(each) for each in sorted(item["id"] for item in row["lists"])),
            "html": row["body"],
            "text": row.get("altbody") or "",
        }
        if self.settings.template is not None:
            fields["template"] = str(row.get("template_id") or "")
        marks = (tag for tag in row.get("tags") or [] if tag.startswith(_MARKER))
        return ServiceDraft(
            str(row["id"]),
            STATES.get(row["status"], "sent"),
            row["status"],
            fields,
            f"{self.settings.url.rstrip('/')}/admin/campaigns/{row['id']}",
            next((mark.removeprefix(_MARKER) for mark in marks), None),
            row.get("updated_at"),
            row.get("send_at") or row.get("started_at"),
        )

    async def rendered(self, client: Client, draft_id: str) -> str | None:
        reply = await client.send(Request("GET", f"/api/campaigns/{draft_id}/preview"))
        return reply.body.decode("utf-8", "replace")

    async def hosted(self, client: Client) -> Mapping[str, str]:
        files: dict[str, str] = {}
        page, total = 1, 1
        while len(files) < total and page <= 100:
            reply = await client.send(_media_listing(page))
            data = reply.json()["data"]
            if not data["results"]:
                break
            files |= {row["filename"]: self._address(row["url"]) for row in data["results"]}
            page, total = page + 1, data["total"]
        return files

    async def upload(self, client: Client, image: Image) -> str:
        reply = await client.send(_upload(image))
        return self._address(reply.json()["data"]["url"])

    async def send_test(
        self, client: Client, email: Email, draft: ServiceDraft, to: Sequence[str]
    ) -> tuple[str, ...]:
        known = Content(email.slug, draft.fields)
        payload = {**self._payload(known), "subscribers": list(to)}
        path = f"/api/campaigns/{draft.id}/test"
        await client.send(Request("POST", path, json=payload, repeatable=False))
        return ("listmonk sends tests to subscribers only, and does not name those it left out",)

    def _listing(self, key: str, page: int) -> Request:
        query = (
            ("tag", key),
            ("no_body", "true"),
            ("per_page", str(PAGE)),
            ("page", str(page)),
        )
        return Request("GET", "/api/campaigns", query)

    def _payload(self, content: Content) -> dict[str, Any]:
        fields = content.fields
        payload: dict[str, Any] = {
            "name": f"{content.key}: {fields['subject']}"[:2000],
            "subject": fields["subject"],
            "lists": [int(number) for number in fields["lists"].split(", ")],
            "from_email": fields["sender"],
            "type": "regular",
            "content_type": "html",
            "messenger": "email",
            "body": fields["html"],
            "altbody": fields["text"],
            "tags": ["newsletter", content.key, _MARKER + content.fingerprint],
        }
        if self.settings.template is not None:
            payload["template_id"] = self.settings.template
        return payload

    def _address(self, url: str) -> str:
        return urljoin(f"{self.settings.url.rstrip('/')}/", url)


def _theirs(tag: str, key: str) -> bool:
    """Return whether a tag is a person's and not one of ours."""
    return tag not in ("newsletter", key) and not tag.startswith(_MARKER)


def _media_listing(page: int) -> Request:
    return Request("GET", "/api/media", (("per_page", str(PAGE)), ("page", str(page))))


def _upload(image: Image) -> Request:
    upload = Upload("file", image.name, f"image/{image.type}", image.data or b"")
    return Request("POST", "/api/media", upload=upload)
