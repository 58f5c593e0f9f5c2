"""Rules about the finished email that example files cannot show: CSS, conditions, size, clients."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from msgspec.structs import replace

from newsletter.check import example
from newsletter.check.email.checked_email import CheckedEmail, EmailCheckSettings
from newsletter.check.email.clients import DATA, USUAL, chosen, support
from newsletter.check.email.features import used
from newsletter.check.email.size import CLIP, measure_size
from newsletter.check.rule_settings import refuse_unknown
from newsletter.check.rules.css import css_parse_error, nested_at_rule, remote_css
from newsletter.check.rules.html import (
    forbidden_element,
    html_parse_error,
    unbalanced_conditional_comment,
    unprocessed_template,
)
from newsletter.check.rules.images import unsupported_image_source
from newsletter.errors import IssueRejected
from newsletter.files.cache import BuildCache
from newsletter.model import Location, MergeStyle
from newsletter.pipeline.build import make, read
from newsletter.workspace import find
from tests.desk import Desk, laid_out


@pytest.fixture
def checked_email(tmp_path: Path) -> CheckedEmail:
    """Return the email of the example workspace."""
    return built_email(tmp_path, {})


def built_email(root: Path, shown: example.Shown) -> CheckedEmail:
    workspace = find(laid_out(root, example.workspace(shown)).root)
    cache = BuildCache(workspace.state / "cache")
    draft = read(workspace, workspace.issues / example.SLUG, cache)
    assert draft.issue is not None
    assert draft.theme is not None
    email = make(workspace, draft, cache)
    return CheckedEmail(
        draft.issue, email, workspace.publication, draft.theme, EmailCheckSettings()
    )


def with_html(
    checked_email: CheckedEmail, words: str, instead: str = "The quay is empty at noon."
) -> CheckedEmail:
    """Return the email with `instead` replaced by other HTML."""
    return replace(
        checked_email,
        email=replace(checked_email.email, html=checked_email.email.html.replace(instead, words)),
    )


def styled(checked_email: CheckedEmail, css: str) -> CheckedEmail:
    return with_html(checked_email, f"<style>{css}</style></head>", "</head>")


def test_a_missing_doctype_is_a_parse_error(checked_email: CheckedEmail) -> None:
    (finding,) = html_parse_error.find(with_html(checked_email, "<html", "<!DOCTYPE html><html"))
    assert "DOCTYPE" in finding.message


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        ("<!--[if mso]><b>x</b><![endif]-->", 0),
        ("<!--[if !mso]><!--><b>x</b><!--<![endif]-->", 0),
        ("<!--[if gte mso 9]><xml></xml><![endif]--><!-- words -->", 0),
        ("<!--[if mso]><b>x</b>-->", 1),
        ("<!--[if mso]><b>x</b><!--[if mso]>y<![endif]-->", 1),
        ("<!--[if !mso]><!--><b>x</b>", 1),
        ("<b>x</b><!--<![endif]-->", 1),
    ],
)
def test_conditions_are_balanced(checked_email: CheckedEmail, words: str, faults: int) -> None:
    assert len(list(unbalanced_conditional_comment.find(with_html(checked_email, words)))) == faults


@pytest.mark.parametrize(
    "words",
    [
        "<script>x</script>",
        '<iframe src="https://sea.example"></iframe>',
        '<p onclick="x()">x</p>',
        '<a href="JavaScript:x()">x</a>',
        '<meta http-equiv="Refresh" content="0">',
        '<object data="x"></object>',
    ],
)
def test_elements_that_no_email_may_contain_are_reported(
    checked_email: CheckedEmail, words: str
) -> None:
    assert len(list(forbidden_element.find(with_html(checked_email, words)))) == 1


@pytest.mark.parametrize(
    ("css", "rule"),
    [
        (".m a{color red}", css_parse_error),
        (".m a}{", css_parse_error),
        ("@media screen{.m a{color:red}", css_parse_error),
        ("@media screen{.m a{*zoom:1}}", css_parse_error),
        ("@media screen{@supports (color:red){.m{color:red}}}", nested_at_rule),
        ("@font-face{font-family:x;src:url(https://sea.example/x.woff2)}", remote_css),
        (".m{background:url('http://sea.example/x.png')}", remote_css),
    ],
)
def test_css_that_clients_drop_is_reported(
    checked_email: CheckedEmail, css: str, rule: object
) -> None:
    changed = styled(checked_email, css)
    findings = [
        each for each in (css_parse_error, nested_at_rule, remote_css) if list(each.find(changed))
    ]
    assert findings == [rule]


@pytest.mark.parametrize("style", ["plain", "listmonk", "mailchimp", "buttondown", "ghost"])
def test_merge_fields_of_the_configured_service_are_not_reported(
    style: MergeStyle, tmp_path: Path
) -> None:
    settings = example.FILES["newsletter.toml"] + f'[merge]\nstyle = "{style}"\n'
    words = "Dear %%first_name|reader%%, %%email%% reads [this](%%web_url%%).\n"
    email = built_email(
        tmp_path, {"newsletter.toml": settings, "10-essay.md": example.FRONT + words}
    )
    assert list(unprocessed_template.find(email)) == []
    assert len(list(unprocessed_template.find(with_html(email, "{{ nobody }}", "Dear ")))) == 1


@pytest.mark.parametrize(
    ("words", "column", "message"),
    [
        (
            "Dear *|FNAME|*, hello.",
            6,
            "Unprocessed template code: *|FNAME|*; write %%first_name%%",
        ),
        (
            "So long, **|FNAME|**, hello.",
            10,
            "Unprocessed template code: *|FNAME|*; write %%first_name%%",
        ),
        ("Dear *|LNAME|*, hello.", 6, "Unprocessed template code: *|LNAME|*"),
        (
            "Dear {{ .Subscriber.Name }}, hello.",
            6,
            "Unprocessed template code: {{ .Subscriber.Name }}; write %%name%%",
        ),
        ("Dear ${name}, hello.", 6, "Unprocessed template code: ${name}; write %%name%%"),
        (
            "Dear <%= email %>, hello.",
            6,
            "Unprocessed template code: <%= email %>; write %%email%%",
        ),
        (
            "Dear [[first_name]], hello.",
            6,
            "Unprocessed template code: [[first_name]]; write %%first_name%%",
        ),
        ("Dear |FNAME|, hello.", 6, "Unprocessed template code: |FNAME|; write %%first_name%%"),
        (
            "Dear %FIRSTNAME%, hello.",
            6,
            "Unprocessed template code: %FIRSTNAME%; write %%first_name%%",
        ),
        (
            "Dear %recipient.name%, hello.",
            6,
            "Unprocessed template code: %recipient.name%; write %%name%%",
        ),
        ("Dear {$name}, hello.", 6, "Unprocessed template code: {$name}; write %%name%%"),
        (
            "Dear [firstname,fallback=friend], hello.",
            6,
            "Unprocessed template code: [firstname,fallback=friend]; write %%first_name%%",
        ),
        (
            "| a | b | c |\n|---|---|---|\n| *|FNAME|* |",
            5,
            "Unprocessed template code: *|FNAME|*; write %%first_name%%",
        ),
        (
            "| a | b |\n|---|---|\n| \\*\\|FNAME\\|\\* | 1 |",
            4,
            "Unprocessed template code: *|FNAME|*; write %%first_name%%",
        ),
        ("| a | b |\n|---|---|\n| A \\|x\\| B | 1 * 2 |\n| 100%NAME% | {name} |", None, None),
        (
            "The page [[Harbour]] of the wiki, `*|FNAME|*`, <kbd>${name}</kbd> and $5, *|so|*.",
            None,
            None,
        ),
    ],
)
def test_service_tags_typed_in_prose_are_reported(
    words: str, column: int | None, message: str | None, tmp_path: Path
) -> None:
    email = built_email(tmp_path, {"10-essay.md": example.FRONT + words + "\n"})
    findings = [
        (finding.where.column, finding.message) for finding in unprocessed_template.find(email)
    ]
    assert findings == ([(column, message)] if message else [])


# --- size -----------------------------------------------------------------------------------------


def test_the_measured_parts_add_up_to_the_whole_email(checked_email: CheckedEmail) -> None:
    report = measure_size(checked_email)
    assert [stretch.name for stretch in report.stretches] == [
        "head and styles",
        "opening",
        "The Quiet Port",
        "credits",
        "foot",
    ]
    assert (
        sum(stretch.bytes for stretch in report.stretches)
        == report.decoded
        == len(checked_email.email.html.encode())
    )
    assert report.clip() is None


def test_the_reserve_for_provider_additions_is_counted(checked_email: CheckedEmail) -> None:
    links = checked_email.email.html.count("<a ")
    reserved = measure_size(replace(checked_email, checks=EmailCheckSettings(reserve=CLIP)))
    assert reserved.total == measure_size(checked_email).total + links * CLIP
    clip = reserved.clip()
    assert clip is not None
    assert reserved.upto(clip - 1) < CLIP <= reserved.upto(clip)


# --- clients --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "ways"),
    [
        (
            '<p style="display:flex;gap:1rem">',
            {"declaration display flex", "property gap", "unit rem"},
        ),
        (
            '<p style="width:calc(1px + min(2vw, 3px))">',
            {"function calc", "function min", "unit vw"},
        ),
        ('<p style="--a:1px;color:var(--a)">', {"property --*", "function var"}),
        ('<img src="https://sea.example/a.webp?x">', {"image webp"}),
        ('<input type="checkbox" required>', {"element input checkbox", "attribute required"}),
        (
            "<style>.a > b:first-child + [x]{color:red}</style>",
            {"selector child", "pseudo first-child"},
        ),
        ("<style>.a{color:red; & b{color:blue}}</style>", {"nesting"}),
        ("<style>@keyframes x{from{opacity:0}}</style>", {"at keyframes"}),
    ],
)
def test_css_and_html_features_are_detected(fragment: str, ways: set[str]) -> None:
    assert ways <= set(used(html.document_fromstring(f"<html><body>{fragment}</body></html>")))


def test_css_inside_a_condition_is_not_counted_as_used() -> None:
    tree = html.document_fromstring(
        "<style>@media (hover:hover){.a:first-child{display:grid}}</style><p>x</p>"
    )
    assert not {"declaration display grid", "pseudo first-child"} & set(used(tree))


def test_the_default_clients_have_support_data() -> None:
    assert all(support().matching(name) for name, _ in USUAL)
    assert len(support().matching("gmail")) > 1


def test_clients_with_a_small_share_are_not_reported_alone() -> None:
    rounded = support().features["property border-radius"]
    assert support().lacking(rounded, (("gmail", 3.0), ("outlook.windows", 0.5))) == []
    assert support().lacking(rounded, (("gmail", 3.0), ("outlook.windows", 1.0))) == [
        "outlook.windows"
    ]


def test_the_support_data_names_its_source() -> None:
    data = json.loads(DATA.read_text("utf-8"))
    assert data["source"].startswith("caniemail ")
    assert "Rémi Parmentier" in data["notice"]
    assert DATA.stat().st_size < 50_000


def test_the_latest_version_is_the_last_one_in_the_data() -> None:
    """Sorted as text, "2016" would come after "16.80"."""
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "update_clients.py"))
    entry = {
        "stats": {
            "outlook": {
                "macos": {"2016": "n #1", "16.80": "y"},
                "windows": {"2016": "y", "2019": "n #2"},
            }
        }
    }
    assert list(tool["_without"](entry)) == [("outlook.windows", ["2"])]


def _settings(clients: str) -> Iterator[tuple[str, str]]:
    yield "newsletter.toml", example.FILES["newsletter.toml"] + f"[check]\nclients = {clients}\n"


def test_an_unknown_client_is_an_error_at_its_position(tmp_path: Path) -> None:
    for name, data in example.workspace(dict(_settings('["gmail", "outlok"]'))).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with pytest.raises(IssueRejected) as caught:
        refuse_unknown(find(tmp_path))
    (finding,) = caught.value.findings
    assert str(finding.where) == "newsletter.toml:10:22"
    assert finding.hint == 'Write "outlook" if that is what you meant.'


def test_clients_can_have_weights(tmp_path: Path) -> None:
    built_email(tmp_path, dict(_settings('{gmail = 3, "outlook.windows" = 0.5}')))
    assert chosen(find(tmp_path)) == (("gmail", 3), ("outlook.windows", 0.5))


SHEET = "templates/default/outlook.css.j2"


def checked(root: Path, shown: dict[str, str], clients: str = "[]") -> list[tuple[str, str]]:
    """Return the client findings, as location and message, for the example with `shown` in it."""
    settings = dict(_settings(clients))
    for name, data in example.workspace({**settings, **shown}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    ran = Desk(root).run("check", "--all", "--select", "NL721,NL722", "--format", "json")
    return [
        (str(Location(finding["path"], finding["line"], finding["column"])), finding["message"])
        for finding in json.loads(ran.out)["findings"]
    ]


ROUND = {SHEET: ".m a{border-radius:8px}\n"}


@pytest.mark.parametrize(
    ("clients", "reported"),
    [
        ("[]", "Outlook (Windows)"),
        ('["outlook.windows"]', "Outlook (Windows)"),
        ('["gmail"]', ""),
        ('{gmail = 3, "outlook.windows" = 0.5}', ""),
        ('{gmail = 3, "outlook.windows" = 1}', "Outlook (Windows)"),
        (
            '{"outlook.windows" = 0.5, "outlook.windows-mail" = 0.5}',
            "Outlook (Windows), Windows Mail",
        ),
        (
            '{"outlook.windows" = 0.5, "outlook.windows-mail" = 2}',
            "Windows Mail, Outlook (Windows)",
        ),
    ],
)
def test_clients_with_the_most_weight_decide_and_come_first(
    clients: str, reported: str, tmp_path: Path
) -> None:
    findings = checked(tmp_path, ROUND, clients)
    assert bool(findings) is bool(reported)
    for where, words in findings:
        assert where == f"{SHEET}:1:6"
        assert words.startswith("border-radius not supported by ")
        assert re.sub(r"Outlook \(Windows Mail\)", "Windows Mail", words).startswith(
            f"border-radius not supported by {reported} (caniemail.com, {support().date})."
        )


def test_a_feature_added_by_a_custom_theme_is_reported_once_at_its_line(tmp_path: Path) -> None:
    second = {f"issues/2026-03-08-tide/{name}": text for name, text in own_files().items()}
    assert len(checked(tmp_path, {**ROUND, **second})) == 1


def own_files() -> dict[str, str]:
    start = f"issues/{example.SLUG}/"
    return {
        name.removeprefix(start): text
        for name, text in example.FILES.items()
        if name.startswith(start)
    }


ALL = json.dumps(sorted({name.partition(".")[0] for name in support().names}))
BLOCKS = """
Read `code`, <small>small print</small>, a note[^1] and a list:

