"""How each service writes per-reader fields, in HTML and in text."""

from __future__ import annotations

import pytest

from newsletter.model import MergeStyle, Publication
from newsletter.render.merge import fill, spell

WEB = "https://quay.example/issue/?a=1&b=2"
LEAVE = "https://quay.example/leave?a&b"
FIELDS = (
    "unsubscribe_url",
    "web_url",
    "name",
    "first_name",
    "email",
    "name|reader",
    "first_name|you",
    "email|nobody",
)
STYLES: dict[MergeStyle, tuple[str, ...]] = {
    "plain": (LEAVE, WEB, *(f"%%{field}%%" for field in FIELDS[2:])),
    "listmonk": (
        "{{ UnsubscribeURL }}",
        "{{ MessageURL }}",
        "{{ .Subscriber.Name }}",
        "{{ .Subscriber.FirstName }}",
        "{{ .Subscriber.Email }}",
        "{{ if .Subscriber.Name }}{{ .Subscriber.Name }}{{ else }}reader{{ end }}",
        "{{ if .Subscriber.FirstName }}{{ .Subscriber.FirstName }}{{ else }}you{{ end }}",
        "{{ if .Subscriber.Email }}{{ .Subscriber.Email }}{{ else }}nobody{{ end }}",
    ),
    "mailchimp": (
        "*|UNSUB|*",
        "*|ARCHIVE|*",
        "*|FNAME|* *|LNAME|*",
        "*|FNAME|*",
        "*|EMAIL|*",
        "*|IF:FNAME|**|FNAME|* *|LNAME|**|ELSE:|*reader*|END:IF|*",
        "*|IF:FNAME|**|FNAME|**|ELSE:|*you*|END:IF|*",
        "*|IF:EMAIL|**|EMAIL|**|ELSE:|*nobody*|END:IF|*",
    ),
    "buttondown": (
        "{{ unsubscribe_url }}",
        "{{ email.absolute_url }}",
        "{{ subscriber.metadata.name }}",
        "{{ subscriber.metadata.first_name }}",
        "{{ subscriber.email }}",
        "{% if subscriber.metadata.name %}{{ subscriber.metadata.name }}{% else %}reader{% endif %}",
        "{% if subscriber.metadata.first_name %}{{ subscriber.metadata.first_name }}{% else %}you{% endif %}",
        "{% if subscriber.email %}{{ subscriber.email }}{% else %}nobody{% endif %}",
    ),
    "ghost": (
        "%%{unsubscribe_url}%%",
        WEB,
        "%%{name}%%",
        "%%{first_name}%%",
        "%%{email}%%",
        '%%{name, "reader"}%%',
        '%%{first_name, "you"}%%',
        '%%{email, "nobody"}%%',
    ),
    "resend": (
        "{{{RESEND_UNSUBSCRIBE_URL}}}",
        WEB,
        "{{{contact.first_name}}} {{{contact.last_name}}}",
        "{{{contact.first_name}}}",
        "{{{contact.email}}}",
        "{{{contact.first_name|reader}}}",
        "{{{contact.first_name|you}}}",
        "{{{contact.email|nobody}}}",
    ),
    "brevo": (
        "{{ unsubscribe }}",
        "{{ mirror }}",
        "{{ contact.FIRSTNAME }} {{ contact.LASTNAME }}",
        "{{ contact.FIRSTNAME }}",
        "{{ contact.EMAIL }}",
        "{% if contact.FIRSTNAME %}{{ contact.FIRSTNAME }} {{ contact.LASTNAME }}"
        "{% else %}reader{% endif %}",
        "{{ contact.FIRSTNAME|default:'you' }}",
        "{{ contact.EMAIL|default:'nobody' }}",
    ),
}


def publication(style: MergeStyle) -> Publication:
    return Publication("The Quay", "https://quay.example", merge=style, unsubscribe_url=LEAVE)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("field", FIELDS)
def test_merge_field_syntax(style: MergeStyle, field: str) -> None:
    expected = STYLES[style][FIELDS.index(field)]
    assert spell(f"a %%{field}%% b", publication(style), WEB, html=False) == f"a {expected} b"
    if expected in (WEB, LEAVE):
        expected = expected.replace("&", "&amp;")
    assert spell(f"a %%{field}%% b", publication(style), WEB, html=True) == f"a {expected} b"


