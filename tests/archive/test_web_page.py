"""The "read on the web" link of every email leads to an existing page, and `check` reports where it
does not.
"""

from __future__ import annotations

import json

import pytest

from newsletter.model import Publication
from newsletter.render.merge import spell
from tests.archive.sample import DIGEST, URL, WEEKLY, add
from tests.desk import Desk

RECEIPT = {"target": "listmonk", "type": "listmonk", "sha256": "0" * 64, "at": "2026-03-15"}


def missing_page_messages(desk: Desk, slug: str) -> list[str]:
    ran = desk.run("check", slug, "--select", "NL861", "--format", "json")
    return [finding["message"] for finding in json.loads(ran.out)["findings"]]


def test_every_email_links_to_a_page_of_the_site(copy: Desk) -> None:
    assert copy.run("build", "--all").code in (0, 1)  # the draft may have errors
    for email in (copy.root / "dist").glob("*/email.html"):
        slug = email.parent.name
        assert f'href="{URL}/{slug}/"' in email.read_text("utf-8")
        if slug != "2027-02-07-draft":
            assert (copy.root / "site" / slug / "index.html").is_file()


def test_an_issue_published_before_its_page_exists_is_a_finding(copy: Desk) -> None:
    copy.write(f"issues/{DIGEST}/published.json", json.dumps({"receipts": [RECEIPT]}))
    assert missing_page_messages(copy, DIGEST) == []
    (copy.root / "site" / DIGEST / "index.html").unlink()
    assert missing_page_messages(copy, DIGEST) == [
        f"Published to listmonk before its page exists: {URL}/{DIGEST}/"
    ]


def test_an_issue_without_a_page_is_a_finding(copy: Desk) -> None:
    add(copy, WEEKLY, "archive: false\n")
    assert missing_page_messages(copy, WEEKLY) == [
        f"The email links to {URL}/{WEEKLY}/, which `archive: false` leaves out of the archive"
    ]


@pytest.mark.parametrize("style", ["listmonk", "mailchimp", "buttondown", "ghost"])
def test_the_link_can_point_to_the_archive_with_every_service(style: str) -> None:
    publication = Publication("Quay", URL, merge=style, own_web_url=True)  # type: ignore[arg-type]
    assert spell("%%web_url%%", publication, f"{URL}/x/", html=True) == f"{URL}/x/"
