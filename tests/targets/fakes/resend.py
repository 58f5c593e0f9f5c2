"""Resend's broadcasts, from its OpenAPI description: listings without content; only drafts can
change.
"""

from __future__ import annotations

from typing import Any

from tests.targets.fakes.server import Answer, FakeService, Seen

TOKEN = "resend-full-7c1e5b9d3f"
SENDING_ONLY = "resend-sending-2a4c6e"
FIELDS = frozenset(
    "from subject segment_id audience_id html text preview_text reply_to name topic_id send "
    "scheduled_at".split()
)


class FakeResend(FakeService):
    sending = (r"POST /broadcasts/[^/]+/send",)
    sending_fields = frozenset({"send", "scheduled_at"})

    def __init__(self) -> None:
        super().__init__()
        self.broadcasts: dict[str, dict[str, Any]] = {}
        self.may_test = False  # single emails: used by test, never by publish

    def starts(self, seen: Seen) -> bool:
        return super().starts(seen) or (seen.path == "/emails" and not self.may_test)

    def authorized(self, seen: Seen) -> Answer | None:
        header = seen.headers.get("Authorization")
        if header == f"Bearer {SENDING_ONLY}":
            return _error(
                401, "restricted_api_key", "This API key is restricted to only send emails"
            )
        if header != f"Bearer {TOKEN}" or self.unknown_token:
            return _error(401, "invalid_api_key", "API key is invalid")
        return None

    def route(self, seen: Seen) -> Answer:
        parts = seen.path.strip("/").split("/")
        if parts == ["emails"]:
            self.tests.append(tuple(seen.json["to"]))
            return Answer(200, {"id": "e1"})
        if parts[0] != "broadcasts":
            return _error(404, "not_found", "Not found")
        if len(parts) == 1:
            return self._list(seen) if seen.method == "GET" else self._create(seen)
        row = self.broadcasts.get(parts[1])
        if row is None:
            return _error(404, "not_found", "Broadcast not found")
        return self._update(seen, row) if seen.method == "PATCH" else Answer(200, row)

    def _list(self, seen: Seen) -> Answer:
        rows = list(self.broadcasts.values())
        if after := seen.asked("after"):
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        names = ("id", "name", "status", "segment_id", "created_at")
        shown = [{name: row.get(name) for name in names} for row in rows[:1]]
        return Answer(200, {"object": "list", "has_more": len(rows) > 1, "data": shown})

    def _checked(self, payload: dict[str, Any], *required: str) -> Answer | None:
        for name in sorted(set(payload) - FIELDS):
            return _error(422, "validation_error", f"Unknown field {name}")
        for name in required:
            if not payload.get(name):
                return _error(422, "missing_required_field", f"Missing `{name}` field.")
        return None

    def _create(self, seen: Seen) -> Answer:
        payload = seen.json
        if refused := self._checked(payload, "from", "subject", "segment_id"):
            return refused
        number = f"bc-{len(self.broadcasts):04}-af31"
        self.broadcasts[number] = {
            "object": "broadcast",
            "id": number,
            "status": "draft",
            **payload,
            "created_at": self.stamp(),
        }
        return Answer(201, {"object": "broadcast", "id": number})

    def _update(self, seen: Seen, row: dict[str, Any]) -> Answer:
        if row["status"] != "draft":
            return _error(400, "validation_error", "You can only update broadcasts in draft")
        if refused := self._checked(seen.json):
            return refused
        row.update(seen.json)
        return Answer(200, {"id": row["id"]})

    def drafts(self) -> list[str]:
        return list(self.broadcasts)

    def html(self, draft: str) -> str:
        return str(self.broadcasts[draft]["html"])

    def edit(self, draft: str, old: str, new: str) -> None:
        row = self.broadcasts[draft]
        assert old in row["html"]
        row["html"] = row["html"].replace(old, new)

    def move_to(self, draft: str, state: str) -> None:
        self.broadcasts[draft].update(status=state, scheduled_at="2026-03-02T06:00:00Z")

    def delete(self, draft: str) -> None:
        del self.broadcasts[draft]

    def duplicate(self, draft: str) -> None:
        self.broadcasts["bc-twin"] = {**self.broadcasts[draft], "id": "bc-twin"}

    def images(self) -> int:
        return 0


def _error(status: int, name: str, message: str) -> Answer:
    return Answer(status, {"statusCode": status, "name": name, "message": message})
