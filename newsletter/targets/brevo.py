"""`type = "brevo"`: an email campaign that waits as a draft in Brevo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from newsletter.errors import NewsletterError
from newsletter.model import Email, Image, MergeStyle
from newsletter.render.merge import escape_template_code
from newsletter.targets.client import Client, Connection, Request
from newsletter.targets.service import ServiceTarget
from newsletter.targets.service_draft import Content, DraftState, ServiceDraft
from newsletter.targets.target_settings import (
    HttpUrl,
    ListIds,
    ServiceSettings,
    own_authority,
    read_settings,
    sender_line,
    service_token,
)
from newsletter.workspace import Workspace

STATES: Mapping[str, DraftState] = {
    "draft": "draft",
    "queued": "scheduled",
    "suspended": "scheduled",
    "in_process": "scheduled",
}
PAGE = 100  # campaigns per page of a listing
_DIVIDER = " · "


class BrevoSettings(ServiceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[targets.NAME]` with `type = "brevo"`."""

    lists: ListIds
    api: Annotated[HttpUrl, Meta(description="Address of the API.")] = "https://api.brevo.com/v3"


class Brevo(Struct, frozen=True):
    """Brevo's API; field names and limits from the models of its own SDK."""

    name: str
    workspace: Workspace
    settings: BrevoSettings

    type: str = "brevo"
    title: str = "Brevo"
    style: MergeStyle | None = "brevo"
    takes_text: bool = False
    hosts_images: bool = False
    # Brevo would add its preview text to the email in addition to the existing preheader.
    notes: tuple[str, ...] = (
        "Brevo generates the text part itself; the preheader stays in the HTML",
    )

    @classmethod
    def from_config(
        cls, name: str, table: Mapping[str, Any], workspace: Workspace
    ) -> ServiceTarget:
        settings = read_settings(workspace, name, table, BrevoSettings)
        return ServiceTarget(name, cls(name, workspace, settings), workspace)

    def connection(self, *, test: bool = False) -> Connection:
        token = service_token(self.name, self.settings, "BREVO_API_KEY", self.settings.api)
        headers = {"api-key": token.reveal()}
        tests = ("POST /emailCampaigns/*/sendTest",)
        return Connection(
            self.title,
            self.settings.api.rstrip("/"),
            lambda: headers,
            (token,),
            tests if test else ("POST /emailCampaigns", "PUT /emailCampaigns/*"),
            frozenset({"scheduledAt", "sendAtBestTime", "ipWarmupEnable", "status"}),
            "an API key of a user who may edit campaigns; Brevo has no narrower right",
            own_authority(self.workspace, self.settings),
        )

    def compose(self, email: Email, addresses: Mapping[str, str]) -> Content:
        publication = self.workspace.publication
        fields = {
            "subject": escape_template_code(email.subject, "brevo", html=False),
            "sender": sender_line(publication),
            "lists": ", ".join(str(number) for number in sorted(self.settings.lists)),
            "html": email.html,
        }
        return Content(email.slug, fields)

    def planned(self, content: Content, images: Sequence[Image]) -> tuple[Request, ...]:
        return (
            _listing(0),
            Request("POST", "/emailCampaigns", json=_payload(content), repeatable=False),
            Request("PUT", "/emailCampaigns/{id of the draft, if there is one}"),
            Request("GET", "/emailCampaigns/{id}"),
        )

    async def find(self, client: Client, key: str) -> list[ServiceDraft]:
        drafts: list[ServiceDraft] = []
        offset, total = 0, 1
        while offset < total:
            data = (await client.send(_listing(offset))).json()
            drafts += [
                await self.read(client, str(row["id"]))
                for row in data.get("campaigns") or []
                if row.get("tag") == key or row["name"].partition(_DIVIDER)[0] == key
            ]
            offset, total = offset + PAGE, data["count"]
        return drafts

    async def create(self, client: Client, content: Content) -> str:
        request = Request("POST", "/emailCampaigns", json=_payload(content), repeatable=False)
        return str((await client.send(request)).json()["id"])

    async def update(self, client: Client, content: Content, draft: ServiceDraft) -> None:
        current = await self.read(client, draft.id)
        if current.state != "draft":
            raise NewsletterError(
                f"Campaign {draft.id} is already {current.state_label}: {draft.url}"
            )
        request = Request("PUT", f"/emailCampaigns/{draft.id}", json=_payload(content))
        await client.send(request)

    async def read(self, client: Client, draft_id: str) -> ServiceDraft:
        row = (await client.send(Request("GET", f"/emailCampaigns/{draft_id}"))).json()
        sender = row.get("sender") or {}
        lists = (row.get("recipients") or {}).get("lists") or []
        fields = {
            "subject": row.get("subject") or "",
            "sender": f"{sender.get('name', '')} <{sender.get('email', '')}>",
            "lists": ", ".join(str(number) for number in sorted(lists)),
            "html": row.get("htmlContent") or "",
        }
        return ServiceDraft(
            str(row["id"]),
            STATES.get(row["status"], "sent"),
            row["status"],
            fields,
            f"https://app.brevo.com/campaigns/email/{row['id']}",
            row["name"].partition(_DIVIDER)[2] or None,
            row.get("modifiedAt"),
            row.get("scheduledAt") or row.get("sentDate"),
        )

    async def rendered(self, client: Client, draft_id: str) -> str | None:
        return None  # no API call for that

    async def hosted(self, client: Client) -> Mapping[str, str]:
        return {}  # accepts images by public address only

    async def upload(self, client: Client, image: Image) -> str:
        raise NotImplementedError("Brevo does not host images")

    async def send_test(
        self, client: Client, email: Email, draft: ServiceDraft, to: Sequence[str]
    ) -> tuple[str, ...]:
        if not to:
            raise ValueError("an empty list would reach Brevo's whole test list")
        path = f"/emailCampaigns/{draft.id}/sendTest"
        await client.send(Request("POST", path, json={"emailTo": list(to)}, repeatable=False))
        return ("Brevo sends tests to contacts of the account only, 50 a day",)


def _listing(offset: int) -> Request:
    query = (
        ("limit", str(PAGE)),
        ("offset", str(offset)),
        ("sort", "desc"),
        ("excludeHtmlContent", "true"),
    )
    return Request("GET", "/emailCampaigns", query)


def _payload(content: Content) -> dict[str, Any]:
    fields = content.fields
    name, _, address = fields["sender"].rpartition(" <")
    return {
        "name": f"{content.key}{_DIVIDER}{content.fingerprint}",
        "tag": content.key,
        "subject": fields["subject"],
        "sender": {"name": name, "email": address.rstrip(">")},
        "recipients": {"listIds": [int(number) for number in fields["lists"].split(", ")]},
        "htmlContent": fields["html"],
    }
