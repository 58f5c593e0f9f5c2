"""Pages classified by their text: walls, missing pages, and ordinary pages that resemble them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from itertools import product
from pathlib import Path

import msgspec
import pytest
from yarl import URL

from newsletter.links.anchors import missing_anchors
from newsletter.links.classify import Classification, classify
from newsletter.links.fetch import HttpReply
from newsletter.links.page_phrases import missing_pages
from newsletter.links.page_text import PageText
from newsletter.links.soft_404 import missing_page_reason

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


SHORT_TEXTS = (
    "<p>A story from the quay, with three pictures.",
    "<h1>{title}</h1><p>A book by the keeper of a lighthouse.",
    "<nav><a href=/>Home</a></nav><h1>{start}</h1><p>By Ada Berg. 212 pages.",
)


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


MENU = "<a href=/x>A longish entry of the menu</a> " * 60
MENUS = ("", f"<nav>{MENU}</nav>", f"<div>{MENU}</div>", f"<header>{MENU}</header>")


@pytest.mark.parametrize("status", [200, 502])
def test_a_request_to_prove_to_be_human_is_a_wall(status: int) -> None:
    bodies = [f"<p>{sentence}</p>" for sentence in lines("wall_sentences.txt")]
    bodies = [f"{menu}{body}" for body in bodies for menu in MENUS]
    assert [body for body in bodies if verdict("Quay", body, status).verdict != "blocked"] == []


@pytest.mark.parametrize("status", [500, 503])
def test_a_request_to_prove_to_be_human_is_a_wall_in_a_long_error_page(status: int) -> None:
    bodies = [f"{ARTICLE}<p>{sentence}</p>" for sentence in lines("wall_sentences.txt")]
    assert [body for body in bodies if verdict("Quay", body, status).verdict != "blocked"] == []
    assert [body for body in bodies if verdict("Quay", body).verdict != "ok"] == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<p>Please wait",
        "<noscript>Enable JavaScript</noscript>",
        "<p>You are not a bot?",
        WIDGETS[0],
    ],
)
def test_an_ordinary_title_with_a_sign_is_that_of_a_wall(body: str) -> None:
    titles = lines("works_like_walls.txt")
    works = {"Anubis - Egyptian god", "Security check at the port"}  # not titles of walls
    shown = [title for title in titles if ": " not in title and title not in works]
    assert [title for title in shown if verdict(title, body).verdict != "blocked"] == []


def test_titles_of_works_are_not_those_of_walls() -> None:
    titles = lines("works_like_walls.txt")
    pages = [
        (title, text.format(title=title, start=title))
        for title in titles
        for text in (ARTICLE, *SHORT_TEXTS)
    ]
    assert [each for each in pages if verdict(*each).verdict != "ok"] == []


@pytest.mark.parametrize("line", lines("like_walls.txt"))
def test_ordinary_short_pages_are_not_walls(line: str) -> None:
    title, _, body = line.partition(" | ")
    assert verdict(title, body) == Classification("ok", "200 OK")


@pytest.mark.parametrize(
    "body", ["<p>Verification required", "<h1>Proof of work</h1>", "<p>You are in a queue"]
)
def test_a_heading_of_walls_on_a_page_without_text(body: str) -> None:
    assert verdict("Quay", body).verdict == "blocked"
    assert verdict("Quay", body, 503).verdict == "blocked"
    assert verdict("Quay", f"{body}</p>{ARTICLE}").verdict == "ok"


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


def _grid(row: dict[str, str]) -> Iterator[str]:
    """Yield each thing with each fate, in the thing's gender."""
    for thing, fate in product(row["things"].split(", "), row["fates"].split(", ")):
        name = thing.rstrip("012")
        gender = int(thing[len(name) :] or 0)
        parts = re.split(r"[][]", fate)  # the alternatives in brackets have odd numbers
        parts[1::2] = [part.split("|")[gender] for part in parts[1::2]]
        yield "".join(parts).replace("{}", name)


GRID = msgspec.toml.decode(
    (HERE / "missing_grid.toml").read_bytes(), type=dict[str, dict[str, str]]
)


@pytest.mark.parametrize("language", GRID)
def test_what_happened_to_a_thing_is_recognized_in_its_language(language: str) -> None:
    sentences = [*_grid(GRID[language])]
    assert [
        sentence for sentence in sentences if verdict(sentence, "<p>Harbour.").verdict != "suspect"
    ] == []


