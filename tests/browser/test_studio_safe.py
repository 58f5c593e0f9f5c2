"""A draft, a theme and a title that try to run scripts, open windows and send requests: all
blocked, all displayed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

import newsletter.preview
from tests.browser.studio import CRANES, Studio, mail, tab

STATIC = Path(newsletter.preview.__file__).parent / "static"
HTML = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function"
)

HOSTILE = """\
<img src="PHONE/home.png" onerror="parent.caught = 'image'" width="10" height="10" alt="x"/>
<script>parent.caught = 'script'</script>
<script src="PHONE/x.js"></script>
<style>@import url("PHONE/x.css"); p { background: url("PHONE/x.png") }</style>
<link rel="stylesheet" href="PHONE/y.css"/>
<iframe src="PHONE/frame"></iframe>
<object data="PHONE/object"></object>
<svg onload="parent.caught = 'svg'"><a href="javascript:parent.caught='svg link'"><text y="20">press</text></a></svg>
<form action="PHONE/form"><button id="send">send</button></form>
<a id="run" href="javascript:parent.caught = 'link'">run</a>
<a id="away" href="PHONE/away" target="_top">away</a>
<video src="PHONE/v.mp4" autoplay="autoplay"></video>
<meta http-equiv="refresh" content="0;url=PHONE/refresh"/>
<base href="PHONE/"/>
<details open="open" ontoggle="parent.caught = 'toggle'">d</details>
"""
TITLE = "<img src=x onerror=\\\"window.caught='title'\\\"><b>Bold</b> & {{ braces }}"


class Phone:
    """An external server that records every request."""

    def __init__(self) -> None:
        calls: list[str] = []
        self.calls = calls

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(self.path)
                self.send_response(204)
                self.end_headers()

            do_POST = do_GET  # noqa: N815

            def log_message(self, *expected: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def phone() -> Iterator[Phone]:
    phone = Phone()
    yield phone
    phone.server.shutdown()
    phone.server.server_close()


def test_a_hostile_draft_neither_runs_nor_makes_requests(
    own_studio: Studio, context: BrowserContext, phone: Phone
) -> None:
    """The theme's template writes it, because an author's own HTML is rejected earlier."""
    template = (
        "{% extends 'section.mjml.j2' %}{% block close %}"
        + HOSTILE.replace("PHONE", phone.address)
        + "{% endblock %}\n"
    )
    theme = own_studio.desk.root / "templates" / "default" / "sections"
    theme.mkdir(parents=True)
    page = own_studio.open(context, CRANES)
    mail(page).locator("h1").wait_for()
    (theme / "essay.mjml.j2").write_text(template, encoding="utf-8")
    mail(page).locator("#run").wait_for()
    for second in (False, True):
        if second:
            page.reload()
            mail(page).locator("#run").wait_for()
        for button in ("#run", "#away", "#send", "svg a"):
            mail(page).locator(button).click()
        mail(page).locator("#away").click(modifiers=["Control"])
        page.wait_for_timeout(300)
    for name in ("Dark", "Inverted", "No styles", "Web page", "Read aloud", "Source", "Light"):
        tab(page, name).click()
        page.wait_for_timeout(150)
    assert page.evaluate("() => window.caught") is None
    assert phone.calls == []
    assert len(context.pages) == 1
    assert page.url.startswith(own_studio.address)
    assert all(
        frame.url.startswith((own_studio.address, "about:", "chrome-error:"))
        for frame in page.frames
    )
    assert page.request.get(f"{phone.address}/heard").ok
    assert phone.calls == ["/heard"], "the external server works"


def test_author_text_is_escaped_everywhere(own_studio: Studio, context: BrowserContext) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    own_studio.edit("issue.yaml", '"Cranes, Cables & Container Queues"', f'"{TITLE}"')
    own_studio.edit(
        "10-essay.md", "title: The Quiet Berth", "title: \"<script>caught = 'section'</script> TK\""
    )
    own_studio.edit(
        "credits.yaml", "essay: mira", 'essay: {name: "<img src=y onerror=caught=1> Nobody"}'
    )
    page = own_studio.open(context, CRANES)
    expect(page.locator("#title")).to_contain_text("<b>Bold</b> & {{ braces }}")
    expect(page.locator("#issue-list")).to_contain_text("<b>Bold</b>")
    expect(page.locator(".credits")).to_contain_text("<img src=y onerror=caught=1> Nobody")
    expect(mail(page).locator("h1")).to_contain_text("<b>Bold</b> & {{ braces }}")
    for name in ("Text", "Inbox", "Source", "Read aloud", "Changes", "Light"):
        tab(page, name).click()
    page.locator(".problem", has_text="TK").first.locator("button").click()
    assert page.get_by_text("Bold", exact=True).count() == 0
    assert page.locator("img").count() == 0
    assert page.evaluate("() => window.caught") is None
    assert [url for url in asked if not url.startswith((own_studio.address, "data:"))] == []


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: str(path.name))
def test_the_page_never_parses_text_as_html(path: Path) -> None:
    assert HTML.findall(path.read_text(encoding="utf-8")) == []


def test_the_page_can_be_neither_framed_nor_scripted(
    own_studio: Studio, context: BrowserContext
) -> None:
    page = own_studio.open(context, CRANES)
    response = page.request.get(own_studio.address)
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    frame = page.locator("iframe:not(.coming)")
    expect(frame).to_have_attribute("sandbox", "allow-same-origin")
    refused = page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.violatedDirective));
          const script = document.createElement("script");
          script.textContent = "window.caught = 1";
          document.body.append(script);
          setTimeout(() => resolve(null), 500);
        })"""
    )
    assert refused is not None
    assert page.evaluate("() => window.caught") is None
