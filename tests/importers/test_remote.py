"""`--fetch` downloads images from local servers, or reports why not; without it, no requests."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PIL import Image

from newsletter.importers import read_drafts
from newsletter.importers.import_line import apply_outline, load_context, outline_draft, plan_issue
from newsletter.importers.issue import remote_images as remote
from newsletter.importers.issue.remote_images import with_remote
from newsletter.links.options import LinkOptions
from newsletter.workspace import find
from tests.desk import Desk
from tests.links.web import Directory, Visit, Web

KINDS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF"}


def image(kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 90, 90)).save(data, KINDS[kind])
    return data.getvalue()


async def images(visit: Visit) -> None:
    match visit.target:
        case "/quay.png" | "/again.png":
            await visit.reply(image("png"), kind="image/png")
        case "/photo" | "/photo.png" | "/photo.jpg":
            await visit.reply(image("jpg"), kind="text/plain")
        case "/moved.gif":
            await visit.redirect("/there.gif")
        case "/there.gif":
            await visit.reply(image("gif"))
        case "/loop.png":
            await visit.redirect("/loop.png")
        case "/inside.png":
            await visit.redirect(f"http://127.0.0.1:{visit.ports['http']}/quay.png")
        case "/file.png":
            await visit.redirect("file:///etc/passwd")
        case "/page.png":
            await visit.reply("<html>No.</html>")
        case "/large.png":
            await visit.reply(image("png") + b"\0" * 3000, kind="image/png")
        case "/slow.png":
            await visit.hang()
        case _:
            await visit.reply("gone", "404 Not Found")


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({"images.test": images}) as web:
        yield web


SETTINGS = LinkOptions("newsletter (test)", lookup=Directory(), private=("test",))


def fetched(
    desk: Desk, markdown: str, settings: LinkOptions = SETTINGS
) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of an issue with fetched images, and the notes on images not fetched."""
    context = load_context(find(desk.root))
    (draft,) = read_drafts(markdown.encode(), "2026-03-01-quay.md")
    draft, outline = outline_draft(draft, context)
    whole = apply_outline(draft, outline, context)
    issue = plan_issue(replace(whole, text=with_remote(whole.text, settings)), context, date=None)
    expected = [
        f"{note.message}: {note.words}" for note in issue.folder.notes if note.kind == "review"
    ]
    return dict(issue.folder.files), expected


def test_images_are_fetched_and_named_by_their_content(desk: Desk, web: Web) -> None:
    base = f"http://images.test:{web.http}"
    files, expected = fetched(
        desk,
        f'![A quay]({base}/quay.png "At noon")\n\n'
        f"A ship ![a photo]({base}/photo) came in.\n\n![Lights]({base}/moved.gif)\n",
    )
    assert expected == []
    assert {name: data for name, data in files.items() if name.startswith("images/")} == {
        "images/quay.png": image("png"),
        "images/photo.jpg": image("jpg"),
        "images/moved.gif": image("gif"),
    }
    (section,) = (data.decode() for name, data in files.items() if name.endswith(".md"))
    assert "src: images/quay.png" in section
    assert "![a photo](images/photo.jpg)" in section
    assert "src: images/moved.gif" in section


def test_an_image_of_another_format_gets_a_free_name(desk: Desk, web: Web) -> None:
    base = f"http://images.test:{web.http}"
    files, expected = fetched(
        desk,
        f"![One]({base}/photo.png)\n\n![Two]({base}/photo.jpg)\n\n![Three]({base}/again.png)\n\n"
        f"![Gone]({base}/gone.png)\n\nA [ship ![four]({base}/a/photo.png)]({base}/images/photo.png).\n",
    )
    assert [name for name in files if name.startswith("images/")] == [
        "images/photo-2.jpg",
        "images/photo.jpg",
        "images/again.png",
    ]
    (section,) = (data.decode() for name, data in files.items() if name.endswith(".md"))
    assert section.partition("---\n")[2].partition("---\n")[2] == (
        '::: figure\nsrc: images/photo-2.jpg\nalt: "One"\n:::\n\n'
        '::: figure\nsrc: images/photo.jpg\nalt: "Two"\n:::\n\n'
        '::: figure\nsrc: images/again.png\nalt: "Three"\n:::\n\n'
        f"[Gone]({base}/gone.png)\n\nA [ship four]({base}/images/photo.png).\n"
    )
    gone = [
        f"image not downloaded: 404 Not Found: {base}{path}"
        for path in ("/gone.png", "/a/photo.png")
    ]
    assert [note for note in expected if note.startswith("image not")] == gone


def test_a_draft_without_remote_images_is_left_as_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "run", lambda *_: pytest.fail("a request was made"))
    files, expected = fetched(desk, "A ship.\n")
    assert expected == []
    assert "10-note.md" in files


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("/nothing.png", "404 Not Found"),
        ("/loop.png", "more than 5 redirects"),
        ("/file.png", "not a web address"),
        ("/page.png", "not a PNG, JPEG or GIF image"),
        ("/large.png", "larger than 0 MB"),
        ("/slow.png", "no response within 0.5 seconds"),
    ],
)
def test_an_image_that_cannot_be_fetched_stays_a_link_and_is_reported(
    desk: Desk, web: Web, target: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "LARGEST", 2000)
    monkeypatch.setattr(remote, "PATIENCE", 0.5)
    url = f"http://images.test:{web.http}{target}"
    files, expected = fetched(desk, f"A ship ![came in]({url}) at noon.\n")
    assert expected[0] == f"image not downloaded: {why}: {url}"
    assert not any(name.startswith("images/") for name in files)
    assert f"[came in]({url})" in files["10-note.md"].decode()


@pytest.mark.parametrize("target", ["/quay.png", "/inside.png"])
def test_private_addresses_are_refused_at_every_hop(desk: Desk, web: Web, target: str) -> None:
    url = f"http://images.test:{web.http}{target}"
    _, expected = fetched(desk, f"A ship ![came in]({url}).\n", replace(SETTINGS, private=()))
    assert expected[0].startswith("image not downloaded: private address (127.0.0.1)")
    assert web.traffic.visits.total() == 0


def test_without_fetch_no_request_is_made(
    desk: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "run", lambda *_: pytest.fail("a request was made"))
    url = f"http://images.test:{web.http}/quay.png"
    desk.write(
        "2026-03-08-draft.md",
        f"# Quay\n\nA ship.\n\n![A quay](https://images.test/quay.png)\n\n![A]({url})\n",
    )
    ran = desk.run("import", "2026-03-08-draft.md")
    assert "remote image" in ran.err
    assert web.traffic.visits.total() == 0
    section = next((desk.root / "issues/2026-03-08-draft").glob("*.md")).read_text("utf-8")
    assert 'src: "https://images.test/quay.png"\nalt: "A quay"\nwidth: 600\n' in section
    assert f"[A]({url})" in section
