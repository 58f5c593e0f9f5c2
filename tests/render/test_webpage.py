"""The page of the web archive: what search engines read, and no field for a reader."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from msgspec.structs import replace

from newsletter.model import Email, Image, Publication
from newsletter.pipeline.library import build_email, open_workspace
from newsletter.render.digest import reader_digest, sender_name
from newsletter.render.webpage import without_recipient
from tests.desk import SLUG, Desk

QUAY = Publication("The Quay", "https://quay.example", unsubscribe_url="https://quay.example/?a&b")


def structured(page: str) -> str:
    return page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]


def test_structured_data_cannot_close_its_script(desk: Desk) -> None:
    yaml = desk.issue / "issue.yaml"
    title = "Ships </script><script>alert(1)</script> & <!-- piers"
    lines = [
        f"title: {json.dumps(title)}" if line.startswith("title:") else line
        for line in yaml.read_text("utf-8").splitlines()
    ]
    desk.write(f"issues/{SLUG}/issue.yaml", "\n".join(lines) + "\n")
    text = structured(build_email(open_workspace(desk.root), SLUG).web)
    assert not set("<>&") & set(text)
    assert "\\u003c/script\\u003e" in text
    data = json.loads(text)
    assert data["headline"] == title
    assert (data["@context"], data["@type"]) == ("https://schema.org", "NewsArticle")
    assert data["inLanguage"] == "en"
    assert data["description"] == "One ship came in."
    assert data["wordCount"] == 4
    assert dt.date.fromisoformat(data["datePublished"]) == dt.date(2026, 3, 1)
    assert data["url"] == data["mainEntityOfPage"] == f"https://quay.example/{SLUG}/"
    assert data["publisher"]["@type"] == "Organization"
    assert "keywords" not in data, "what is empty is left out"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("%%web_url%%", "https://quay.example/x?a&amp;b"),
        ("%%unsubscribe_url%%", "https://quay.example/?a&amp;b"),
        ("Dear %%first_name|reader%%,", "Dear reader,"),
        ("Dear %%name%%!", "Dear !"),
        ("%%unknown%%", "%%unknown%%"),
        ("100 %", "100 %"),
    ],
)
def test_a_page_has_no_recipient(text: str, shown: str) -> None:
    assert without_recipient(text, QUAY, "https://quay.example/x?a&b") == shown


def test_without_an_address_to_leave_the_site_is_linked() -> None:
    bare = replace(QUAY, unsubscribe_url=None)
    assert without_recipient("%%unsubscribe_url%%", bare, "") == "https://quay.example"


PICTURE = Image("a.png", "a-1.png", 600, 300, "png", b"png")
EMAIL = Email(SLUG, "Quay", "<p>", "text", "<html>", b"message", b"{}", (PICTURE,))
UNSEEN = {
    "slug": replace(EMAIL, slug="2026-03-08-pier"),
    "page": replace(EMAIL, web="<html><body>"),
    "message": replace(EMAIL, message=b"Date: today"),
    "manifest": replace(EMAIL, manifest=b'{"tool": 2}'),
    "size on the page": replace(EMAIL, images=(replace(PICTURE, width=300),)),
}
SEEN = {
    "subject": (replace(EMAIL, subject="Quays"), QUAY),
    "html": (replace(EMAIL, html="<p>x"), QUAY),
    "text": (replace(EMAIL, text="texts"), QUAY),
    "bytes of an image": (replace(EMAIL, images=(replace(PICTURE, data=b"jpg"),)), QUAY),
    "name of an image": (replace(EMAIL, images=(replace(PICTURE, name="b.png"),)), QUAY),
    "an image less": (replace(EMAIL, images=()), QUAY),
    "moved between the parts": (replace(EMAIL, html="<p>text:4\n", text=""), QUAY),
    "name of the sender": (EMAIL, replace(QUAY, sender_name="Desk")),
    "address of the sender": (EMAIL, replace(QUAY, sender_email="desk@quay.example")),
}


@pytest.mark.parametrize("change", SEEN)
def test_the_digest_changes_with_what_a_reader_gets(change: str) -> None:
    digest = reader_digest(EMAIL, QUAY)
    assert digest.startswith("sha256:")
    assert len(digest) == 71
    assert reader_digest(*SEEN[change]) != digest


@pytest.mark.parametrize("change", UNSEEN)
def test_the_digest_ignores_what_a_reader_does_not_get(change: str) -> None:
    assert reader_digest(UNSEEN[change], QUAY) == reader_digest(EMAIL, QUAY)


def test_the_publication_sends_where_no_sender_is_named() -> None:
    assert sender_name(QUAY) == "The Quay"
    assert reader_digest(EMAIL, replace(QUAY, sender_name="The Quay")) == reader_digest(EMAIL, QUAY)
