"""What templates are given of an issue, and which template is named when one is malformed."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from PIL import Image

from newsletter.errors import NewsletterError
from newsletter.model import Email, Issue
from newsletter.pipeline.library import build_email, load_issue, open_workspace
from newsletter.render.context import IssueView, authors, lines_of, shared, text_sections
from newsletter.render.manifest import manifest
from newsletter.theme.theme import Theme, open_theme
from tests.desk import SLUG, Desk

HEAD = 'name = "The Quay"\nurl = "https://quay.example"\ncheck.ignore = ["NL92", "NL910"]\n'
MASTHEAD = """people:
  mira: {name: "Mira & Co", url: "https://mira.example/?a&b"}
  tomas: {name: Tomás}
teams:
  desk: {name: The Desk}
roles:
  essay: {label: Essay}
  data: {label: Data}
"""
CREDITS = "essay: [mira, tomas]\ndata: desk\nproduced_by: desk\nlocation: Lisbon\n"
ISSUE = """title: The Quay
date: 2026-03-01
preheader: One ship came in.
subject: Ships
number: 7
tags: [ports, ships]
language: {}
"""
SECTION = """---
kind: essay
title: Ships at the quay
by: [tomas, {name: Ines}]
date: 2026-02-28
tags: [tide]
source:
  - {title: Log, publisher: Port Office, date: 2026-02-01, url: "https://quay.example/log"}
  - {title: Harbor book}