def test_missing_things_are_recognized_in_titles_headings_and_texts() -> None:
    sentences = [line for line in lines("missing_things.txt") if not line.startswith("#")]
    pages = [page(f"{sentence} | Quay Log", "<p>Harbour.") for sentence in sentences]
    pages += [page("Quay Log", f"<h1>{sentence}</h1><p>Go home.") for sentence in sentences]
    pages += [page("Quay Log", f"<div>{sentence}</div>") for sentence in sentences]
    assert [shown.raw.decode() for shown in pages if _verdict_of(shown) != "suspect"] == []


def test_titles_of_works_are_not_missing_pages() -> None:
    titles = lines("present_titles.txt")
    pages = [
        (title, text.format(title=title, start=title.partition(":")[0]))
        for title in titles
        for text in (ARTICLE, *SHORT_TEXTS)
    ]
    assert [each for each in pages if verdict(*each).verdict != "ok"] == []


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Not found", "<p>Sorry, we looked everywhere."),
        ("Not found: The Desk", "<p>Go to the home page."),
        ("Nothing here", "<p>The article you are looking for has moved."),
        ("Nicht gefunden", "<p>Zurück zur Startseite"),
        ("Coming soon", ""),
        ("Coming soon", "<p>Our website is on its way."),
        ("Not Found: a novel", "<p>The requested URL was not found on this server."),
        ("Gizmo not found", ""),
        ("Quay", "<header><a href=/>Quay</a></header><div>Sorry, this job has been filled.</div>"),
    ],
)
def test_a_second_sign_beside_a_title_of_a_work(title: str, body: str) -> None:
    assert verdict(title, body).verdict == "suspect"


ORDINARY = """
This Person Does Not Exist | <img src=/face.jpg alt=''>
Missing Link | <p>A restaurant by the harbour.
Private collection | <p>Paintings of the port.
Case closed | <p>A detective story.
Past events | <ul><li>Regatta<li>Market</ul>
Evento privado | <p>Alquila nuestra sala.
Événement privé | <p>Louez notre salle.
Game over | <p>Play again.
Unknown artist | <p>Portrait of a pilot.
The House | <p>A family returns. The house no longer exists. They build another.
The quay | <p>The user does not exist for them: only the tide does. <p>So it is.
Comments | <p>コメントはありません
Stellen | <p>Zurzeit gibt es keine offenen Stellen.
Opening hours | <p>The restaurant is closed on Mondays.
Restaurant | <p>Montags geschlossen.
Error messages | <p>What "page not found" means, and how to write a better text.
remove_file | <p>Removes a file.<p>{LONG}<ul><li>The file does not exist.<li>It is a directory.</ul>
Lost property | <p>Found something? Bring it to the desk.
Search | <p>Find a ship by name.
Suspended bridges | <p>Twelve of them.
Expired film photography | <p>Grain and colour.
A deleted scene | <p>The pilot sleeps.
Removed in 1923 | <p>The crane.
Das Video zum Hafen | <p>Das Video wurde im März gedreht.
La página perdida | <p>Una novela.
Der verschwundene Artikel | <p>Eine Erzählung.
Nothing Here | <p>A page-turner about a home by the sea. Visit our website.
Not Found | <p>In search of a lost harbour, 212 pages.
Justice not found | <p>A search for the truth.
Gone | <p>He left home in March.
"""


@pytest.mark.parametrize("line", ORDINARY.strip().splitlines())
def test_ordinary_short_pages_are_not_missing(line: str) -> None:
    title, _, body = line.replace("{LONG}", "It calls the system. " * 20).partition(" | ")
    assert verdict(title, body) == Classification("ok", "200 OK")
    assert verdict("Quay Log", f"<h1>{title}</h1>{body}") == Classification("ok", "200 OK")


def test_navigation_does_not_make_a_page_long() -> None:
    menu = "<ul>" + "<li><a href=/x>A longish entry of the menu</a></li>" * 60 + "</ul>"
    for around in (f"<nav>{menu}</nav>", f"<footer>{menu * 2}</footer>", menu):
        assert verdict("Video unavailable", around).verdict == "suspect"
    assert verdict("Video unavailable", f"<nav>{menu}{LETTERS}").verdict == "ok"  # never closed


REMOVED = "This video has been removed by the uploader."
LETTERS = "<p>" + "words " * 300  # as many letters as an article has


