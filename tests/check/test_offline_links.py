"""Addresses checked without network access, one table per kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check.prose.addresses import malformed, strip_tracking
from newsletter.check.rules.addresses import insecure_link, wrapped_link
from newsletter.links.tracking_parameters import NAMES, is_tracking
from newsletter.links.unreachable import (
    expires,
    is_local,
    is_placeholder,
    is_private,
    is_staging,
)
from newsletter.links.wrappers import is_mail_tracker, is_shortened, looks_wrapped, unwrap_address
from tests.check.checking import issue

PAGE = "https://port.example/r?a=1"
QUOTED = "https%3A%2F%2Fport.example%2Fr%3Fa%3D1"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.google.com/url?q={QUOTED}&sa=D&source=docs",
        f"https://www.google.de/url?sa=t&url={QUOTED}",
        f"https://duckduckgo.com/l/?uddg={QUOTED}",
        "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9wb3J0LmV4YW1wbGUvcj9hPTE&ntb=1",
        f"https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU={QUOTED}/RK=2/RS=x",
        f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=05",
        f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={QUOTED}",
        "https://urldefense.com/v3/__https://port.example/r?a=1__;!!x",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__port.example_r-3Fa-3D1&d=Dw",
        f"https://linkprotect.cudasvc.com/url?a={QUOTED}&c=E",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
        f"https://l.instagram.com/?u={QUOTED}&e=AT0",
        f"https://l.threads.net/?u={QUOTED}",
        f"https://www.youtube.com/redirect?q={QUOTED}&v=1",
        f"https://www.linkedin.com/redir/redirect?url={QUOTED}&urlhash=x",
        f"https://out.reddit.com/t3_1?url={QUOTED}&token=x",
        f"https://t.umblr.com/redirect?z={QUOTED}&t=x",
        f"https://vk.com/away.php?to={QUOTED}",
        f"https://steamcommunity.com/linkfilter/?url={QUOTED}",
        f"https://slack-redir.net/link?url={QUOTED}",
        f"https://click.linksynergy.com/deeplink?id=1&murl={QUOTED}",
        f"https://x.awstrack.me/L0/{QUOTED}/1/0100/x=1",
        "https://href.li/?https://port.example/r?a=1",
        f"https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D{QUOTED.replace('%', '%25')}",
    ],
)
def test_wrappers_are_unwrapped(url: str) -> None:
    assert unwrap_address(url) == PAGE


def test_cached_copies_of_pages_are_unwrapped() -> None:
    assert unwrap_address("https://www.google.com/amp/s/port.example/r") == "https://port.example/r"
    cached = "https://port-example.cdn.ampproject.org/c/s/port.example/r"
    assert unwrap_address(cached) == "https://port.example/r"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/search?q=https://port.example",
        "https://port.example/url?q=1",
        "https://www.facebook.com/port",
        "https://www.youtube.com/watch?v=1",
        f"https://www.facebook.com/sharer/sharer.php?u={QUOTED}",
        f"https://x.com/intent/post?url={QUOTED}",
        f"https://www.linkedin.com/sharing/share-offsite/?url={QUOTED}",
        "https://web.archive.org/web/2026/https://port.example/",
        "mailto:mira@port.example",
    ],
)
def test_other_addresses_are_not_wrappers(url: str) -> None:
    assert unwrap_address(url) is None
    assert not looks_wrapped(url)


def test_redirects_of_unknown_services_are_detected() -> None:
    assert looks_wrapped(f"https://harbour.example/redirect?url={QUOTED}")
    assert is_mail_tracker("https://port.us1.list-manage.com/track/click?u=1&id=2")
    assert is_mail_tracker("https://u1.ct.sendgrid.net/ls/click?upn=x")
    assert not is_mail_tracker("https://us1.campaign-archive.com/?u=1&id=2")


def test_a_fix_unwraps_and_leaves_no_tracking(tmp_path: Path) -> None:
    url = "https://l.facebook.com/l.php?u=https%3A%2F%2Fport.example%2Fr%3Fa%3D1%26fbclid%3Dx&h=A"
    (finding,) = wrapped_link.find(issue(tmp_path, f"Read [the log]({url})."))
    assert finding.edit
    assert (finding.edit.old, finding.edit.new) == (url, PAGE)


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("https://docs.google.com/document/d/1aB/edit#heading=h.1", True),
        ("https://docs.google.com/spreadsheets/d/1aB/edit?usp=sharing", True),
        ("https://docs.google.com/document/d/e/2PACX-1/pub", False),
        ("https://docs.google.com/forms/d/e/1FAI/viewform", False),
        ("https://harbour.sharepoint.com/:w:/r/sites/desk/x.docx", True),
        ("https://www.notion.so/harbour/Plan-1a2b", True),
        ("https://harbour.notion.site/Plan-1a2b", False),
        ("https://www.figma.com/file/1/x", True),
        ("https://app.slack.com/client/T1", True),
        ("https://us1.admin.mailchimp.com/campaigns/edit?id=1", True),
        ("https://harbour.substack.com/publish/post/1", True),
        ("https://harbour.substack.com/p/quay", False),
        ("https://port.example/wp-admin/post.php?post=1&action=edit", True),
        ("https://port.example/?p=1&preview=true", True),
        ("https://port.example/ghost/#/editor/post/1", True),
        ("https://github.com/a/b/edit/main/x.md", True),
        ("https://github.com/a/b/blob/main/x.md", False),
        ("https://port.example/preview-of-2026", False),
    ],
)
def test_private_pages_are_reported(url: str, private: bool) -> None:
    assert bool(is_private(url)) is private


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://localhost:8000/a", "local"),
        ("https://127.0.0.1/", "local"),
        ("http://192.168.1.4/x", "local"),
        ("http://[::1]/", "local"),
        ("https://wiki.harbour.internal/", "local"),
        ("file:///home/mira/a.html", "local"),
        ("https://staging.port.example/", "staging"),
        ("https://www-staging.port.example/", "staging"),
        ("https://preview.port.example/a", "staging"),
        ("https://deploy-preview-12--port.netlify.app/", "staging"),
        ("https://port-git-main-desk.vercel.app/", "staging"),
        ("https://1a2b.ngrok-free.app/", "staging"),
        ("https://www.test.de/", ""),
        ("https://dev.to/mira", ""),
        ("https://dev.mysql.com/doc/", ""),
        ("https://dev.chromium.org/Home", ""),
        ("https://testing.googleblog.com/2015/", ""),
        ("https://preview.redd.it/a.png", ""),
        ("https://port.netlify.app/", ""),
        ("https://8.8.8.8/", ""),
    ],
)
def test_hosts_that_readers_cannot_open_are_reported(url: str, kind: str) -> None:
    assert is_local(url) is (kind == "local")
    assert is_staging(url) is (kind == "staging")


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://b.s3.amazonaws.com/x.pdf?X-Amz-Expires=60&X-Amz-Signature=a", True),
        ("https://b.s3.amazonaws.com/x.pdf?AWSAccessKeyId=A&Signature=b&Expires=1", True),
        ("https://storage.googleapis.com/b/x?X-Goog-Signature=a", True),
        ("https://x.blob.core.windows.net/a/b.pdf?sv=2020&se=2026-01-01&sr=b&sp=r&sig=a", True),
        ("https://d1.cloudfront.net/x.mp4?Expires=1&Signature=a&Key-Pair-Id=K", True),
        ("https://scontent.xx.fbcdn.net/v/x.jpg?oh=1&oe=2", True),
        ("https://cdn.discordapp.com/attachments/1/2/x.png?ex=1&is=2&hm=3", True),
        ("https://files.slack.com/files-pri/T1/x.pdf", True),
        ("https://port.example/x?access_token=1", True),
        ("https://port.example/x;jsessionid=1", True),
        ("https://port.example/x?expires=1&token=2", True),
        ("https://b.s3.amazonaws.com/x.pdf", False),
        ("https://port.example/x?token=berth&e=2", False),
        ("https://port.example/x?se=1&sv=2", False),
    ],
)
def test_addresses_that_expire_are_reported(url: str, signed: bool) -> None:
    assert bool(expires(url)) is signed


@pytest.mark.parametrize(
    ("url", "placeholder"),
    [
        ("https://example.com/page", True),
        ("https://letters.example.org/", True),
        ("https://your-domain.com", True),
        ("https://www.yourwebsite.com/a", True),
        ("mailto:you@example.net", True),
        ("https://via.placeholder.com/600", True),
        ("https://port.net/TK", True),
        ("https://port.example/", False),
        ("https://examples.com/", False),
        ("https://domain.me/", False),
        ("https://port.net/your-harbour-guide", False),
    ],
)
def test_placeholder_addresses_are_reported(url: str, placeholder: bool) -> None:
    assert is_placeholder(url) is placeholder


def test_tracking_parameter_patterns_match_no_meaningful_parameter() -> None:
    assert len(NAMES) >= 100
    meaning = (
        "id page p q s t v ref source campaign cid lang hl tab sort order filter view date year token key search query "
        "category tag article post story section print format share user name email code version from to url amp si "
        "trackingid feature start end time list index ab mode type cvid ref_url pk pk_id"
    )
    assert [name for name in meaning.split() if is_tracking(name)] == []


@pytest.mark.parametrize(
    ("url", "stripped"),
    [
        ("https://a.example/x?utm_source=b&id=3", "https://a.example/x?id=3"),
        ("https://a.example/x?id=3&gad_source=1&GCLID=2", "https://a.example/x?id=3"),
        ("https://a.example/x?mc_eid=1#top", "https://a.example/x#top"),
        ("https://a.example/x?ref=b&s=1", "https://a.example/x?ref=b&s=1"),
        ("https://a.example/x?__xts__%5B0%5D=1&a=2", "https://a.example/x?a=2"),
        ("https://a.example/x#utm_source=b", "https://a.example/x"),
        (
            "https://www.youtube.com/watch?v=x&feature=youtu.be&t=42",
            "https://www.youtube.com/watch?v=x&t=42",
        ),
        ("https://youtu.be/x?si=a1#t=4", "https://youtu.be/x#t=4"),
        ("https://X.com/port/status/1?s=20&t=a", "https://X.com/port/status/1"),
        ("https://x.com.example/a?s=20&t=a", "https://x.com.example/a?s=20&t=a"),
        ("https://notx.com/a?s=20", "https://notx.com/a?s=20"),
        (
            "https://me@smile.amazon.de:443/dp/1?ref_=a&tag=port-21&th=1",
            "https://me@smile.amazon.de:443/dp/1?tag=port-21&th=1",
        ),
        (
            "https://www.google.com/search?q=tides&ved=1&tbm=nws",
            "https://www.google.com/search?q=tides&tbm=nws",
        ),
        ("https://docs.google.com/a?ei=1", "https://docs.google.com/a?ei=1"),
        ("/page?feature=share", "/page?feature=share"),
    ],
)
def test_tracking_is_stripped(url: str, stripped: str) -> None:
    assert strip_tracking(url) == stripped


def test_http_is_reported_once_per_host(tmp_path: Path) -> None:
    text = "[a b](http://a.net/1), [c d](http://a.net/2), [e f](http://b.net/)."
    findings = [finding.message for finding in insecure_link.find(issue(tmp_path, text))]
    assert findings == ["Link to a.net without https (2 links)", "Link to b.net without https"]


@pytest.mark.parametrize(
    ("url", "shortened"),
    [
        ("https://bit.ly/3xYz", True),
        ("https://t.co/3xYz", True),
        ("https://bitly.com/", False),
        ("https://port.example/3xYz", False),
    ],
)
def test_short_links_are_reported(url: str, shortened: bool) -> None:
    assert is_shortened(url) is shortened


def test_a_host_in_another_script_is_recognized() -> None:
    assert list(malformed("https://%E5%96%B5.%E4%B8%96%E7%95%8C/a")) == []
