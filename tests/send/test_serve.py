"""The pages of `newsletter serve`: double opt-in, one-click unsubscribe, preferences, and
protection from abuse.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from newsletter.send.sending import SendServices
from newsletter.send.web.subscription_app import make_subscription_app
from newsletter.send.web.subscription_site import SUBSCRIPTIONS, Visitors
from tests.desk import SLUG
from tests.send.list_desk import ListDesk, people

LISTS = (
    '[lists.weekly]\ntitle = "The Weekly Quay"\n'
    '[lists.daily]\ntitle = "The Daily Quay"\ndescription = "Short."\n'
    "[lists.staff]\nopen = false\n"
)


@dataclass
class Site:
    """A visitor's browser, without a socket."""

    app: Any
    list_desk: ListDesk
    services: SendServices
    visitor: str = "192.0.2.1"

    def ask(self, method: str, path: str, **form: Any) -> tuple[int, str]:
        body = urlencode(form, doseq=True).encode()
        sent: list[dict[str, Any]] = []
        messages = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(messages, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"lists.example.org")],
            "client": (self.visitor, 50_000),
            "server": ("127.0.0.1", 80),
        }
        asyncio.run(self.app(scope, receive, send))
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
        return sent[0]["status"], text

    def state(self, address: str) -> dict[str, str]:
        return {entry.list: entry.state for entry in self.services.subscribers.of_address(address)}

    def mailed(self) -> list[tuple[str, str]]:
        """Return the recipients of confirmations, and the path of the link in each."""
        result = []
        for taken in self.list_desk.server.received:
            message = email.message_from_bytes(taken.data, policy=email.policy.default)
            body = message.get_body(("plain",))
            assert body is not None
            link = re.search(r"https://lists\.example\.org(/c/\S+)", body.get_content())
            assert link
            result.append((taken.to, link[1]))
        return result


@pytest.fixture
def site(list_desk: ListDesk) -> Iterator[Site]:
    list_desk.configure(lists=LISTS)
    with list_desk.open() as services:
        yield Site(make_subscription_app(services, metrics=True), list_desk, services)


def subscribe(site: Site, address: str, *lists: str, **more: str) -> tuple[int, str]:
    return site.ask("POST", "/subscribe", email=address, list=lists or ["weekly"], **more)


def test_the_form(site: Site) -> None:
    status, text = site.ask("GET", "/")
    assert status == 200
    assert '<form method="post" action="subscribe">' in text
    assert "The Daily Quay: Short." in text
    assert "staff" not in text
    assert "<script" not in text


def test_double_opt_in(site: Site) -> None:
    status, page = subscribe(site, "Ana@example.org", "weekly", "daily", name="Ana Pires")
    assert status == 200
    assert site.state("ana@example.org") == {"daily": "pending", "weekly": "pending"}
    assert [to for to, _ in site.mailed()] == ["Ana@example.org"] * 2
    link = site.mailed()[0][1]
    assert site.ask("GET", link)[0] == 200  # scanners open every link
    assert site.state("ana@example.org") == {"daily": "pending", "weekly": "pending"}
    assert site.ask("POST", link)[0] == 200
    assert site.state("ana@example.org") == {"daily": "pending", "weekly": "active"}
    entry = next(
        e for e in site.services.subscribers.of_address("ana@example.org") if e.list == "weekly"
    )
    evidence = site.services.subscribers.evidence(entry.id)
    assert [(item.state, item.how, item.source) for item in evidence] == [
        ("pending", "form", "192.0.2.1"),
        ("active", "link", "192.0.2.1"),
    ]
    assert subscribe(site, "unknown@example.org")[1] == page  # the same as for known ones
    assert subscribe(site, "ana@example.org")[1] == page
    assert len(site.mailed()) == 3  # nothing is sent to active subscribers


def test_the_confirmation_email(site: Site) -> None:
    subscribe(site, "ana@example.org")
    message = email.message_from_bytes(
        site.list_desk.server.received[0].data, policy=email.policy.default
    )
    assert message["Subject"] == "Please confirm: The Weekly Quay"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"] == "ana@example.org"
    assert len(message.get_content()) < 400


