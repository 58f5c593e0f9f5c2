"""Pages classified by their text: walls, missing pages, and ordinary pages that resemble them."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from yarl import URL

from newsletter.links.anchors import missing_anchors
from newsletter.links.classify import Classification, classify
from newsletter.links.fetch import HttpReply
from newsletter.links.page_phrases import missing_pages
from newsletter.links.page_text import PageText

HERE = Path(__file__).parent
ARTICLE = f"<p>{'The pilots wait for the tide, and the tide waits for nobody. ' * 60}</p>"
PAGE = "https://news.example/2026/ports"


def lines(name: str) -> list[str]:
    return (HERE / name).read_text("utf-8").splitlines()


def page(title: str, body: str = "") -> PageText:
    html = f"<title>{title}</title>{body}".encode()
    return PageText(html, "text/html; charset=utf-8", "", ended=True)


def verdict(title: str, body: str = "", status: int = 200) -> Classification:
    reply = HttpReply(URL(PAGE), status, {}, SimpleCookie(), page(title, body))
    return classify(URL(PAGE), reply, (), "")


# --- walls ----------------------------------------------------------------------------------------

SENTENCES = """
Enter the characters you see below. Sorry, we just need to make sure you're not a robot.
Our systems have detected unusual traffic from your computer network.
Please enable JS and disable any ad blocker
You've been blocked by network security.
Checking if the site connection is secure
Verify you are human by completing the action below.
Please complete the security check to access
Press &amp; Hold to confirm you are a human (and not a bot).
Access to this resource is forbidden for automated tools.
The administrator of this website has set up Anubis to protect the server against AI companies.
The requested URL was rejected. Please consult with your administrator. Your support ID is: 7.
Prove you're not a robot
Why do I have to complete a CAPTCHA?
You are accessing this site too quickly. Please slow down.
Your browser is being checked. Please wait.
Wir müssen überprüfen, ob Sie ein Mensch sind.
Bitte aktivieren Sie JavaScript und Cookies, um fortzufahren
Veuillez activer JavaScript et les cookies pour continuer
Automatisierte Zugriffe sind nicht erlaubt.
Bitte bestätigen Sie, dass Sie kein Roboter sind.
Veuillez confirmer que vous n'êtes pas un robot.
Your IP address has been temporarily limited.
The owner of this website has banned your access based on your browser's signature.
Your request looks automated.
Request unsuccessful. Incapsula incident ID: 8-7
You don't have permission to access this server.
"""
WIDGETS = (
    "<div class=h-captcha></div><script src='https://js.hcaptcha.example/1/api.js'></script>",
    "<div class=cf-turnstile></div><script src='/turnstile/v0/api.js'></script>",
    "<div class=g-recaptcha></div><script src='/recaptcha/api.js'></script><p>Please solve.",
)
FORM = "<form><textarea></textarea><div class=g-recaptcha></div></form><p>Write to us.</p>"


@pytest.mark.parametrize("status", [200, 503])
def test_titles_of_walls_are_recognized(status: int) -> None:
    body = "<p>Please wait while we check.</p>"
    titles = lines("wall_titles.txt")
    assert [title for title in titles if verdict(title, body, status).verdict != "blocked"] == []


@pytest.mark.parametrize("status", [200, 400, 403, 500, 503])
def test_sentences_and_widgets_of_walls_are_recognized(status: int) -> None:
    bodies = [*(f"<p>{sentence}</p>" for sentence in SENTENCES.strip().splitlines()), *WIDGETS]
    assert [body for body in bodies if verdict("Quay", body, status).verdict != "blocked"] == []


@pytest.mark.parametrize(
    ("status", "title", "body", "expected"),
    [
        (200, "Access denied: a history of closed ports", ARTICLE, "ok"),
        (200, "Just a moment in time", "<p>A poem", "ok"),
        (200, "Just a moment: a memoir", "<p>A book by the keeper of a lighthouse.", "ok"),
        (200, "Waiting Room: a play in two acts", "<p>At the quay.", "ok"),
        (200, "Too many requests: how ports say no", "<p>By letter.", "ok"),
        (200, "Robot or human? The port's new crane", "<p>It lifts.", "ok"),
        (200, "Security check at airports: what is new", "<p>Less water.", "ok"),
        (200, "Blocked drains | Harbour", "<p>Call us.", "ok"),
        (200, "Contact", FORM, "ok"),
        (503, "Service Unavailable", "<p>Down for maintenance.", "timeout"),
        (503, "Service Unavailable", "<hr>nginx", "broken"),
        (404, "Not Found", f"<p>Nothing here.</p>{WIDGETS[0]}", "broken"),
        (410, "Gone", "", "broken"),
    ],
)
def test_ordinary_pages_are_not_walls(status: int, title: str, body: str, expected: str) -> None:
    assert verdict(title, body, status).verdict == expected


# --- missing pages --------------------------------------------------------------------------------


def test_titles_and_headings_of_missing_pages_are_recognized() -> None:
    titles = lines("missing_titles.txt")
    parked = {"Index of /"}  # only as a complete title
    framed = [f"{title} | Quay Log" for title in titles if title not in parked]
    pages = [page(title) for title in (*titles, *framed)]
    pages += [page("Quay Log", f"<h1>{title}</h1><p>Go home.") for title in titles]
    assert [each.title or each.heading for each in pages if _verdict_of(each) != "suspect"] == []


def _verdict_of(shown: PageText) -> str:
    return classify(URL(PAGE), HttpReply(URL(PAGE), 200, {}, SimpleCookie(), shown), (), "").verdict


def test_titles_of_works_are_not_missing_pages() -> None:
    titles = lines("present_titles.txt")
    assert [title for title in titles if verdict(title, ARTICLE).verdict != "ok"] == []


def test_at_least_40_languages_are_covered() -> None:
    table = missing_pages()
    assert len({*table.catalogue, *table.languages}) >= 40


# --- redirects ------------------------------------------------------------------------------------

ROOT = "https://news.example"
ARTICLE_URL = f"{ROOT}/news/2019/ports"
GOALS = {
    "suspect": """
        / /index.html /home /en /en/ /en-gb/ /de/start /default.aspx /?lang=en /us/en/ /welcome /accueil /startseite
        https://www.news.example/ https://m.news.example/ /index.html?ref=old /?utm_source=x /news/2019/ /news /news/?x
        /news/index.html /news/2019/index.php /en/news/ https://new.example/news/2019/ /search?q=ports /archive/
        /blog /en/articles/ /topics/europe /maintenance /sitemap /404 /error?code=404 /fehler404 /page-not-found/""",
    "blocked": """
        /consent?u=x /cookie-consent /cookiewall /cookies/accept?to=x /privacy-wall /gdpr?next=x /cookieAbsent
        /age-gate?to=x /agegate /enable-cookies /nocookies.html /region-select /unsupported-browser
        https://consent.yahoo.example/v2 https://myprivacy.dpg.example/x https://cmp.news.example/x
        /cookie-policy?return=/news/2019/ports /gate?destination=%2Fnews%2F2019%2Fports
        /start?returnTo=https://news.example/news/2019/ports /login /account/login /users/sign_in /session/new
        /register /sign-up /subscribe /membership/join /my-account /adfs/ls/?wa=x /anmelden /connexion /entrar
        /access-denied /region-not-available
        https://id.news.example/x https://login.microsoft.example/x /wall/subscribe /checkpoint/challenge""",
    "ok": """
        /x;jsessionid=AB12 /x?PHPSESSID=77 /x?session_id=9 /(S(abc))/x /x?access_token=abc /x?ticket=ST-1
        /x?Expires=1&Signature=2 /x?sig=1 /x?ts=1700000000 /x?_=1700000000 /x?rnd=0.123456 /x?csrf=1
        /x?guid=9f1c0e4a-1111-2222-3333-444455556666 /x?k=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc
        /news/2019/ports?amp=1 /news/2019/ports/amp https://m.news.example/news/2019/ports
        https://reader@news.example/x https://web.archive.org/web/2020/https://news.example/news/2019/ports
        /x?uid=a1b2c3d4e5f60718293a4b5c /x?cookies=1 /news/2019/ports?utm_source=x""",
    "moved": """
        /news/2019/ports/ /news/2019/ports.html /2019/ports /stories/ports-of-europe /en/news/2019/ports
        /new?a=1&gclid=x /premium/ports-of-europe /users/ada /sessions/2019/keynote /cookies/oat
        /articles?id=1234567890 /files/report-0123456789abcdef0123.pdf""",
}