@pytest.mark.parametrize(
    ("title", "body", "says"),
    [
        ("Quay TV", f"<p>{REMOVED}", REMOVED),
        ("Quay TV", f"<p>Watch Oops! Quay TV {REMOVED} Go home.", f"Quay TV {REMOVED}"),
        ("Quay TV", "<p>THIS account has been suspended.", "THIS account has been suspended."),
        ("Quay TV", "<p>The account has been suspended.", None),  # a report about one
        ("Quay TV", f"<p>{'A. ' * 19}{REMOVED}", REMOVED),
        ("Quay TV", f"<p>{'A. ' * 20}{REMOVED}", None),
        ("Quay TV", f"<p>{REMOVED}{LETTERS}", None),
        ("Video unavailable", "", "Video unavailable"),
        ("Video unavailable | Quay TV", "", "Video unavailable | Quay TV"),
        ("Video unavailable", LETTERS, None),
        ("Quay TV", "<h1>Watch</h1><h2>This video is private</h2>", "This video is private"),
        ("Quay TV", "<h1>Page not found</h1>", "Page not found"),
        ("Page not found", LETTERS, "Page not found"),
        ("Not found", "", "Not found"),
        ("Not found", LETTERS, None),
        ("404: Not found", LETTERS, "404: Not found"),
        ("Quay: page not found", "", "Quay: page not found"),
        ("Page not found: a memoir", "", None),
        ("Quay", "<p>Ships.", None),
    ],
)
def test_the_words_that_report_a_missing_page_are_quoted(
    title: str, body: str, says: str | None
) -> None:
    reason = missing_page_reason(URL(PAGE), URL(PAGE), page(title, body))
    assert reason == (says and f'the page says "{says}"')


@pytest.mark.parametrize(
    ("title", "parked"),
    [
        ("quay.example is for sale", "quay.example is for sale"),
        ("Index of /", "Index of /"),
        ("Quay | This domain may be for sale!", "Quay | This domain may be for sale!"),
        ("Index of / tides | Quay", None),
    ],
)
def test_a_domain_that_is_for_sale(title: str, parked: str | None) -> None:
    for body in ("", LETTERS):
        reason = missing_page_reason(URL(PAGE), URL(PAGE), page(title, body))
        assert reason == (parked and f'the domain looks parked or for sale: "{parked}"')


def test_parked_domains_are_recognized_in_every_language() -> None:
    titles = lines("parked_titles.txt")
    pages = [page(title, body) for title in titles for body in ("", "<p>Quay.")]
    pages += [page("quay.example", f"<h1>{title}</h1>") for title in titles]
    assert [shown.raw.decode() for shown in pages if _verdict_of(shown) != "suspect"] == []


@pytest.mark.parametrize(
    ("requested", "final", "leads"),
    [
        ("/a", "/404", "/404"),
        ("/a", "/en/404.html", "/en/404.html"),
        ("/a", "/page-not-found/", "/page-not-found/"),
        ("/404", "/404", None),  # a page about the number
        ("/a-page-not_found/b", "/404", None),
        ("/a1404", "/404", "/404"),
        ("/a", "/gone", "/gone"),
        ("/gone", "/gone", None),  # its own address
        ("/a", "/gone/b", None),
        ("/a", "/" + "a" * 90 + "/404", "/" + "a" * 78 + "…"),
    ],
)
def test_an_address_that_leads_to_an_error_page(
    requested: str, final: str, leads: str | None
) -> None:
    one, two = (URL(f"https://quay.example{path}") for path in (requested, final))
    reason = missing_page_reason(one, two, page("Quay", "<p>Ships."))
    assert reason == (leads and f"leads to {leads}, an error page")


