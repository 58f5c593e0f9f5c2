"""Each view is the email's own bytes, except for what the view changes."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.color_schemes import COLOR_SCHEMES, text_colors
from newsletter.preview.issue_cache import EmailViews
from newsletter.preview.views import VIEWS
from tests.desk import ISSUES
from tests.preview.conftest import BLOCKS, cache_of
from tests.preview.test_source_marks import AT, email_views

CASES = ["smallest", "weekly", "every-block", "digest", "right-to-left"]
# What each view may change: removed from both sides, the bytes are equal.
PICTURES = re.compile(r'(?<=src=")[^"]*(?=images/)')
SCHEME = re.compile(
    r'(@media )[^{]*(?=\{body,\.m\{|\{:root\{)|(name="color-scheme" content=")[^"]*|(color-scheme:)[^;}]*'
)
COLOURS = re.compile(
    r'( style="[^"]*?);?(?:color:#\w{6}!important;?|background-color:#\w{6}!important)+"'
)


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> EmailViews:
    return email_views(cache_of(ISSUES / request.param))


def shown(case: EmailViews, name: str) -> str:
    html = VIEWS[name].show(case)
    assert html
    return html


def without_marks_and_images(html: str) -> str:
    return SCHEME.sub(
        lambda match: match[1] or match[2] or match[3], PICTURES.sub("", AT.sub("", html))
    )


@pytest.mark.parametrize("name", ["light", "dark", "images-off"])
def test_light_and_dark_show_the_email_unchanged(case: EmailViews, name: str) -> None:
    assert without_marks_and_images(shown(case, name)) == without_marks_and_images(
        case.checked_email.email.html
    )


@pytest.mark.parametrize("name", ["web", "web-dark"])
def test_the_web_view_shows_the_web_page(case: EmailViews, name: str) -> None:
    assert without_marks_and_images(shown(case, name)) == without_marks_and_images(
        case.checked_email.email.web
    )


def test_light_and_dark_are_forced_on_every_system(case: EmailViews) -> None:
    for name, media, scheme in (("light", "not all", "light"), ("dark", "all", "dark")):
        html = shown(case, name)
        assert "prefers-color-scheme" not in html
        assert f"@media {media}{{body,.m{{background" in html
        assert f'<meta name="color-scheme" content="{scheme}">' in html


def test_without_styles_only_the_head_is_removed(case: EmailViews) -> None:
    html = shown(case, "no-styles")
    assert "<style" not in html
    assert html == re.sub(r"<style.*?</style>", "", shown(case, "light"), flags=re.DOTALL)


@pytest.mark.parametrize(
    ("name", "look"), [("outlook", COLOR_SCHEMES[2]), ("gmail", COLOR_SCHEMES[3])]
)
def test_forced_dark_matches_the_contrast_rule(case: EmailViews, name: str, look: object) -> None:
    """Rendered as an ordinary light email, the view shows the colours that NL620 computes for that
    client's dark mode.
    """
    repainted = CheckedEmail(
        case.checked_email.issue,
        replace(case.checked_email.email, html=shown(case, name)),
        case.checked_email.publication,
        case.checked_email.theme,
        case.checked_email.checks,
    )
    in_scheme = text_colors(case.checked_email)[look.name]  # type: ignore[attr-defined]
    expected = [(str(text.color), str(text.background)) for text in in_scheme]
    in_light = text_colors(repainted)["the light"]
    assert [(str(text.color), str(text.background)) for text in in_light] == expected
    assert len(set(expected)) > 1


@pytest.mark.parametrize("name", ["outlook", "gmail"])
def test_forced_dark_changes_colours_only(case: EmailViews, name: str) -> None:
    def without(html: str) -> str:
        return re.sub(
            r'\sstyle="[^"]*"|\s*/?>', lambda match: ">" if match[0].endswith(">") else "", html
        )

    assert without(shown(case, name)) == without(shown(case, "light"))


def test_images_are_served_locally() -> None:
    cache = cache_of(ISSUES / "every-block")
    for name in ("light", "web"):
        sources = re.findall(r'<img[^>]*\ssrc="([^"]*)"', shown(email_views(cache, BLOCKS), name))
        assert sorted({re.sub(r"-[0-9a-f]{8}", "", source) for source in sources}) == [
            f"/email/{BLOCKS}/images/crane.png",
            "https://pictures.example/quay.jpg",  # blocked: only local images are allowed
        ]


def test_text_is_shown_unchanged() -> None:
    html = shown(email_views(cache_of(ISSUES / "every-block"), BLOCKS), "text")
    assert "<b>" not in html
    assert "code &amp; &lt;signs&gt;" in html


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="preconnect" href="https://elsewhere.example">',
        '<link href="https://elsewhere.example" rel="dns-prefetch">',
        "<link rel=preload href=https://elsewhere.example>",
    ],
)
def test_no_connection_is_opened_before_the_policy_applies(link: str) -> None:
    """Browsers connect for these even if a policy forbids loading them."""
    case = email_views(cache_of(ISSUES / "smallest"))
    email = replace(
        case.checked_email.email,
        html=case.checked_email.email.html.replace("</head>", f"{link}</head>"),
    )
    reported = EmailViews(
        CheckedEmail(
            case.checked_email.issue,
            email,
            case.checked_email.publication,
            case.checked_email.theme,
            case.checked_email.checks,
        ),
        None,
    )
    assert "elsewhere.example" in reported.marked.html
    for name in ("light", "dark", "outlook", "gmail", "images-off", "no-styles"):
        assert "elsewhere.example" not in shown(reported, name)
