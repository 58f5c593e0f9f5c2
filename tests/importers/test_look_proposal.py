"""A saved email or page gives a ready-to-use `[theme]` table; nothing in it is copied or run."""

from __future__ import annotations

import tomllib
from email.message import EmailMessage

import pytest

from newsletter.importers.look.look_proposal import LookProposal, propose_look
from newsletter.importers.look.look_toml import proposal_toml
from newsletter.pipeline.library import build_email, open_workspace
from tests.desk import SLUG, Desk

PAGE = """<html><head><style>
body {{ font-family: {font}; color: #222; line-height: 1.9 }}
.in {{ max-width: 600px; margin: auto }}
.in a:link {{ /* editable */ color: #b3261e }}
@media (max-width: 480px) {{ .in a {{ color: #00ff00 }} }}
</style></head><body><table width="600" class="in"><tr><td>
<a href="https://tide.example/"><img src="https://cdn.example/a/Tide-Logo.png" alt="The Tide" width="180" height="40"></a>
<img src="https://open.example/pixel.gif" width="1" height="1">
<h1 style="font-family: {font}">Low water</h1>
{body}
<a href="https://tide.example/more" style="background:#b3261e;color:#fff;padding:12px">Read it all</a>
<p>Forwarded this email? <a href="https://tide.example/join?utm_source=mail">Forwarded to you? Subscribe here</a></p>
<p><a href="https://tide.example/about?utm_source=mail&amp;fbclid=1">About us</a> <a href="https://social.example/@tide"><img
src="m.png" alt="Mastodon" width="24"></a> <a href="https://click.mail.example/ls/click?upn=x">Podcast</a>
<a href="https://tide.example/unsubscribe">Unsubscribe</a> <a href="#">View in browser</a></p>
</td></tr></table></body></html>"""
PROSE = "<p>The harbour was quiet for a week, and nobody asked why the cranes stood still. " * 12
SERIF, SANS = "Georgia, 'Times New Roman', serif", "Inter, Helvetica, sans-serif"


def page(font: str = SERIF, body: str = PROSE) -> bytes:
    return PAGE.format(font=font, body=body).encode()


def test_a_page_gives_a_theme_table() -> None:
    proposal = propose_look(page(), "tide.html")
    assert (
        proposal_toml(proposal)
        == """\
[theme]
name = "default"  # nearest: a serif font and long texts
accent = "#b3261e"
width = 560
density = "airy"
# logo = {src = "tide-logo.png", alt = "The Tide", width = 180}

[theme.masthead]
forwarded = {text = "Forwarded to you? Subscribe here", url = "https://tide.example/join"}

[theme.foot]
links = [
  {text = "Forwarded to you? Subscribe here", url = "https://tide.example/join"},
  {text = "About us", url = "https://tide.example/about"},
  {text = "Mastodon", url = "https://social.example/@tide"},
]"""
    )
    assert proposal.notes == (
        "the logo's file: save the image as templates/<theme>/images/tide-logo.png",
        "where 1 footer link leads (a placeholder or a tracker): Podcast",
    )


BRIEFS = "".join(f"<h2>Brief {n}</h2><p>{'Short news of the port. ' * 9}</p>" for n in range(7))
CARDS = "".join(
    f'<div style="border:1px solid #ddd"><a href="https://tide.example/{n}">Article {n}</a> '
    f"{'By the desk, on ships. ' * 4}</div>"
    for n in range(4)
)
LETTER = "<p>Dear all,</p>" + PROSE

# font, body, the nearest look, the proposed font
NEAREST = (
    (SERIF, PROSE, "default", None),
    (SERIF, BRIEFS, "broadsheet", None),
    (SANS, PROSE, "signal", None),
    (SANS, CARDS, "digest", None),
    (SERIF, CARDS, "digest", "serif"),
    ("'Roboto Slab', serif", PROSE, "default", "slab"),
    ("Menlo, monospace", PROSE, "signal", "mono"),
)


@pytest.mark.parametrize(("font", "body", "look", "proposed"), NEAREST)
def test_the_nearest_look_is_proposed(
    font: str, body: str, look: str, proposed: str | None
) -> None:
    proposal = propose_look(page(font, body), "tide.html")
    assert (proposal.look, proposal.font) == (look, proposed)


def test_a_letter_without_design_is_plain() -> None:
    html = f'<div>{LETTER}<a href="https://tide.example/">The Tide</a></div>'
    assert propose_look(html.encode(), "letter.html").look == "plain"


def mailed(data: bytes) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Low water"
    message.set_content("Low water\n")
    message.add_alternative(data.decode(), subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize("html", [page(), page(SANS, CARDS)], ids=["letter", "cards"])
def test_an_email_gives_the_same_table_as_its_html(html: bytes) -> None:
    plain = propose_look(html, "a")
    assert propose_look(mailed(html), "a") == plain


HOSTILE = (
    '<a href="https://x.example/&quot;]\n[smtp]\nhost=1">A "quote" \\ and </style> </a>',
    '<a href="javascript:alert(1)">Run me</a>',
    '<a href="https://x.example/a{{ user.email }}">Yours</a>',
    "<a href='https://x.example/ok'>'''\x0b multi\u202e line\n\n[check]</a>",
    '<img src="logo\\..\\..\\x.png" alt="Logo &quot;] evil" width="9999">' * 3,
)


@pytest.mark.parametrize("markup", HOSTILE)
def test_any_text_of_a_page_stays_a_toml_value(markup: str, desk: Desk) -> None:
    proposal = propose_look(f"<p>{PROSE}</p>{markup}".encode(), "x.html")
    toml = proposal_toml(proposal)
    assert set(tomllib.loads(toml)) == {"theme"}
    assert "javascript" not in toml
    assert "{{" not in toml
    desk.write("newsletter.toml", f'name = "Q"\nurl = "https://quay.example"\n\n{toml}\n')
    build_email(open_workspace(desk.root), SLUG)  # the proposal is accepted as it is


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "No HTML in x"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "No text in a known encoding: x"),
        (b"Only words", "No HTML in x"),
        (b"<p>" + b"x" * 10_000_000, "x has 10 MB; the limit is 10 MB"),
        (b"<html><body></body></html>", "No text in x"),
        (b"Subject: Hello\n\nOnly text", "No HTML part in x"),
    ],
)
def test_a_file_that_is_not_a_page_is_refused(data: bytes, message: str, desk: Desk) -> None:
    desk.write("x", data)
    ran = desk.run("theme", "from", "x")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    "text", ["<table>" * 3000, "<p " * 2000, "<style>a{" * 500, "<div><a href=x>" * 400]
)
def test_a_broken_page_still_gives_a_table(text: str) -> None:
    assert isinstance(propose_look(f"<p>Words</p>{text}".encode(), "x"), LookProposal)


def test_the_command_prints_the_table_and_what_could_not_be_read(desk: Desk) -> None:
    desk.write("tide.html", page())
    ran = desk.run("theme", "from", "tide.html")
    assert ran.code == 0
    assert tomllib.loads(ran.out)["theme"]["accent"] == "#b3261e"
    assert "Not read: where 1 footer link leads (a placeholder or a tracker): Podcast" in ran.err
    assert '"look": "default"' in desk.run("theme", "from", "tide.html", "--json").out
    assert desk.run("theme", "from", "none.html").err.startswith("error: No such file: none.html")
