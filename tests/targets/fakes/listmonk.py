"""listmonk v6.2, from its source: campaigns, media, the states it rejects and those it does not."""

from __future__ import annotations

from typing import Any

from tests.targets.fakes.engines import TemplateError, go_html
from tests.targets.fakes.server import Answer, FakeService, Seen

TOKEN = "lm-4f9c2b7a6d1e8053-token"
FIELDS = frozenset(
    "name subject lists from_email type content_type body altbody headers tags template_id messenger "
    "media attribs archive archive_slug archive_meta subscribers send_at body_source".split()
)


class FakeListmonk(FakeService):
    sending = (r"PUT /api/campaigns/\d+/status", r"POST /api/tx")
    sending_fields = frozenset({"send_at", "status"})

    def __init__(self) -> None:
        super().__init__()
        self.campaigns: dict[int, dict[str, Any]] = {}
        self.media: list[dict[str, Any]] = []
        self.lists = {3, 5}
        self.subscribers = {"mira@quay.example"}
        self.wrapper = "{}"  # the server's template

    def authorized(self, seen: Seen) -> Answer | None:
        header = seen.headers.get("Authorization", "")
        if not header.startswith(("token ", "Basic ")):
            return Answer(400, {"message": "invalid API credentials"})
        if header != f"token desk:{TOKEN}" or self.unknown_token:
            return Answer(403, {"message": "invalid API credentials"})
        return None

    def route(self, seen: Seen) -> Answer:
        parts = seen.path.strip("/").split("/")
        if parts[1] == "media":
            return self._media(seen)
        if parts[1] != "campaigns":
            return Answer(404, {"message": "not found"})
        if len(parts) == 2:
            return self._list(seen) if seen.method == "GET" else self._create(seen)
        campaign = self.campaigns.get(int(parts[2]))
        if campaign is None:
            return Answer(404, {"message": "Campaign not found"})
        if parts[3:] == ["preview"]:
            return self._preview(campaign)
        if parts[3:] == ["test"]:
            return self._test(seen)
        return (
            self._update(seen, campaign) if seen.method == "PUT" else Answer(200, _data(campaign))
        )

    def _list(self, seen: Seen) -> Answer:
        tags = [value for name, value in seen.query if name == "tag"]
        states = [value for name, value in seen.query if name == "status"]
        rows = [
            {**row, "body": "", "altbody": ""}
            for row in self.campaigns.values()
            if set(tags) <= set(row["tags"]) and (not states or row["status"] in states)
        ]
        size, page = 1, int(seen.asked("page", "1"))  # one per page, so listings have several
        cut = rows[(page - 1) * size : page * size]
        return Answer(200, {"data": {"results": cut, "total": len(rows), "page": page}})

    def _checked(self, payload: dict[str, Any]) -> Answer | None:
        if set(payload) - FIELDS:
            return Answer(400, {"message": f"unknown fields {sorted(set(payload) - FIELDS)}"})
        if not 1 <= len(payload.get("name", "")) <= 2000:
            return Answer(400, {"message": "Invalid length for name"})
        if not 1 <= len(payload.get("subject", "")) <= 5000:
            return Answer(400, {"message": "Invalid length for subject"})
        if not payload.get("lists"):
            return Answer(400, {"message": "No lists selected"})
        try:
            for text in (payload["body"], payload.get("altbody") or ""):
                go_html(text)
        except TemplateError as error:
            return Answer(400, {"message": f"Error compiling template: {error}"})
        return None

    def _create(self, seen: Seen) -> Answer:
        payload = seen.json
        if refused := self._checked(payload):
            return refused
        number = 41 + len(self.campaigns) * 7
        self.campaigns[number] = self._stored(
            {"id": number, "status": "draft", "send_at": None, "started_at": None}, payload
        )
        return Answer(200, _data(self.campaigns[number]))

    def _stored(self, row: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
        known = [number for number in payload["lists"] if number in self.lists]
        content = payload.get("content_type")
        return {
            **row,
            **{key: payload[key] for key in ("name", "subject", "from_email", "body")},
            "content_type": content if content in ("html", "plain", "markdown") else "richtext",
            "altbody": payload.get("altbody") or None,
            "tags": payload.get("tags", []),
            "template_id": payload.get("template_id", 1),
            "lists": [{"id": number, "name": f"List {number}"} for number in known],
            "media": [{"id": number} for number in payload.get("media") or []],
            "updated_at": self.stamp(),
        }

    def _update(self, seen: Seen, campaign: dict[str, Any]) -> Answer:
        if campaign["status"] not in ("draft", "paused", "scheduled"):
            return Answer(400, {"message": "Cannot update a running or a finished campaign."})
        payload = seen.json
        if refused := self._checked(payload):
            return refused
        campaign.update(self._stored(campaign, payload))
        return Answer(200, _data(campaign))

    def _preview(self, campaign: dict[str, Any]) -> Answer:
        return Answer(200, self.wrapper.format(go_html(campaign["body"])).encode())

    def _test(self, seen: Seen) -> Answer:
        known = tuple(
            address for address in seen.json["subscribers"] if address in self.subscribers
        )
        if not known:
            return Answer(400, {"message": "No known subscribers given"})
        self.tests.append(known)
        return Answer(200, {"data": True})

    def _media(self, seen: Seen) -> Answer:
        if seen.method == "GET":
            page = int(seen.asked("page", "1"))
            rows = self.media[page - 1 : page]
            return Answer(200, {"data": {"results": rows, "total": len(self.media)}})
        name, data = seen.form()["file"]
        assert name is not None
        stem, _, extension = name.rpartition(".")
        if extension not in ("jpg", "jpeg", "png", "gif"):
            return Answer(400, {"message": f"Unsupported file type: {extension}"})
        if any(row["filename"] == name for row in self.media):
            name = f"{stem}_{len(self.media)}x9k2.{extension}"
        row = {"id": len(self.media) + 1, "filename": name, "url": f"/uploads/{name}"}
        self.media.append(row)
        assert data
        return Answer(200, {"data": row})

    # --- called by stories ---

    def drafts(self) -> list[str]:
        return [str(number) for number in self.campaigns]

    def html(self, draft: str) -> str:
        return str(self.campaigns[int(draft)]["body"])

    def edit(self, draft: str, old: str, new: str) -> None:
        row = self.campaigns[int(draft)]
        assert old in row["body"]
        row["body"], row["updated_at"] = row["body"].replace(old, new), self.stamp()

    def move_to(self, draft: str, state: str) -> None:
        word = {"scheduled": "scheduled", "sent": "finished"}[state]
        self.campaigns[int(draft)].update(status=word, send_at="2026-03-02T06:00:00Z")

    def delete(self, draft: str) -> None:
        del self.campaigns[int(draft)]

    def duplicate(self, draft: str) -> None:
        self.campaigns[900] = {**self.campaigns[int(draft)], "id": 900}

    def images(self) -> int:
        return len(self.media)


def _data(campaign: dict[str, Any]) -> dict[str, Any]:
    return {"data": campaign}
