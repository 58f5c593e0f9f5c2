"""How a look is assembled: which file is used in which medium, and what can be overridden."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsletter.theme.looks import BASE, PACKAGED, packaged_looks
from newsletter.theme.theme import open_theme
from newsletter.workspace import find
from tests.desk import SLUG, Desk

LINE = "Tide & tables"
MASTHEAD = """{% extends "packaged/masthead.j2" %}
{% block email %}{{ super() }}<mj-text><p>{{ "Tide & tables" }}</p></mj-text>{% endblock %}
{% block web %}{{ super() }}<p>{{ "Tide & tables" }}</p>{% endblock %}
{% block archive %}{{ super() }}<p>{{ "Tide & tables" }}</p>{% endblock %}
{% block text %}{{ super() }}{{ "Tide & tables" }}
{% endblock %}
"""


def outputs(desk: Desk) -> dict[str, str]:
    """Return the output of an issue in each medium."""
    built, archived = desk.run("build"), desk.run("archive", "--drafts", "--out", "site")
    assert (built.code, archived.code) == (0, 0), built.err + archived.err
    files = {
        "email": f"dist/{SLUG}/email.html",
        "text": f"dist/{SLUG}/email.txt",
        "web": f"dist/{SLUG}/web.html",
        "archive": f"site/{SLUG}/index.html",
    }
    return {medium: (desk.root / path).read_text("utf-8") for medium, path in files.items()}


def test_a_shared_part_is_used_in_every_medium(desk: Desk) -> None:
    desk.write("templates/default/masthead.j2", MASTHEAD)
    desk.write(
        "templates/default/sections/essay.j2",
        '{% extends "packaged/sections/essay.j2" %}\n'
        "{% block extra %}<p>{{ section.kind }} & co. ends</p>{% endblock %}\n"
        "{% block text_extra %}{{ section.kind }} & co. ends\n{% endblock %}\n".replace(
            "&", "&amp;", 1
        ),
    )
    texts_by_medium = outputs(desk)
    for medium, output in texts_by_medium.items():
        escaped = "&" if medium == "text" else "&amp;"
        assert f"Tide {escaped} tables" in output, medium
        assert f"essay {escaped} co. ends" in output, medium
    assert "(&amp;" not in texts_by_medium["text"]


def test_an_email_only_file_does_not_affect_the_other_media(desk: Desk) -> None:
    desk.write("templates/default/foot.mjml.j2", "<mj-text>From the quay</mj-text>\n")
    desk.write(
        "templates/default/sections/essay.mjml.j2",
        '{% extends "section.mjml.j2" %}\n{% block extra %}<p>An essay</p>{% endblock %}\n',
    )
    texts_by_medium = outputs(desk)
    assert [medium for medium in texts_by_medium if "From the quay" in texts_by_medium[medium]] == [
        "email"
    ]
    assert [medium for medium in texts_by_medium if "An essay" in texts_by_medium[medium]] == [
        "email"
    ]


def test_an_email_only_layout_applies_to_all_section_kinds(desk: Desk) -> None:
    desk.write(
        "templates/default/section.mjml.j2",
        "<mj-text><p>Own layout</p>{{ section.body }}</mj-text>\n",
    )
    texts_by_medium = outputs(desk)
    assert [medium for medium in texts_by_medium if "Own layout" in texts_by_medium[medium]] == [
        "email"
    ]


BAND = """<mj-text padding="0"><table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0"><tr>
<td bgcolor="#7a0019" style="background:#7a0019;color:#fff8f0;border-top:4px solid #d9a400">
{{ publication.name }}, {{ issue.date_text }},
<a href="{{ web_url }}" style="color:#fff8f0">{{ phrases.view_in_browser }}</a></td>
</tr></table></mj-text>
"""


def test_dark_mode_rules_do_not_change_colors_of_a_custom_part(desk: Desk) -> None:
    """Theme colors change in dark mode; a band with its own colors does not."""
    desk.write("templates/default/masthead.mjml.j2", BAND)
    checked = desk.run("check", "--select", "NL620,NL003", "--format", "json")
    assert '"findings": []' in checked.out
    assert desk.run("build").code == 0
    html = (desk.root / f"dist/{SLUG}/email.html").read_text("utf-8")
    (dark,) = re.findall(r"@media \(prefers-color-scheme:dark\)\{(\.m \[style.*?\}\})", html)
    assert "#fff8f0" not in dark
    assert ".m div,.m td" not in html
    assert html.index(dark) < html.index(".m .q{border-top-color")


def test_files_are_looked_up_in_workspace_look_and_base_in_this_order(desk: Desk) -> None:
    desk.write("templates/quay/look.toml", 'extends = "default"\n')
    folders = open_theme(find(desk.root), "quay").folders
    assert folders == (desk.root / "templates/quay", PACKAGED / "default", PACKAGED / BASE)


@pytest.mark.parametrize(
    ("theme", "files", "expected"),
    [
        (
            "quay",
            {"look.toml": 'extends = "defalt"\n'},
            'templates/quay/look.toml:1:1: error NL011 invalid-theme: Unknown look "defalt"',
        ),
        (
            "quay",
            {"look.toml": 'extend = "default"\n'},
            'templates/quay/look.toml:1:1: error NL011 invalid-theme: Unknown key "extend"',
        ),
        (
            "quay",
            {"look.toml": "extends =\n"},
            "templates/quay/look.toml:1:10: error NL010",
        ),
        ("base", {}, 'Unknown theme "base"'),
        ("defalt", {}, 'Unknown theme "defalt"'),
        (
            "quay",
            {"masthead.j2": '{% extends "packaged/mast.j2" %}'},
            'templates/quay/masthead.j2:1: error: Theme file not found: "packaged/mast.j2"',
        ),
        (
            "quay",
            {"masthead.j2": '{% include "masthead.j2" %}'},
            "templates/quay/masthead.j2:1: error: Theme file includes itself",
        ),
    ],
)
def test_an_incorrectly_assembled_theme_is_reported(
    desk: Desk, theme: str, files: dict[str, str], expected: str
) -> None:
    settings = (desk.root / "newsletter.toml").read_text("utf-8")
    desk.write("newsletter.toml", f'theme = "{theme}"\n{settings}')
    for name, text in files.items():
        desk.write(f"templates/quay/{name}", text)
    ran = desk.run("build")
    assert ran.code == 1
    assert expected in ran.err


def test_looks_contain_only_files_that_differ() -> None:
    """A file that two looks could share belongs in the base."""
    base = {path.relative_to(PACKAGED / BASE): path.read_bytes() for path in files_of(BASE)}
    shared: dict[bytes, Path] = {data: PACKAGED / BASE / path for path, data in base.items()}
    for name in packaged_looks():
        for path in files_of(name):
            data = path.read_bytes()
            assert data not in shared, f"{path} is a copy of {shared[data]}"
            shared[data] = path


def files_of(look: str) -> list[Path]:
    return sorted(path for path in (PACKAGED / look).rglob("*") if path.is_file())