def test_a_confirmation_expires(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribe(site, "ana@example.org")
    link = site.mailed()[0][1]
    now = time.time()
    monkeypatch.setattr("newsletter.send.web.subscription_site.time.time", lambda: now + 8 * 86400)
    assert site.ask("POST", link)[0] == 404
    assert site.state("ana@example.org") == {"weekly": "pending"}


def test_third_parties_cannot_flood_a_subscriber(site: Site) -> None:
    for number in range(9):
        site.visitor = f"198.51.100.{number}"
        assert subscribe(site, "ana@example.org")[0] == 200
    assert len(site.mailed()) <= 4
    site.visitor = "203.0.113.9"
    codes = [subscribe(site, f"a{number}@example.org")[0] for number in range(SUBSCRIPTIONS + 3)]
    assert codes == [200] * SUBSCRIPTIONS + [429] * 3


def test_machines_and_role_accounts_get_no_email(site: Site) -> None:
    assert subscribe(site, "ana@example.org", website="https://spam.example")[0] == 200
    assert subscribe(site, "abuse@example.org")[0] == 200
    assert subscribe(site, "ana@example.org\r\nBcc: bo@example.org")[0] == 400
    assert subscribe(site, "ana@example.org", "staff")[0] == 200  # a closed list
    assert subscribe(site, "ana@example.org", "nowhere")[0] == 200
    assert site.list_desk.server.received == []
    assert site.state("ana@example.org") == {}


def unsubscribe_path(site: Site, address: str, list_name: str = "weekly") -> str:
    entry = next(e for e in site.services.subscribers.of_address(address) if e.list == list_name)
    return f"/u/{site.services.signer.link('unsub', list_name, entry.rid)}"


def test_unsubscribing_requires_a_post(site: Site) -> None:
    site.list_desk.subscribe(["ana@example.org", "bo@example.org"])
    path = unsubscribe_path(site, "ana@example.org")
    for method in ("GET", "HEAD", "GET"):
        assert site.ask(method, path)[0] == 200
    assert site.state("ana@example.org") == {"weekly": "active"}
    status, text = site.ask("POST", path, **{"List-Unsubscribe": "One-Click"})
    assert (status, "You are unsubscribed" in text) == (200, True)
    assert site.state("ana@example.org") == {"weekly": "unsubscribed"}
    assert site.ask("POST", path)[0] == 200  # repeating it is not an error
    assert site.state("bo@example.org") == {"weekly": "active"}
    assert site.ask("PUT", path)[0] == 405


def test_forged_tokens_change_nothing(site: Site) -> None:
    site.list_desk.subscribe(["ana@example.org"])
    site.list_desk.subscribe(["ana@example.org"], "daily")
    good = unsubscribe_path(site, "ana@example.org")
    key, name, rid, mac = good.removeprefix("/u/").split(".")
    assert name == "weekly"
    daily = unsubscribe_path(site, "ana@example.org", "daily").split(".")[2]
    confirm = site.services.signer.confirmation("weekly", rid, time.time())
    forged = [
        f"{key}.daily.{rid}.{mac}",  # for another list
        f"{key}.weekly.{daily}.{mac}",  # for another recipient
        f"{key}.weekly.{rid}.{'A' * 22}",
        f"{key}.weekly.{rid}.",
        f"2.weekly.{rid}.{mac}",  # a key that does not exist
        f"{key}.weekly.{rid}.{mac}x",
        f"{key}.weekly.{rid}",
        confirm,  # for another purpose
        "x" * 3000,
        "é.é.é.é",
    ]
    for token in forged:
        assert site.ask("POST", f"/u/{token}")[0] == 404, token
        assert site.ask("POST", f"/p/{token}", list=[])[0] == 404
    assert site.ask("POST", f"/c/{good.removeprefix('/u/')}")[0] == 404
    assert site.state("ana@example.org") == {"daily": "active", "weekly": "active"}
    codes = {site.ask("POST", "/u/1.weekly.x.y")[0] for _ in range(40)}
    assert 429 in codes  # guessing is rate-limited
    assert site.ask("POST", good)[0] == 200  # a valid token never is: providers send bursts


def test_unsubscribing_never_hides_a_complaint(site: Site) -> None:
    site.list_desk.subscribe(["ana@example.org"])
    path = unsubscribe_path(site, "ana@example.org")
    site.services.database.rows("UPDATE subscribers SET state = 'complained'")
    assert site.ask("POST", path)[0] == 200
    assert site.state("ana@example.org") == {"weekly": "complained"}


def test_a_form_request_does_not_reopen_a_closed_subscription(site: Site) -> None:
    """Anyone can enter an address; an import must not treat that as consent."""
    site.list_desk.subscribe(["ana@example.org", "bo@example.org"])
    site.services.database.rows("UPDATE subscribers SET state = 'unsubscribed' WHERE id = 1")
    site.services.database.rows("UPDATE subscribers SET state = 'complained' WHERE id = 2")
    subscribe(site, "ana@example.org")
    subscribe(site, "bo@example.org")
    assert site.state("ana@example.org") == {"weekly": "unsubscribed"}
    assert [to for to, _ in site.mailed()] == ["ana@example.org"]
    assert site.ask("POST", site.mailed()[0][1])[0] == 200
    assert site.state("ana@example.org") == {"weekly": "active"}


def test_preferences(site: Site) -> None:
    site.list_desk.subscribe(["ana@example.org"])
    path = unsubscribe_path(site, "ana@example.org").replace("/u/", "/p/")
    status, text = site.ask("GET", path)
    assert status == 200
    assert 'value="weekly" checked' in text
    assert 'value="daily">' in text
    evil = '"><script>x</script>'
    status, text = site.ask("POST", path, list=["daily", "staff"], name=evil)
    assert (status, "<script" in text) == (200, False)
    assert site.state("ana@example.org") == {"daily": "active", "weekly": "unsubscribed"}
    assert [entry.name for entry in site.services.subscribers.of_address("ana@example.org")] == [
        evil
    ] * 2


def test_a_huge_form_is_not_read(site: Site) -> None:
    assert subscribe(site, "ana@example.org", name="x" * 100_000)[0] == 400
    assert site.state("ana@example.org") == {}


def test_health_and_metrics_contain_no_addresses(site: Site) -> None:
    site.list_desk.subscribe(people(3))
    assert json.loads(site.ask("GET", "/health")[1]) == {"status": "ok", "schema": 1}
    status, text = site.ask("GET", "/metrics")
    assert status == 200
    assert 'newsletter_subscribers{list="weekly",state="active"} 3' in text
    assert "@" not in text


def test_visitor_data_expires() -> None:
    visitors = Visitors(2, most=50)
    assert [visitors.allow("one") for _ in range(3)] == [True, True, False]
    for number in range(500):
        visitors.allow(str(number))
    assert len(visitors.windows) <= 50


def test_the_real_server_behind_a_proxy(list_desk: ListDesk) -> None:
    """One-click unsubscribe as a mail provider does it: a POST without cookies, answered with 200
    and no redirect.
    """
    list_desk.subscribe(["ana@example.org"])
    assert list_desk.send(1).code == 0
    message = email.message_from_bytes(
        list_desk.server.received[0].data, policy=email.policy.default
    )
    link = message["List-Unsubscribe"].strip("<>")
    with list_desk.desk.start("serve", "--port", "0", "--proxy", "127.0.0.1") as serving:
        try:
            assert serving.stdout
            base = serving.stdout.readline().strip().rstrip("/")
            url = link.replace("https://lists.example.org", base)
            body = b"List-Unsubscribe=One-Click"
            headers = {"X-Forwarded-For": "198.51.100.7"}
            request = urllib.request.Request(url, body, headers)
            with urllib.request.urlopen(request, timeout=30) as response:
                assert response.status == 200
                assert response.url == url
                assert response.headers["Set-Cookie"] is None
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(f"{base}/nothing", timeout=30)
        finally:
            serving.terminate()
            out, err = serving.communicate(timeout=30)
    assert "ana" not in out + err
    ran = list_desk.desk.run("subscribers", "list", "ana@example.org")
    assert "unsubscribed by link: 198.51.100.7" in ran.out
    ran = list_desk.desk.run("send", SLUG)
    assert ran.code == 1
