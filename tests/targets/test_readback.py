"""A service's responses and renderings, as one line for people."""

from __future__ import annotations

import pytest

from newsletter.targets.readback import field_differences, rendering_differences
from newsletter.targets.reply import error_text, retry_pause
from newsletter.targets.service_draft import readable_diff

ERRORS = {
    "listmonk": (b'{"message": "No lists selected"}', "400 No lists selected"),
    "Buttondown": (
        b'{"code": "slug_invalid", "detail": "Slug is in use.", "metadata": {}}',
        "400 Slug is in use.",
    ),
    "Buttondown, a field": (
        b'{"detail": [{"type": "x", "loc": ["body", "subject"], "msg": "Too long"}]}',
        "400 body.subject: Too long",
    ),
    "Resend": (b'{"statusCode": 422, "name": "x", "message": "Missing `to`"}', "400 Missing `to`"),
    "Mailchimp": (
        b'{"title": "Invalid", "detail": "Wrong.", "errors": [{"field": "a", "message": "b"}]}',
        "400 Invalid; Wrong.; a: b",
    ),
    "Brevo": (b'{"code": "document_not_found", "message": "No campaign"}', "400 No campaign"),
    "Ghost": (
        b'{"errors": [{"message": "Saving failed!", "context": "Too late", "code": "X"}]}',
        "400 Saving failed!; Too late",
    ),
    "a list": (b'["a", {"message": "b"}, "a", 7]', "400 a; b"),
    "all at once": (
        b'{"errors": "f", "msg": "e", "detail": "d", "context": "c", "message": "b", "title": "a"}',
        "400 a; b; c; d; e; f",
    ),
    "a field and a place": (
        b'{"errors": [{"field": "x", "loc": ["y", 3], "msg": "z"}, {"loc": ["y", 3], "msg": "z"}]}',
        "400 x: z; y.3: z",
    ),
    "a page": (b"<html><h1>Bad gateway</h1></html>", "400"),
    "nothing": (b"", "400"),
    "control characters": (b'{"message": "a\\u001b[31mb\\nc"}', "400 a [31mb c"),
    "a long one": (b'{"message": "' + b"x" * 999 + b'"}', "400 " + "x" * 300),
    "deep nesting": (b"[" * 100_000, "400"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_in_the_words_of_the_service(name: str) -> None:
    body, expected = ERRORS[name]
    assert error_text(400, body) == expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        (
            {
                "Retry-After": "Sun, 01 Mar 2026 08:00:30 GMT",
                "Date": "Sun, 01 Mar 2026 08:00:00 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "soon"}, None),
        ({"ratelimit-reset": "2"}, 2.0),
        ({"x-ratelimit-reset-after": "3"}, 3.0),
        ({"ratelimit-reset": "", "x-ratelimit-reset-after": "3"}, 3.0),
        ({"Retry-After": "0", "ratelimit-reset": "2"}, 0.0),
        ({"ratelimit-reset": "123456"}, 123456.0),
        ({"ratelimit-reset": "1234567"}, None),
        ({"ratelimit-reset": "2.5"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_pause(headers) == seconds


BUILT = (
    "<!DOCTYPE html><html><head><title>Quay</title><style>p{}</style></head><body>"
    "<div>The deck.</div><!--[if mso]><table><![endif]--><p>Ships &amp; quays.</p>"
    '<p>Dear {{ unsubscribe_url }}, <a href="https://a.example/?b=1&amp;c=2">a</a></p>'
    '<a href="{{ unsubscribe_url }}">Leave</a></body></html>'
)
GOOD = BUILT.replace("{{ unsubscribe_url }}", "https://leave.example/1")
RENDERINGS: dict[str, tuple[str, list[str]]] = {
    "the same": (GOOD, []),
    "A link with other escapes": (GOOD.replace("&amp;c", "&#38;c"), []),
    "a template around it": (
        f"<html><body>{GOOD}</body></html>",
        ["A template of S is wrapped around the email"],
    ),
    "comments gone": (
        GOOD.replace("<!--[if mso]><table><![endif]-->", ""),
        ["1 conditional comments for Outlook are lost in the rendering of S"],
    ),
    "A link gone": (
        GOOD.replace("https://a.example/?b=1&amp;c=2", "https://track.example/1"),
        ["A link is missing in the rendering of S: https://a.example/?b=1&c=2"],
    ),
    "a way to leave that leads nowhere": (
        GOOD.replace('href="https://leave.example/1"', 'href=""'),
        ["A link of the rendering leads nowhere: S left its address empty"],
    ),
    "a field not filled in": (
        BUILT,
        ['S leaves a template placeholder unfilled: "{{ unsubscribe_url }}, <a href="https://"'],
    ),
    "the preheader gone": (
        GOOD.replace("<div>The deck.</div>", ""),
        ['Text differs in the rendering of S, near: "The deck. Ships & quays. Dear"'],
    ),
    "an address of nothing but the page": (
        GOOD.replace('href="https://leave.example/1"', "href='#'"),
        ["A link of the rendering leads nowhere: S left its address empty"],
    ),
    "an address of spaces": (
        GOOD.replace('href="https://leave.example/1"', 'href="  "'),
        ["A link of the rendering leads nowhere: S left its address empty"],
    ),
    "the way to leave gone": (
        GOOD.replace('<a href="https://leave.example/1">Leave</a>', "Leave"),
        ["The rendering of S has 1 links instead of 2"],
    ),
    "both links gone": (
        GOOD.replace("<a ", "<b "),
        ["A link is missing in the rendering of S: https://a.example/?b=1&c=2"],
    ),
    "one more link": (GOOD.replace("</body>", '<a href="https://s.example">S</a></body>'), []),
    "A link in other quotation marks": (
        GOOD.replace('"https://a.example/?b=1&amp;c=2"', "'https://a.example/?b=1&c=2'"),
        [],
    ),
    "two comments more": (
        GOOD.replace("</body>", "<!--[if mso]>a<![endif]--><!--[if !mso]>\n<![endif]--></body>"),
        ["S adds 2 conditional comments"],
    ),
    "another case": (GOOD.replace("<html>", "<HTML>").replace("<body>", "<BODY class='x'>"), []),
    "an own sheet and title": (
        GOOD.replace("p{}", "p{}{{ x }}").replace("<title>Quay", "<title>*|X|*"),
        [],
    ),
    "two kinds of placeholders": (
        GOOD.replace("Leave", "*|LEAVE|*").replace("Ships", "{% Ships %}"),
        [
            'S leaves a template placeholder unfilled: "{% Ships %} & quays.</p><p>Dear https://"',
            'S leaves a template placeholder unfilled: "*|LEAVE|*</a></body></html>"',
            'Text differs in the rendering of S, near: "The deck. Ships & quays. Dear"',
        ],
    ),
    "a value that Go rejects": (
        GOOD.replace("https://leave.example/1", "#ZgotmplZ"),
        [
            'S leaves a template placeholder unfilled: "ZgotmplZ, <a href="https://a.example/?b="',
        ],
    ),
    "words in another order": (
        GOOD.replace("Leave", "Go").replace("Ships", "Leave Ships"),
        ['Text differs in the rendering of S, near: "The deck. Ships & quays. Dear"'],
    ),
    "the last words gone": (
        GOOD.replace(">Leave</a>", "></a>"),
        ['Text differs in the rendering of S, near: ", a Leave"'],
    ),
    "words changed": (
        GOOD.replace("Ships", "Boats"),
        ['Text differs in the rendering of S, near: "The deck. Ships & quays. Dear"'],
    ),
}


@pytest.mark.parametrize("name", RENDERINGS)
def test_what_a_rendering_lacks(name: str) -> None:
    rendered, expected = RENDERINGS[name]
    assert list(rendering_differences(BUILT, rendered, "buttondown", "S")) == expected


TWENTY = [f"w{number}" for number in range(1, 21)]


@pytest.mark.parametrize(
    ("shown", "near"),
    [
        (TWENTY[:19], "w11 w12 w13 w14 w15 w16 w17 w18 w19 w20"),
        (TWENTY[:12], "w11 w12 w13 w14 w15 w16 w17 w18 w19 w20"),
        (TWENTY[:11], "w3 w4 w5 w6 w7 w8 w9 w10 w11 w12"),
        (TWENTY[:4], "w3 w4 w5 w6 w7 w8 w9 w10 w11 w12"),
        (TWENTY[:3], "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10"),
        (TWENTY[1:], "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10"),
    ],
)
def test_missing_text_is_named_by_the_words_around_its_start(shown: list[str], near: str) -> None:
    built, rendered = (f"<p>{' '.join(words)}</p>" for words in (TWENTY, shown))
    assert list(rendering_differences(built, rendered, "buttondown", "S")) == [
        f'Text differs in the rendering of S, near: "{near}"'
    ]


def test_text_counts_in_its_order_from_one_merge_field_to_the_next() -> None:
    built = "<p>One {{ unsubscribe_url }} two {{ unsubscribe_url }} one</p>"
    for rendered, near in (
        ("<p>One x two y one</p>", None),
        ("<p>more One x two y one more</p>", None),
        ("<p>One x two</p>", "one"),
        ("<p>two x One y one</p>", "two"),
    ):
        expected = [] if near is None else [f'Text differs in the rendering of S, near: "{near}"']
        assert list(rendering_differences(built, rendered, "buttondown", "S")) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"subject": "Quay\r\n", "html": "<p>a</p>"}, []),
        ({"html": "<p>a</p>"}, ["S did not return the subject, so it is not verified"]),
        ({"subject": "", "html": "<p>a</p>"}, ["S dropped the subject"]),
        (
            {"subject": "Quai", "html": "<p>a</p>"},
            ['S changed the subject while storing it: "Quai" instead of "Quay"'],
        ),
        (
            {"subject": "Quay \n and", "html": "<p>a</p>"},
            ['S changed the subject while storing it: "Quay\\n and" instead of "Quay"'],
        ),
        (
            {"subject": " ", "html": "<p>b</p>", "more": "x"},
            [
                "S dropped the subject",
                'S changed the html while storing it: "<p>b</p>" instead of "<p>a</p>"',
            ],
        ),
    ],
)
def test_what_a_service_stored(found: dict[str, str], expected: list[str]) -> None:
    wanted = {"subject": "Quay", "html": "<p>a</p>"}
    assert list(field_differences(wanted, found, "S")) == expected


A_TO_Z = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("wanted", "stored", "theirs", "ours"),
    [
        (A_TO_Z * 3 + "a", A_TO_Z * 3, A_TO_Z * 3, A_TO_Z * 3 + "a"),
        (
            A_TO_Z * 3 + "ab",  # 80 characters: only around the difference
            A_TO_Z * 3,
            "qrstuvwxyz",
            "qrstuvwxyzab",
        ),
        (
            "-" * 5 + A_TO_Z * 4,
            "-" * 5 + "X" + A_TO_Z * 4,
            "-----X" + A_TO_Z + "abc",
            "-----" + A_TO_Z + "abcd",
        ),
        (
            "-" * 40 + A_TO_Z * 2,
            "-" * 40 + "X" + A_TO_Z * 2,
            "-" * 10 + "X" + A_TO_Z + "abc",
            "-" * 10 + A_TO_Z + "abcd",
        ),
        (A_TO_Z, A_TO_Z * 4, "qrstuvwxyz" + A_TO_Z + "abcd", "qrstuvwxyz"),
    ],
)
def test_where_a_long_field_changed(wanted: str, stored: str, theirs: str, ours: str) -> None:
    assert list(field_differences({"html": wanted}, {"html": stored}, "S")) == [
        f'S changed the html while storing it: "{theirs}" instead of "{ours}"'
    ]


def test_an_edit_is_shown_as_its_reader_sees_it() -> None:
    before = {"subject": "Quay", "html": "<head><title>x</title></head><p>One ship.</p><p>Two.</p>"}
    after = {"subject": "Quay", "html": "<head><title>x</title></head><p>One boat.</p><p>Two.</p>"}
    assert readable_diff(before, after) == "html:\n  -One ship.\n  +One boat."


def test_an_edit_of_the_markup_alone_is_shown_as_markup() -> None:
    before, after = {"html": '<p>One</p><a href="x">a</a>'}, {"html": '<p>One</p><a href="y">a</a>'}
    assert readable_diff(before, after) == 'html:\n  -<a href="x">a</a>\n  +<a href="y">a</a>'


def test_an_edit_does_not_control_the_terminal() -> None:
    shown = readable_diff({"subject": "Quay"}, {"subject": "Quay\x1b[2J"})
    assert "\x1b" not in shown
    assert "+Quay" in shown


def test_a_long_edit_fills_one_screen() -> None:
    shown = readable_diff({"text": ""}, {"text": "\n".join(map(str, range(500)))})
    assert len(shown.splitlines()) == 41
    assert shown.endswith("more lines")
