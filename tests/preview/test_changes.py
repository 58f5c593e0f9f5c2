"""Changes since an issue was published: in the whole email, not only in its text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from newsletter.preview.issue_cache import IssueCache
from newsletter.preview.studio import _changes
from tests.desk import ISSUES, Desk
from tests.preview.conftest import cache_of

SLUG = "2026-03-29-blocks"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, IssueCache]:
    """A published issue with one of each block, including a remote image."""
    desk = Desk.of(ISSUES / "every-block", tmp_path_factory.mktemp("changes") / "desk")
    assert desk.run("publish", "--yes").code == 0
    return desk, cache_of(desk.root)


def changed(published: tuple[Desk, IssueCache]) -> list[dict[str, Any]]:
    _, cache = published
    cache.invalidate(SLUG)
    shown = cache.show(SLUG)
    assert shown is not None
    result = _changes(shown)
    assert result["available"], result["why"]
    changes: list[dict[str, Any]] = result["changes"]
    return changes


@pytest.fixture
def essay(published: tuple[Desk, IssueCache]) -> Iterator[Path]:
    folder = published[0].root / "issues" / SLUG
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    yield folder / "10-essay.md"
    for path, data in before.items():
        path.write_bytes(data)


def test_nothing_changed(published: tuple[Desk, IssueCache]) -> None:
    assert changed(published) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "kind", "detail"),
    [
        (
            "10-essay.md",
            "https://quay.example/a?b=1&c=2",
            "https://quay.example/new",
            "changed",
            "Link “quay”: https://quay.example/a?b=1&c=2 → https://quay.example/new",
        ),
        ("10-essay.md", "**strength**", "strength", "appearance", "“strength”: bold → plain"),
        ("10-essay.md", "![crane]", "![a tall crane]", "changed", None),
        ("issue.yaml", "preheader: ", "preheader: Now, ", "preheader", None),
        ("issue.yaml", "title: ", "subject: Only this\ntitle: ", "subject", None),
    ],
)
def test_changes_that_readers_notice_are_listed(
    published: tuple[Desk, IssueCache],
    essay: Path,
    file: str,
    old: str,
    new: str,
    kind: str,
    detail: str | None,
) -> None:
    path = essay.with_name(file)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    first = changed(published)[0]
    assert first["kind"] == kind
    assert first["details"] == ([detail] if detail else [])


def test_an_image_with_the_same_name_and_different_bytes(
    published: tuple[Desk, IssueCache], essay: Path
) -> None:
    path = essay.parent / "images" / "crane.png"
    with Image.open(path) as image:
        ImageOps.invert(image.convert("RGB")).save(path)
    assert "Another image" in changed(published)[0]["details"]


def test_reordered_sections(published: tuple[Desk, IssueCache], essay: Path) -> None:
    later = essay.rename(essay.with_name("99-essay.md"))
    changes = changed(published)
    later.unlink()
    assert {change["kind"] for change in changes} == {"moved"}
