"""Merge fields: written `%%field%%` or `%%field|fallback%%`, spelled for the sending service.

Spellings come from each service's own documentation: listmonk's templating page, Mailchimp's list of merge tags,
Buttondown's template variables, and Ghost's email replacement strings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
        "web_url": "{{ email_url }}",
        "name": "{{ subscriber.metadata.name }}",
        "first_name": "{{ subscriber.metadata.first_name }}",
        "email": "{{ subscriber.email }}",
    },
    "ghost": {  # has no field for the page's address, which is the same for every reader
        "unsubscribe_url": "%%{unsubscribe_url}%%",
        "name": "%%{name}%%",
        "first_name": "%%{first_name}%%",
        "email": "%%{email}%%",
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
    return f'%%{{{field}, "{fallback}"}}%%'


_WITH_FALLBACK: Mapping[MergeStyle, Callable[[str, str], str]] = {
    "listmonk": _listmonk,
    "mailchimp": _mailchimp,
    "buttondown": _buttondown,
    "ghost": _ghost,
}


# An author who writes `{{ x }}` means those characters. What a service's template language would
# interpret is escaped so that it prints: (in HTML, in plain text) by its first characters.
_LITERAL: Mapping[MergeStyle, Mapping[str, tuple[str, str]]] = {
    "listmonk": {"{{": ("{&#123;", '{{ "{{" }}')},
    "mailchimp": {"*|": ("*&#124;", "*\u2060|")},
    "buttondown": {
        "{{": ("{&#123;", "{% templatetag openvariable %}"),
        "{%": ("{&#37;", "{% templatetag openblock %}"),
        "{#": ("{&#35;", "{% templatetag opencomment %}"),
    },
    "ghost": {"%%{": ("%%&#123;", "%%\u2060{")},
}


def spell(text: str, publication: Publication, web_url: str, *, html: bool) -> str:
    """Return text with its merge fields as the publication's service spells them.

    `plain` fills in the two addresses that are the same for every reader and leaves the rest to `send`.
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
            known = same.get(field)
            return (escape(known) if html else known) if known else match[0]
        return (
            _WITH_FALLBACK[style](field, fallback) if fallback and field not in same else spelling
        )

    return FIELD.sub(one, _printed(text, style, html=html))


def _printed(text: str, style: MergeStyle, *, html: bool) -> str:
    signs = _LITERAL.get(style, {})
    if not any(sign in text for sign in signs):
        return text
    pattern = "|".join(map(re.escape, signs))
    # Not inside style sheets: they hold none of the author's words, and CSS has no entities.
    pieces = _STYLES.split(text) if html else [text]
    pieces[::2] = [
        re.sub(pattern, lambda match: signs[match[0]][0 if html else 1], piece)
        for piece in pieces[::2]
    ]
    return "".join(pieces)
