"""`newsletter preview`: errors before it starts, and its screenshots."""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests.desk import ISSUES, Desk, Ran


def test_a_missing_extra_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    find: Callable[[str], ModuleSpec | None] = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name in ("uvicorn", "starlette") else find(name),
    )
    hint = "    hint: Run `pip install 'newsletter[preview]'`.\n"
    assert desk.run("preview") == Ran(1, "", f"error: The preview needs starlette, uvicorn\n{hint}")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ("--editor", "vscod"),
            1,
            'error: Unknown editor "vscod"\n    hint: Write "vscode" if that is what you meant. ',
        ),
        (
            ("--editor", "javascript:{path}"),
            1,
            'error: Not a scheme that editors use: "javascript"\n',
        ),
        (("cranes",), 2, 'error: No issue matches "cranes"\n'),
        (("--port", "70000"), 2, "Usage: newsletter preview [OPTIONS] [ISSUE]\n"),
    ],
)
def test_invalid_arguments_are_refused(
    desk: Desk, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ran = desk.run("preview", "--no-open", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(message)


def test_broken_settings_are_reported_at_once(desk: Desk) -> None:
    desk.write(
        "newsletter.toml",
        'name = "The Quay"\nurl = "https://quay.example"\npreview.editor = "notepat"\n',
    )
    assert desk.run("preview", "--no-open").err.startswith('error: Unknown editor "notepat"\n')
    desk.write(
        "newsletter.toml",
        'name = "The Quay"\nurl = "https://quay.example"\npreview.edtor = "idea"\n',
    )
    assert desk.run("preview").err.startswith(
        'newsletter.toml:3:1: error NL003 unknown-key: Unknown key "edtor"\n'
    )


# --- screenshots ----------------------------------------------------------------------------------


def test_screenshots_need_an_issue(desk: Desk, tmp_path: Path) -> None:
    empty = Desk(tmp_path / "empty")
    empty.write("newsletter.toml", 'name = "The Quay"\nurl = "https://quay.example"\n')
    assert empty.run("preview", "--shots", "shots") == Ran(
        2, "", "error: No issues yet\n    hint: Create one with `newsletter new TITLE`.\n"
    )


def test_screenshots_need_a_browser(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.preview.chromium.BROWSERS", ("no-such-browser",))
    ran = desk.run("preview", "--shots", "shots")
    assert ran.code == 1
    assert ran.err.startswith("error: No Chromium, Chrome or Edge found for screenshots\n")
    assert not (desk.root / "shots").exists()


@pytest.mark.browser
def test_a_browser_that_does_not_start_is_reported(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.preview.chromium.BROWSERS", ("false",))
    assert desk.run("preview", "--shots", "shots").err.startswith(
        "error: The browser exited at once with code 1\n"
    )


@pytest.mark.browser
def test_screenshots_need_an_email(desk: Desk) -> None:
    desk.write("issues/2026-03-01-quay/10-essay.md", "---\nkind: esay\n---\nOne ship.\n")
    ran = desk.run("preview", "--shots", "shots")
    assert ran.code == 1
    assert ran.err.startswith("issues/2026-03-01-quay/10-essay.md:2:7: error NL008 unknown-kind: ")


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.browser
def test_screenshots_of_every_view_are_taken(tmp_path: Path, chromium: str) -> None:
    desk = Desk.of(ISSUES / "every-block", tmp_path / "desk")
    ran = desk.run("preview", "blocks", "--shots", "shots")
    views = [
        "light",
        "sample",
        "dark",
        "outlook",
        "gmail",
        "word",
        "images-off",
        "no-styles",
        "links",
    ]
    views += ["web", "web-dark"]
    names = [f"{view}-{device}.png" for view in views for device in ("phone", "desktop")]
    names += ["text-desktop.png", "inbox.png", "source.png", "reading.png"]
    assert (ran.code, ran.err) == (0, "")
    images = desk.tree("shots")
    written = ran.out.split()
    assert written == ["shots/index.html", *(f"shots/{name}" for name in names)]
    assert sorted(images) == sorted(["index.html", *names])
    sheet = images["index.html"].decode()
    assert sheet.count("data:image/webp;base64,") == len(names)
    assert 'src="http' not in sheet
    for name in names[:18]:
        width, height = size(images[name])
        assert width == (375 if "phone" in name else 800)
        assert height > 2000
    assert len({images[f"{view}-phone.png"] for view in views}) == len(views), (
        "every view must look different"
    )
