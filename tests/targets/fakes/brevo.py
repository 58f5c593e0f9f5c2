"""Brevo v3, from the models of its SDK: email campaigns, its own error texts."""

from __future__ import annotations

from typing import Any

from tests.targets.fakes.server import Answer, FakeService, Seen

TOKEN = "brevo-key-5d2e9c7b1a"
FIELDS = frozenset(
    "name subject sender htmlContent htmlUrl templateId previewText replyTo recipients tag toField "
    "mirrorActive header footer utmCampaign inlineImageActivation params attachmentUrl "
    "unsubscriptionPageId updateFormId".split()
)


class FakeBrevo(FakeService):
    base = "/v3"
    sending = (r"POST /emailCampaigns/\d+/sendNow", r"PUT /emailCampaigns/\d+/status")
    sending_fields = frozenset({"scheduledAt", "sendAtBestTime", "ipWarmupEnable"})

    def __init__(self) -> None:
        super().__init__()
        self.campaigns: dict[int, dict[str, Any]] = {}

    def authorized(self, seen: Seen) -> Answer | None:
        if seen.headers.get("api-key") != TOKEN or self.unknown_token:
            return Answer(401, {"code": "unauthorized", "message": "Key not found"})
        return None

    def route(self, seen: Seen) -> Answer:
        parts = seen.path.removeprefix(self.base).strip("/").split("/")
        if parts[0] != "emailCampaigns":
            return _missing()
        if len(parts) == 1:
            return self._list(seen) if seen.method == "GET" else self._create(seen)
        campaign = self.campaigns.get(int(parts[1]))
        if campaign is None:
            return _missing()
        if parts[2:] == ["sendTest"]:
            addresses = tuple(seen.json["emailTo"])
            if not addresses:
                self.violations.append("sendTest with an empty list reaches the whole test list")
            self.tests.append(addresses)
            return Answer(204)
        return self._update(seen, campaign) if seen.method == "PUT" else Answer(200, campaign)

    def _list(self, seen: Seen) -> Answer:
        start, size = int(seen.asked("offset", "0")), int(seen.asked("limit", "50"))
        if size > 100:
            return Answer(400, {"code": "out_of_range", "message": "limit"})
        rows = [
            {key: value for key, value in row.items() if key != "htmlContent"}
            for row in self.campaigns.values()
        ]
        return Answer(200, {"campaigns": rows[start : start + size], "count": len(rows)})

    def _checked(self, payload: dict[str, Any]) -> Answer | None:
        for name in sorted(set(payload) - FIELDS):
            return Answer(400, {"code": "invalid_parameter", "message": f"{name} is not valid"})
        for name in ("name", "sender"):
            if not payload.get(name):
                return Answer(400, {"code": "missing_parameter", "message": f"{name} is missing"})
        return None

    def _create(self, seen: Seen) -> Answer:
        payload = seen.json
        if refused := self._checked(payload):
            return refused
        number = 310 + 3 * len(self.campaigns)
        self.campaigns[number] = self._stored({"id": number, "status": "draft"}, payload)
        return Answer(201, {"id": number})

    def _stored(self, row: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
        lists = payload.get("recipients", {}).get("listIds", [])
        rest = {key: value for key, value in payload.items() if key != "recipients"}
        stamp = self.stamp()
        return {**row, **rest, "recipients": {"lists": lists}, "modifiedAt": stamp}

    def _update(self, seen: Seen, campaign: dict[str, Any]) -> Answer:
        if campaign["status"] != "draft":
            return Answer(400, {"code": "campaign_processing", "message": "Campaign is processing"})
        if refused := self._checked(seen.json):
            return refused
        campaign.update(self._stored(campaign, seen.json))
        return Answer(204)

    def drafts(self) -> list[str]:
        return [str(number) for number in self.campaigns]

    def html(self, draft: str) -> str:
        return str(self.campaigns[int(draft)]["htmlContent"])

    def edit(self, draft: str, old: str, new: str) -> None:
        row = self.campaigns[int(draft)]
        assert old in row["htmlContent"]
        row.update(htmlContent=row["htmlContent"].replace(old, new), modifiedAt=self.stamp())

    def move_to(self, draft: str, state: str) -> None:
        word = {"scheduled": "queued", "sent": "sent"}[state]
        self.campaigns[int(draft)].update(status=word, scheduledAt="2026-03-02T06:00:00Z")

    def delete(self, draft: str) -> None:
        del self.campaigns[int(draft)]

    def duplicate(self, draft: str) -> None:
        self.campaigns[999] = {**self.campaigns[int(draft)], "id": 999}

    def images(self) -> int:
        return 0


def _missing() -> Answer:
    return Answer(404, {"code": "document_not_found", "message": "Campaign ID does not exist"})
