"""A file is found by name in the same way on every file system."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest

from newsletter.files.find import find_file

COMPOSED, DECOMPOSED = normalize("NFC", "café.jpg"), normalize("NFD", "café.jpg")


@pytest.mark.parametrize(
    ("stored", "typed", "found"),
    [
        ("quay.png", "quay.png", True),
        ("Quay.png", "quay.png", False),
        (COMPOSED, DECOMPOSED, True),
        (DECOMPOSED, COMPOSED, True),
        ("quay.png", "crane.png", False),
    ],
)
def test_names_match_after_normalisation_and_by_case(
    tmp_path: Path, stored: str, typed: str, found: bool
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / stored).write_bytes(b"x")
    expected = tmp_path / "images" / stored if found else None
    assert find_file(tmp_path, f"images/{typed}") == expected


def test_both_spellings_in_one_folder_are_two_files(tmp_path: Path) -> None:
    for name in (COMPOSED, DECOMPOSED):
        (tmp_path / name).write_text(name)
    if len(list(tmp_path.iterdir())) == 2:  # some file systems store only one spelling
        assert find_file(tmp_path, DECOMPOSED) == tmp_path / DECOMPOSED
        assert find_file(tmp_path, COMPOSED) == tmp_path / COMPOSED


def test_a_path_may_lead_up_and_only_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "issue").mkdir()
    (tmp_path / "images" / "quay.png").write_bytes(b"x")
    found = tmp_path / "issue" / ".." / "images" / "quay.png"
    assert find_file(tmp_path / "issue", "../images/quay.png") == found
    assert find_file(tmp_path, "images\\quay.png") == tmp_path / "images" / "quay.png"
    assert find_file(tmp_path, str(tmp_path / "images" / "quay.png")) is not None
    assert find_file(tmp_path, "images") is None
    assert find_file(tmp_path / "missing", "quay.png") is None
