"""A built site of the sample publication, shared by all tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.sample import quay
from tests.desk import Desk


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The sample publication with its site in `site/`; must not be changed."""
    desk = quay(tmp_path_factory.mktemp("archive") / "quay")
    desk.write("newsletter.toml", without_search(desk))
    ran = desk.run("archive")
    assert (ran.code, ran.err) == (0, "")
    return desk


@pytest.fixture
def copy(built: Desk, tmp_path: Path) -> Desk:
    """A copy of the built workspace that may be changed, with everything a second run needs."""
    import shutil

    root = tmp_path / "quay"
    shutil.copytree(built.root, root)
    return Desk(root.resolve())


def without_search(desk: Desk) -> str:
    """The settings without the search index, whose bytes vary between runs."""
    text = (desk.root / "newsletter.toml").read_text("utf-8")
    return text.replace("[archive]\n", "[archive]\nsearch = false\n")
