"""Each folder of `tests/issues/` is a small workspace; `expected/` has the complete output.

After an intended change: `pytest tests/test_issues.py --rewrite-expected`, then review the diff.
"""

from __future__ import annotations

import email.policy
import json
import re
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path

import pytest

from newsletter.markup.width import display_width
from newsletter.render.go_template import without_safe
from tests.desk import ISSUES, Desk

CASES = sorted(folder.parent.name for folder in ISSUES.glob("*/expected"))


@pytest.fixture(scope="module", params=CASES)
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A case and the output folder of its issue."""
    desk = Desk.of(ISSUES / request.param, tmp_path_factory.mktemp("issues") / request.param)
    ran = desk.run("build")
    assert (ran.code, ran.err) == (0, "")
    (output,) = (desk.root / "dist").iterdir()
    return request.param, output


def test_issue_output_matches_expected(built: tuple[str, Path], rewrite_expected: bool) -> None:
    case, output = built
    for expected in sorted((ISSUES / case / "expected").iterdir()):
        actual = printed(output, expected.name)
        if rewrite_expected:
            expected.write_text(actual, encoding="utf-8")
        assert actual == expected.read_text(encoding="utf-8"), f"{case}: {expected.name} differs"


def test_the_list_of_cases_is_complete() -> None:
    assert CASES == ["digest", "every-block", "right-to-left", "smallest", "weekly"]


def printed(output: Path, name: str) -> str:
    """Return a file of the output as `expected/` keeps it.

    Digests are left out: their bytes are compared elsewhere, and they would change with every
    edit of the theme.
    """
    if name == "message.headers":
        return headers((output / "message.eml").read_bytes())
    text = (output / name).read_text(encoding="utf-8")
    if name == "manifest.json":
        text = re.sub(r'"[0-9a-f]{64}"', '"(SHA-256)"', text)
        text = re.sub(r'"bytes": \d+', '"bytes": "(size)"', text)
        text = re.sub(r'"version": "[^"]+"', '"version": "(version)"', text)
    return text


def headers(message: bytes) -> str:
    """Return the headers of a message and of each of its parts, as transmitted."""
    parts = BytesParser(policy=email.policy.compat32).parsebytes(message).walk()
    blocks = ["".join(f"{name}: {value}\n" for name, value in part.items()) for part in parts]
    text = "\n".join(blocks).replace("\r\n", "\n")
    text = re.sub(r"\.[0-9a-f]{16}@", ".(digest)@", text)
    return re.sub(r'boundary="=_[0-9a-f]{24}"', 'boundary="(digest)"', text)


def test_manifest_lists_size_and_digest_of_every_other_file(built: tuple[str, Path]) -> None:
    _, output = built
    files = Desk(output.parent).tree(output.name)
    reported = json.loads(files.pop("manifest.json"))["files"]
    assert reported == {
        name: {"bytes": len(data), "sha256": sha256(data).hexdigest()}
        for name, data in files.items()
    }


def test_message_contains_both_parts_and_no_long_lines(built: tuple[str, Path]) -> None:
    _, output = built
    raw = (output / "message.eml").read_bytes()
    message = BytesParser(policy=email.policy.SMTP).parsebytes(raw)
    assert [str(part.defects) for part in message.walk() if part.defects] == []
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    # The two files use listmonk's merge fields, the message is what mail clients read.
    assert text.get_content().replace("\r\n", "\n") == without_safe(
        (output / "email.txt").read_text(encoding="utf-8")
    )
    # Embedded images are referenced by `cid:`; the HTML file next to it references their public
    # addresses.
    carried = (
        html.get_content()
        .replace("\r\n", "\n")
        .replace("cid:", f"https://quay.example/{output.name}/images/")
    )
    assert carried == without_safe((output / "email.html").read_text(encoding="utf-8"))
    assert max(map(len, raw.split(b"\r\n"))) <= 78, "RFC 5322 §2.1.1"
    assert b"\n" not in raw.replace(b"\r\n", b""), "RFC 5322 §2.3: a bare line feed"


PARAGRAPHS = 118
WORDS = (
    "quay",
    "crane",
    "berth",
    "pilot",
    "lorry",
    "foreman",
    "queue",
    "cable",
    "anchor",
    "tide",
    "mole",
    "lock",
)


def long_essay(paragraphs: int) -> str:
    """Return an essay in which every word is unique because of its number."""
    blocks = []
    for number in range(paragraphs):
        words = " ".join(
            f"{WORDS[(number + index) % len(WORDS)]}{number}x{index}" for index in range(60)
        )
        heading = f"## Part {number}\n\n" if number % 10 == 0 else ""
        blocks.append(f"{heading}{words}, [link{number}](https://quay.example/{number}).")
    return "---\nkind: essay\n---\n" + "\n\n".join(blocks) + "\n"


def test_largest_issue_arrives_complete(tmp_path: Path) -> None:
    """A full essay at Gmail's clipping limit (102 KB): every word in both parts, in order."""
    desk = Desk.of(ISSUES / "smallest", tmp_path / "largest")
    desk.write("issues/2026-03-01-quay/10-essay.md", long_essay(PARAGRAPHS))
    ran = desk.run("build")
    assert (ran.code, ran.err) == (0, "")
    output = desk.root / "dist/2026-03-01-quay"
    html = (output / "email.html").read_text(encoding="utf-8")
    text = (output / "email.txt").read_text(encoding="utf-8")
    assert 95_000 < len(html.encode()) < 104_448
    written = re.findall(r"[a-z]+\d+x\d+|link\d+|Part \d+", long_essay(PARAGRAPHS))
    assert re.findall(r"[a-z]+\d+x\d+|link\d+|Part \d+", re.sub(r"<[^>]*>", "", html)) == written
    assert re.findall(r"[a-z]+\d+x\d+|link\d+|Part \d+", text) == written
    assert re.findall(r"https://quay\.example/(\d+)\"", html) == [str(n) for n in range(PARAGRAPHS)]
    assert re.findall(r"\[(\d+)\] +https://quay\.example/(\d+)$", text, re.MULTILINE) == [
        (str(n + 1), str(n)) for n in range(PARAGRAPHS)
    ]
    assert max(map(display_width, text.split("\n"))) == 72
    assert max(map(len, (output / "message.eml").read_bytes().split(b"\r\n"))) <= 78
    manifest = json.loads((output / "manifest.json").read_bytes())
    assert manifest["words"] == PARAGRAPHS * 61 + 2 * 12
    assert manifest["minutes"] == 30
