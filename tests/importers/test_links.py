"""Imported addresses: unwrapped, without tracking parameters, and otherwise unchanged."""

from __future__ import annotations

import pytest

from newsletter.importers.link_cleanup import clean_url
from tests.importers.reading import one

REAL = "https://example.org/a_b(c)?id=4&x=%C3%A9#part"
WRAPPED = {
    "google": "https://www.google.com/url?q=https://example.org/report&sa=D&source=editors&ust=1&usg=AOv",
    "google in another country": "https://www.google.pt/url?sa=t&url=https%3A%2F%2Fexample.org%2Freport&usg=AOv",
    "outlook": "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Freport&data=05%7C",
    "proofpoint 2": "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_report&d=DwMFaQ&c=x",
    "proofpoint 3": "https://urldefense.com/v3/__https://example.org/report__;!!Abc!x$",
    "facebook": "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Freport%3Ffbclid%3Dx&h=AT1",
    "linkedin": "https://www.linkedin.com/safety/go?url=https%3A%2F%2Fexample.org%2Freport&trk=x",
    "youtube": "https://www.youtube.com/redirect?event=video&q=https%3A%2F%2Fexample.org%2Freport",
    "slack": "https://slack-redir.net/link?url=https%3A%2F%2Fexample.org%2Freport",
    "href.li": "https://href.li/?https://example.org/report",
    "href.li with www": "https://www.href.li/?https://example.org/report",
    "facebook's warning": "https://www.facebook.com/flx/warn/?u=https%3A%2F%2Fexample.org%2Freport",
    "instagram": "https://l.instagram.com/?u=https%3A%2F%2Fexample.org%2Freport&e=x",
    "messenger": "https://l.messenger.com/l.php?u=https%3A%2F%2Fexample.org%2Freport",
    "threads": "https://l.threads.net/?u=https%3A%2F%2Fexample.org%2Freport",
    "linkedin, older": "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexample.org%2Freport",
    "tumblr": "https://t.umblr.com/redirect?z=https%3A%2F%2Fexample.org%2Freport",
    "reddit": "https://out.reddit.com/t3_x?url=https%3A%2F%2Fexample.org%2Freport",
    "steam": "https://steamcommunity.com/linkfilter/?u=https%3A%2F%2Fexample.org%2Freport",
    "steam, older": "https://steamcommunity.com/linkfilter/?url=https%3A%2F%2Fexample.org%2Freport",
    "vk": "https://vk.com/away.php?to=https%3A%2F%2Fexample.org%2Freport",
    "duckduckgo": "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Freport",
    "disqus": "https://disq.us/url?url=https%3A%2F%2Fexample.org%2Freport",
    "exit.sc": "https://exit.sc/?url=https%3A%2F%2Fexample.org%2Freport",
    "deviantart": "https://www.deviantart.com/users/outgoing?https://example.org/report",
    "deviantart, quoted": "https://www.deviantart.com/users/outgoing?https%3A%2F%2Fexample.org%2Freport",
    "google, the second parameter": "https://www.google.com/url?q=&url=https://example.org/report",
    "google in capitals": "HTTPS://WWW.GOOGLE.COM/url?q=HTTPS://example.org/report".replace("HTTPS://ex", "https://ex"),
    "google with escaped signs": "https://www.google.com/url?sa=D&amp;q=https://example.org/report&amp;usg=x",
    "proofpoint 3 in the US": "https://urldefense.us/v3/__https://example.org/report__;!!Abc!x$",
    "one in another": "https://www.google.com/url?q=https://l.facebook.com/l.php?u%3Dhttps%253A%252F%252Fexample.org%252Freport",
    "campaign": "https://example.org/report?utm_source=letter&utm_medium=email&fbclid=x",
}  # fmt: skip
KEPT = [
    REAL,
    "https://www.google.com/search?q=https://example.org/",
    "https://www.google.com/url?q=javascript:alert(1)",
    "https://notgoogle.com/url?q=https://example.org/",
    "https://google.com.evil.example/url?q=https://example.org/",
    "https://[broken/url?q=https://example.org/",
    "https://www.google.com/url?sa=D",
    "https://www.google.evil.example/url?q=https://example.org/",
    "https://www.google.pt/maps?q=https://example.org/",
    "https://href.li/?report",
    "https://www.deviantart.com/users/outgoing?report",
    "https://vk.com/away.php?u=https%3A%2F%2Fexample.org%2F",
    "https://urldefense.com/v2/__https://example.org/report__;!!Abc!x$",
    "https://urldefense.com/v3/__report__;!!Abc!x$",
    "https://example.org/url?q=https://other.example/",
    "mailto:mira@desk.example?subject=utm_source",
]


