"""Whatever happens to the files, the last good email is kept and errors are reported."""

from __future__ import annotations

import shutil

import pytest

from newsletter.pipeline.check_batch import check_issue
from newsletter.preview.issue_cache import IssueCache, PreviewedIssue
from tests.desk import ISSUES, SLUG, Desk
from tests.preview.conftest import MemoryCache, cache_of

ESSAY = f"issues/{SLUG}/10-essay.md"


def shown(cache: IssueCache, slug: str = SLUG) -> PreviewedIssue:
    preview = cache.show(slug)
    assert preview
    return preview


def saved(cache: IssueCache, desk: Desk, name: str, content: str | bytes) -> PreviewedIssue:
    """Save a file as an editor does, then refresh."""
    desk.write(name, content)
    if name.startswith("issues/"):
        cache.invalidate(name.split("/")[1])
    else:
        cache.reload_settings() if name == "newsletter.toml" else cache.invalidate_all()
    return shown(cache)


def reported(found: PreviewedIssue) -> list[str]:
    return [f"{error.where}: {error.code}" for error in found.errors]


BREAKING = [
    ("an essay that is half there", ESSAY, "---\nkind: ess", ["NL001"]),
    ("an essay of nothing", ESSAY, "", ["NL001"]),
    ("a kind nobody knows", ESSAY, "---\nkind: esay\n---\nOne ship.\n", ["NL008"]),
    ("YAML in the middle of a word", f"issues/{SLUG}/issue.yaml", "title: [", ["NL002"]),
    ("no settings of the issue", f"issues/{SLUG}/issue.yaml", "", ["NL004", "NL004", "NL004"]),
    ("bytes that are no text", ESSAY, b"---\nkind: essay\n---\n\xff\xfe", ["NL001"]),
    (
        "a picture that is not there",
        ESSAY,
        "---\nkind: essay\n---\n![quay](images/quay.png)\n",
        ["NL501"],
    ),
    ("credits that are no YAML", f"issues/{SLUG}/credits.yaml", "location: [", ["NL002"]),
    ("a theme that does not compile", "templates/default/lead.mjml.j2", "{% if %}", ["NL011"]),
    (
        "a theme that asks for what is not there",
        "templates/default/lead.mjml.j2",
        "{{ issue.nme }}",
        ["NL011"],
    ),
    (
        "a theme that closes nothing",
        "templates/default/lead.mjml.j2",
        "<mj-text><b></mj-text>",
        ["NL011"],
    ),
    ("tokens that are no TOML", "templates/default/tokens.toml", "light = [", ["NL010"]),
    ("a masthead that is no YAML", "credits.yaml", "people: [", ["NL002"]),
]


@pytest.mark.parametrize(
    ("name", "content", "codes"), [row[1:] for row in BREAKING], ids=[row[0] for row in BREAKING]
)
def test_the_last_good_email_stays(
    desk: Desk, cache: IssueCache, name: str, content: str | bytes, codes: list[str]
) -> None:
    path = desk.root / name
    before = path.read_bytes() if path.exists() else None
    good = shown(cache)
    assert good.errors == ()
    broken = saved(cache, desk, name, content)
    assert [error.code for error in broken.errors] == codes
    assert broken.email_views is good.email_views
    assert broken.version > good.version
    assert cache.check(SLUG, lambda: None).checked  # type: ignore[union-attr]
    if before is None:
        path.unlink()
        cache.invalidate_all()
        fixed = shown(cache)
    else:
        fixed = saved(cache, desk, name, before)
    assert fixed.errors == ()
    assert fixed.email_views
    assert good.email_views
    assert fixed.email_views.checked_email.email == good.email_views.checked_email.email


def test_an_issue_that_never_built_has_no_email(desk: Desk, cache: IssueCache) -> None:
    desk.write(ESSAY, "---\nkind: esay\n---\nOne ship.\n")
    preview = shown(cache)
    assert preview.email_views is None
    assert reported(preview) == [f"{ESSAY}:2:7: NL008"]


def test_a_save_without_changes_makes_no_new_version(desk: Desk, cache: IssueCache) -> None:
    first = shown(cache)
    assert saved(cache, desk, ESSAY, (desk.root / ESSAY).read_bytes()) is first
    assert saved(cache, desk, f"issues/{SLUG}/.10-essay.md.swp", "vim was here") is first
    assert (
        saved(cache, desk, ESSAY, "---\nkind: essay\n---\nTwo ships came in.\n").version
        > first.version
    )


def test_moved_lines_make_a_new_version(desk: Desk, cache: IssueCache) -> None:
    """The email has the same bytes, but its source lines have moved."""
    first = shown(cache)
    second = saved(
        cache,
        desk,
        ESSAY,
        (desk.root / ESSAY).read_text("utf-8").replace("---\nOne", "---\n\n\nOne"),
    )
    assert second.version > first.version
    assert second.email_views
    assert [str(mark.at) for mark in second.email_views.marked.marks if mark.at.path == ESSAY] == [
        f"{ESSAY}:6:1"
    ]


