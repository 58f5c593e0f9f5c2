"""Import, check and build from end to end: three writers, three programs, three emails.

A weekly letter from Word, a digest from Google Docs, and a roundup of links received as an email
are imported, checked and built with the commands an editor would type; then both parts of the
resulting email are compared.
"""

from __future__ import annotations

import email.message
import email.policy
import io
import re
from email.parser import BytesParser
from pathlib import Path

import pytest
from PIL import Image

from tests.desk import Desk

MASTHEAD = """\
people:
  mira:  {name: Mira Oduya}
  tomas: {name: Tomás Leal}
teams:
  desk: {name: The Harbour Desk, members: [mira, tomas]}
roles:
  essay:      {label: Essay}
  data:       {label: Data}
  postscript: {label: Postscript}
defaults:
  produced_by: desk
  location: Lisbon, Portugal
"""
LONG = (
    "The crane stands with its arm up, like somebody waiting for a bus. Ships that come when they said they would need "
    "no queue, and a queue is most of what one sees of a port. "
)


def image() -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (400, 300), (9, 90, 90)).save(data, "PNG")
    data.seek(0)
    return data


def written_in_word(path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("Cranes, Cables and Container Queues", style="Title")
    document.add_paragraph("This week, why the quietest berth is the busiest.", style="Subtitle")
    document.add_heading("The Quiet Berth", 1)
    document.add_paragraph("By Mira Oduya")
    line = document.add_paragraph(LONG)
    line.add_run("Nothing moves").italic = True
    line.add_run(" at berth nine.")
    document.add_heading("How a queue begins", 2)
    document.add_paragraph(LONG)
    document.add_picture(image())
    document.add_heading("The pilots get a second boat, and this one has a heated deck", 1)
    document.add_paragraph(
        "The second boat arrived on Thursday. The old one goes to the fire brigade."
    )
    document.add_heading("Data: Ships at berth nine", 1)
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(
        table.rows, [("Quarter", "Calls"), ("First", "290"), ("Second", "310")], strict=True
    ):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.add_heading("Postscript", 1)
    document.add_paragraph(
        "Last week we wrote that the fish market opens at five. It opens at four."
    )
    for words in ("Essay: Mira Oduya", "Data and Postscript: Tomás Leal"):
        document.add_paragraph(words)
    document.add_paragraph("Produced by The Harbour Desk in Porto, Portugal")
    document.save(str(path))


def exported_from_docs(path: Path) -> None:
    link = "https://www.google.com/url?q=https://locks.example/estuary&amp;sa=D&amp;ust=1&amp;usg=x"
    path.write_text(
        '<html><head><meta charset="utf-8"><style type="text/css">.c1{font-style:italic}</style></head>'
        '<body class="c9 doc-content"><h1 class="c3"><span>Harbours, Two Ways</span></h1>'
        "<h2><span>The Lock That Never Closes</span></h2><p><span>Author: Mira Oduya</span></p>"
        "<p><span>locks, Lisbon 02-March-2026 by quay.example</span></p>"
        '<p><span>There is a lock in the old basin that has been </span><span class="c1">open</span><span> since 1951. '
        "Its gates are oak and could be shut in an hour; nobody remembers how.</span></p>"
        f'<p><span>[Reference: </span><span><a href="{link}">https://locks.example/estuary</a></span><span>]</span></p>'
        "<h2><span>A Light on the South Mole</span></h2><p><span>Author: Tomás Leal</span></p>"
        "<p><span>lights 03-March-2026 by quay.example</span></p>"
        "<p><span>The light on the south mole turns once in twelve seconds. Seen from the town it seems to "
        "hesitate over the market, which is an effect of the hill behind it.</span></p>"
        '<p><span>[Reference: <a href="https://lights.example/mole">https://lights.example/mole</a>]</span></p>'
        "</body></html>",
        encoding="utf-8",
    )


def sent_as_email(path: Path) -> None:
    mail = email.message.EmailMessage(policy=email.policy.default)
    mail["Subject"] = "Small Tools Weekly 88"
    mail["From"] = "Ada Berg <ada@tools.example>"
    mail["To"] = "desk@quay.example"
    mail["Date"] = "Thu, 12 Mar 2026 08:00:00 +0100"
    mail.set_content("Articles, and one release.")
    mail.add_alternative(
        "<h2>Articles</h2><ul><li><a href='https://cache.example/forgets?utm_source=mail'>How a cache forgets</a></li>"
        "<li><a href='https://flames.example/reading'>Reading a flame graph</a></li></ul>"
        "<h2>Releases</h2><ul><li><a href='https://quaywall.example/2'>Quaywall 2.0</a>, a web server</li>"
        "<li><a href='https://tidetable.example/1'>Tidetable 1.4</a></li></ul>",
        subtype="html",
    )
    path.write_bytes(mail.as_bytes())


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.write("credits.yaml", MASTHEAD)
    written_in_word(desk.root / "cranes.docx")
    exported_from_docs(desk.root / "HarboursTwoWays.html")
    sent_as_email(desk.root / "tools.eml")
    return desk


def imported(desk: Desk, *arguments: str) -> str:
    """Import, replace the placeholder preheader, check and build; return the issue's slug."""
    there = {path.name for path in (desk.root / "issues").iterdir()}
    ran = desk.run("import", *arguments)
    assert ran.code in (0, 1), ran.err  # 1 while the preheader is a placeholder
    (slug,) = {path.name for path in (desk.root / "issues").iterdir()} - there
    issue = desk.root / "issues" / slug / "issue.yaml"
    issue.write_text(
        re.sub(
            r"preheader: TK.*", "preheader: What the harbours had to say.", issue.read_text("utf-8")
        ),
        "utf-8",
    )
    checked = desk.run("check", slug)
    assert checked.code == 0, checked.err
    assert desk.run("build", slug).code == 0
    return slug


def parts(desk: Desk, slug: str) -> tuple[email.message.EmailMessage, str, str]:
    """Return the email, its HTML and its text."""
    data = (desk.root / "dist" / slug / "message.eml").read_bytes()
    mail = BytesParser(policy=email.policy.default).parsebytes(data)
    assert isinstance(mail, email.message.EmailMessage)
    html, text = (mail.get_body((kind,)) for kind in ("html", "plain"))
    assert html
    assert text
    page = html.get_content().replace("&nbsp;", " ").replace("\xa0", " ")
    return mail, page, " ".join(text.get_content().split())


def test_a_letter_from_word(desk: Desk) -> None:
    slug = imported(desk, "cranes.docx", "--date", "2026-03-08")
    kinds = [
        path.stem.partition("-")[2] for path in sorted((desk.root / "issues" / slug).glob("*.md"))
    ]
    assert kinds == ["essay", "brief", "data", "postscript"]
    email, html, text = parts(desk, slug)
    assert email["Subject"] == "Cranes, Cables and Container Queues"
    for words in (
        "This week, why the quietest berth is the busiest.",
        "The Quiet Berth",
        "How a queue begins",
        "The pilots get a second boat, and this one has a heated deck",
        "Ships at berth nine",
        "It opens at four.",
    ):
        assert words in html
        assert words.casefold() in text.casefold()
    assert (
        "Essay: Mira Oduya Data and Postscript: Tomás Leal Produced by The Harbour Desk in Porto, Portugal"
        in text
    )
    assert len(list((desk.root / "dist" / slug / "images").iterdir())) == 1
    assert re.search(r"<em[^>]*>Nothing moves</em>", html)
    assert text.index("290") < text.index("310")


def test_a_digest_from_google_docs(desk: Desk) -> None:
    slug = imported(desk, "HarboursTwoWays.html", "--date", "2026-03-15")
    email, html, text = parts(desk, slug)
    assert email["Subject"] == "Harbours, Two Ways"
    assert "https://locks.example/estuary" in text
    assert "google.com" not in html + text
    for words in (
        "The Lock That Never Closes",
        "Mira Oduya",
        "A Light on the South Mole",
        "Tomás Leal",
    ):
        assert words.casefold() in text.casefold()
    section = (desk.root / "issues" / slug / "10-brief.md").read_text("utf-8")
    assert section.startswith(
        "---\nkind: brief\ntitle: The Lock That Never Closes\nby: mira\ndate: 2026-03-02\ntags: [locks, Lisbon]\n"
        'source: "https://locks.example/estuary"\n---\n'
    )


def test_a_roundup_from_an_email(desk: Desk) -> None:
    slug = imported(desk, "tools.eml")
    assert slug == "2026-03-12-small-tools-weekly-88"
    email, _, text = parts(desk, slug)
    assert email["Subject"] == "Small Tools Weekly 88"
    names = sorted(path.name for path in (desk.root / "issues" / slug).glob("*.md"))
    assert names == ["10-links.md", "20-links.md"]
    assert "https://cache.example/forgets" in text
    assert "utm_source" not in text
    assert "Quaywall 2.0" in text
