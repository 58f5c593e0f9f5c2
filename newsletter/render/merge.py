"""Convert merge fields, `%%field%%` or `%%field|fallback%%`, to the sending service's syntax.

The syntax is that of each service's documentation: listmonk's templating page, Mailchimp's list of
merge tags, Buttondown's template variables, Ghost's email replacement strings, Resend's broadcast
variables, and Brevo's template language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape

from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.model import MergeStyle, Publication

_SPELLINGS: Mapping[MergeStyle, Mapping[str, str]] = {
    "listmonk": {
        "unsubscribe_url": "{{ UnsubscribeURL }}",
        "web_url": "{{ MessageURL }}",
        "name": "{{ .Subscriber.Name }}",
        "first_name": "{{ .Subscriber.FirstName }}",
        "email": "{{ .Subscriber.Email }}",
    },
    "mailchimp": {
        "unsubscribe_url": "*|UNSUB|*",
        "web_url": "*|ARCHIVE|*",
        "name": "*|FNAME|* *|LNAME|*",
        "first_name": "*|FNAME|*",
        "email": "*|EMAIL|*",
    },
    "buttondown": {
        "unsubscribe_url": "{{ unsubscribe_url }}",
        "web_url": "{{ email.absolute_url }}",
        "name": "{{ subscriber.metadata.name }}",
        "first_name": "{{ subscriber.metadata.first_name }}",
        "email": "{{ subscriber.email }}",
    },
    "ghost": {  # has no field for the page's URL, which is the same for every reader
        "unsubscribe_url": "%%{unsubscribe_url}%%",
        "name": "%%{name}%%",
        "first_name": "%%{first_name}%%",
        "email": "%%{email}%%",
    },
    "resend": {  # hosts no page for a broadcast, so the web URL is ours here too
        "unsubscribe_url": "{{{RESEND_UNSUBSCRIBE_URL}}}",
        "name": "{{{contact.first_name}}} {{{contact.last_name}}}",
        "first_name": "{{{contact.first_name}}}",
        "email": "{{{contact.email}}}",
    },
    "brevo": {
        "unsubscribe_url": "{{ unsubscribe }}",
        "web_url": "{{ mirror }}",
        "name": "{{ contact.FIRSTNAME }} {{ contact.LASTNAME }}",
        "first_name": "{{ contact.FIRSTNAME }}",
        "email": "{{ contact.EMAIL }}",
    },
}


_STYLES = re.compile(r"(<style\b.*?</style>)", re.DOTALL)


def _listmonk(field: str, fallback: str) -> str:
    value = _SPELLINGS["listmonk"][field].strip("{} ")
    return f"{{{{ if {value} }}}}{{{{ {value} }}}}{{{{ else }}}}{fallback}{{{{ end }}}}"


def _mailchimp(field: str, fallback: str) -> str:
    tag = "FNAME" if field in ("name", "first_name") else "EMAIL"
    return f"*|IF:{tag}|*{_SPELLINGS['mailchimp'][field]}*|ELSE:|*{fallback}*|END:IF|*"


def _buttondown(field: str, fallback: str) -> str:
    value = _SPELLINGS["buttondown"][field].strip("{} ")
    return f"{{% if {value} %}}{{{{ {value} }}}}{{% else %}}{fallback}{{% endif %}}"


def _ghost(field: str, fallback: str) -> str:
    fallback = fallback.replace('"', "”")  # a quotation mark would end the fallback
    return f'%%{{{field}, "{fallback}"}}%%'


def _resend(field: str, fallback: str) -> str:
    variable = "contact.email" if field == "email" else "contact.first_name"
    return f"{{{{{{{variable}|{fallback.replace('}', '')}}}}}}}"  # a brace would end the fallback


def _brevo(field: str, fallback: str) -> str:
    attribute = "EMAIL" if field == "email" else "FIRSTNAME"
    if field == "name":
        names = _SPELLINGS["brevo"]["name"]
        return f"{{% if contact.FIRSTNAME %}}{names}{{% else %}}{fallback}{{% endif %}}"
    quoted = fallback.replace("\\", "\\\\").replace("'", "\\'")
    return f"{{{{ contact.{attribute}|default:'{quoted}' }}}}"


_WITH_FALLBACK: Mapping[MergeStyle, Callable[[str, str], str]] = {
    "listmonk": _listmonk,
    "mailchimp": _mailchimp,
    "buttondown": _buttondown,
    "ghost": _ghost,
    "resend": _resend,
    "brevo": _brevo,
}


# An author who writes `{{ x }}` means those characters. Whatever a service's template language
# would interpret is escaped so that it prints: first characters -> (in HTML, in plain text).
_LITERAL: Mapping[MergeStyle, Mapping[str, tuple[str, str]]] = {
    "listmonk": {
        "{{": ("{&#123;", '{{ "{{" }}'),
        "@TrackLink": ("&#64;TrackLink", "@TrackLink"),  # an address before it would be tracked
    },
    "mailchimp": {"*|": ("*&#124;", "*\u2060|")},
    "buttondown": {
        "{{": ("{&#123;", "{% templatetag openvariable %}"),
        "{%": ("{&#37;", "{% templatetag openblock %}"),
        "{#": ("{&#35;", "{% templatetag opencomment %}"),
    },
    "ghost": {"%%{": ("%%&#123;", "%%\u2060{")},
    "resend": {"{{{": ("{&#123;{", "{\u2060{{")},
    "brevo": {
        "{{": ("{&#123;", "{\u2060{"),
        "{%": ("{&#37;", "{\u2060%"),
        "{#": ("{&#35;", "{\u2060#"),
    },
}


def spell(text: str, publication: Publication, web_url: str, *, html: bool) -> str:
    """Return text with its merge fields in the syntax of the publication's service.

    `plain` fills in the two URLs that are the same for every reader and leaves the rest to `send`.
    """
    style = publication.merge
    same = {"web_url": web_url, "unsubscribe_url": publication.unsubscribe_url}

    def one(match: re.Match[str]) -> str:
        field, fallback = match[1], match[2]
        if field not in FIELDS:
            return match[0]
        spelling = _SPELLINGS.get(style, {}).get(field)
        if field == "web_url" and publication.own_web_url:
            spelling = None
        if spelling is None:
            known = same.get(field) or match[0]
            return escape(known) if html and known != match[0] else known
        return (
            _WITH_FALLBACK[style](field, fallback) if fallback and field not in same else spelling
        )

    return FIELD.sub(one, escape_template_code(text, style, html=html))


def escape_template_code(text: str, style: MergeStyle, *, html: bool) -> str:
    """Return an author's text, escaped so that a service's template engine prints it literally."""
    signs = _LITERAL.get(style, {})
    if not any(sign in text for sign in signs):
        return text
    pattern = "|".join(map(re.escape, signs))
    # Not inside style sheets: they contain none of the author's text, and CSS has no entities.
    pieces = _STYLES.split(text) if html else [text]
    pieces[::2] = [
        re.sub(pattern, lambda match: signs[match[0]][0 if html else 1], piece)
        for piece in pieces[::2]
    ]
    return "".join(pieces)


def fill(text: str, style: MergeStyle, values: Mapping[str, str], *, html: bool) -> str:
    """Return text converted by `spell`, with its fields filled in for one reader.

    A field without a value prints its fallback, or nothing. Only test emails are filled in here;
    emails to a list are filled in when they are sent.
    """
    for field, pattern in _patterns(style):

        def value(match: re.Match[str], field: str = field) -> str:
            if field in values:
                return escape(values[field]) if html else values[field]
            return (match[1] or "") if match.re.groups else ""

        text = pattern.sub(value, text)
    if html:  # template characters are written as entities, which every client prints
        return text
    for sign, (_, spelled) in _LITERAL.get(style, {}).items():
        text = text.replace(spelled, sign)
    return text


@cache
def _patterns(style: MergeStyle) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the pattern of each field in a style's syntax; group 1 is its fallback, if it has one.

    Patterns with a fallback come first, and a longer name before one that is its prefix.
    """
    if style == "plain":
        spelled = [(field, rf"%%{field}(?:\|([^%|\n]*))?%%") for field in FIELDS]
        return tuple((field, re.compile(pattern)) for field, pattern in spelled)
    known = [field for field in FIELDS if field in _SPELLINGS[style]]
    with_fallback = [
        (field, re.escape(_WITH_FALLBACK[style](field, _MARK)).replace(_MARK, r"([^|\n]*?)"))
        for field in ("first_name", "name", "email")  # Resend has one fallback for both names
    ]
    bare = [(field, re.escape(_SPELLINGS[style][field])) for field in known]
    return tuple((field, re.compile(pattern)) for field, pattern in (*with_fallback, *bare))


_MARK = "FALLBACK"
