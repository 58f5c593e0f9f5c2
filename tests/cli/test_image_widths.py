"""`check --fix --links` adds the width of a figure whose image is remote."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from newsletter.cli.image_widths import fill_widths
from newsletter.links.image_size import image_widths
from newsletter.links.options import LinkOptions
from newsletter.workspace import find
from tests.desk import SLUG, Desk
from tests.links.servers import leads, says
from tests.links.web import Web

ESSAY = f"issues/{SLUG}/10-essay.md"
HEAD = "---\nkind: essay\n---\nText.\n\n"
FIGURE = "::: figure\nsrc: {src}\nalt: A crane\n:::\n"


def picture(kind: str, width: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 20), (9, 90, 90)).save(out, kind)
    return out.getvalue()


def test_widths_are_read_from_the_first_bytes() -> None:
    jpeg = says(picture("JPEG", 333), kind="image/jpeg")
    hosts = {
        "a.localhost": says(picture("PNG", 420), kind="image/png"),
        "b.localhost": leads("http://c.localhost:{http}/image", to=jpeg),
        "c.localhost": jpeg,
        "d.localhost": says("<p>Gone.</p>", "404 Not Found"),
        "e.localhost": says("no image at all", kind="image/png"),
    }

    async def lookup(host: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    with Web(hosts) as web:
        urls = [f"http://{host}:{web.http}/page" for host in hosts]
        allowed = LinkOptions("desk", private=tuple(hosts), lookup=lookup)
        assert image_widths(urls[:1], LinkOptions("desk", lookup=lookup)) == {}
        assert image_widths(urls, allowed) == {urls[0]: 420, urls[1]: 333, urls[2]: 333}


@pytest.mark.parametrize(
    "src", ["https://quay.example/a.png", '"https://quay.example/a.png"  # ours']
)
def test_a_width_is_added_below_the_address(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, src: str
) -> None:
    monkeypatch.setattr(
        "newsletter.links.image_size.image_widths", lambda urls, options: dict.fromkeys(urls, 420)
    )
    before = HEAD + FIGURE.format(src=src)
    desk.write(ESSAY, before)
    ran = desk.run("check")
    assert "NL505" in ran.out
    assert "`check --fix --links` fills it in" in ran.out
    workspace = find(desk.root)
    assert fill_widths(workspace, workspace.folders(), ()) == 1
    assert (desk.root / ESSAY).read_text("utf-8") == before.replace(src, f"{src}\nwidth: 420")
    assert fill_widths(workspace, workspace.folders(), ()) == 0
    assert "NL505" not in desk.run("check").out
