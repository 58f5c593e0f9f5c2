"""Images and links of a draft: what they are named, and what is noted about them."""

from __future__ import annotations

import base64

from newsletter.importers.draft import DraftImage, ImportNote
from newsletter.importers.draft_collector import DraftCollector

PNG = b"\x89PNG\r\n\x1a\n1"
WEB = "https://quay.example"


def data_url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


NAMES = [
    (f"{WEB}/crane.png", "", "crane.png"),
    (f"{WEB}/a/Cr%C3%A4ne%20one.JPEG?w=2#x", "", "Crane-one.jpg"),
    (f"{WEB}/crane", "", "crane"),
    (f"{WEB}/", "", "image"),
    (f"{WEB}/-a-.png", "", "a.png"),
    (f"{WEB}/Aux.png", "", "image-Aux.png"),
    (f"{WEB}/[1].png", "", "1.png"),
    (f"{WEB}/港.png", "", "image.png"),
    (f"{WEB}/{'a' * 70}.png", "", f"{'a' * 60}.png"),
    (f"{WEB}/x.png", "A berth.gif", "A-berth.gif"),
    ("cid:7@mail", "", "image.png"),
    ("cid:7@mail", "berth", "berth.png"),
    (data_url(PNG), "", "image.png"),
    (data_url(b"\xff\xd8\xff1", ""), "", "image.jpg"),
    (data_url(b"GIF89a"), "", "image.gif"),
    (data_url(b"RIFF....WEBP"), "", "image.webp"),
    (data_url(b"RIFF....WAVE"), "", "image"),
    (data_url(b"BM1"), "", "image.bmp"),
    (data_url(b"II*\x00"), "", "image.tiff"),
    (data_url(b"MM\x00*"), "", "image.tiff"),
    (data_url(b"\xd7\xcd\xc6\x9a"), "", "image.wmf"),
    (data_url(b"\x01\x00\x00\x00"), "", "image.emf"),
    (data_url(b"%PDF-1"), "", "image.pdf"),
    (data_url(b"<?xml?>" + b" " * 900 + b"<SVG>"), "", "image.svg"),
    (data_url(b"<?xml?>" + b" " * 1000 + b"<svg>"), "", "image"),
    (data_url(PNG), "berth.jpeg", "berth.png"),
]


def test_images_have_safe_names_with_the_ending_of_their_bytes() -> None:
    named = []
    for src, wish, _ in NAMES:
        collector = DraftCollector({"cid:7@mail": PNG})
        collector.image(src, 3, wish=wish)
        named.append((src, wish, *collector.images))
    assert named == NAMES


def test_names_are_numbered_without_regard_to_case() -> None:
    collector = DraftCollector()
    for folder, name in (("a", "Crane"), ("b", "crane"), ("c", "CRANE"), ("d", "crane-2")):
        collector.image(f"{WEB}/{folder}/{name}.png", 1)
    assert list(collector.images) == ["Crane.png", "crane-2.png", "CRANE-3.png", "crane-2-2.png"]


SVG = "image format that mail clients do not display; convert it to PNG or JPEG"
FILES = {"img/a b.png": PNG, "img/c.svg": b"<svg>", "d.png": PNG}
IMAGES: dict[str, tuple[str, str, DraftImage | None, list[ImportNote]]] = {
    "of the web": (
        f" {WEB}/a.png ", "", DraftImage("a.png", None, f"{WEB}/a.png", 40, 3), [],
    ),
    "relative to a page": (
        "../a.png", f"{WEB}/notes/tide", DraftImage("a.png", None, f"{WEB}/a.png", 40, 3), [],
    ),
    "without a scheme": (
        "//quay.example/a.png", "", DraftImage("a.png", None, f"{WEB}/a.png", 40, 3), [],
    ),
    "without a scheme, of a page": (
        "//b.example/a.png", "http://c.example/",
        DraftImage("a.png", None, "http://b.example/a.png", 40, 3), [],
    ),
    "in capitals": (
        "HTTPS://quay.example/a.png", "",
        DraftImage("a.png", None, "HTTPS://quay.example/a.png", 40, 3), [],
    ),
    "of a file": ("img/a b.png", "", DraftImage("a-b.png", PNG, None, 40, 3), []),
    "of a file, quoted": ("img/a%20b.png", "", DraftImage("a-b.png", PNG, None, 40, 3), []),
    "of a file, with a query": ("./x/../d.png?w=3", "", DraftImage("d.png", PNG, None, 40, 3), []),
    "of a file, on a page": ("d.png", WEB, DraftImage("d.png", PNG, None, 40, 3), []),
    "that mail clients do not show": (
        "img/c.svg", "", DraftImage("c.svg", b"<svg>", None, 40, 3),
        [ImportNote("review", SVG, "c.svg", 3)],
    ),
    "in the address": (
        data_url(PNG), "", DraftImage("image.png", PNG, None, 40, 3), [],
    ),
    "in the address, with spaces": (
        "data:image/png;charset=x;base64,iVBOR w0KGgox\n", "",
        DraftImage("image.png", PNG, None, 40, 3), [],
    ),
    "in the address, quoted": (
        "DATA:image/svg+xml,%3Csvg%3E", "", DraftImage("image.svg", b"<svg>", None, 40, 3),
        [ImportNote("review", SVG, "image.svg", 3)],
    ),
    "in the address, broken": (
        "data:image/png;base64,A", "", None,
        [ImportNote("omitted", "image missing from the draft", "data:image/png;base64,A", 3)],
    ),
    "in the address, empty": (
        "data:image/png;base64,", "", None,
        [ImportNote("omitted", "image missing from the draft", "data:image/png;base64,", 3)],
    ),
    "that is not there": (
        "e.png", "", None, [ImportNote("omitted", "image missing from the draft", "e.png", 3)],
    ),
    "of this machine": (
        "file:///e.png", WEB, None,
        [ImportNote("omitted", "image missing from the draft", "file:///e.png", 3)],
    ),
    "without a host": (
        "https:///e.png", "", None,
        [ImportNote("omitted", "image missing from the draft", "https:///e.png", 3)],
    ),
    "with 199 characters": (
        "e" * 199, "", None,
        [ImportNote("omitted", "image missing from the draft", "e" * 199, 3)],
    ),
    "with 200 characters": (
        "e" * 200, "", None,
        [ImportNote("omitted", "image missing from the draft", f"{'e' * 200}…", 3)],
    ),
}  # fmt: skip


