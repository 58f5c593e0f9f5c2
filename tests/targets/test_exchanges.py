"""The life of one draft in each service: every request, every field and every reply to the desk.

`exchanges/` has the complete transcripts. After an intended change:
`pytest tests/targets/test_exchanges.py --rewrite-expected`, then review the diff.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.model import Email, Image, Publication
from newsletter.render.merge import spell
from newsletter.targets import open_targets
from newsletter.targets.receipts import add_receipts, read_receipts
from newsletter.workspace import find
from tests.desk import SLUG, SMALLEST, Desk
from tests.targets.cases import Case
from tests.targets.fakes.server import Answer, Seen, running

FOLDER = Path(__file__).parent / "exchanges"
MORE = {"listmonk": "template = 4", "mailchimp": "segment = 12", "resend": 'topic = "harbour"'}
HEADERS = (
    "Authorization",
    "api-key",
    "X-API-Version",
    "Accept-Version",
    "Idempotency-Key",
    "X-Idempotency-Key",
)
PICTURE = Image("quay.png", "quay-1a2b.png", 600, 300, "png", b"the pixels")
BODY = (
    '<p>Dear %%first_name|reader%%, <b>{n}</b> ships & {{ "piers" }}.</p>\n'
    '<a href="https://letters.quay.example/a?b=1&amp;c=2">a</a>\n'
    '<img src="{image}" alt="Ships">\n<a href="%%unsubscribe_url%%">Leave</a>'
)
ADDRESS = f"https://letters.quay.example/{SLUG}/images/{PICTURE.name}"


def email(publication: Publication, number: str) -> Email:
    """Return a small issue in the merge style of a service."""

    def spelled(text: str, *, html: bool) -> str:
        return spell(text.replace("{n}", number), publication, "https://web.example", html=html)

    page = BODY.replace("{image}", f"images/{PICTURE.name}").replace("{n}", number)
    return Email(
        slug=SLUG,
        subject='Ships {{ at }} the "Quay"',
        html=f"<!doctype html>\n<html><body>{spelled(BODY, html=True)}</body></html>".replace(
            "{image}", ADDRESS
        ),
        text=spelled("Dear %%first_name|reader%%, {n} ships.\n%%unsubscribe_url%%\n", html=False),
        web=f"<html><body><article><h1>Ships</h1>{page}</article></body></html>",
        message=b"Subject: Ships\r\n\r\n",
        manifest=b"{}",
        images=(PICTURE, replace(PICTURE, name="elsewhere.png", data=None)),
        preheader="The deck *|X|* says {{ z }}.",
    )


class Transcript:
    """What passed between the desk and a service, step by step."""

    def __init__(self, fake: Any) -> None:
        self.fake = fake
        self.lines: list[str] = []
        self.headers: dict[str, str] = {}  # as last written down

    def step(self, title: str, call: Callable[[], object]) -> Any:
        """Do one thing, and write down its requests and its result."""
        before, result = len(self.fake.seen), None
        self.lines += [f"=== {title}", ""]
        try:
            result = call()
            shown = json.dumps(msgspec.to_builtins(result), indent=1, ensure_ascii=False)
        except NewsletterError as error:
            shown = f"{type(error).__name__}: {error.message}\nhint: {error.hint}"
        for seen in self.fake.seen[before:]:
            self.lines += self._request(seen)
        self.lines += [f"-> {shown}", ""]
        return result

    def text(self) -> str:
        root = self.fake.url.removesuffix(self.fake.base)
        text = "\n".join(self.lines).replace(root, "http://service")
        return _numbered(text)

    def _request(self, seen: Seen) -> Iterator[str]:
        """Yield a request; a header only if it is new."""
        query = "&".join(f"{name}={value}" for name, value in seen.query)
        yield f"{seen.method} {seen.path}" + (f"?{query}" if query else "")
        for name in HEADERS:
            value = _header(seen.headers.get(name, ""))
            if value and self.headers.get(name) != value:
                self.headers[name] = value
                yield f"  {name}: {value}"
        kind = seen.headers.get("Content-Type", "")
        if kind.startswith("multipart/"):
            for name, (file, data) in seen.form().items():
                yield f"  {name}: {data.decode()}" + (f" ({file})" if file else "")
            yield "  " + ", ".join(re.findall(r"Content-Type: image/\w+", seen.body.decode()))
        elif seen.body:
            yield json.dumps(seen.json, indent=1, ensure_ascii=False)


def _numbered(text: str) -> str:
    """Return a text with numbers for fingerprints: some depend on the port of the fake."""
    known: dict[str, str] = {}
    return re.sub(
        r"\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b",
        lambda match: known.setdefault(match[0], f"(fingerprint {len(known) + 1})"),
        text,
    )


def _connection(target: Any, *, test: bool) -> object:
    """Return what a connection allows, without its headers: they are in the requests."""
    given = target.service.connection(test=test)
    return {
        "service": given.service,
        "base": given.base,
        "secrets": [str(secret) for secret in given.secrets],
        "writes": given.writes,
        "forbidden": sorted(given.forbidden),
        "rights": given.rights,
        "ca": given.ca and given.ca.relative_to(target.workspace.root).as_posix(),
    }


def _header(value: str) -> str:
    """Return a header without the times in the token of Ghost."""
    scheme, _, token = value.partition(" ")
    if scheme != "Ghost":
        return value
    head, claims = (
        json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]
    )
    seconds = claims.pop("exp") - claims.pop("iat")
    return f"Ghost {head} {claims} for {seconds} seconds"


@dataclass
class Life:
    """One issue in three versions, and its draft in a fake service."""

    script: Transcript
    desk: Desk
    case: Case
    target: Any
    stubborn: Any  # the same target with --overwrite
    versions: tuple[Email, ...]

    @property
    def fake(self) -> Any:
        return self.script.fake

    def publish(self, title: str, email: Email, by: Any = None) -> None:
        def deliver() -> object:
            receipt = (by or self.target).deliver(email)
            known = read_receipts(self.desk.issue, "issues/quay")
            add_receipts(self.desk.issue, known, [receipt], email.subject)
            return receipt

        self.script.step(title, deliver)

    def status(self, title: str, email: Email) -> None:
        self.script.step(title, lambda: self.target.status(email))

    def test(self, title: str, email: Email) -> None:
        self.script.step(title, lambda: self.target.send_test(email, ("mira@quay.example",)))

    def draft(self) -> str:
        return str(self.fake.drafts()[0])

    def planned(self) -> None:
        """Write down the connection, and the plan with the fewest settings and no image."""
        one, *_ = self.versions
        settings = (self.desk.root / "newsletter.toml").read_text("utf-8")
        fewer = settings.replace(MORE.get(self.case.name, "\0"), "")
        self.desk.write("newsletter.toml", fewer)
        (target,) = open_targets(find(self.desk.root), ("desk",))
        self.desk.write("newsletter.toml", settings)
        self.script.step("the connection", lambda: _connection(self.target, test=False))
        self.script.step("the connection for tests", lambda: _connection(self.target, test=True))
        plain = replace(one, images=())
        self.script.step("the plan with the fewest settings", lambda: target.plan(plain))

    def as_a_draft(self) -> None:
        one, two, three = self.versions
        self.script.step("the plan", lambda: self.target.plan(one))
        self.status("status without a draft", one)
        self.test("a test without a draft", one)
        self.publish("published", one)
        self.publish("published again", one)
        self.status("status of a newer issue", two)
        self.test("a test of a newer issue", two)
        self.publish("published with a change", two)
        self.fake.may_test = True
        self.test("a test", two)
        self.fake.edit(self.draft(), "ships", "boats")
        self.status("status after an edit in the service", two)
        for copy in (self.desk.root / ".newsletter" / "targets").rglob("*.json"):
            copy.unlink()
        self.status("status after an edit without a copy of the last publish", three)
        self.publish("published over an edit", three)
        self.publish("published over an edit with --overwrite", three, self.stubborn)

    def deleted(self) -> None:
        *_, three = self.versions
        for lost, kind in (("reply", "dropped"), ("request", "lost")):
            self.fake.delete(self.draft())
            self.fake.fail(*self.case.create, kind)
            self.publish(f"published after a deletion; the {lost} is lost", three)

    def no_longer_a_draft(self) -> None:
        one, _, three = self.versions
        for state in ("scheduled", "sent"):
            self.fake.move_to(self.draft(), state)
            self.status(f"status when {state}", three)
            self.publish(f"published when {state}", one, self.stubborn)
        self.fake.duplicate(self.draft())
        self.status("status of two", three)
        self.publish("published when there are two", three)

    def refused(self) -> None:
        one, *_ = self.versions
        self.fake.fail("GET", ".*", "answer", answer=Answer(200, {"odd": 1}))
        self.status("a reply of another shape", one)
        self.fake.unknown_token = True
        self.status("a token that is unknown", one)


def test_the_life_of_a_draft(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rewrite_expected: bool
) -> None:
    desk = Desk.of(SMALLEST, tmp_path / "desk")
    monkeypatch.setenv(case.variable, case.token)
    with running(case.fake()) as fake:
        settings = case.settings(fake.url.removesuffix("/ghost")) + MORE.get(case.name, "")
        settings += '\nca = "ca.pem"\n'
        named = settings.replace('name = "The Quay"\nemail', 'name = "Q. & Co."\nemail')
        desk.write("newsletter.toml", named)
        workspace = find(desk.root)
        (target,) = open_targets(workspace, ("desk",))
        (stubborn,) = open_targets(workspace, ("desk",), overwrite=True)
        versions = tuple(email(workspace.publication, number) for number in "123")
        life = Life(Transcript(fake), desk, case, target, stubborn, versions)
        life.planned()
        life.as_a_draft()
        life.deleted()
        life.no_longer_a_draft()
        life.refused()
        assert fake.violations == []
    made, expected = life.script.text(), FOLDER / f"{case.name}.txt"
    if rewrite_expected:
        expected.write_text(made, "utf-8")
    assert made == expected.read_text("utf-8")
