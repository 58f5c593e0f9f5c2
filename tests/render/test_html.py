"""What is left of the engine's HTML: styles inlined, superfluous bytes removed, text unchanged."""

from __future__ import annotations

import pytest

from newsletter.errors import NewsletterError
from newsletter.render.html import finish, marked, to_html
from newsletter.render.inliner import MergedStyles, inline, load_premailer
from newsletter.render.stylesheets import CssCache


class Cache(dict[str, bytes]):
    def put(self, key: str, data: bytes) -> None:
        self[key] = data


COLUMN = "mj-outlook-group-fix mj-column-per-100"
# HTML after inlining -> as it is sent from right to left.
FINISHED = {
    '<html lang="en" dir="auto" xmlns="x" xmlns:o="y">\n <head>\n</head>': (
        '<html lang="en" xmlns:o="y" dir="rtl"><head></head>'
    ),
    "<html>one<html>": '<html dir="rtl">one<html>',
    # Only the engine's wrapper is directed, and only once.
    '<div dir="auto"><div class="a" role="article" dir="auto" x dir="auto"><b dir="auto">': (
        '<div dir="auto"><div class="a" role="article" dir="rtl" x dir="auto"><b dir="auto">'
    ),
    # White space: dropped next to blocks, one line break elsewhere, untouched in `pre`.
    "<p>\n one\n   two </p>\n\n<p>": "<p>one\ntwo </p><p>",
    "one \t\n  two": "one \t\ntwo",
    "<b>one</b>\n   <i>two</i>": "<b>one</b>\n<i>two</i>",
    "<pre>\n a\n\n  b</pre>\n  <p>x</p>": "<pre>\n a\n\n  b</pre><p>x</p>",
    "<pre>\n a</pre>\n x\n <pre>\n b</pre>": "<pre>\n a</pre>\nx\n<pre>\n b</pre>",
    "a \t\n<!-- c --> \n b": "a<!-- c -->b",
    "a\u2007\u00a0\n <hr>": "a\u2007\u00a0<hr>",
    "x >\n y": "x >\ny",
    "a < b\n <hr>\nc": "a < b<hr>c",
    "<H1>\n x</H1>\nz": "<H1>x</H1>z",
    "<tdx>\n x": "<tdx>\nx",
    # Style sheets and styles lose their spaces and comments.
    '<style media="print" type="text/css">/* x\n */ a {\n b:  c ; d: e;\n}</style>': (
        '<style media="print">a{b:c;d:e}</style>'
    ),
    "<style>/* only\na note */</style>": "",
    "<style> p > q , r { } s{t:u} </style>x<style>v{}</style>": (
        "<style>p>q,r{}s{t:u}</style>x<style>v{}</style>"
    ),
    '<p style=" color:  red ; margin:0 , 1px ; ">x</p>': '<p style="color:red;margin:0,1px">x</p>',
    '<p class="a" style="; ">y</p>': '<p class="a">y</p>',
    "<picture><source a></source></picture>": "<picture><source a></picture>",
    # The engine's classes of a single column.
    f'<div class="{COLUMN}">a</div><div class="x {COLUMN} y">b</div><div class="z {COLUMN}">c</div>': (
        '<div>a</div><div class="x y">b</div><div class="z ">c</div>'
    ),
    f"<style>@media{{.mj-column-per-100{{x}}}}</style><!--[if lte mso 11]>\nx<![endif]-->"
    f'<!--[if mso]>y<![endif]--><div class="{COLUMN}">': "<!--[if mso]>y<![endif]--><div>",
    f'<div class="mj-column-per-50">a</div><div class="{COLUMN}">': (
        f'<div class="mj-column-per-50">a</div><div class="{COLUMN}">'
    ),
    f'<div class="mj-column-px-100">a</div><div class="{COLUMN}">': (
        f'<div class="mj-column-px-100">a</div><div class="{COLUMN}">'
    ),
    f"<style>.mj-column-per-100{{x}}</style>{COLUMN}<style>p{{q}}</style>": "<style>p{q}</style>",
}


@pytest.mark.parametrize("html", FINISHED)
def test_superfluous_bytes_are_removed(html: str) -> None:
    assert finish(html, "rtl") == FINISHED[html] + "\n"


