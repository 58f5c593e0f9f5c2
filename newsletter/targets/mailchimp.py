"""`type = "mailchimp"`: a campaign that waits as a draft in Mailchimp."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from newsletter.errors import NewsletterError
from newsletter.files.quotation import quoted
from newsletter.model import Email, Image, MergeStyle
from newsletter.render.merge import escape_template_code
from newsletter.schema.base import Text
from newsletter.targets.client import Client, Connection, Request
from newsletter.targets.hosting import rewritten
from newsletter.targets.secrets import Secret
from newsletter.targets.service import ServiceTarget
from newsletter.targets.service_draft import Content, DraftState, ServiceDraft
from newsletter.targets.target_settings import (
    HttpUrl,
    Number,
    ServiceSettings,
    own_authority,
    read_settings,
    sender_line,
    service_token,
)
from newsletter.workspace import Workspace

STATES: Mapping[str, DraftState] = {"save": "draft", "schedule": "scheduled"}
PAGE = 1000  # campaigns per page of a listing
_DIVIDER = " · "  # between the parts of a title: slug, fingerprint
_LISTED = "campaigns.id,campaigns.status,campaigns.settings.title,total_items"


class MailchimpSettings(ServiceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[targets.NAME]` with `type = "mailchimp"`."""

    audience: Annotated[Text, Meta(description="Id of the audience.")]
    segment: Annotated[Number | None, Meta(description="Id of a saved segment.")] = None
    api: Annotated[
        HttpUrl | None, Meta(description="Address of the API; by default what the key names.")
    ] = None


