"""Topics of a tag line are split by known topics, else by separators and capitals."""

from __future__ import annotations

from newsletter.importers.structure.topics import split_topics
from tests.desk import Desk

KNOWN = ("climate", "Supply Chain", "Ports", "Trade", "fishing quotas")
CASES = [
    ("ports, trade routes, crane safety", ("Ports", "trade routes", "crane safety")),
    ("Ports Trade Supply Chain Climate", ("Ports", "Trade", "Supply Chain", "climate")),
    ("ports trade supply chain", ("Ports", "Trade", "Supply Chain")),
    ("PortsTradeSupply Chain", ("Ports", "Trade", "Supply Chain")),
    ("Ports Crane Safety, Trade", ("Ports Crane Safety", "Trade")),
    ("Ports Trade, Tides", ("Ports", "Trade", "Tides")),
    ("Tides Pilots", ("Tides", "Pilots")),
    ("#ports #tides", ("Ports", "tides")),
    ("a long topic of words", ("a long topic of words",)),
    ("Airports and reports", ("Airports and reports",)),
    ("Ports – Tides Trade", ("Ports", "Tides", "Trade")),
    ("#Tides Ports #Trade", ("Tides Ports", "Trade")),
    ("Tides # Ports", ("Tides", "Ports")),
    ("Tides — Ports", ("Tides", "Ports")),
    ("Ports # Trade - ", ("Ports", "Trade")),
    ("ports,, trade;", ("Ports", "Trade")),
    ("ports / tides", ("Ports", "tides")),
    ("AND/OR · x", ("AND/OR", "x")),
    ("Ports & Trade", ("Ports", "Trade")),
    ("Ports and Trade", ("Ports", "Trade")),
    ("Trade Unions", ("Trade", "Unions")),
    ("trade-offs", ("trade-offs",)),
    ("free-trade zones", ("free-trade zones",)),
    ("Ports Trade | Tides", ("Ports", "Trade", "Tides")),
    ("Supply Chains", ("Supply", "Chains")),
    ("Ports Portside", ("Ports", "Portside")),
    ("portsTrade", ("Ports", "Trade")),
    ("Ports2 Trade", ("Ports2", "Trade")),
    ("PORTS ports", ("Ports",)),
    (" , ", ()),
    ("", ()),
]


def test_topics_are_split() -> None:
    assert [(listed, split_topics(listed, KNOWN)) for listed, _ in CASES] == CASES


def test_without_known_topics_separators_and_capitals_split() -> None:
    assert split_topics("Tides Pilots cranes") == ("Tides", "Pilots cranes")
    assert split_topics("Tides Pilots, cranes") == ("Tides Pilots", "cranes")


def test_topics_of_earlier_issues_and_of_the_archive_are_known(desk: Desk) -> None:
    desk.write(
        "issues/2026-02-22-old/issue.yaml", "title: Old\ntags: [Sea levels, 'Crane safety']\n"
    )
    desk.write(
        "issues/2026-02-22-old/10-note.md", "---\nkind: note\ntags:\n  - Pilots\n---\nOld.\n"
    )
    settings = (desk.root / "newsletter.toml").read_text("utf-8")
    desk.write("newsletter.toml", f'{settings}\n[archive.topics]\nberths = "Berth nine"\n')
    desk.write(
        "draft.txt",
        "Cranes, debunked\n\nAuthor: Mira Oduya\n\nsea levels pilots crane safety berth nine"
        " 02-March-2026 by the tide table\n\nNothing moves.\n\n[Reference: https://pilots.example/]\n",
    )
    desk.run("import", "draft.txt", "--date", "2026-03-08", "--slug", "new")
    (section,) = (desk.root / "issues/2026-03-08-new").glob("10-*.md")
    assert "tags: [Sea levels, Pilots, Crane safety, Berth nine]" in section.read_text("utf-8")
