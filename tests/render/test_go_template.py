"""What passes through Go's template engine prints as it was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model import Email
from newsletter.render.go_template import as_literals, for_go_template, with_comments, without_safe

# Text -> the actions that print it.
KEPT = {
    "": "",
    "Ships": "{{ Safe `Ships` }}",
    "a`b": '{{ Safe `a` }}{{ Safe "`" }}{{ Safe `b` }}',
    "`": '{{ Safe "`" }}',
    "x@TrackLink": "{{ Safe `x` }}{{ Safe `@` }}{{ Safe `TrackLink` }}",
    "x@y": "{{ Safe `x@y` }}",
    "Dear {{ .Subscriber.Name }}, <b>": (
        "{{ Safe `Dear ` }}{{ .Subscriber.Name }}{{ Safe `, <b>` }}"
    ),
    '{{ "{{" }}': '{{ "{{" }}',
    "{{ UnsubscribeURL }}": "{{ UnsubscribeURL }}",
    "{x} }}": "{{ Safe `{x} }}` }}",
}
SAFE = {
    "Dear {{ .Subscriber.Name }}": "{{ Safe `Dear ` }}{{ Safe .Subscriber.Name }}",
    "{{ UnsubscribeURL }}": "{{ Safe (UnsubscribeURL .) }}",
    "{{ MessageURL }}": "{{ Safe (MessageURL .) }}",
    "{{ if .Subscriber.Name }}a{{ else }}b{{ end }}": (
        "{{ if .Subscriber.Name }}{{ Safe `a` }}{{ else }}{{ Safe `b` }}{{ end }}"
    ),
    '{{ "{{" }}': '{{ "{{" }}',
}


@pytest.mark.parametrize("text", KEPT)
def test_text_is_printed_by_actions(text: str) -> None:
    assert as_literals(text) == KEPT[text]
    assert without_safe(as_literals(text)) == text


@pytest.mark.parametrize("text", SAFE)
def test_values_of_the_text_part_are_not_escaped(text: str) -> None:
    assert as_literals(text, values_safe=True) == SAFE[text]
    assert without_safe(SAFE[text]) == text


WORDS = ["`", "@TrackLink", "@", "{", "}", "<!--", "-->", "\n", "é", " ", "{{ UnsubscribeURL }}"]


@given(st.lists(st.sampled_from([*WORDS, "{{ .Subscriber.Name }}", "x"]), max_size=12).map("".join))
def test_any_text_reads_back(text: str) -> None:
    assert without_safe(as_literals(text)) == text
    assert without_safe(as_literals(text, values_safe=True)) == text
    assert without_safe(with_comments(text)) == text
    for raw in re.findall(r"\{\{ Safe `([^`]*)` \}\}", as_literals(text)):
        assert "@TrackLink" not in raw


def test_only_comments_of_html_and_text_with_fields_are_changed() -> None:
    email = Email(
        "s", "s", "<p>a<!--[if mso]>\nb<![endif]--><!----></p>", "text", "w", b"", b"", ()
    )
    made = for_go_template(email)
    assert made.html_file == (
        "<p>a{{ Safe `<!--[if mso]>\nb<![endif]-->` }}{{ Safe `<!---->` }}</p>"
    )
    assert (made.text_file, made.html, made.text) == (None, email.html, "text")
    fields = Email("s", "s", "", "Dear {{ .Subscriber.Name }}", "w", b"", b"", ())
    assert for_go_template(fields).text_file == "{{ Safe `Dear ` }}{{ Safe .Subscriber.Name }}"
