"""`newsletter theme`: list and try looks, copy files, and compare them with their origin."""

from __future__ import annotations

import json
import re

import pytest

from newsletter.theme.theme_copies import text_digest
from tests.desk import SLUG, Desk

SETTINGS = 'name = "The Quay"\nurl = "https://quay.example"\ncheck.ignore = ["NL92", "NL910"]\n'


def test_looks_are_listed_anywhere_and_custom_themes_in_a_workspace(desk: Desk) -> None:
    desk.write("templates/quay/look.toml", 'extends = "signal"\nabout = "The port\'s own."\n')
    desk.write("newsletter.toml", SETTINGS + '[theme]\nname = "quay"\n')
    lines = desk.run("theme", "list").out.splitlines()
    assert [line.split()[0] for line in lines[:5]] == [
        "default", "broadsheet", "signal", "digest", "plain",
    ]  # fmt: skip
    assert lines[5] == "* quay        The port's own. (your own, extends signal)"
    facts = json.loads(desk.run("theme", "list", "--json").out)
    assert [entry["name"] for entry in facts if entry["current"]] == ["quay"]


def test_a_copy_records_its_origin_and_builds_the_same(desk: Desk) -> None:
    assert desk.run("build").code == 0
    before = (desk.root / "dist" / SLUG / "email.html").read_bytes()
    ran = desk.run("theme", "copy", "foot")
    assert (ran.code, ran.out) == (0, "templates/default/foot.j2\n")
    copy = (desk.root / "templates/default/foot.j2").read_text("utf-8")
    assert re.match(r"\{# From newsletter \S+, base/foot\.j2, sha256 [0-9a-f]{16} #\}\n", copy)
    assert desk.run("build").code == 0
    assert (desk.root / "dist" / SLUG / "email.html").read_bytes() == before
    assert desk.run("theme", "diff").out.startswith("foot.j2: unchanged since ")


@pytest.mark.parametrize(
    "name", ["tokens.toml", "phrases.toml", "sections/brief", "blocks/button.html.j2"]
)
def test_a_file_of_every_kind_can_be_copied(name: str, desk: Desk) -> None:
    assert desk.run("theme", "copy", name).code == 0
    assert desk.run("build").code == 0
    assert "unchanged since" in desk.run("theme", "diff").out


def test_a_copy_is_never_overwritten_and_a_misspelt_name_is_suggested(desk: Desk) -> None:
    desk.write("templates/default/foot.j2", "mine")
    second = desk.run("theme", "copy", "foot.j2")
    assert (second.code, second.err) == (
        1,
        "error: templates/default/foot.j2 already exists\n"
        "    hint: Run `newsletter theme diff` to see what changed in the packaged file since.\n",
    )
    wrong = desk.run("theme", "copy", "mastead.j2")
    assert (wrong.code, wrong.err) == (
        2,
        'error: No packaged theme file "mastead.j2"\n    hint: Write "masthead.j2" if that is what you meant.\n',
    )


def aged(desk: Desk, name: str, *, original: bool = True) -> None:
    """Make a copy look like one of an earlier version, whose file had a different last line."""
    copy, kept = (
        desk.root / f"templates/default/{name}",
        desk.root / f"templates/default/.origin/{name}",
    )
    then = kept.read_text("utf-8").replace("unsubscribe_url", "leave_url", 1)
    text = copy.read_text("utf-8")
    text = re.sub(r"sha256 [0-9a-f]{16}", f"sha256 {text_digest(then)}", text, count=1)
    copy.write_text(re.sub(r"newsletter \S+,", "newsletter 0.0.1,", text, count=1), "utf-8")
    kept.write_text(then, "utf-8")
    if not original:
        copy.write_text(copy.read_text("utf-8").replace("unsubscribe_url", "leave_url", 1), "utf-8")
        kept.unlink()


@pytest.mark.parametrize("original", [True, False])
def test_diff_shows_what_changed_in_the_packaged_file_since(original: bool, desk: Desk) -> None:
    desk.run("theme", "copy", "foot")
    aged(desk, "foot.j2", original=original)
    out = desk.run("theme", "diff").out
    assert out.startswith("foot.j2: changed since 0.0.1\n--- base/foot.j2 (")
    changed = [line for line in out.splitlines() if re.match(r"[+-](?![+-])", line)]
    assert len(changed) == 2
    assert "leave_url" in changed[0]
    assert "unsubscribe_url" in changed[1]
    (facts,) = json.loads(desk.run("theme", "diff", "--json").out)
    assert (facts["state"], facts["version"]) == ("changed", "0.0.1")