def test_the_engines_sheets_stay_in_the_head_and_the_doctype_survives() -> None:
    html = '<!doctype html>\n<style type="text/css">a</style><style>b</style><!doctype html>'
    assert marked(html) == (
        '<!DOCTYPE html>\n<style type="text/css" data-premailer="ignore">a</style>'
        "<style>b</style><!doctype html>"
    )


def test_an_error_of_the_engine_has_a_hint() -> None:
    with pytest.raises(NewsletterError) as caught:
        to_html("<mjml><zzz></zzz></mjml>")
    assert caught.value.message.startswith("The MJML engine failed: unexpected element")
    assert caught.value.hint == "Check the output of the theme's templates between MJML tags."


def test_the_engine_links_to_no_fonts() -> None:
    text = '<mj-text font-family="Roboto">x</mj-text>'
    html = to_html(
        f"<mjml><mj-body><mj-section><mj-column>{text}</mj-column></mj-section></mj-body></mjml>"
    )
    assert "Roboto" in html
    assert "fonts.googleapis" not in html


def page(css: str, body: str) -> str:
    return f"<!DOCTYPE html><html><head><style>{css}</style></head><body>{body}</body></html>"


# Style sheet and body -> head and body.
INLINED: list[tuple[str, str, str, str]] = [
    ("p{color:red}", '<p>x</p><p style="margin:0">y</p>', "",
     '<p style="color:red">x</p><p style="color:red; margin:0">y</p>'),
    ("p{color:red}", '<p style="color:blue">x</p>', "", '<p style="color:blue">x</p>'),
    (".a .b{color:red}.b{color:blue}", '<div class="a"><p class="b">x</p></div><p class="b">y</p>',
     "", '<div class="a"><p class="b" style="color:red">x</p></div>'
     '<p class="b" style="color:blue">y</p>'),
    ("p{color:blue}p{color:red}", "<p>x</p>", "", '<p style="color:red">x</p>'),
    ("td{vertical-align:top;width:3px;background-color:#111;text-align:left}",
     "<table><tr><td>x</td></tr></table>", "",
     '<table><tr><td style="vertical-align:top; width:3px; background-color:#111; '
     'text-align:left" valign="top">x</td></tr></table>'),
    ("img{float:left}", '<img src="a.png"><a href="b">c</a>', "",
     '<img src="a.png" style="float:left"><a href="b">c</a>'),
    ("a:hover{color:red}", "<a>x</a>", "<style>a:hover {color:red !important}</style>", "<a>x</a>"),
    ("li:first-child{margin:0}", "<ul><li>a</li><li>b</li></ul>", "",
     '<ul><li style="margin:0">a</li><li>b</li></ul>'),
    ("p > b, i{color:red}", "<p><b>x</b></p><i>y</i>", "",
     '<p><b style="color:red">x</b></p><i style="color:red">y</i>'),
]  # fmt: skip


@pytest.mark.parametrize(("css", "body", "head", "expected"), INLINED)
def test_styles_are_written_to_the_elements(css: str, body: str, head: str, expected: str) -> None:
    for _ in range(2):  # the second time from what is remembered
        html = inline(page(css, body), Cache())
        assert html == (f"<!DOCTYPE html>\n<html><head>{head}</head><body>{expected}</body></html>")


@pytest.mark.parametrize("html", [page("p{content:'\\\\7 '}", "<p>x</p>"), ""])
def test_css_that_cannot_be_inlined_is_an_error_with_a_hint(html: str) -> None:
    with pytest.raises(NewsletterError) as caught:
        inline(html, Cache())
    assert caught.value.message.startswith("Styles cannot be inlined: ")
    assert caught.value.hint == "Check the style sheets and style attributes of the theme."


SHEET = "p{color:red}\n.a{margin:0}\n"


