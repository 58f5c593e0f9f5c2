"""Merge fields: written `%%field%%` or `%%field|fallback%%`, spelled for whoever sends the mail.

Spellings come from each service's own documentation: listmonk's templating page, Mailchimp's list of merge tags,
Buttondown's template variables, and Ghost's email replacement strings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from newsletter.model import MergeStyle, Publication

FIELDS = ("unsubscribe_url", "web_url", "name", "first_name", "email")
FIELD = re.compile(r"%%([A-Za-z_]+)(?:\|([^%|\n]*))?%%")

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
    "ghost": {
        "unsubscribe_url": "%%{unsubscribe_url}%%",
        "web_url": "%%{post_url}%%",
        "name": "{name}",
        "first_name": "{first_name}",
        "email": "{email}",
    },
}


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
    return f'{{{field}, "{fallback}"}}'


_WITH_FALLBACK: Mapping[MergeStyle, Callable[[str, str], str]] = {
    "listmonk": _listmonk,
    "mailchimp": _mailchimp,
    "buttondown": _buttondown,
    "ghost": _ghost,
}


def spell(text: str, publication: Publication, web_url: str, *, html: bool) -> str:
    """Return text with its merge fields as the publication's service spells them.

    `plain` fills in what is the same for every reader (the two addresses) and leaves the rest for `send`.
    """
    style = publication.merge

    def one(match: re.Match[str]) -> str:
        field, fallback = match[1], match[2]
        if field not in FIELDS:
            return match[0]
        if style == "plain":
            known = {"web_url": web_url, "unsubscribe_url": publication.unsubscribe_url}.get(field)
            return (escape(known) if html else known) if known else match[0]
        if not fallback or field.endswith("_url"):
            return _SPELLINGS[style][field]
        return _WITH_FALLBACK[style](field, fallback)

    return FIELD.sub(one, text) if "%%" in text else text