@pytest.mark.parametrize(
    ("expected", "goal"), [(kind, goal) for kind, goals in GOALS.items() for goal in goals.split()]
)
def test_permanent_redirects_are_classified(expected: str, goal: str) -> None:
    final = URL(goal if goal.startswith("https:") else ROOT + goal, encoded=True)
    shown = page("The quiet port", "<p>Tides.")
    result = classify(
        URL(ARTICLE_URL), HttpReply(final, 200, {}, SimpleCookie(), shown), (301,), ""
    )
    assert (result.verdict, result.reason) == (expected, result.reason)


@pytest.mark.parametrize(
    ("link", "goal", "verdict", "fixable"),
    [
        ("https://doi.org/10.1000/182", "https://press.example/182", "ok", True),
        ("https://hdl.handle.net/1/2", "https://archive.example/2", "ok", True),
        ("https://w3id.org/tides", "https://tides.example/v1", "ok", True),
        ("https://docs.example/latest/a", "https://docs.example/3.2/a", "ok", True),
        ("https://docs.example/en/stable/", "https://docs.example/en/3.2/", "ok", True),
        ("https://docs.example/latest/a", "https://docs.example/en/latest/a", "moved", False),
        ("https://docs.example/a", "https://docs.example/de/a", "moved", False),
        ("https://docs.example/a", "https://docs.example/a?country=PT", "moved", False),
        ("https://docs.example/a", "https://www.docs.example/a", "moved", True),
        ("https://docs.example/tags/a", "https://docs.example/topics/b", "moved", True),
        ("https://docs.example/weblog", "https://docs.example/blog", "moved", True),
        ("https://m.docs.example/a", "https://docs.example/a", "moved", True),
    ],
)
def test_fixes_are_those_of_a_careful_editor(
    link: str, goal: str, verdict: str, fixable: bool
) -> None:
    reply = HttpReply(URL(goal), 200, {}, SimpleCookie(), page("The quiet port", "<p>Tides."))
    result = classify(URL(link), reply, (301,), "")
    assert (result.verdict, result.fixable) == (verdict, fixable)