def test_a_file_without_a_recorded_origin_is_reported(desk: Desk) -> None:
    desk.write("templates/default/credits.j2", "{# ours #}\n")
    assert desk.run("theme", "diff").out == (
        "credits.j2: replaces the packaged file; its origin is not recorded\n"
    )


def test_new_writes_only_what_differs(desk: Desk) -> None:
    ran = desk.run("theme", "new", "quay", "--from", "signal")
    assert (ran.code, ran.out) == (0, "templates/quay/look.toml\n")
    assert [p.name for p in (desk.root / "templates/quay").iterdir()] == ["look.toml"]
    desk.write("newsletter.toml", SETTINGS + 'theme = "quay"\n')
    assert desk.run("check").code == 0
    show = desk.run("theme", "show").out
    assert show.startswith("quay, which extends signal\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("new", "quay", "--from", "sginal"),
            'Unknown look "sginal"\n    hint: Write "signal" if that is what you meant.',
        ),
        (("new", "Über"), 'Invalid theme name: "Über"'),
        (("new", "signal"), '"signal" is a packaged look'),
        (("new", "../quay"), 'Invalid theme name: "../quay"'),
        (
            ("try", "sginal"),
            'Unknown look "sginal"\n    hint: Write "signal" if that is what you meant.',
        ),
        (("copy", "../../newsletter.toml"), 'No packaged theme file "../../newsletter.toml"'),
    ],
)
def test_wrong_usage_is_reported_and_exits_with_2(
    arguments: tuple[str, ...], message: str, desk: Desk
) -> None:
    ran = desk.run("theme", *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_show_lists_what_settings_and_files_change(desk: Desk) -> None:
    desk.write("newsletter.toml", SETTINGS + '[theme]\naccent = "#86331f"\nwidth = 600\n')
    part = '{% extends "packaged/foot.j2" %}\n{% block email %}{{ super() }}{% endblock %}\n'
    desk.write("templates/default/foot.j2", part)
    desk.write("templates/default/tokens.toml", "[space]\nline = 18\n")
    desk.write("templates/default/sections/interview.j2", '{% extends "section.j2" %}\n')
    desk.write("templates/default/text.txt.j2", "{{ issue.title }}\n")
    facts = json.loads(desk.run("theme", "show", "--json").out)
    assert facts["settings"] == {"accent": "#86331f", "width": "600"}
    everywhere = "email, web page, archive, text part"
    assert [(f["name"], f["use"], f["changes"], f["reaches"]) for f in facts["files"]] == [
        ("foot.j2", "extends", ["email"], "email"),
        ("sections/interview.j2", "adds", [], everywhere),
        ("text.txt.j2", "replaces", [], "text part"),
        ("tokens.toml", "merges", ["space.line"], everywhere),
    ]
    assert min(pair["ratio"] / pair["needed"] for pair in facts["contrast"]) >= 1
    text = desk.run("theme", "show").out
    assert "accent               #86331f" in text
    assert "foot.j2                      extends the packaged file: email (email)" in text


def test_files_are_listed_with_description_and_override_state(desk: Desk) -> None:
    desk.write("templates/default/foot.mjml.j2", "<mj-text>Leave</mj-text>\n")
    listed = {f["name"]: f for f in json.loads(desk.run("theme", "files", "--json").out)}
    assert listed["foot.j2"]["overridden"]
    assert not listed["lead.j2"]["overridden"]
    assert [name for name, file in listed.items() if not file["about"]] == []


def test_trying_a_look_changes_only_the_cache(desk: Desk) -> None:
    desk.write(
        f"issues/{SLUG}/issue.yaml", (desk.issue / "issue.yaml").read_text() + "theme: plain\n"
    )
    before = {path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}
    ran = desk.run("theme", "try", "signal", "--json")
    assert ran.code == 0, ran.err
    facts = json.loads(ran.out)
    assert facts["findings"] == []
    after = {
        path: path.read_bytes()
        for path in desk.root.rglob("*")
        if path.is_file() and ".newsletter" not in path.parts
    }
    assert after == {p: data for p, data in before.items() if ".newsletter" not in p.parts}
    tried = desk.root / ".newsletter/try" / SLUG
    page = (tried / "index.html").read_text("utf-8")
    assert page.count("<iframe") == 4
    assert "signal" in page
    assert (tried / "present/email.html").read_bytes() != (tried / "tried/email.html").read_bytes()