class Mailchimp(Struct, frozen=True):
    """Mailchimp's API; facts from the Marketing API's published types."""

    name: str
    workspace: Workspace
    settings: MailchimpSettings

    type: str = "mailchimp"
    title: str = "Mailchimp"
    style: MergeStyle | None = "mailchimp"
    takes_text: bool = True
    hosts_images: bool = True
    notes: tuple[str, ...] = ()

    @classmethod
    def from_config(
        cls, name: str, table: Mapping[str, Any], workspace: Workspace
    ) -> ServiceTarget:
        settings = read_settings(workspace, name, table, MailchimpSettings)
        return ServiceTarget(name, cls(name, workspace, settings), workspace)

    def connection(self, *, test: bool = False) -> Connection:
        address = self.settings.api or "https://api.mailchimp.com"
        token = service_token(self.name, self.settings, "MAILCHIMP_API_KEY", address)
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        tests = ("POST /campaigns/*/actions/test",)
        writes = (
            "POST /campaigns",
            "PATCH /campaigns/*",
            "PUT /campaigns/*/content",
            "POST /file-manager/files",
        )
        return Connection(
            self.title,
            self._base(token),
            lambda: headers,
            (token,),
            tests if test else writes,
            frozenset({"schedule_time", "auto_fb_post", "timewarp", "rss_opts", "automation"}),
            "a user of the account with the role Author, who may not send",
            own_authority(self.workspace, self.settings),
        )

    def compose(self, email: Email, addresses: Mapping[str, str]) -> Content:
        publication = self.workspace.publication
        ours = {image: publication.image_url(email.slug, image) for image in addresses}
        settings = self.settings
        segment = f", segment {settings.segment}" if settings.segment else ""
        fields = {
            "subject": escape_template_code(email.subject, "mailchimp", html=False),
            "preheader": escape_template_code(email.preheader, "mailchimp", html=False),
            "sender": sender_line(publication),
            "audience": f"{settings.audience}{segment}",
            "html": rewritten(email.html, addresses, ours),
            "text": email.text,
        }
        return Content(email.slug, fields)

    def planned(self, content: Content, images: Sequence[Image]) -> tuple[Request, ...]:
        return (
            self._listing(0),
            *((_files(0),) if images else ()),
            *(_upload(image) for image in images),
            Request("POST", "/campaigns", json=self._payload(content), repeatable=False),
            Request("PATCH", "/campaigns/{id of the draft, if there is one}"),
            Request("PUT", "/campaigns/{id}/content", json=_parts(content)),
            Request("GET", "/campaigns/{id}/content"),
        )

    async def find(self, client: Client, key: str) -> list[ServiceDraft]:
        drafts: list[ServiceDraft] = []
        offset, total = 0, 1
        while offset < total:
            data = (await client.send(self._listing(offset))).json()
            drafts += [
                await self.read(client, row["id"])
                for row in data["campaigns"]
                if row["settings"].get("title", "").partition(_DIVIDER)[0] == key
            ]
            offset, total = offset + PAGE, data["total_items"]
        return drafts

    async def create(self, client: Client, content: Content) -> str:
        request = Request("POST", "/campaigns", json=self._payload(content), repeatable=False)
        campaign = str((await client.send(request)).json()["id"])
        await self._write_parts(client, content, campaign)
        return campaign

    async def update(self, client: Client, content: Content, draft: ServiceDraft) -> None:
        current = (await client.send(Request("GET", f"/campaigns/{draft.id}"))).json()
        if current["status"] != "save":
            raise NewsletterError(
                f"Campaign {draft.id} is already {_label(current['status'])}: {draft.url}"
            )
        payload = self._payload(content)
        payload = {key: payload[key] for key in ("recipients", "settings")}
        await client.send(Request("PATCH", f"/campaigns/{draft.id}", json=payload))
        await self._write_parts(client, content, draft.id)

    async def _write_parts(self, client: Client, content: Content, campaign: str) -> None:
        await client.send(Request("PUT", f"/campaigns/{campaign}/content", json=_parts(content)))

    async def read(self, client: Client, draft_id: str) -> ServiceDraft:
        row = (await client.send(Request("GET", f"/campaigns/{draft_id}"))).json()
        parts = (await client.send(Request("GET", f"/campaigns/{draft_id}/content"))).json()
        settings, recipients = row["settings"], row["recipients"]
        saved = (recipients.get("segment_opts") or {}).get("saved_segment_id")
        fields = {
            "subject": settings.get("subject_line", ""),
            "preheader": settings.get("preview_text", ""),
            "sender": f"{settings.get('from_name', '')} <{settings.get('reply_to', '')}>",
            "audience": f"{recipients['list_id']}{f', segment {saved}' if saved else ''}",
            "html": parts.get("html", ""),
            "text": parts.get("plain_text", ""),
        }
        marker = settings.get("title", "").partition(_DIVIDER)[2]
        center = urlsplit(client.connection.base).hostname or ""
        admin = f"https://{center.partition('.')[0]}.admin.mailchimp.com"
        return ServiceDraft(
            row["id"],
            STATES.get(row["status"], "sent"),
            _label(row["status"]),
            fields,
            f"{admin}/campaigns/edit?id={row['web_id']}",
            marker or None,
            row.get("updated_at"),
            row.get("send_time") or None,
        )

    async def rendered(self, client: Client, draft_id: str) -> str | None:
        return None  # archive_html is the archive page, not the email

    async def hosted(self, client: Client) -> Mapping[str, str]:
        files: dict[str, str] = {}
        offset, total = 0, 1
        while offset < total:
            data = (await client.send(_files(offset))).json()
            files |= {row["name"]: row["full_size_url"] for row in data["files"]}
            offset, total = offset + PAGE, data["total_items"]
        return files

    async def upload(self, client: Client, image: Image) -> str:
        return str((await client.send(_upload(image))).json()["full_size_url"])

    async def send_test(
        self, client: Client, email: Email, draft: ServiceDraft, to: Sequence[str]
    ) -> tuple[str, ...]:
        path = f"/campaigns/{draft.id}/actions/test"
        payload = {"test_emails": list(to), "send_type": "html"}
        await client.send(Request("POST", path, json=payload, repeatable=False))
        return ("Mailchimp does not fill in merge fields in tests",)

    def _base(self, token: Secret) -> str:
        """Return the address of the data center, named after the hyphen in the key."""
        if self.settings.api is not None:
            return self.settings.api.rstrip("/")
        center = token.reveal().rpartition("-")[2]
        if not center.startswith("us") or not center.isalnum():
            raise NewsletterError(
                f"No data center in the token for target {quoted(self.name)} from {token.source}",
                hint="Copy the whole key; it ends with a data center such as -us19.",
            )
        return f"https://{center}.api.mailchimp.com/3.0"

    def _listing(self, offset: int) -> Request:
        query = (
            ("list_id", self.settings.audience),
            ("count", str(PAGE)),
            ("offset", str(offset)),
            ("fields", _LISTED),
        )
        return Request("GET", "/campaigns", query)

    def _payload(self, content: Content) -> dict[str, Any]:
        fields = content.fields
        name, _, address = fields["sender"].rpartition(" <")
        recipients: dict[str, Any] = {"list_id": self.settings.audience}
        if self.settings.segment is not None:
            recipients["segment_opts"] = {"saved_segment_id": self.settings.segment}
        return {
            "type": "regular",
            "content_type": "template",
            "recipients": recipients,
            "settings": {
                "subject_line": fields["subject"],
                "preview_text": fields["preheader"],
                "title": f"{content.key}{_DIVIDER}{content.fingerprint}",
                "from_name": name,
                "reply_to": address.rstrip(">"),
                "auto_footer": False,
                "inline_css": False,
                "auto_tweet": False,
            },
        }


def _label(status: str) -> str:
    """Return a status as it is said: Mailchimp calls a draft `save` and a scheduled one `schedule`."""
    return STATES.get(status, status)


def _parts(content: Content) -> dict[str, str]:
    return {"html": content.fields["html"], "plain_text": content.fields["text"]}


def _files(offset: int) -> Request:
    query = (("count", str(PAGE)), ("offset", str(offset)))
    return Request("GET", "/file-manager/files", query)


def _upload(image: Image) -> Request:
    data = b64encode(image.data or b"").decode()
    return Request("POST", "/file-manager/files", json={"name": image.name, "file_data": data})
