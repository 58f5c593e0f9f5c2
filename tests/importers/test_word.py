"""Content that the Word converter would drop silently: imported, or reported with its position."""

from __future__ import annotations

import io
import zipfile

import pytest

from newsletter.importers.draft import Draft
from tests.importers.reading import one, parsed, section

_OFFICE = "http://schemas.openxmlformats.org"
_SPACES = " ".join(
    f'xmlns:{prefix}="{url}"'
    for prefix, url in {
        "w": f"{_OFFICE}/wordprocessingml/2006/main",
        "r": f"{_OFFICE}/officeDocument/2006/relationships",
        "wp": f"{_OFFICE}/drawingml/2006/wordprocessingDrawing",
        "a": f"{_OFFICE}/drawingml/2006/main",
        "pic": f"{_OFFICE}/drawingml/2006/picture",
        "c": f"{_OFFICE}/drawingml/2006/chart",
        "m": f"{_OFFICE}/officeDocument/2006/math",
        "mc": f"{_OFFICE}/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    }.items()
)
_RELATIONS = f'xmlns="{_OFFICE}/package/2006/relationships"'


def document(body: str, relations: dict[str, tuple[str, str]] | None = None, **parts: str) -> bytes:
    """Return a .docx of raw XML; `relations` is id -> (kind, target), external if it has a `:`."""
    links = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/officeDocument/2006/relationships/{kind}" Target="{target}" '
        f"TargetMode='{'External' if ':' in target or target.startswith('//') else 'Internal'}'/>"
        for id_, (kind, target) in (relations or {}).items()
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>"
        )
        archive.writestr(
            "word/_rels/document.xml.rels", f"<Relationships {_RELATIONS}>{links}</Relationships>"
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return file.getvalue()


def run(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(*inside: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inside)}</w:p>"


def draft_notes(draft: Draft) -> list[str]:
    return [f"{note.kind} {note.line}: {note.message}: {note.words}" for note in draft.notes]


BOX = f"<w:txbxContent>{paragraph(run('Tides twice a day.'))}{paragraph(run('And more.'))}</w:txbxContent>"
CHART = (
    '<w:drawing><wp:inline><wp:docPr descr="Calls by quarter"/><a:graphic><a:graphicData><c:chart r:id="rC"/>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing>"
)
CASES = {
    "a deletion": (
        paragraph(
            run("One "), f"<w:del>{run('two ').replace('w:t', 'w:delText')}</w:del>", run("three")
        ),
        "One three",
        ["omitted 1: tracked deletion: two"],
    ),
    "an insertion": (
        paragraph(run("One "), f"<w:ins>{run('two ')}</w:ins>", run("three")),
        "One two three",
        ["review 1: tracked insertion accepted: two"],
    ),
    "a move": (
        paragraph(f"<w:moveFrom>{run('Moved.')}</w:moveFrom>", run("Kept."))
        + paragraph(f"<w:moveTo>{run('Moved.')}</w:moveTo>"),
        "Kept. Moved.",
        [],
    ),
    "a deleted row": (
        f"<w:tbl><w:tr><w:tc>{paragraph(run('a'))}</w:tc><w:tc>{paragraph(run('b'))}</w:tc></w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph(run('c'))}</w:tc><w:tc>{paragraph(run('d'))}</w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph(run('e'))}</w:tc><w:tc>{paragraph(run('f'))}</w:tc></w:tr></w:tbl>",
        "a b e f",
        ["omitted 3: deleted table row: c\nd"],
    ),
    "hidden words": (
        paragraph(
            run("Seen. "), run("Unseen.", "<w:vanish/>"), run("Seen too.", '<w:vanish w:val="0"/>')
        ),
        "Seen. Seen too.",
        ["omitted 1: hidden text: Unseen."],
    ),
    "a text box": (
        paragraph(
            "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>"
            f"{BOX}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback>"
            f"<w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
            "</w:r>",
            run("Beside it."),
        )
        + paragraph(run("After it.")),
        "Beside it. Tides twice a day. And more. After it.",
        ["changed 1: text box moved after its paragraph: Tides twice a day.\nAnd more."],
    ),
    "a formula": (
        paragraph(run("So "), "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", run(".")),
        "So x=1.",
        ["review 1: formula imported as plain text: x=1"],
    ),
    "fields": (
        paragraph(
            f'<w:fldSimple w:instr=" HYPERLINK &quot;https://example.org/&quot; ">{run("A report")}</w:fldSimple>',
            f'<w:fldSimple w:instr=" DATE ">{run(" of today")}</w:fldSimple>',
        ),
        "A report of today",
        [],
    ),
    "words of both directions, ruby and carriage returns": (
        paragraph(
            f'<w:dir w:val="rtl">{run("one")}</w:dir><w:bdo w:val="rtl">{run(" two")}</w:bdo>',
            f"<w:r><w:ruby><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>",
            "<w:r><w:cr/><w:t>three</w:t></w:r>",
            '<w:r><w:br w:type="page"/></w:r>',
            run("four"),
        ),
        "one two漢（kan） three four",
        [],
    ),
    "content controls": (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(run('Kept.'))}</w:sdtContent></w:sdt>"
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
        f"<w:sdtContent>{paragraph(run('Click here.'))}</w:sdtContent></w:sdt>",
        "Kept.",
        ["omitted 2: empty form field: Click here."],
    ),
}