---
Two ships came in.
"""


def written(
    desk: Desk, language: str = "en", settings: str = ""
) -> tuple[Issue, Theme, dict[str, Any]]:
    desk.write("newsletter.toml", HEAD + settings)
    desk.write("credits.yaml", MASTHEAD)
    desk.write(f"issues/{SLUG}/credits.yaml", CREDITS)
    desk.write(f"issues/{SLUG}/issue.yaml", ISSUE.format(language))
    desk.write(f"issues/{SLUG}/10-essay.md", SECTION)
    workspace = open_workspace(desk.root)
    issue, theme = load_issue(workspace, SLUG), open_theme(workspace, "default")
    return issue, theme, shared(issue, workspace.publication, theme)


def test_an_issue_as_templates_see_it(desk: Desk) -> None:
    _, theme, values = written(desk)
    assert values["issue"] == IssueView(
        title="The Quay",
        subject="Ships",
        preheader="One ship came in.",
        number=7,
        date=dt.date(2026, 3, 1),
        date_text="1 March 2026",
        language="en",
        dir="ltr",
        tags=("ports", "ships"),
        words=8,
        minutes=1,
        slug=SLUG,
    )
    assert values["publication"].name == "The Quay"
    assert values["t"] == theme.tokens
    assert values["phrases"] == theme.phrases_for("en")
    assert (values["start"], values["end"]) == ("left", "right")
    assert (values["web_url"], values["unsubscribe_url"]) == ("%%web_url%%", None)
    assert (values["own_colors"], values["charts"]) == (False, False)


def test_credits_are_printed_with_links(desk: Desk) -> None:
    _, _, values = written(desk)
    assert [(line.label, line.text, str(line.html)) for line in values["credits"]] == [
        (
            "Essay",
            "Essay: Mira & Co and Tomás",
            'Essay: <a href="https://mira.example/?a&amp;b">Mira &amp; Co</a> and Tomás',
        ),
        ("Data", "Data: The Desk", "Data: The Desk"),
        ("", "Produced by The Desk in Lisbon", "Produced by The Desk in Lisbon"),
    ]
    assert [holder.name for holder in values["credits"][0].holders] == ["Mira & Co", "Tomás"]


def test_right_to_left_and_fields_of_a_service(desk: Desk) -> None:
    _, _, values = written(desk, "he", '[merge]\nstyle = "ghost"\n')
    assert (values["issue"].dir, values["start"], values["end"]) == ("rtl", "right", "left")
    assert values["unsubscribe_url"] == "%%unsubscribe_url%%"
    _, _, values = written(desk, "en", 'unsubscribe_url = "https://quay.example/leave"\n')
    assert values["unsubscribe_url"] == "%%unsubscribe_url%%"


def test_a_section_as_the_text_part_prints_it(desk: Desk) -> None:
    issue, theme, _ = written(desk)
    (view,) = text_sections(issue, theme)
    assert (view.kind, view.title, view.byline) == ("essay", "Ships at the quay", "Tomás and Ines")
    assert (view.date_text, view.tags, view.level) == ("28 February 2026", ("tide",), 2)
    assert [(source.text, source.url) for source in view.sources] == [
        ("Port Office, Log (1 February 2026)", "https://quay.example/log"),
        ("Harbor book", None),
    ]
    assert (view.text, str(view.body)) == ("Two ships came in.", "")
    assert [holder.name for holder in view.by] == ["Tomás", "Ines"]


def test_everyone_who_worked_on_an_issue_is_an_author_once(desk: Desk) -> None:
    issue, _, _ = written(desk)
    names = [holder.name for holder in authors(issue)]
    assert names == ["Tomás", "Ines", "Mira & Co", "The Desk"]


def test_the_manifest_says_what_templates_say(desk: Desk) -> None:
    issue, theme, values = written(desk)
    facts = json.loads(
        manifest(issue, theme, lines_of(issue, theme), {"b": b"x", "a": b""}, values=values)
    )
    assert facts["credits"] == [
        {
            "roles": ["essay"],
            "holders": ["Mira & Co", "Tomás"],
            "text": "Essay: Mira & Co and Tomás",
        },
        {"roles": ["data"], "holders": ["The Desk"], "text": "Data: The Desk"},
        {"roles": [], "holders": ["The Desk"], "text": "Produced by The Desk in Lisbon"},
    ]
    assert (facts["number"], facts["words"], facts["minutes"]) == (7, 8, 1)
    assert facts["sections"] == [{"kind": "essay", "title": "Ships at the quay", "words": 8}]
    assert list(facts["files"]) == ["a", "b"]
    assert facts["theme"] == {"name": "default", "sha256": theme.digest}


def built(desk: Desk) -> Email:
    return build_email(open_workspace(desk.root), SLUG)


def test_search_engines_read_everything_of_an_issue(desk: Desk) -> None:
    written(desk)
    web = built(desk).web
    start = '<script type="application/ld+json">'
    address = f"https://quay.example/{SLUG}/"
    assert json.loads(web.partition(start)[2].partition("</script>")[0]) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "The Quay",
        "description": "One ship came in.",
        "datePublished": "2026-03-01",
        "inLanguage": "en",
        "url": address,
        "mainEntityOfPage": address,
        "wordCount": 8,
        "keywords": ["ports", "ships"],
        "author": [
            {"@type": "Person", "name": "Tomás"},
            {"@type": "Person", "name": "Ines"},
            {"@type": "Person", "name": "Mira & Co", "url": "https://mira.example/?a&b"},
            {"@type": "Organization", "name": "The Desk"},
        ],
        "publisher": {
            "@type": "Organization", "name": "The Quay", "url": "https://quay.example",
        },
    }  # fmt: skip
    assert f'<link rel="canonical" href="{address}">' in web
    assert web.startswith("<!DOCTYPE html>")
    assert web.endswith("</html>\n")
    assert "Tomás" in web, "letters are written as they are"


FAR = "::: figure\nsrc: https://cdn.example/a.png\nalt: A crane\nwidth: 300\n:::\n"


@pytest.mark.parametrize("near", [True, False])
def test_the_picture_of_a_page_is_its_first_own_image(desk: Desk, near: bool) -> None:
    buffer = io.BytesIO()
    Image.radial_gradient("L").save(buffer, "PNG")
    desk.write(f"issues/{SLUG}/images/quay.png", buffer.getvalue())
    text = FAR + "\n![A quay](images/quay.png)\n" * near
    desk.write(f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\n{text}")
    email = built(desk)
    pictures = re.findall(r'<meta property="og:image" content="(.*?)">', email.web)
    assert pictures == [
        f"https://quay.example/{SLUG}/images/{image.name}" for image in email.images if image.data
    ]
    assert len(pictures) == near
    sources = re.findall(r'<img [^>]*?src="(.*?)"', email.web)
    names = [f"images/{image.name}" for image in email.images if image.data]
    assert sources == ["https://cdn.example/a.png", *names]


def test_a_block_may_show_an_image_of_the_theme(desk: Desk) -> None:
    buffer = io.BytesIO()
    Image.radial_gradient("L").save(buffer, "PNG")
    desk.write("templates/default/images/mark.png", buffer.getvalue())
    template = '<p><img src="{{ theme_image("mark.png").src }}" alt="{{ block.label }}" /></p>'
    desk.write("templates/default/blocks/button.html.j2", template)
    button = "::: button\nlabel: Go\nurl: https://quay.example/a\n:::\n"
    desk.write(f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\nText.\n\n{button}")
    email = built(desk)
    (image,) = email.images
    assert f'src="https://quay.example/{SLUG}/images/{image.name}"' in email.html
    assert f'src="images/{image.name}"' in email.web


def test_a_kind_may_have_smaller_headings(desk: Desk) -> None:
    text = "---\nkind: {}\ntitle: Title\n---\nText.\n\n## Part\n\n### Detail\n"
    desk.write(f"issues/{SLUG}/10-essay.md", text.format("essay"))
    desk.write(f"issues/{SLUG}/20-tide.md", text.format("tide"))
    desk.write("newsletter.toml", HEAD + "[theme.sections.tide]\nlevel = 3\nlabel = 'Tide'\n")
    web = built(desk).web
    essay, tide = web.partition("Tide")[0], web.partition("Tide")[2]
    assert "<h2>Title</h2>\n<p>Text.</p><h3>Part</h3><h4>Detail</h4>" in essay
    assert "<h3>Title</h3>\n<p>Text.</p><h4>Part</h4><h5>Detail</h5>" in tide


# A malformed template -> what the error says after "Malformed MJML in the theme".
MALFORMED = {
    "foot.mjml.j2": ("<mj-text>", ': mismatched tag near "<mj><mj-text></mj>"'),
    "masthead.mjml.j2": ("<a>", ': mismatched tag near "<mj><a></mj>"'),
    "lead.mjml.j2": ("<b></i>", ': mismatched tag near "<mj><b></i></mj>"'),
    "credits.mjml.j2": ("<mj-text a></mj-text>", ": not well-formed (invalid token) near "),
    "email.mjml.j2": ("<mjml><x>", ': no element found near "<mjml><x>"'),
    "sections/essay.mjml.j2": (
        "<p></i>",
        f', for issues/{SLUG}/10-essay.md: mismatched tag near "<mj><p></i></mj>"',
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_the_template_that_is_malformed_is_named(desk: Desk, name: str) -> None:
    text, expected = MALFORMED[name]
    desk.write(f"templates/default/{name}", text)
    with pytest.raises(NewsletterError) as caught:
        built(desk)
    assert caught.value.message.startswith(f"Malformed MJML in the theme{expected}")
    assert str(caught.value.where) == f"templates/default/{name}"
    assert caught.value.hint == (
        "Close every tag, quote every attribute, write < and & as &lt; and &amp;. "
        "Check your own files first."
    )


def test_a_kind_of_the_settings_has_the_general_template(desk: Desk) -> None:
    desk.write("newsletter.toml", HEAD + "[theme.sections.tide]\nlabel = 'Tide'\n")
    desk.write("templates/default/section.mjml.j2", "<p></i>")
    desk.write(f"issues/{SLUG}/10-essay.md", "---\nkind: tide\n---\nText.\n")
    with pytest.raises(NewsletterError) as caught:
        built(desk)
    assert str(caught.value.where) == "templates/default/section.mjml.j2"


def test_a_malformed_block_is_named(desk: Desk) -> None:
    desk.write("templates/default/blocks/button.html.j2", "<p>{{ block.label }}</i>")
    button = "::: button\nlabel: Go\nurl: https://quay.example/a\n:::\n"
    desk.write(f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\nText.\n\n{button}")
    with pytest.raises(NewsletterError) as caught:
        built(desk)
    assert caught.value.message.startswith("Malformed block: mismatched tag near ")
    assert str(caught.value.where) == "templates/default/blocks/button.html.j2"
    assert (caught.value.hint or "").startswith("Close every tag")