@pytest.mark.parametrize("file", ["CHANGELOG.md", "docs/how-to/links.md"])
def test_the_number_of_languages_in_the_docs_is_that_of_the_table(file: str) -> None:
    table = missing_pages()
    languages = {name.partition("-")[0] for name in (*table.catalogue, *table.languages)}
    text = " ".join((HERE.parents[1] / file).read_text("utf-8").split())
    assert re.findall(r'"Not found" is recognized in (\d+) languages', text) == [
        str(len(languages))
    ]


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
        ("https://docs.example/a", "https://old.example/2020/https://docs.example/a", "ok", True),
        ("https://docs.example/a?b", "https://old.example/docs.example%2Fa%3Fb", "ok", True),
        ("https://docs.example/", "https://old.example/2020/https://docs.example/", "moved", True),
        ("https://docs.example/a", "https://docs.example/x/docs.example/a", "moved", True),
        ("https://docs.example/a", "https://reader@docs.example/b", "ok", True),
        ("https://docs.example/Newest/a", "https://docs.example/3/a", "ok", True),
        ("https://docs.example/LATEST/a", "https://docs.example/latest/b", "moved", True),
        ("https://docs.example/a", "https://docs.example/a/amp", "ok", True),
        ("https://docs.example/a", "https://docs.example/b/amp", "moved", True),
        ("https://docs.example/a", "https://docs.example/a?AMP=1", "ok", True),
        ("https://docs.example/a?amp=1", "https://docs.example/a?amp=2", "moved", True),
        ("https://docs.example/a", "https://amp.docs.example/a", "ok", True),
        ("https://m.docs.example/a", "https://mobile.docs.example/a", "moved", True),
        ("https://docs.example/a", "https://m.pier.example/a", "moved", True),
        ("https://docs.example/a", "https://docs.example/pt-br/de/a", "moved", False),
        ("https://docs.example/a", "https://pier.example/de/a", "moved", True),
        ("https://docs.example/a", "https://docs.example/de/b", "moved", True),
        ("https://docs.example/a?hl=en", "https://docs.example/a?hl=pt", "moved", True),
        ("https://docs.example/a/c/d", "https://docs.example/a/b/index.html", "moved", True),
        ("https://docs.example/a/c/d", "https://docs.example/a/c/index.html", "suspect", True),
        ("https://docs.example/a/c", "https://docs.example/a/c/index.html", "moved", True),
    ],
)
def test_fixes_are_those_of_a_careful_editor(
    link: str, goal: str, verdict: str, fixable: bool
) -> None:
    reply = HttpReply(URL(goal), 200, {}, SimpleCookie(), page("The quiet port", "<p>Tides."))
    result = classify(URL(link), reply, (301,), "")
    assert (result.verdict, result.fixable) == (verdict, fixable)


def judged(
    link: str, goal: str, hops: tuple[int, ...], *, status: int = 200, fragment: str = ""
) -> Classification:
    reply = HttpReply(
        URL(goal, encoded=True), status, {}, SimpleCookie(), page("The quiet port", "<p>Tides.")
    )
    return classify(URL(link), reply, hops, fragment)


QUAY = "https://quay.example"
LEFT = f"{QUAY}/news/2019/ports"


@pytest.mark.parametrize(
    ("link", "goal", "hops", "fragment", "expected"),
    [
        (LEFT, LEFT, (), "", Classification("ok", "200 OK")),
        (LEFT, f"{QUAY}/b", (302,), "", Classification("ok", "200 OK")),
        (LEFT, f"{QUAY}/b", (301, 303), "", Classification("ok", "200 OK")),
        (
            LEFT,
            f"{QUAY}/b",
            (301, 308),
            "",
            Classification("moved", f"moved to {QUAY}/b", f"{QUAY}/b"),
        ),
        (
            LEFT,
            f"{QUAY}/b",
            (301,),
            "part",
            Classification("moved", f"moved to {QUAY}/b#part", f"{QUAY}/b#part"),
        ),
        (LEFT, f"{LEFT}?utm_source=x", (301,), "", Classification("ok", "200 OK")),
        (
            LEFT,
            f"{QUAY}/b?utm_source=x&c=1",
            (301,),
            "",
            Classification("moved", f"moved to {QUAY}/b?c=1", f"{QUAY}/b?c=1"),
        ),
        (
            f"{LEFT}?utm_source=x",
            f"{QUAY}/b?utm_source=x",
            (301,),
            "",
            Classification("moved", f"moved to {QUAY}/b?utm_source=x", f"{QUAY}/b?utm_source=x"),
        ),
        (
            LEFT,
            LEFT,
            (301,),
            "part",
            Classification("moved", f"moved to {LEFT}#part", f"{LEFT}#part"),
        ),
        (LEFT, LEFT.replace("https", "http"), (301,), "", Classification("ok", "200 OK")),
        (
            LEFT,
            "http://quay.example/b",
            (301,),
            "",
            Classification(
                "moved",
                "moved to http://quay.example/b",
                "http://quay.example/b",
                fixable=False,
            ),
        ),
        (
            LEFT.replace("https", "http"),
            LEFT,
            (301,),
            "",
            Classification("moved", f"moved to {LEFT}", LEFT),
        ),
        (
            LEFT,
            f"{QUAY}/",
            (301,),
            "",
            Classification("suspect", f"redirects to the home page, {QUAY}/"),
        ),
        (LEFT, f"{QUAY}/", (302,), "part", Classification("ok", "200 OK")),
        (
            LEFT,
            f"{QUAY}/news/",
            (301,),
            "",
            Classification("suspect", f"redirects to a parent folder, {QUAY}/news/"),
        ),
        (LEFT, f"{QUAY}/news/", (302,), "", Classification("ok", "200 OK")),
        (
            LEFT,
            f"{QUAY}/news/",
            (301,),
            "part",
            Classification("moved", f"moved to {QUAY}/news/#part", f"{QUAY}/news/#part"),
        ),
        (
            LEFT,
            f"{QUAY}/search?q=ports",
            (301,),
            "",
            Classification("suspect", f"redirects to a list or search, {QUAY}/search?q=ports"),
        ),
        (LEFT, f"{QUAY}/search?q=ports", (302,), "", Classification("ok", "200 OK")),
        (
            LEFT,
            f"{QUAY}/login",
            (302,),
            "",
            Classification("blocked", "redirects to a sign-in page at quay.example"),
        ),
        (
            LEFT,
            "https://consent.pier.example/x",
            (301,),
            "",
            Classification("blocked", "redirects to a consent page at consent.pier.example"),
        ),
        (f"{QUAY}/login", f"{QUAY}/login", (), "", Classification("ok", "200 OK")),
    ],
)
def test_the_verdict_on_a_redirect_and_its_reason(
    link: str, goal: str, hops: tuple[int, ...], fragment: str, expected: Classification
) -> None:
    assert judged(link, goal, hops, fragment=fragment) == expected