@pytest.mark.parametrize(
    "text", ["100%%", "%% x %%", "%%unknown%%", "%%name|a|b%%", "%%name|a\nb%%", "%name%"]
)
@pytest.mark.parametrize("style", STYLES)
def test_text_that_is_not_a_field_is_unchanged(style: MergeStyle, text: str) -> None:
    assert spell(text, publication(style), WEB, html=True) == text


def test_without_an_unsubscribe_address_the_field_stays_until_sending() -> None:
    bare = Publication("The Quay", "https://quay.example")
    assert (
        spell("%%unsubscribe_url%% %%web_url%%", bare, WEB, html=False)
        == f"%%unsubscribe_url%% {WEB}"
    )


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("brevo", r"{{ contact.FIRSTNAME|default:'it\'s you' }}"),
        ("resend", "{{{contact.first_name|it's you}}}"),
        ("ghost", '%%{first_name, "it\'s you"}%%'),
    ],
)
def test_a_fallback_with_an_apostrophe_does_not_close_the_field(
    style: MergeStyle, expected: str
) -> None:
    assert spell("%%first_name|it's you%%", publication(style), WEB, html=False) == expected


# Style and fallback -> how a field with it is spelled.
FALLBACKS: list[tuple[MergeStyle, str, str]] = [
    ("resend", "a}b}", "{{{contact.first_name|ab}}}"),
    ("ghost", 'a"b', '%%{first_name, "a”b"}%%'),
    ("brevo", "a\\b", "{{ contact.FIRSTNAME|default:'a\\\\b' }}"),
    ("mailchimp", "a b", "*|IF:FNAME|**|FNAME|**|ELSE:|*a b*|END:IF|*"),
    ("plain", "a b", "%%first_name|a b%%"),
]


@pytest.mark.parametrize(("style", "fallback", "expected"), FALLBACKS)
def test_what_would_end_a_fallback_is_changed(
    style: MergeStyle, fallback: str, expected: str
) -> None:
    assert spell(f"%%first_name|{fallback}%%", publication(style), WEB, html=False) == expected


SAMPLE = {
    "unsubscribe_url": "https://quay.example/#leave",
    "web_url": "https://quay.example/web",
    "name": "Ada Reader",
    "first_name": "Ada",
    "email": "ada@quay.example",
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("field", ["name", "first_name", "email"])
def test_a_test_shows_one_reader(style: MergeStyle, field: str) -> None:
    spelled = spell(f"a %%{field}%% b %%{field}|you%% c", publication(style), WEB, html=False)
    filled = fill(spelled, style, SAMPLE, html=False)
    second = "Ada" if (style, field) == ("resend", "name") else SAMPLE[field]  # first names only
    assert filled == f"a {SAMPLE[field]} b {second} c"


@pytest.mark.parametrize("style", STYLES)
def test_without_a_value_the_fallback_is_printed(style: MergeStyle) -> None:
    spelled = spell("Dear %%first_name|reader%%,", publication(style), WEB, html=True)
    assert fill(spelled, style, {}, html=True) == "Dear reader,"


@pytest.mark.parametrize("style", STYLES)
def test_the_addresses_are_filled_in(style: MergeStyle) -> None:
    spelled = spell("%%unsubscribe_url%% %%web_url%%", publication(style), WEB, html=False)
    leave, web = fill(spelled, style, SAMPLE, html=False).split()
    assert leave in (SAMPLE["unsubscribe_url"], LEAVE)
    assert web in (SAMPLE["web_url"], WEB)


@pytest.mark.parametrize("style", ["plain", "listmonk", "buttondown"])
@pytest.mark.parametrize("words", ["{{ x }}", "{% if %}", "{# note #}"])
def test_template_signs_in_prose_print_as_typed(style: MergeStyle, words: str) -> None:
    spelled = spell(words, publication(style), WEB, html=False)
    assert fill(spelled, style, SAMPLE, html=False) == words