@pytest.mark.parametrize(("body", "words", "notes"), CASES.values(), ids=CASES)
def test_content_dropped_by_the_converter_is_imported_or_reported(
    body: str, words: str, notes: list[str]
) -> None:
    draft = one(document(body))
    assert parsed(section(draft)) == (words, ())
    assert draft_notes(draft) == notes


def test_a_chart_is_reported_with_its_text() -> None:
    chart = f"<c:chart {_SPACES}><a:t>Port calls</a:t><c:v>1,280</c:v></c:chart>"
    data = document(
        paragraph(run("Before."), f"<w:r>{CHART}</w:r>"),
        {"rC": ("chart", "chart1.xml")},
        chart1=chart,
    )
    assert draft_notes(one(data)) == [
        "omitted 1: chart; save it as an image to include it: Port calls 1,280 Calls by quarter"
    ]


def test_comments_are_reported_at_their_paragraph() -> None:
    comment = f'<w:comment w:id="3" w:author="Tomás Leal">{paragraph(run("Is it so?"))}</w:comment>'
    comments = f"<w:comments {_SPACES}>{comment}</w:comments>"
    body = paragraph(run("One.")) + paragraph(
        run("Two."), '<w:r><w:commentReference w:id="3"/></w:r>'
    )
    draft = one(document(body, {"rC": ("comments", "comments.xml")}, comments=comments))
    assert draft_notes(draft) == ["omitted 2: comment by Tomás Leal: Is it so?"]


def test_footnotes_and_endnotes_are_numbered_in_order() -> None:
    notes = {
        kind: f'<w:{kind}s {_SPACES}><w:{kind} w:id="2">{paragraph(run(f"In the {kind}."))}</w:{kind}></w:{kind}s>'
        for kind in ("footnote", "endnote")
    }
    end, foot, lost = (
        '<w:endnoteReference w:id="2"/>',
        '<w:footnoteReference w:id="2"/>',
        '<w:footnoteReference w:id="9"/>',
    )
    body = paragraph(
        run("One"),
        f"<w:r>{end}</w:r>",
        run(", two"),
        f"<w:r>{foot}</w:r>",
        run(", none"),
        f"<w:r>{lost}</w:r>",
    )
    relations = {"rF": ("footnotes", "footnotes.xml"), "rE": ("endnotes", "endnotes.xml")}
    draft = one(document(body, relations, footnotes=notes["footnote"], endnotes=notes["endnote"]))
    assert (
        section(draft)
        == "One[^1], two[^2], none\n\n[^1]: In the endnote.\n\n[^2]: In the footnote.\n"
    )
    assert draft_notes(draft) == ["omitted 1: footnote reference without a footnote: "]


STYLES = f"""<w:styles {_SPACES}>
<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/>
<w:rPr><w:sz w:val="22"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 2"/><w:basedOn w:val="N"/></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="House heading"/><w:basedOn w:val="H"/></w:style>
<w:style w:type="paragraph" w:styleId="Ring"><w:name w:val="Ring"/><w:basedOn w:val="Ring2"/>
<w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Ring2"><w:name w:val="Ring2"/><w:basedOn w:val="Ring"/></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Key"><w:name w:val="Key word"/><w:rPr><w:b/></w:rPr></w:style>
</w:styles>"""
NUMBERS = f"""<w:numbering {_SPACES}>
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
</w:numbering>"""


def styled(words: str, style: str, rest: str = "") -> str:
    return paragraph(run(words), properties=f'<w:pStyle w:val="{style}"/>{rest}')


def item(words: str, number: int, level: int = 0) -> str:
    numbers = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(run(words), properties=numbers)