def test_wrapped_addresses_are_unwrapped() -> None:
    cleaned = {name: clean_url(url) for name, url in WRAPPED.items()}
    assert cleaned == dict.fromkeys(WRAPPED, "https://example.org/report")


def test_other_addresses_are_unchanged() -> None:
    assert [clean_url(url) for url in KEPT] == KEPT


DEFENDED = {
    "one": ("a*b__;Iw", "a#b"),
    "two": ("a*b*c__;Iyo", "a#b*c"),
    "three in a row": ("a**Bb__;Iyoq", "a#**b"),
    "three in a row, then one": ("a**Bb*c__;IyoqIw", "a#**b#c"),
    "four in a row": ("a**Cb__;IyoqIw", "a#**#b"),
    "fewer than there are stars": ("a*b*c__;Iw", "a#bc"),
    "no base64": ("a*b__;A", "a*b"),
    "no text": ("a*b__;_w", "a*b"),
    "none": ("a*b__;", "a*b"),
}


def test_characters_replaced_by_proofpoint_are_restored() -> None:
    prefix = "https://urldefense.com/v3/__https://example.org/"
    cleaned = {name: clean_url(f"{prefix}{path}!!Abc!x$") for name, (path, _) in DEFENDED.items()}
    assert cleaned == {name: f"https://example.org/{path}" for name, (_, path) in DEFENDED.items()}


def test_addresses_wrapped_in_one_another_are_unwrapped_five_deep() -> None:
    def wrapped(times: int) -> str:
        return "https://href.li/?" * times + "https://example.org/report"

    assert clean_url(wrapped(5)) == "https://example.org/report"
    assert clean_url(wrapped(6)) == "https://href.li/?https://example.org/report"


@pytest.mark.parametrize(
    ("name", "draft"),
    [
        ("a.html", b"<p>See <a href='https://e.org/?utm_source=x&amp;id=1'>it</a>.</p>"),
        ("a.md", b"See [it](https://e.org/?utm_source=x&id=1)."),
        ("a.md", b"See [it][1].\n\n[1]: https://e.org/?utm_source=x&id=1\n"),
        ("a.md", b"See <u>[it](https://e.org/?utm_source=x&id=1)</u>."),
    ],
)
def test_changed_addresses_are_reported(name: str, draft: bytes) -> None:
    result = one(draft, name)
    assert result.blocks[0].markdown == "See [it](https://e.org/?id=1)."
    assert result.blocks[0].links == ("https://e.org/?id=1",)
    assert [(note.kind, note.words) for note in result.notes] == [
        ("changed", "https://e.org/?utm_source=x&id=1")
    ]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "#part", "data:text/html,x", "report.html"]
)
def test_a_link_that_no_email_can_open_is_reported_and_its_text_kept(url: str) -> None:
    for name, draft in (
        ("a.html", f"<p>See <a href='{url}'>it</a>.</p>"),
        ("a.md", f"See [it]({url})."),
    ):
        result = one(draft.encode(), name)
        assert result.blocks[0].markdown == "See it."
        assert [(note.kind, note.words) for note in result.notes] == [("omitted", url)]
