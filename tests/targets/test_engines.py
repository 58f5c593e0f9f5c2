"""The fake's template engine answers as Go's own did; the one of Buttondown and Brevo is Django itself."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from newsletter.model import Publication
from newsletter.render.merge import fill, spell
from newsletter.targets.listmonk import kept
from tests.targets.fakes.engines import VALUES, TemplateError, django, go_html

RECORDED = json.loads((Path(__file__).parent / "go_engine" / "recorded.json").read_text("utf-8"))
PROSE = "it's `a` <b {{ x }} {% if %} {# n #} @TrackLink & %%first_name|you%% %%unsubscribe_url%%"
WHOLE = Path(__file__).parents[1] / "issues" / "every-block" / "expected" / "email.html"


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
def test_the_fake_engine_answers_as_go_did(case: dict[str, str]) -> None:
    if case["rendered"] is None:
        with pytest.raises(TemplateError):
            go_html(case["template"])
    else:
        assert unescape(go_html(case["template"])) == unescape(case["rendered"])


def test_a_whole_email_passes_listmonks_engine_unharmed() -> None:
    html = WHOLE.read_text("utf-8")
    assert "<!--[if" in html
    assert ".Subscriber" in html
    reader = {
        "name": VALUES[".Subscriber.Name"],
        "first_name": VALUES[".Subscriber.FirstName"],
        "email": VALUES[".Subscriber.Email"],
        "unsubscribe_url": VALUES["UnsubscribeURL"],
        "web_url": VALUES["MessageURL"],
    }
    assert go_html(kept(html)) == fill(html, "listmonk", reader, html=True)


def test_plain_text_passes_listmonks_engine_unharmed() -> None:
    publication = Publication("Quay", "https://quay.example", merge="listmonk")
    text = kept(spell(PROSE, publication, "", html=False), values_safe=True)
    assert unescape(go_html(text)) == (
        "it's `a` <b {{ x }} {% if %} {# n #} @TrackLink & O'Brien "
        "https://lists.quay.example/leave/1?a=b&c=d"
    )


@pytest.mark.parametrize(
    ("style", "context"),
    [
        ("buttondown", {"subscriber": {"metadata": {"first_name": "Zoë"}}, "unsubscribe_url": "U"}),
        ("buttondown", {"subscriber": {"metadata": {}}, "unsubscribe_url": "U"}),
        ("brevo", {"contact": {"FIRSTNAME": "Zoë"}, "unsubscribe": "U"}),
        ("brevo", {"contact": {}, "unsubscribe": "U"}),
    ],
)
def test_prose_passes_django_unharmed(style: str, context: dict[str, object]) -> None:
    publication = Publication("Quay", "https://quay.example", merge=style)  # type: ignore[arg-type]
    rendered = unescape(django(spell(PROSE, publication, "", html=True), context))
    name = "Zoë" if "Zoë" in str(context) else "you"
    assert rendered == f"it's `a` <b {{{{ x }}}} {{% if %}} {{# n #}} @TrackLink & {name} U"