def test_inherited_properties_of_styles_are_resolved() -> None:
    body = styled("House", "Own") + styled("Ring", "Ring") + styled("Contents", "T") + paragraph(
        run("A "), run("key", '<w:rStyle w:val="Key"/>'), properties='<w:outlineLvl w:val="2"/>'
    )  # fmt: skip
    draft = one(document(body, {"rS": ("styles", "styles.xml")}, styles=STYLES))
    assert [
        (block.kind, block.level, block.style, block.bold, block.size) for block in draft.blocks
    ] == [
        ("heading", 2, "House heading", False, 11.0),
        ("paragraph", 0, "Ring", True, None),
        ("heading", 3, "Normal", False, 11.0),
    ]
    assert draft_notes(draft) == ["omitted 3: table of contents: Contents"]


def test_lists_are_numbered_as_in_word() -> None:
    body = (
        item("three", 1)
        + item("a", 1, 1)
        + item("four", 1)
        + paragraph(run("Between."))
        + item("five", 1)
    )
    body += item("seven", 2) + item("eight", 2)
    draft = one(document(body, {"rN": ("numbering", "numbering.xml")}, numbering=NUMBERS))
    assert (
        section(draft) == "3. three\n   - a\n4. four\n\nBetween.\n\n5. five\n\n7) seven\n8) eight\n"
    )


def picture(relation: str) -> str:
    return paragraph(
        '<w:r><w:drawing><wp:inline><wp:docPr descr="A crane"/><a:graphic><a:graphicData><pic:pic><pic:blipFill>'
        f'<a:blip r:{relation}="rI"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>'
        "</w:r>"
    )


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "//host/share/crane.png", "../../../etc/passwd"]
)
def test_an_image_elsewhere_on_this_machine_is_never_opened(target: str) -> None:
    relations = {"rI": ("image", target)}
    draft = one(document(picture("link" if target[0] in "f/" else "embed"), relations))
    assert draft.images == ()
    assert [note.message for note in draft.notes] == ["image missing from the draft"]
    assert section(draft) == "A crane\n"


def test_a_remote_image_is_listed_and_not_fetched() -> None:
    draft = one(document(picture("link"), {"rI": ("image", "https://example.org/crane.png")}))
    assert [(one.name, one.data, one.url) for one in draft.images] == [
        ("crane.png", None, "https://example.org/crane.png")
    ]


def test_macros_are_reported_and_never_read() -> None:
    file = io.BytesIO(document(paragraph(run("Hello."))))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    assert draft_notes(one(file.getvalue(), "draft.docm")) == [
        "review 0: the document contains macros; they were not read: "
    ]


CHUNKS = {
    "page.html": b"<html><body><p>Nothing <b>moves</b>[1].</p></body></html>",
    "page.mht": (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html;"
        b" charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>Nothing <b>moves</b>[1=5D.</p>\n\n--x--\n"
    ),
    "inner.docx": document(paragraph(run("Nothing "), run("moves", "<w:b/>"), run("[1]."))),
}


@pytest.mark.parametrize("name", CHUNKS)
def test_a_document_inside_a_document_is_imported(name: str) -> None:
    outer = io.BytesIO(
        document(
            paragraph(run("Before.")) + '<w:altChunk r:id="rA"/>' + paragraph(run("After.")),
            {"rA": ("aFChunk", name)},
        )
    )
    with zipfile.ZipFile(outer, "a") as archive:
        archive.writestr(f"word/{name}", CHUNKS[name])
    draft = one(outer.getvalue(), "draft.docx")
    assert section(draft) == "Before.\n\nNothing **moves**\\[1].\n\nAfter.\n"
    assert not draft.notes


def test_an_embedded_document_of_another_kind_is_listed() -> None:
    outer = io.BytesIO(
        document(
            paragraph(run("Before.")) + '<w:altChunk r:id="rA"/>', {"rA": ("aFChunk", "a.rtf")}
        )
    )
    with zipfile.ZipFile(outer, "a") as archive:
        archive.writestr("word/a.rtf", b"{\\rtf1 Words.}")
    assert draft_notes(one(outer.getvalue(), "draft.docx")) == [
        "omitted 1: embedded document: {\\rtf1 Words.}"
    ]


def test_double_strikethrough_is_strikethrough() -> None:
    draft = one(document(paragraph(run("old ", "<w:dstrike/>"), run("new"))), "draft.docx")
    assert section(draft) == "~~old~~ new\n"
