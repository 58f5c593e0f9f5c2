"""Rebuilding: only changes are written, the site is replaced atomically, and equal input gives
equal bytes.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from unittest import mock

import pytest

from tests.archive.conftest import without_search
from tests.archive.sample import ARABIC, DIGEST, WEEKLY, add, quay
from tests.desk import Desk


def result(desk: Desk, *options: str) -> dict[str, object]:
    ran = desk.run("archive", "--json", *options)
    assert ran.code == 0, ran.err
    return dict(json.loads(ran.out))


def inodes(desk: Desk) -> dict[str, int]:
    site = desk.root / "site"
    return {p.relative_to(site).as_posix(): p.stat().st_ino for p in site.rglob("*") if p.is_file()}


def test_nothing_is_written_when_nothing_changed(copy: Desk) -> None:
    assert result(copy)["rendered"] == 0  # only timestamps changed, not bytes
    before = inodes(copy)
    second = result(copy)
    assert (second["rendered"], second["changed"], second["removed"]) == (0, 0, 0)
    assert inodes(copy) == before


def test_two_workspaces_give_the_same_bytes(built: Desk, tmp_path: Path) -> None:
    other = quay(tmp_path / "elsewhere")
    other.write("newsletter.toml", without_search(other))
    assert other.run("archive", "--jobs", "2").code == 0
    assert other.tree("site") == built.tree("site")


def test_incremental_and_full_builds_are_equal(copy: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shutil.move(copy.root / "issues" / DIGEST, kept)
    result(copy)
    assert "Three Articles" not in (copy.root / "site" / "index.html").read_text("utf-8")
    shutil.copytree(kept, copy.root / "issues" / DIGEST)
    add(copy, WEEKLY, "title: Another Title\n")
    result(copy)
    stepwise = copy.tree("site")
    result(copy, "--force")
    assert copy.tree("site") == stepwise


def test_one_changed_issue_writes_its_pages_and_those_that_mention_it(copy: Desk) -> None:
    result(copy)
    before = inodes(copy)
    add(copy, ARABIC, "title: ميناء آخر\n")
    assert result(copy)["rendered"] == 1
    after = inodes(copy)
    written = {path.partition("/")[0] for path in after if after[path] != before.get(path)}
    assert {
        ARABIC,
        DIGEST,
        "index.html",
        "atom.xml",
        "2026",
        "people",
    } <= written  # DIGEST is next to it
    assert WEEKLY not in written
    assert after["about/index.html"] == before["about/index.html"]


def test_a_page_is_removed_with_its_issue(copy: Desk) -> None:
    shutil.rmtree(copy.root / "issues" / ARABIC)
    ran = copy.run("archive")
    assert ran.code == 0
    assert "NL856 page-gone" in ran.err
    assert not (copy.root / "site" / ARABIC).exists()
    assert not (copy.root / "site" / "people" / "layla").exists()


def test_a_file_changed_in_the_site_is_rebuilt(copy: Desk) -> None:
    result(copy)
    page = copy.root / "site" / "about" / "index.html"
    good = page.read_bytes()
    page.unlink()
    page.write_text("broken", "utf-8")
    assert result(copy)["changed"]
    assert page.read_bytes() == good


def test_a_lost_record_only_costs_time(copy: Desk) -> None:
    before = copy.tree("site")
    shutil.rmtree(copy.root / ".newsletter")
    assert result(copy)["rendered"] == 4
    assert copy.tree("site") == before


def test_the_site_is_complete_at_every_moment(copy: Desk) -> None:
    """A run that dies while writing leaves the old site intact; the next one completes."""
    before = copy.tree("site")
    add(copy, WEEKLY, "title: Another Title\n")
    from newsletter.archive import site_writer

    with (
        mock.patch.object(site_writer.Staging, "write", side_effect=KeyboardInterrupt),
        mock.patch.dict(os.environ),
    ):
        assert copy.run("archive").code == 1
    assert copy.tree("site") == before
    assert [path.name for path in copy.root.glob(".newsletter-*")] == []
    assert copy.run("archive").code == 0
    assert "Another Title" in (copy.root / "site" / "index.html").read_text("utf-8")


def test_a_full_disk_leaves_the_old_site(copy: Desk) -> None:
    before = copy.tree("site")
    add(copy, WEEKLY, "title: Another Title\n")
    from newsletter.archive import site_writer

    full = OSError(28, "No space left on device")
    with mock.patch.object(site_writer.Staging, "write", side_effect=full):
        ran = copy.run("archive")
    assert ran.code == 1
    assert "No space left on device" in ran.err
    assert copy.tree("site") == before


@pytest.mark.parametrize("out", ["public", "../beside"])
def test_out_option_sets_another_folder(copy: Desk, out: str) -> None:
    assert copy.run("archive", "--out", out).code == 0
    assert (copy.root / out / "index.html").exists()


def test_a_folder_target_publishes_the_site(copy: Desk) -> None:
    text = (copy.root / "newsletter.toml").read_text("utf-8")
    copy.write("newsletter.toml", f'{text}\n[targets.pages]\ntype = "folder"\npath = "www"\n')
    assert copy.run("archive", "--to", "pages").code == 0
    assert (copy.root / "www" / "index.html").exists()
    ran = copy.run("archive", "--to", "page")
    assert ran.code == 2
    assert 'Write "pages" if that is what you meant.' in ran.err


def test_an_in_place_edit_changes_only_that_file(copy: Desk) -> None:
    """Files are hard links between the site and its sources; an editor may write into one."""
    result(copy)
    before = copy.tree("site")
    with (copy.root / "site" / DIGEST / "index.md").open("a", encoding="utf-8") as twin:
        twin.write("edited\n")
    result(copy)
    assert copy.tree("site") == before
    add(copy, WEEKLY, "title: Another Title\n")
    result(copy)
    assert (copy.root / "site" / DIGEST / "index.md").read_bytes() == before[f"{DIGEST}/index.md"]


def test_many_runs_give_the_same_result_as_one(copy: Desk) -> None:
    """A run starts from the site before last: pages that were added and removed in between leave
    nothing behind.
    """
    result(copy)
    away = copy.root.parent / "away"
    for number in range(3):
        add(copy, WEEKLY, f"title: Title {number}\ntags: [once-{number}]\n")
        result(copy)
        shutil.move(copy.root / "issues" / ARABIC, away)
        result(copy)
        shutil.move(away, copy.root / "issues" / ARABIC)
    result(copy)
    stepwise = copy.tree("site")
    folders = {path for path in (copy.root / "site").rglob("*") if path.is_dir()}
    assert all(any(folder.iterdir()) for folder in folders)
    shutil.rmtree(copy.root / ".newsletter")
    shutil.rmtree(copy.root / "site")
    result(copy)
    assert copy.tree("site") == stepwise


def test_the_search_index_drops_a_removed_page(tmp_path: Path) -> None:
    desk = quay(tmp_path / "quay")
    for _ in range(2):
        add(desk, WEEKLY, "tags: [ports]\n")
        assert desk.run("archive").code == 0
        shutil.move(desk.root / "issues" / ARABIC, tmp_path / "away")
        assert desk.run("archive").code == 0
        names = [path.name for path in (desk.root / "site" / "pagefind" / "fragment").iterdir()]
        assert not [name for name in names if name.startswith("ar_")]
        shutil.move(tmp_path / "away", desk.root / "issues" / ARABIC)
