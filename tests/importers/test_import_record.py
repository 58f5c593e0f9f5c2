"""The record of an import is what the next one is merged with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsletter.importers.issue.import_record import encode_record, load_record, sha256_of

FILES = {
    "images/a.png": b"\x89PNG",
    "10-note.md": "One\n\nTwó\n".encode(),
    "issue.yaml": b"title: x",
    "data/a.csv": b"a,b\n",
    "imported.json": b"{}",
}


def test_texts_are_kept_whole_and_images_by_their_digest(tmp_path: Path) -> None:
    data = encode_record(FILES, "draft.docx")
    (tmp_path / "imported.json").write_bytes(data)
    found = load_record(tmp_path)
    assert found is not None
    assert dict(found.texts) == {
        "10-note.md": "One\n\nTwó\n",
        "data/a.csv": "a,b\n",
        "issue.yaml": "title: x",
    }
    assert dict(found.digests) == {"images/a.png": sha256_of(b"\x89PNG")}
    assert json.loads(data)["draft"] == "draft.docx"
    assert encode_record(dict(reversed(FILES.items())), "draft.docx") == data
    assert "Twó".encode() in data
    assert data.count(b"\n") > 12, "line by line, so that git shows what changed"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"files": 3, "pictures": {}}', '{"files": {"a": 1}, "pictures": {}}']
)
def test_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    assert load_record(tmp_path) is None
    (tmp_path / "imported.json").write_text(text)
    assert load_record(tmp_path) is None
