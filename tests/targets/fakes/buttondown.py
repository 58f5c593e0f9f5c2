"""Buttondown's API, version 2026-04-01: a create call that would send, unique slugs, idempotency
keys.
"""

from __future__ import annotations

import hashlib
from typing import Any

from tests.targets.fakes.engines import django
from tests.targets.fakes.server import Answer, FakeService, Seen

TOKEN = "bd-8a1f6c3e9b7d4205-key"
FIELDS = frozenset(
    "subject body status slug description template metadata secondary_id canonical_url image "
    "archival_mode publish_date filters".split()
)


class FakeButtondown(FakeService):
    sending = (r"POST /v1/emails/[^/]+/publish",)
    sending_fields = frozenset({"publish_date"})

    def __init__(self) -> None:
        super().__init__()
        self.emails: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.replies: dict[str, Answer] = {}

    def starts(self, seen: Seen) -> bool:
        if super().starts(seen):
            return True
        if seen.path == "/v1/emails" and seen.method == "POST":
            return bool(seen.json.get("status", "about_to_send") != "draft")  # like the real one
        return seen.method == "PATCH" and "status" in seen.json

    def authorized(self, seen: Seen) -> Answer | None:
        if seen.headers.get("Authorization") != f"Token {TOKEN}" or self.unknown_token:
            return Answer(401, {"code": "unauthorized", "detail": "Invalid token."})
        if seen.headers.get("X-API-Version") != "2026-04-01":
            return Answer(400, {"code": "version", "detail": "Unpinned version."})
        return None

    def route(self, seen: Seen) -> Answer:
        parts = seen.path.strip("/").split("/")
        if parts[1] == "images":
            return self._image(seen)
        if parts[1] != "emails":
            return Answer(404)
        if len(parts) == 2:
            return self._list(seen) if seen.method == "GET" else self._create(seen)
        email = self.emails.get(parts[2])
        if email is None:
            return Answer(404, {"detail": "Not found."})
        if parts[3:] == ["renders"]:
            return Answer(200, {"content": self._rendered(email)})
        if parts[3:] == ["send-draft"]:
            self.tests.append(tuple(seen.json["recipients"]))
            return Answer(200)
        return self._update(seen, email) if seen.method == "PATCH" else Answer(200, email)

    def _list(self, seen: Seen) -> Answer:
        rows = [{**row, "body": ""} for row in self.emails.values()]
        page = int(seen.asked("page", "1"))
        further = f"{self.url}/v1/emails?page={page + 1}" if len(rows) > page else None
        return Answer(200, {"results": rows[page - 1 : page], "next": further, "count": len(rows)})

    def _checked(self, payload: dict[str, Any], own: str | None) -> Answer | None:
        for name in sorted(set(payload) - FIELDS):
            fault = {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs"}
            return Answer(422, {"detail": [fault]})
        if len(payload.get("subject", "x")) > 2000 or not payload.get("subject", "x"):
            return Answer(400, {"code": "subject_invalid", "detail": "Subject is invalid."})
        if payload.get("body", "").startswith("---"):
            return Answer(400, {"code": "body_contains_frontmatter", "detail": "Front matter."})
        taken = (row["slug"] for number, row in self.emails.items() if number != own)
        if payload.get("slug") in taken or len(payload.get("slug", "")) > 100:
            return Answer(400, {"code": "slug_invalid", "detail": "Slug is invalid or in use."})
        return None

    def _create(self, seen: Seen) -> Answer:
        key = seen.headers.get("X-Idempotency-Key", "")
        if key and key in self.replies:
            return self.replies[key]
        payload = seen.json
        if refused := self._checked(payload, None):
            return refused
        number = f"em_{hashlib.sha256(str(len(self.emails)).encode()).hexdigest()[:10]}"
        self.emails[number] = {
            "id": number,
            "description": "",
            "metadata": {},
            **payload,
            "publish_date": None,
            "creation_date": self.stamp(),
            "modification_date": self.stamp(),
        }
        self.replies[key] = Answer(201, self.emails[number])
        return Answer(201, self.emails[number])

    def _update(self, seen: Seen, email: dict[str, Any]) -> Answer:
        if refused := self._checked(seen.json, email["id"]):
            return refused
        if email["status"] != "draft":
            return Answer(400, {"code": "email_invalid", "detail": "Only drafts can be changed."})
        email.update(seen.json, modification_date=self.stamp())
        return Answer(200, email)

    def _rendered(self, email: dict[str, Any]) -> str:
        body = email["body"].removeprefix("<!-- buttondown-editor-mode: fancy -->")
        assert email["template"] == "naked"
        return django(
            body,
            {
                "unsubscribe_url": "https://buttondown.com/leave/1",
                "email": {"absolute_url": "https://buttondown.com/quay/1"},
                "subscriber": {"email": "demo@quay.example", "metadata": {"first_name": "Demo"}},
            },
        )

    def _image(self, seen: Seen) -> Answer:
        name, data = seen.form()["image"]
        assert name is not None
        if name.rpartition(".")[2] not in ("png", "jpg", "gif", "webp"):
            return Answer(422, {"detail": [{"loc": ["image"], "msg": "Unsupported"}]})
        digest = hashlib.sha256(data).hexdigest()[:12]
        record = {"id": digest, "image": f"https://assets.buttondown.example/{digest}.png"}
        return Answer(201, self.files.setdefault(digest, record))

    def drafts(self) -> list[str]:
        return list(self.emails)

    def html(self, draft: str) -> str:
        return str(self.emails[draft]["body"])

    def edit(self, draft: str, old: str, new: str) -> None:
        row = self.emails[draft]
        assert old in row["body"]
        row.update(body=row["body"].replace(old, new), modification_date=self.stamp())

    def move_to(self, draft: str, state: str) -> None:
        self.emails[draft].update(status=state, publish_date="2026-03-02T06:00:00Z")

    def delete(self, draft: str) -> None:
        del self.emails[draft]
        self.replies.clear()

    def duplicate(self, draft: str) -> None:
        self.emails["em_twin"] = {**self.emails[draft], "id": "em_twin", "slug": "copy"}

    def images(self) -> int:
        return len(self.files)
