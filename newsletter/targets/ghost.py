"""`type = "ghost"`: a post that waits as a draft in Ghost, which makes the email from it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.quotation import quoted
from newsletter.model import Email, Image, MergeStyle
from newsletter.targets.client import Client, Connection, Request, Upload
from newsletter.targets.secrets import Secret
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

STATES: Mapping[str, DraftState] = {"draft": "draft", "scheduled": "scheduled"}
POSTS = "/ghost/api/admin/posts/"
IMAGES = "/ghost/api/admin/images/upload/"
MINUTES = 5  # maximum lifetime of a token
# An HTML card: Ghost's editor passes its content through unchanged.
_CARD = "<!--kg-card-begin: html-->\n{}\n<!--kg-card-end: html-->"
_CARD_SIGNS = re.compile(r"<!--kg-card-(?:begin|end): html-->")
_MARKER = re.compile(r"<!-- newsletter (\S+) ([0-9a-f]+) -->")  # our key and the fingerprint
_ARTICLE = re.compile(r"<article\b[^>]*>(.*)</article>", re.DOTALL)
_HEADING = re.compile(r"^\s*<h1\b.*?</h1>\s*(?:<p class=\"e\">.*?</p>)?", re.DOTALL)


class GhostSettings(ServiceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[targets.NAME]` with `type = "ghost"`."""

    url: Annotated[HttpUrl, Meta(description="Address of the Ghost site.")]


class Ghost(Struct, frozen=True):
    """Ghost's API; facts from the source of its Admin API."""

    name: str
    workspace: Workspace
    settings: GhostSettings

    type: str = "ghost"
    title: str = "Ghost"
    style: MergeStyle | None = None  # a post is also a page: names are filled with their fallbacks
    takes_text: bool = False
    hosts_images: bool = True
    notes: tuple[str, ...] = (
        "Ghost accepts a post, not an email: it adds its own header, footer, preheader, unsubscribe link and text part",
        "Merge fields show their fallback, because the post is a web page too",
    )

    @classmethod
    def from_config(
        cls, name: str, table: Mapping[str, Any], workspace: Workspace
    ) -> ServiceTarget:
        settings = read_settings(workspace, name, table, GhostSettings)
        return ServiceTarget(name, cls(name, workspace, settings), workspace)

    def connection(self, *, test: bool = False) -> Connection:
        if test:
            raise WrongUsage(
                "Ghost sends no tests for an integration",
                hint="Leave --via out, or use Preview in Ghost's editor.",
            )
        token = service_token(self.name, self.settings, "GHOST_ADMIN_API_KEY", self.settings.url)
        identity, secret = _key(self.name, token)
        return Connection(
            self.title,
            self.settings.url.rstrip("/"),
            lambda: {"Authorization": f"Ghost {_jwt(identity, secret)}", "Accept-Version": "v5.0"},
            (token, Secret(token.reveal().partition(":")[2], token.source)),
            (f"POST {POSTS}", f"PUT {POSTS}*/", f"POST {IMAGES}"),
            frozenset({"newsletter", "email_segment", "published_at", "email_only"}),
            "the Admin API key of a custom integration",
            own_authority(self.workspace, self.settings),
        )

    def compose(self, email: Email, addresses: Mapping[str, str]) -> Content:
        """Return the post: the web page's article.

        Ghost itself adds the frame of page and email.
        """
        fragment = article(email.web)
        for name in (image.name for image in email.images if image.data is not None):
            ours = self.workspace.publication.image_url(email.slug, name)
            for before in ('"', ", "):  # `src` and `srcset`
                fragment = fragment.replace(
                    f"{before}images/{name}", f"{before}{addresses.get(name, ours)}"
                )
        fields = {
            "title": email.subject,
            "subject": email.subject,
            "preheader": email.preheader[:300],  # Ghost's limit for an excerpt
            "html": fragment,
        }
        return Content(email.slug, fields, fragment)

    def planned(self, content: Content, images: Sequence[Image]) -> tuple[Request, ...]:
        return (
            _search(content.key),
            *(_upload(image) for image in images),
            _creation(content),
            Request("PUT", f"{POSTS}{{id of the draft, if there is one}}/"),
            Request("GET", f"{POSTS}{{id}}/", (("formats", "html"),)),
        )

    async def find(self, client: Client, key: str) -> list[ServiceDraft]:
        """Return the posts with our slug, including ours that Ghost renamed to `slug-2`."""
        rows = (await client.send(_search(key))).json()["posts"]
        return [
            self._draft(row)
            for row in rows
            if row["slug"] == key or _marked(row.get("html") or "")[0] == key
        ]

    async def create(self, client: Client, content: Content) -> str:
        reply = await client.send(_creation(content))
        return str(reply.json()["posts"][0]["id"])

    async def update(self, client: Client, content: Content, draft: ServiceDraft) -> None:
        """Replace a draft.

        Ghost rejects an `updated_at` that is not its own, which means someone saved meanwhile.
        """
        post = {**_post(content), "updated_at": draft.updated}
        query = (("source", "html"),)
        await client.send(
            Request("PUT", f"{POSTS}{draft.id}/", query, {"posts": [post]}, repeatable=False)
        )

    async def read(self, client: Client, draft_id: str) -> ServiceDraft:
        request = Request("GET", f"{POSTS}{draft_id}/", (("formats", "html"),))
        return self._draft((await client.send(request)).json()["posts"][0])

    def _draft(self, row: Mapping[str, Any]) -> ServiceDraft:
        html = row.get("html") or ""
        fields = {
            "title": row["title"],
            "subject": row.get("email_subject") or "",
            "preheader": row.get("custom_excerpt") or "",
            "html": _MARKER.sub("", _CARD_SIGNS.sub("", html)).strip(),
        }
        return ServiceDraft(
            row["id"],
            STATES.get(row["status"], "sent"),
            row["status"],
            fields,
            f"{self.settings.url.rstrip('/')}/ghost/#/editor/post/{row['id']}",
            _marked(html)[1],
            row.get("updated_at"),
            row.get("published_at"),
        )

    async def rendered(self, client: Client, draft_id: str) -> str | None:
        return None  # integrations are not permitted to request it

    async def hosted(self, client: Client) -> Mapping[str, str]:
        return {}  # no list of images; the draft and the receipt have their addresses

    async def upload(self, client: Client, image: Image) -> str:
        return str((await client.send(_upload(image))).json()["images"][0]["url"])

    async def send_test(
        self, client: Client, email: Email, draft: ServiceDraft, to: Sequence[str]
    ) -> tuple[str, ...]:
        raise WrongUsage("Ghost sends no tests for an integration", hint="Leave --via out.")


