"""The services that the stories run against: how each is set up, and what it can and cannot do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.desk import SLUG, Desk, Ran
from tests.targets.fakes.brevo import TOKEN as BREVO
from tests.targets.fakes.brevo import FakeBrevo
from tests.targets.fakes.buttondown import TOKEN as BUTTONDOWN
from tests.targets.fakes.buttondown import FakeButtondown
from tests.targets.fakes.ghost import TOKEN as GHOST
from tests.targets.fakes.ghost import FakeGhost
from tests.targets.fakes.listmonk import TOKEN as LISTMONK
from tests.targets.fakes.listmonk import FakeListmonk
from tests.targets.fakes.mailchimp import TOKEN as MAILCHIMP
from tests.targets.fakes.mailchimp import FakeMailchimp
from tests.targets.fakes.resend import TOKEN as RESEND
from tests.targets.fakes.resend import FakeResend
from tests.targets.fakes.server import FakeService


@dataclass(frozen=True)
class Case:
    """One service."""

    name: str
    fake: Callable[[], Any]
    token: str
    table: str  # from the settings, without the type; {url} is the fake's address
    create: tuple[str, str]  # method and path of the request that creates a draft
    update: tuple[str, str]
    hosts_images: bool
    tests: bool  # whether it sends test emails
    style: str | None = None  # merge style

    @property
    def variable(self) -> str:
        return "NEWSLETTER_DESK_TOKEN"

    def settings(self, url: str) -> str:
        merge = f'[merge]\nstyle = "{self.style}"\n' if self.style else ""
        return (
            'name = "The Quay"\nurl = "https://letters.quay.example"\n'
            'unsubscribe_url = "https://letters.quay.example/leave"\n'
            'check.ignore = ["NL92", "NL910"]\n'
            '[sender]\nname = "The Quay"\nemail = "letters@quay.example"\n'
            f"{merge}"
            f'[targets.desk]\ntype = "{self.name}"\n{self.table.format(url=url)}\n'
        )


CASES = (
    Case(
        "listmonk",
        FakeListmonk,
        LISTMONK,
        'url = "{url}"\nuser = "desk"\nlists = [3]',
        ("POST", r"/api/campaigns$"),
        ("PUT", r"/api/campaigns/\d+$"),
        hosts_images=True,
        tests=True,
        style="listmonk",
    ),
    Case(
        "buttondown",
        FakeButtondown,
        BUTTONDOWN,
        'api = "{url}"',
        ("POST", r"/v1/emails$"),
        ("PATCH", r"/v1/emails/"),
        hosts_images=True,
        tests=True,
        style="buttondown",
    ),
    Case(
        "mailchimp",
        FakeMailchimp,
        MAILCHIMP,
        'api = "{url}"\naudience = "a1b2c3"',
        ("POST", r"/campaigns$"),
        ("PATCH", r"/campaigns/"),
        hosts_images=True,
        tests=True,
        style="mailchimp",
    ),
    Case(
        "brevo",
        FakeBrevo,
        BREVO,
        'api = "{url}"\nlists = [7]',
        ("POST", r"/emailCampaigns$"),
        ("PUT", r"/emailCampaigns/"),
        hosts_images=False,
        tests=True,
        style="brevo",
    ),
    Case(
        "resend",
        FakeResend,
        RESEND,
        'api = "{url}"\nsegment = "seg-1"',
        ("POST", r"/broadcasts$"),
        ("PATCH", r"/broadcasts/"),
        hosts_images=False,
        tests=True,
        style="resend",
    ),
    Case(
        "ghost",
        FakeGhost,
        GHOST,
        'url = "{url}"',
        ("POST", r"/posts/$"),
        ("PUT", r"/posts/"),
        hosts_images=True,
        tests=False,
    ),
)


@dataclass
class Workshop:
    """A workspace whose only target is a fake; all output is searched for the token."""

    desk: Desk
    fake: Any
    case: Case
    screens: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> Ran:
        ran = self.desk.run(*arguments)
        self.screens.append(ran.out + ran.err)
        return ran

    def publish(self, *more: str) -> Ran:
        return self.run("publish", "--yes", *more)

    def write(self, words: str) -> None:
        """Change the content of the issue."""
        self.desk.write(f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\n{words}\n")

    def html(self) -> str:
        (draft,) = self.fake.drafts()
        return str(self.fake.html(draft))

    def draft(self) -> str:
        (draft,) = self.fake.drafts()
        return str(draft)

    def receipts(self) -> Any:
        return self.desk.issue / "published.json"

    def look_for_secrets(self) -> None:
        """Fail if a token appears in the output or in a file of the workspace."""
        spelled = (self.case.token, base64.b64encode(self.case.token.encode()).decode())
        files = [path.read_bytes() for path in self.desk.root.rglob("*") if path.is_file()]
        for token in spelled:
            assert not any(token in screen for screen in self.screens)
            assert not any(token.encode() in data for data in files)


def is_fake(fake: Any) -> FakeService:
    assert isinstance(fake, FakeService)
    return fake
