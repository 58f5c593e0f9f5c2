"""Mailchimp Marketing 3.0, from its published types: campaigns with separate content, files,
problem+json.
"""

from __future__ import annotations

import base64
from typing import Any

from tests.targets.fakes.server import Answer, FakeService, Seen

TOKEN = "0123456789abcdef0123456789abcdef-us19"
TOP = frozenset("type content_type recipients settings tracking social_card".split())
SETTINGS = frozenset(
    "subject_line preview_text title from_name reply_to to_name folder_id authenticate auto_footer "
    "inline_css use_conversation auto_tweet auto_fb_post fb_comments template_id".split()
)


class FakeMailchimp(FakeService):
    base = "/3.0"
    sending = (r"POST /campaigns/[^/]+/actions/(?:send|schedule|resume|create-resend)",)
    sending_fields = frozenset({"schedule_time", "auto_fb_post"})

    def __init__(self) -> None:
        super().__init__()
        self.campaigns: dict[str, dict[str, Any]] = {}
        self.content: dict[str, dict[str, str]] = {}
        self.files: list[dict[str, Any]] = []

    def starts(self, seen: Seen) -> bool:
        if super().starts(seen):
            return True
        kind = seen.headers.get("Content-Type", "")
        settings = seen.json.get("settings", {}) if kind.startswith("application/json") else {}
        return bool(settings.get("auto_tweet"))

    def authorized(self, seen: Seen) -> Answer | None:
        if seen.headers.get("Authorization") != f"Bearer {TOKEN}" or self.unknown_token:
            return _problem(401, "API Key Invalid", "Your API key may be invalid.")
        return None

    def route(self, seen: Seen) -> Answer:
        parts = seen.path.removeprefix(self.base).strip("/").split("/")
        if parts == ["file-manager", "files"]:
            return self._files(seen)
        if parts[0] != "campaigns":
            return _problem(404, "Resource Not Found", "No such resource.")
        if len(parts) == 1:
            return self._list(seen) if seen.method == "GET" else self._create(seen)
        campaign = self.campaigns.get(parts[1])
        if campaign is None:
            return _problem(404, "Resource Not Found", "The requested resource is not there.")
        if parts[2:] == ["content"]:
            return self._content(seen, campaign)
        if parts[2:] == ["actions", "test"]:
            self.tests.append(tuple(seen.json["test_emails"]))
            return Answer(204)
        return self._update(seen, campaign) if seen.method == "PATCH" else Answer(200, campaign)

    def _list(self, seen: Seen) -> Answer:
        assert seen.asked("list_id") == "a1b2c3"
        rows = [
            {
                "id": row["id"],
                "status": row["status"],
                "settings": {"title": row["settings"]["title"]},
            }
            for row in self.campaigns.values()
        ]
        start = int(seen.asked("offset", "0"))
        size = int(seen.asked("count", "10"))
        return Answer(200, {"campaigns": rows[start : start + size], "total_items": len(rows)})

    def _checked(self, payload: dict[str, Any]) -> Answer | None:
        unknown = [*(set(payload) - TOP), *(set(payload.get("settings", {})) - SETTINGS)]
        if unknown:
            return _problem(
                400,
                "Invalid Resource",
                "The resource submitted could not be validated.",
                [{"field": unknown[0], "message": "Schema describes no such field"}],
            )
        return None

    def _create(self, seen: Seen) -> Answer:
        payload = seen.json
        if refused := self._checked(payload):
            return refused
        number = f"c{len(self.campaigns) * 37 + 1000:x}"
        self.campaigns[number] = {
            "id": number,
            "web_id": 700 + len(self.campaigns),
            "status": "save",
            "send_time": "",
            **payload,
            "updated_at": self.stamp(),
        }
        self.content[number] = {"html": "", "plain_text": ""}
        return Answer(200, self.campaigns[number])

    def _update(self, seen: Seen, campaign: dict[str, Any]) -> Answer:
        if campaign["status"] != "save":
            return _problem(400, "Bad Request", "Cannot edit a campaign that is not a draft.")
        if refused := self._checked(seen.json):
            return refused
        campaign.update(seen.json, updated_at=self.stamp())
        return Answer(200, campaign)

    def _content(self, seen: Seen, campaign: dict[str, Any]) -> Answer:
        if seen.method == "PUT":
            if campaign["status"] != "save":
                return _problem(400, "Bad Request", "Cannot edit a campaign that is not a draft.")
            assert set(seen.json) <= {"html", "plain_text", "template", "url", "archive"}
            html = seen.json["html"]
            self.content[campaign["id"]] = {"plain_text": "made by Mailchimp", **seen.json}
            assert html
        content = self.content[campaign["id"]]
        return Answer(200, {**content, "archive_html": content["html"]})

    def _files(self, seen: Seen) -> Answer:
        if seen.method == "GET":
            start = int(seen.asked("offset", "0"))
            return Answer(200, {"files": self.files[start:], "total_items": len(self.files)})
        assert set(seen.json) <= {"name", "file_data", "folder_id"}
        assert base64.b64decode(seen.json["file_data"])
        name = seen.json["name"]
        url = f"https://mcusercontent.example/{len(self.files)}/images/{name}"
        row = {"id": len(self.files) + 1, "name": name, "full_size_url": url}
        self.files.append(row)
        return Answer(200, row)

    def drafts(self) -> list[str]:
        return list(self.campaigns)

    def html(self, draft: str) -> str:
        return self.content[draft]["html"]

    def edit(self, draft: str, old: str, new: str) -> None:
        content = self.content[draft]
        assert old in content["html"]
        content["html"] = content["html"].replace(old, new)
        self.campaigns[draft]["updated_at"] = self.stamp()

    def move_to(self, draft: str, state: str) -> None:
        word = {"scheduled": "schedule", "sent": "sent"}[state]
        self.campaigns[draft].update(status=word, send_time="2026-03-02T06:00:00+00:00")

    def delete(self, draft: str) -> None:
        del self.campaigns[draft]

    def duplicate(self, draft: str) -> None:
        self.campaigns["ctwin"] = {**self.campaigns[draft], "id": "ctwin"}
        self.content["ctwin"] = dict(self.content[draft])

    def images(self) -> int:
        return len(self.files)


def _problem(status: int, title: str, detail: str, errors: list[Any] | None = None) -> Answer:
    return Answer(
        status, {"title": title, "status": status, "detail": detail, "errors": errors or []}
    )
