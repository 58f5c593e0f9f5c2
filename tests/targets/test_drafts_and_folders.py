"""What a destination holds, compared with a build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.model import Email, Image
from newsletter.targets.folder import FolderTarget, digest
from newsletter.targets.hosting import hosted_images, rewritten, same_file
from newsletter.targets.service_draft import (
    content_fingerprint,
    differing,
    normalised,
    readable_diff,
)
from newsletter.workspace import find
from tests.desk import SLUG, SMALLEST, Desk

PICTURE = Image("quay.png", "quay-1a2b.png", 600, 300, "png", b"png")
EMAIL = Email(
    slug=SLUG,
    subject="Quay",
    html="<p>One</p>",
    text="One\n",
    web="<html>",
    message=b"Subject: Quay\r\n\r\n",
    manifest=json.dumps({"subject": "Quay", "tool": {"version": "1"}, "theme": "a"}).encode(),
    images=(PICTURE, replace(PICTURE, name="remote.png", data=None)),
)
NAMES = [
    "email.html",
    "email.txt",
    "message.eml",
    "web.html",
    "manifest.json",
    f"images/{PICTURE.name}",
]


@pytest.fixture
def target(tmp_path: Path) -> FolderTarget:
    return FolderTarget("site", tmp_path / "public", "public")


def test_a_folder_goes_from_absent_to_same_to_older(target: FolderTarget) -> None:
    plan = target.plan(EMAIL)
    assert [step.split(" (")[0] for step in plan.steps] == [
        f"write public/{SLUG}/{name}" for name in NAMES
    ]
    assert plan.steps[0].endswith("(10 bytes)")
    assert (plan.target, plan.changes, target.status(EMAIL).state) == ("site", True, "absent")
    receipt = target.deliver(EMAIL)
    assert (receipt.target, receipt.type, receipt.place) == ("site", "folder", f"public/{SLUG}")
    assert receipt.digest == digest(EMAIL)
    assert (target.plan(EMAIL).steps, target.plan(EMAIL).changes) == ((), False)
    assert (target.status(EMAIL).state, target.status(EMAIL).place) == ("same", f"public/{SLUG}")
    newer = replace(EMAIL, text="Two\n", images=())
    assert target.plan(newer).steps == (
        f"replace public/{SLUG}/email.txt (4 bytes)",
        f"remove public/{SLUG}/images/{PICTURE.name}",
    )
    assert target.status(newer).state == "older"


def test_a_new_version_of_the_tool_changes_nothing_a_new_subject_does(target: FolderTarget) -> None:
    target.deliver(EMAIL)
    before = (target.path / SLUG).stat().st_ino
    data = json.loads(EMAIL.manifest)
    newer = replace(EMAIL, manifest=json.dumps({**data, "tool": {"version": "2"}}).encode())
    assert not target.plan(newer).changes
    assert target.deliver(newer).digest == digest(EMAIL)
    assert (target.path / SLUG).stat().st_ino == before
    other = replace(EMAIL, manifest=json.dumps({**data, "subject": "Pier"}).encode())
    assert target.plan(other).changes
    (target.path / SLUG / "manifest.json").write_text("damaged")
    assert target.plan(EMAIL).changes


def test_a_folder_with_other_files_is_refused_by_the_plan_too(target: FolderTarget) -> None:
    (target.path / SLUG).mkdir(parents=True)
    (target.path / SLUG / "novel.docx").touch()
    for step in (target.plan, target.deliver):
        with pytest.raises(NewsletterError, match=r"contains novel\.docx"):
            step(EMAIL)


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        (
            {"paht": "x"},
            'Unknown key "paht" in target "site"',
            'Write "path" if that is what you meant.',
        ),
        (
            {"path": ""},
            'Expected a folder as path of target "site"',
            'Write the name of a folder: `path = "public"`.',
        ),
        (
            {"path": 3},
            'Expected a folder as path of target "site"',
            'Write the name of a folder: `path = "public"`.',
        ),
    ],
)
def test_a_wrong_table_is_explained(
    tmp_path: Path, table: dict[str, object], message: str, hint: str
) -> None:
    workspace = find(Desk.of(SMALLEST, tmp_path / "desk").root)
    with pytest.raises(NewsletterError) as caught:
        FolderTarget.from_config("site", {"type": "folder", **table}, workspace)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_the_folder_is_below_the_workspace(tmp_path: Path) -> None:
    workspace = find(Desk.of(SMALLEST, tmp_path / "desk").root)
    found = FolderTarget.from_config("site", {"type": "folder"}, workspace)
    assert (found.path, found.shown) == (workspace.root / "dist", "dist")
    found = FolderTarget.from_config("site", {"type": "folder", "path": "~/web/"}, workspace)
    assert (found.path, found.shown) == (Path.home() / "web", "~/web")


FIELDS = {"subject": "Quay", "html": "<p>One</p>\n<p>Two</p>", "text": "One\n\nTwo"}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, ()),
        ({"text": "One \t\r\n\r\nTwo\n\n"}, ()),
        ({"text": "One\n\n Two"}, ("text",)),
        ({"subject": "quay", "html": ""}, ("subject", "html")),
        ({"more": "x"}, ()),
    ],
)
def test_only_visible_changes_count(change: dict[str, str], names: tuple[str, ...]) -> None:
    found = {**FIELDS, **change}
    assert differing(FIELDS, found) == names
    wanted = {name: found[name] for name in FIELDS}
    assert (content_fingerprint(wanted) == content_fingerprint(FIELDS)) is (names == ())


def test_the_fingerprint_holds_names_and_lengths() -> None:
    assert len(content_fingerprint(FIELDS)) == 16
    assert content_fingerprint(dict(reversed(FIELDS.items()))) == content_fingerprint(FIELDS)
    prints = {
        content_fingerprint(fields)
        for fields in (
            {"a": "b"},
            {"b": "a"},
            {"a": "bc"},
            {"a": "b\nc:1\nd"},
            {"a": "b", "c": "d"},
            {},
        )
    }
    assert len(prints) == 6
    assert differing(FIELDS, {}) == tuple(FIELDS)


def test_a_diff_shows_what_a_person_edited() -> None:
    edited = {
        "subject": "Pier",
        "html": "<style>p{}</style><p>One</p>\n<p>Three\u200b &amp;  four</p><!-- x -->",
        "text": FIELDS["text"],
    }
    assert readable_diff(FIELDS, edited) == (
        "subject:\n  -Quay\n  +Pier\nhtml:\n  -Two\n  +Three & four"
    )
    assert readable_diff(FIELDS, FIELDS) == ""
    marked = {**FIELDS, "html": "<p>One</p>\n<p><b>Two</b></p>"}
    assert readable_diff(FIELDS, marked) == ("html:\n  -<p>Two</p>\n  +<p>\n  +<b>Two</b>\n  +</p>")


def test_a_diff_fills_one_screen_and_is_safe_on_a_terminal() -> None:
    long = {"text": "\n".join(f"line {number}" for number in range(60))}
    lines = readable_diff(long, {"text": ""}).split("\n")
    assert len(lines) == 41
    assert lines[-1] == "… and 21 more lines"
    just = {"text": "\n".join(f"line {number}" for number in range(39))}
    assert len(readable_diff(just, {"text": ""}).split("\n")) == 40
    wide = readable_diff({"text": "a"}, {"text": "b" * 300 + "\x1b[31m"})
    assert wide == "text:\n  -a\n  +" + "b" * 199
    assert "\x1b" not in readable_diff({"text": "a"}, {"text": "b\x1b[31m"})


def test_line_ends_and_trailing_blanks_are_invisible() -> None:
    assert normalised(" a \t\r\nb\t \n c \r\n") == "a\nb\n c"


@pytest.mark.parametrize(
    ("stored", "same"),
    [
        ("quay-1a2b.png", True),
        ("quay-1a2b_x1y2z3.png", True),
        ("quay-1a2b-1.png", True),
        ("quay-1a2b-1-2.png", False),
        ("quay-1a2bx.png", False),
        ("quay-1a2b.jpg", False),
        ("my-quay-1a2b.png", False),
        ("quay-1a2bxpng", False),
    ],
)
def test_a_stored_image_is_known_by_its_digest(stored: str, same: bool) -> None:
    assert same_file(PICTURE.name, stored) is same


def test_our_addresses_become_the_services() -> None:
    ours = {"a.png": "https://quay.example/a.png", "b.png": "https://quay.example/b.png"}
    html = '<img src="https://quay.example/a.png"><img src="https://quay.example/b.png">'
    assert rewritten(html, {"a.png": "https://cdn.example/1"}, ours) == (
        '<img src="https://cdn.example/1"><img src="https://quay.example/b.png">'
    )
    assert hosted_images(EMAIL) == (PICTURE,)