def test_parsed_css_is_read_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Cache()
    first = CssCache()
    first.load(blobs)
    parsed = first.parseString(SHEET), first.parseStyle("color:red;margin:0 !important")
    first.save(blobs)
    (key,) = blobs
    assert key.endswith(".css")
    data = blobs[key]
    blobs[key] = data + b" "
    first.save(blobs)
    assert blobs[key] == data + b" ", "nothing is new"
    monkeypatch.setattr("newsletter.render.stylesheets._cssutils", None)  # nothing is parsed
    second = CssCache()
    second.load(blobs)
    assert (second.parseString(SHEET), second.parseStyle("color:red;margin:0 !important")) == parsed
    assert [rule.selectorText for rule in second.parseString(SHEET)] == ["p", ".a"]
    assert [
        (part.name, part.value, part.priority)
        for part in second.parseStyle("color:red;margin:0 !important")
    ] == [("color", "red", ""), ("margin", "0", "important")]
    second.save(blobs)
    assert blobs[key] == data + b" "


def test_css_stored_by_an_earlier_version_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Cache()
    cache = CssCache()
    cache.parseStyle("color:red")
    cache.save(blobs)
    (key,) = blobs
    assert blobs[key] == b'{"styles":{"color:red":[["color","red","red",""]]},"sheets":{}}'
    blobs[key] = (
        b'{"styles": {}, "sheets": {"p{color:red}": [["p", [["color", "red", "red", ""]], 1, 1, 4]]}}'
    )
    monkeypatch.setattr("newsletter.render.stylesheets._cssutils", None)
    later = CssCache()
    later.load(blobs)
    (rule,) = later.parseString("p{color:red}")
    assert (rule.selectorText, rule.type) == ("p", rule.STYLE_RULE)
    assert [(part.name, part.propertyValue.cssText) for part in rule.style.getProperties()] == [
        ("color", "red")
    ]


def test_a_rule_that_changes_leaves_the_others_in_the_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache = CssCache()
    cache.parseString(SHEET)
    monkeypatch.setattr("newsletter.render.stylesheets._cssutils", None)
    assert [rule.selectorText for rule in cache.parseString("\n.a{margin:0}p{color:red}")] == [
        ".a",
        "p",
    ]


@pytest.mark.parametrize(
    "css", ["p{color:red}@media print{p{color:blue}}", "/* } */p{color:red}", "p{content:'}'}"]
)
def test_css_with_more_than_rules_is_parsed_as_a_whole(css: str) -> None:
    rules = [rule for rule in CssCache().parseString(css) if rule.type == rule.STYLE_RULE]
    assert [rule.selectorText for rule in rules] == ["p"]
    assert len(rules[0].style.getProperties()) == 1


def test_the_oldest_css_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.render.stylesheets.STYLES", 2)
    cache = CssCache()
    for css in ("a:b", "c:d", "e:f"):
        cache.parseStyle(css)
    assert list(cache.styles) == ["c:d", "e:f"]


def test_styles_that_were_merged_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []

    def merge(*arguments: object) -> str:
        calls.append(arguments)
        return f"style {len(calls)}"

    merged = MergedStyles(merge)
    one, two = ["p"], ["p"]  # equal, and of different rules
    given: list[tuple[str, list[object], list[str], bool]] = [
        ("own", [one], ["k"], False),
        ("other", [one], ["k"], False),
        ("own", [two], ["k"], False),
        ("own", [one], ["k", "l"], False),
        ("own", [one], ["k"], True),
    ]
    expected = [f"style {number}" for number in range(1, 6)]
    for _ in range(2):
        assert [merged(*arguments) for arguments in given] == expected
    assert calls == given
    assert merged("own", [one], ["k"]) == "style 1"
    monkeypatch.setattr("newsletter.render.inliner.STYLES", 5)
    assert merged("new", [one], []) == "style 6"
    assert merged("own", [one], ["k"]) == "style 7", "all were forgotten when there were too many"
    assert merged("new", [one], []) == "style 6"


@pytest.mark.parametrize("error", [OSError("gone"), ImportError("gone"), AttributeError("gone")])
def test_another_version_of_premailer_is_refused(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("newsletter.render.inliner.PrivateCopy", fail)
    with pytest.raises(NewsletterError) as caught:
        load_premailer.__wrapped__()
    assert caught.value.message == "Cannot load premailer: gone"
    assert caught.value.hint == "Run `pip install 'premailer>=3.10,<3.11'`."