@pytest.mark.parametrize(
    ("path", "query", "asks"),
    [
        ("/a/b", "next=/a/b", True),
        ("/a/b", "next=https%3A%2F%2Fquay.example%2Fa%2Fb%3Fc", True),
        ("/a/", "next=/a/", False),  # too short to be meant
        ("/a/b", "tag=/a/b", False),
        ("/a/b", "next=/a/c", False),
        ("/a%20b", "next=/a%20b", True),
    ],
)
def test_a_form_that_leads_back_to_the_page(path: str, query: str, asks: bool) -> None:
    found = judged(f"{QUAY}{path}", f"{QUAY}/x?{query}", (302,))
    assert (found.verdict == "blocked") is asks


REFUSES = "the server refuses automated requests"
PROXY = "a proxy or firewall responded instead of the site"


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        (200, "ok", "200 OK"),
        (299, "ok", "299"),
        (300, "ok", "300 Multiple Choices"),
        (301, "broken", "301 Moved Permanently without an address to go to"),
        (304, "ok", "304 Not Modified"),
        (305, "broken", "305 Use Proxy without an address to go to"),
        (400, "broken", "400 Bad Request"),
        (401, "blocked", f"401 Unauthorized: {REFUSES}"),
        (402, "blocked", f"402 Payment Required: {REFUSES}"),
        (404, "broken", "404 Not Found"),
        (405, "broken", "405 Method Not Allowed"),
        (408, "timeout", "408 Request Timeout"),
        (410, "broken", "410 Gone"),
        (417, "broken", "417 Expectation Failed"),
        (418, "blocked", f"418 I'm a Teapot: {REFUSES}"),
        (420, "blocked", f"420: {REFUSES}"),
        (427, "blocked", f"427: {REFUSES}"),
        (428, "blocked", f"428 Precondition Required: {REFUSES}"),
        (430, "blocked", f"430: {REFUSES}"),
        (444, "blocked", f"444: {REFUSES}"),
        (451, "blocked", f"451 Unavailable For Legal Reasons: {REFUSES}"),
        (500, "broken", "500 Internal Server Error"),
        (509, "blocked", f"509: {PROXY}"),
        (511, "blocked", f"511 Network Authentication Required: {REFUSES}"),
        *((status, "broken", f"{status}") for status in (*range(520, 528), 530)),
        *((status, "blocked", f"{status}: {PROXY}") for status in (528, 529, 598, 599)),
        (999, "blocked", f"999: {REFUSES}"),
    ],
)
def test_the_verdict_on_a_status_and_its_reason(status: int, verdict: str, reason: str) -> None:
    found = judged(LEFT, LEFT, (), status=status)
    assert (found.verdict, found.reason, found.moved_to, found.fixable) == (
        verdict,
        reason,
        None,
        True,
    )


# --- pages that scripts fill ----------------------------------------------------------------------