def article(page: str) -> str:
    """Return the article of a web page without its title and deck, which Ghost prints itself."""
    match = _ARTICLE.search(page)
    return _HEADING.sub("", match[1] if match else page).strip()


def _key(name: str, token: Secret) -> tuple[str, bytes]:
    """Return id and secret of an Admin API key. Raises `NewsletterError` for anything else."""
    match = re.fullmatch(r"([0-9a-f]{24}):([0-9a-f]{64})", token.reveal())
    if match is None:
        raise NewsletterError(
            f"The token for target {quoted(name)} from {token.source} is not an Admin API key",
            hint="Copy it from the custom integration; it has the form ID:SECRET.",
        )
    return match[1], bytes.fromhex(match[2])


def _jwt(identity: str, secret: bytes) -> str:
    """Return a token for Ghost's Admin API: HS256, at most five minutes (RFC 7519)."""
    now = int(time.time())
    header = {"alg": "HS256", "typ": "JWT", "kid": identity}
    claims = {"iat": now, "exp": now + MINUTES * 60, "aud": "/admin/"}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _marked(html: str) -> tuple[str | None, str | None]:
    """Return the key and the fingerprint stored in a post."""
    match = _MARKER.search(html)
    return (match[1], match[2]) if match else (None, None)


def _search(key: str) -> Request:
    query = (("filter", f"slug:~^'{key}'"), ("formats", "html"), ("limit", "100"))
    return Request("GET", POSTS, query)


def _creation(content: Content) -> Request:
    post = {**_post(content), "slug": content.key, "status": "draft"}
    return Request("POST", POSTS, (("source", "html"),), {"posts": [post]}, repeatable=False)


def _post(content: Content) -> dict[str, Any]:
    marked = f"<!-- newsletter {content.key} {content.fingerprint} -->\n{content.fields['html']}"
    return {
        "title": content.fields["title"],
        "html": _CARD.format(marked),
        "custom_excerpt": content.fields["preheader"],
        "email_subject": content.fields["subject"],
    }


def _upload(image: Image) -> Request:
    upload = Upload("file", image.name, f"image/{image.type}", image.data or b"")
    form = {"purpose": "image", "ref": image.name}
    return Request("POST", IMAGES, upload=upload, form=form)
