"""What a receipt records, which one counts, and what it is compared with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from newsletter import __version__
from newsletter.errors import NewsletterError
from newsletter.model import Receipt
from newsletter.targets import receipts

FILES = {"email.html": b"<p>", "email.txt": b"text", "manifest.json": b"{}"}


def record(target: str, sha256: str, **more: Any) -> dict[str, Any]:
    return {"target": target, "sha256": sha256, **more}


def test_the_latest_receipt_of_the_same_target_counts() -> None:
    known = [record("desk", "1"), record("web", "2"), record("desk", "3"), record("mail", "4")]
    assert receipts.last(known, "desk") == record("desk", "3")
    assert receipts.last(known, "web") == record("web", "2")
    assert receipts.last(known, "nowhere") is None
    assert receipts.last([], "desk") is None


@pytest.mark.parametrize(
    ("receipt", "same"),
    [
        (None, False),
        (record("desk", "bytes"), True),
        (record("desk", "bytes", digest="other"), True),
        (record("desk", "other", digest="reader"), True),
        (record("desk", "other", digest="other"), False),
        (record("desk", "other"), False),
    ],
)
def test_a_receipt_is_of_the_same_bytes_or_the_same_for_a_reader(
    receipt: dict[str, Any] | None, same: bool
) -> None:
    assert receipts.is_of(receipt, "bytes", "reader") is same


def test_the_digest_is_of_names_and_bytes_without_the_manifest() -> None:
    digest = receipts.digest_of(FILES)
    assert len(digest) == 64
    assert receipts.digest_of(dict(reversed(FILES.items()))) == digest
    assert receipts.digest_of({**FILES, "manifest.json": b"new"}) == digest
    others = (
        {**FILES, "email.txt": b"texT"},
        {**FILES, "images/a.png": b""},
        {"email.htm": b"<p>", "email.txt": b"text"},
        {"email.html": b"<p>email.txt", "": b"text"},
    )
    assert digest not in {receipts.digest_of(files) for files in others}


def test_older_receipts_include_the_manifest() -> None:
    older = receipts._sha256(FILES)
    assert receipts.matches(older, FILES)
    assert receipts.matches(receipts.digest_of(FILES), FILES)
    assert not receipts.matches(older, {**FILES, "manifest.json": b"new"})
    assert not receipts.matches("", FILES)


def test_receipts_are_appended_and_never_changed(tmp_path: Path) -> None:
    assert receipts.read_receipts(tmp_path, "issues/quay") == []
    first = Receipt("desk", "ghost", "abc", "https://quay.example/1", details={"id": "7"})
    receipts.add_receipts(
        tmp_path,
        [],
        [first],
        "Café",
        allowed={"NL201": "known", "NL101": "later"},
        reader="sha256:1",
    )
    known = receipts.read_receipts(tmp_path, "issues/quay")
    second = Receipt("web", "folder", "def", "dist/quay")
    receipts.add_receipts(tmp_path, known, [second], "Café")
    one, two = receipts.read_receipts(tmp_path, "issues/quay")
    assert [one] == known
    assert one.pop("at").endswith("+00:00")
    assert "." not in two.pop("at")
    tool = f"newsletter {__version__}"
    assert one == {
        "target": "desk",
        "type": "ghost",
        "subject": "Café",
        "place": "https://quay.example/1",
        "sha256": "abc",
        "digest": "sha256:1",
        "tool": tool,
        "id": "7",
        "allowed": [
            {"code": "NL101", "reason": "later"},
            {"code": "NL201", "reason": "known"},
        ],
    }
    assert two == {
        "target": "web",
        "type": "folder",
        "subject": "Café",
        "place": "dist/quay",
        "sha256": "def",
        "tool": tool,
    }
    text = (tmp_path / "published.json").read_text("utf-8")
    assert text.startswith('{\n  "receipts": [\n    {\n')
    assert "Café" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"receipts": [1]}', '{"receipts": [{"target": "a"}]}']
)
def test_damaged_receipts_stop_the_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "published.json").write_text(text)
    with pytest.raises(NewsletterError) as caught:
        receipts.read_receipts(tmp_path, "issues/quay")
    assert caught.value.message == "Unreadable receipts"
    assert str(caught.value.where) == "issues/quay/published.json"
    assert caught.value.hint == "Restore the file with git: it records what was published."


def test_no_receipts_are_none(tmp_path: Path) -> None:
    (tmp_path / "published.json").write_text(json.dumps({"receipts": []}))
    assert receipts.read_receipts(tmp_path, "issues/quay") == []