# --- pages that scripts fill ----------------------------------------------------------------------

_MENU = "<nav>" + "<a href=/x>A longish entry of the menu</a> " * 20 + "</nav>"
_SCRIPT = "<script src=/a.js defer></script>"
SHELLS = (
    f"<div id=app>Loading…</div>{_SCRIPT}",
    f"{_MENU}<div id=content></div>{_SCRIPT}",
    f"{_MENU}<my-app></my-app><script type=module src=/a.js></script>",
    f"{_MENU}<div id=root><div class=spinner>Loading...</div></div>{_SCRIPT}",
    "<div id=app></div><script>import('/a.js')</script>",
    f"<main id=main role=main></main>{_SCRIPT}{_MENU}",
    f"<div data-reactroot></div>{_SCRIPT}{_MENU}",
    f"<div id=mount_0_0_ab></div>{_SCRIPT}{_MENU}",
    f"{ARTICLE}<div id=root></div>{_SCRIPT}",
    f"{ARTICLE}<include-fragment src=/x></include-fragment>",
    f"{ARTICLE}<div id=js-vue-notes></div>",
    f"{ARTICLE}<meta property=og:site_name content=GitLab>",
)


@pytest.mark.parametrize("body", SHELLS)
def test_nothing_is_missing_if_scripts_fill_the_page(body: str) -> None:
    assert missing_anchors(page("Harbour Desk", body), ["faq"]) == ()


@pytest.mark.parametrize("body", [ARTICLE, f"{ARTICLE}<div id=advert></div>{_SCRIPT}"])
def test_a_missing_anchor_is_reported(body: str) -> None:
    assert missing_anchors(page("Log", body), ["faq"]) == ("faq",)