def test_images_are_stored_or_their_absence_is_noted() -> None:
    stored = {}
    for name, (src, base, _, _) in IMAGES.items():
        collector = DraftCollector(FILES, base)
        found = collector.image(src, 3, width=40)
        image = next(iter(collector.images.values()), None)
        assert found == (image.name if image else None)
        stored[name] = (src, base, image, collector.notes)
    assert stored == IMAGES


def test_an_image_is_stored_once() -> None:
    collector = DraftCollector(FILES)
    names = [collector.image(src, 3) for src in ("d.png", " d.png", "images/d.png", f"{WEB}/d.png")]
    assert names == ["d.png", "d.png", "d.png", "d-2.png"]
    assert list(collector.images) == ["d.png", "d-2.png"]


LINKS = {
    "of the web": (f"{WEB}/a", "", f"{WEB}/a", []),
    "of an email address": ("mailto:desk@quay.example", "", "mailto:desk@quay.example", []),
    "of a phone": ("TEL:+351", "", "TEL:+351", []),
    "broken over two lines": (f" {WEB}/\na ", "", f"{WEB}/a", []),
    "without a scheme": ("//quay.example/a", "", f"{WEB}/a", []),
    "relative to a page": ("b", f"{WEB}/a", f"{WEB}/b", []),
    "with tracking": (
        f"{WEB}/?utm_source=x", "", f"{WEB}/",
        [ImportNote("changed", f"tracking removed from a link, now {WEB}/", f"{WEB}/?utm_source=x", 3)],
    ),
    "relative": (
        "b", "", "",
        [ImportNote("omitted", "relative link without a site address; the text was kept", "b", 3)],
    ),
    "inside": (
        "#b", WEB, "",
        [ImportNote("omitted", "link to another place in the draft; the text was kept", "#b", 3)],
    ),
    "to the top": ("#", "", "", []),
    "empty": ("", "", "", []),
    "of a script": (
        "javascript:x()", WEB, "",
        [ImportNote("omitted", "link type that email cannot open; the text was kept", "javascript:x()", 3)],
    ),
    "with a scheme alone": (
        "https:", "", "",
        [ImportNote("omitted", "link type that email cannot open; the text was kept", "https:", 3)],
    ),
    "of a service": (
        "%%unsubscribe%%", WEB, "",
        [ImportNote("omitted", "link that works only in the exporting service", "it %%unsubscribe%%", 3)],
    ),
}  # fmt: skip


def test_links_are_those_that_an_email_can_open() -> None:
    linked = {}
    for name, (url, base, _, _) in LINKS.items():
        collector = DraftCollector(base=base)
        linked[name] = (url, base, collector.link(url, "it", 3), collector.notes)
    assert linked == LINKS


def test_notes_are_sorted_by_line_and_a_changed_address_is_noted_once() -> None:
    collector = DraftCollector()
    collector.add_note("omitted", "second", "b", 7)
    collector.add_note("omitted", "whole draft", "a")
    for line in (3, 4):
        collector.address(f"{WEB}/?utm_source=x", line)
    collector.address(f"{WEB}/?utm_source=y", 5)
    assert [(note.line, note.words) for note in collector.sorted_notes()] == [
        (0, "a"),
        (3, f"{WEB}/?utm_source=x"),
        (5, f"{WEB}/?utm_source=y"),
        (7, "b"),
    ]