def test_the_rules_report_the_findings_of_check(desk: Desk) -> None:
    """The preview matches the command line, except that the settings' baseline is not applied."""
    weekly = Desk.of(ISSUES / "weekly", desk.root.parent / "weekly")
    weekly.write(
        "issues/2026-03-08-cranes/20-brief.md",
        "---\nkind: brief\ntitle: TK\n---\nRead [here](https://x.example).\n",
    )
    cache = cache_of(weekly.root)
    slug = "2026-03-08-cranes"
    assert cache.show(slug)
    preview = cache.check(slug, lambda: None)
    assert preview
    assert preview.findings == check_issue(cache.workspace, weekly.root / "issues" / slug).findings
    assert len(preview.findings) > 2


def test_fixed_findings_disappear_once_the_rules_have_run(desk: Desk, cache: IssueCache) -> None:
    good = (desk.root / ESSAY).read_text("utf-8")
    shown(cache)
    broken = saved(cache, desk, ESSAY, f"{good}\nTK and <b>loud</b>.\n")
    assert broken.errors
    assert set(broken.errors) <= set(broken.findings)
    preview = cache.check(SLUG, lambda: None)
    assert preview
    ruled = set(preview.findings) - set(broken.errors)
    assert ruled
    fixed = saved(cache, desk, ESSAY, f"{good}\nTK and **loud**.\n")
    assert not fixed.checked
    assert not set(fixed.findings) & set(broken.errors)
    assert ruled <= set(fixed.findings)


def test_a_check_is_interruptible(desk: Desk, cache: IssueCache) -> None:
    class Later(Exception):
        pass

    calls = 0

    def pause() -> None:
        nonlocal calls
        calls += 1
        if calls == 40:
            raise Later

    first = shown(cache)
    with pytest.raises(Later):
        cache.check(SLUG, pause)
    assert shown(cache) is first
    assert not first.checked


def test_broken_settings_leave_the_last_good_ones_in_force(desk: Desk, cache: IssueCache) -> None:
    settings = (desk.root / "newsletter.toml").read_text("utf-8")
    first = shown(cache)
    assert saved(cache, desk, "newsletter.toml", "nme = 3\n" + settings).version == first.version
    assert [finding.code for finding in cache.settings_errors] == ["NL003"]
    assert (
        saved(
            cache, desk, "newsletter.toml", settings + '\n[preview]\neditor = "notepat"\n'
        ).version
        == first.version
    )
    assert [finding.message for finding in cache.settings_errors] == ['Unknown editor "notepat"']
    second = saved(
        cache,
        desk,
        "newsletter.toml",
        settings.replace('name = "The Quay"', 'name = "The Long Quay"'),
    )
    assert cache.settings_errors == ()
    assert second.email_views
    assert "The Long Quay" in second.email_views.checked_email.email.html


def test_an_issue_can_be_removed_and_restored(desk: Desk, cache: IssueCache) -> None:
    shown(cache)
    aside = desk.root / "aside"
    shutil.move(desk.issue, aside)
    cache.invalidate(SLUG)
    assert cache.show(SLUG) is None
    shutil.move(aside, desk.issue)
    cache.invalidate(SLUG)
    assert shown(cache).errors == ()


@pytest.mark.parametrize(
    "slug", ["..", "", "issues", "2026-03-01", "/etc", "2026-03-01-quay/../2026-03-01-quay"]
)
def test_folders_that_are_not_issues_are_ignored(cache: IssueCache, slug: str) -> None:
    assert cache.show(slug) is None


def test_only_recently_requested_issues_are_cached(desk: Desk, cache: IssueCache) -> None:
    slugs = [f"2026-{month:02}-01-ship" for month in range(4, 11)]
    for slug in slugs:
        desk.another(slug)
        shown(cache, slug)
    assert list(cache.shown) == slugs[-4:]


def test_an_internal_error_is_reported_and_the_email_stays(desk: Desk, cache: IssueCache) -> None:
    class Broken(MemoryCache):
        def get(self, key: str, default: object = None) -> bytes:
            raise ZeroDivisionError("a fault of ours")

    good = shown(cache)
    picture = ISSUES / "every-block" / "issues" / "2026-03-29-blocks" / "images" / "crane.png"
    desk.write(f"issues/{SLUG}/images/crane.png", picture.read_bytes())
    cache.blobs = Broken()
    preview = saved(cache, desk, ESSAY, "---\nkind: essay\n---\n![crane](images/crane.png)\n")
    assert preview.email_views is good.email_views
    assert [(e.code, e.message) for e in preview.errors] == [
        ("NL000", "Unexpected error in the preview: ZeroDivisionError: a fault of ours")
    ]
    cache.blobs = MemoryCache()
    cache.invalidate(SLUG)
    assert shown(cache).errors == ()