- one
- two

| Port | Ships |
| --- | --- |
| Lisbon | 12 |

> Words of another.

::: callout Mind
The tide.
:::

[^1]: Noted.
"""


def test_features_of_the_packaged_theme_are_not_reported_for_any_client(tmp_path: Path) -> None:
    assert checked(tmp_path, {}, ALL) == []
    assert [
        where for where, _ in checked(tmp_path, {"10-essay.md": example.FRONT + BLOCKS}, ALL)
    ] == [
        f"{example.ESSAY}:7:6",
        f"{example.ESSAY}:7:21",
    ], "tags typed by an author are reported"


def test_features_of_a_custom_theme_are_not_part_of_the_baseline(tmp_path: Path) -> None:
    """The baseline is the packaged theme; features in all emails of a publication still count."""
    (finding,) = checked(
        tmp_path, {"templates/blue/outlook.css.j2": ".m a{display:grid}\n", "issue.yaml": BLUE}
    )
    assert finding[0] == "templates/blue/outlook.css.j2:1:6"


BLUE = example.FILES[f"issues/{example.SLUG}/issue.yaml"] + "theme: blue\n"


def test_the_setting_that_causes_a_bad_image_url_is_named(tmp_path: Path) -> None:
    settings = example.FILES["newsletter.toml"].replace('url = "https:', 'url = "http:')
    shown = {
        "newsletter.toml": settings,
        QUAY: example.IMAGE,
        "10-essay.md": example.FRONT + PICTURED,
    }
    email = built_email(tmp_path, shown)
    (finding,) = unsupported_image_source.find(email)
    assert str(finding.where) == f"{example.ESSAY}:6:1"
    assert finding.message.endswith("(`url` or `[images] url` of the settings)")


QUAY = f"issues/{example.SLUG}/images/quay.png"
PICTURED = "![A quay](images/quay.png)\n"


@pytest.mark.parametrize("name", ["foot.mjml.j2", "lead.mjml.j2", "credits.mjml.j2"])
def test_no_finding_points_into_the_packaged_theme(name: str, tmp_path: Path) -> None:
    """Missing elements are reported in the publication's own template, or else in the issue."""
    shown = {f"templates/default/{name}": "<mj-raw><b onclick='x'></mj-raw>\n"}
    for path, data in example.workspace(shown).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    findings = json.loads(Desk(tmp_path).run("check", "--format", "json").out)["findings"]
    assert findings
    assert all((tmp_path / finding["path"]).is_file() for finding in findings)