_MENU = "<nav>" + "<a href=/x>A longish entry of the menu</a> " * 20 + "</nav>"
_SCRIPT = "<script src=/a.js defer></script>"
_LOADER = (
    "<script>var s=document.createElement('script');s.src='/a.js';document.body.append(s)</script>"
)
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
    f"{_MENU}<main><div class=spinner></div></main>{_SCRIPT}",
    f"{_MENU}<div id=root><div class=s><div class=t><span></span><img src=/loading.gif></div></div></div>{_SCRIPT}",
    f"{ARTICLE}<div id=app><div><p></div></div>{_SCRIPT}",
    f"{_MENU}<div id=feed><ul></ul></div>{_LOADER}",
    f"<p>Reports{_LOADER}",
    "<iframe src=/inner></iframe>",
    "<p>Reports<iframe title=x src='https://reports.example/7'></iframe>",
    "<frameset cols='20%,80%'><frame src=/menu><frame src=/body></frameset>",
    f"{ARTICLE}<div class=lazy data-src=/parts/faq></div>",
    f"{ARTICLE}<section data-endpoint='/parts/faq'></section>",
    f"{ARTICLE}<meta name=author content='Gogs'>",
    f"{ARTICLE}<meta name=keywords content='go, git, self-hosted, gogs'>",
    f"{ARTICLE}<p>Powered by <a href=https://gogs.io>Gogs</a>",
    f"{ARTICLE}<meta property=og:site_name content=Gitee>",
    f"{ARTICLE}<script src=https://cdn.vsassets.io/v/M250/x.js></script>",
    f"{_MENU}<iframe src=/inner></iframe>",
    f"{ARTICLE}<meta name=forge:name content=sr.ht>",
    f"<a href='https://sr.ht'>sourcehut</a>{ARTICLE}",
    f"{ARTICLE}<script src=/js/gogs.js></script>",
    f"{_MENU}<div id=content>Wird geladen …</div>{_SCRIPT}",
    f"{_MENU}<div id=content>加载中...</div>{_SCRIPT}",
    f"{_MENU}<my-page><my-spinner></my-spinner></my-page>{_SCRIPT}",
)


@pytest.mark.parametrize("body", SHELLS)
def test_nothing_is_missing_if_scripts_fill_the_page(body: str) -> None:
    assert missing_anchors(page("Harbour Desk", body), ["faq"]) == ()


@pytest.mark.parametrize(
    "title",
    [
        "~ada/tides - sourcehut git",
        "tides - Azure DevOps",
        "ada/tides - Gitee.com",
        "Repos | Azure DevOps",
    ],
)
def test_nothing_is_missing_on_code_hosts(title: str) -> None:
    assert missing_anchors(page(title, ARTICLE), ["faq"]) == ()


WHOLE = (
    "",
    f"<div id=advert></div>{_SCRIPT}",
    f"<div id=app-banner></div>{_SCRIPT}",
    f"<div id=app-banner><div></div></div>{_SCRIPT}{_LOADER}",
    f"<div class=cookie-container></div>{_SCRIPT}",
    f"<div id=modal-root></div><div class='page-header'></div>{_SCRIPT}",
    f"<smart-app-banner></smart-app-banner>{_SCRIPT}",
    f"<div id=root><p>Noon</p></div>{_SCRIPT}",
    f"<div id=app><img src=/chart.png></div>{_SCRIPT}",
    "<div class=lazy data-src=/quay.jpg></div>",
    "<iframe src=https://maps.example/x></iframe>",
    "<script>track()</script>",
    "<script type=application/ld+json>{}</script>",
    f"<div id=app>Loading docks are open.{_SCRIPT}",
)


@pytest.mark.parametrize("part", WHOLE)
def test_a_missing_anchor_is_reported(part: str) -> None:
    assert missing_anchors(page("Log", f"{ARTICLE}{part}"), ["faq"]) == ("faq",)
    assert missing_anchors(page("Log", f"{part}{ARTICLE}"), ["faq"]) == ("faq",)


@pytest.mark.parametrize("part", ["<div id=app-banner></div>", "<div id=ad-slot></div>"])
def test_a_missing_anchor_is_reported_on_a_page_of_some_length(part: str) -> None:
    text = "<p>The pilots wait for the tide, and the tide waits for nobody.</p>" * 6
    assert missing_anchors(page("Log", f"{part}{text}{_SCRIPT}"), ["faq"]) == ("faq",)
