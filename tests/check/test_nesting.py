"""HTML that passes the quick nesting check has no parse error: whole and tampered emails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.check.email.html5 import errors
from newsletter.check.email.nesting import nested_in_order

MAILS = sorted((Path(__file__).parents[1] / "issues").glob("*/expected/email.html"))
# In a build for listmonk, comments are strings of its template; check reads the email as listmonk sends it.
HTML = {
    path.parts[-3]: html for path in MAILS if "{{ Safe" not in (html := path.read_text("utf-8"))
}
PIECE = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)


@pytest.mark.parametrize("name", HTML)
def test_the_sample_emails_pass_without_the_parser(name: str) -> None:
    assert nested_in_order(HTML[name])
    assert errors(HTML[name]) == []


BODY = '<!DOCTYPE html><html lang="en"><head><title>A</title></head><body>{}</body></html>\n'


@pytest.mark.parametrize(
    "body",
    [
        "<p>One<p>Two</p>",
        "<p><div>One</div></p>",
        "<p><span><h2>One</h2></span></p>",
        "<h2>One<h3>Two</h3></h2>",
        '<a href="x">One <a href="y">two</a></a>',
        "<b>One<i>Two</b></i>",
        "<table><p>One</p></table>",
        "<table><tr>One</tr></table>",
        "<table><tbody><td>One</td></tbody></table>",
        "<ul><li>One<li>Two</li></li></ul>",
        "<div/>One",
        "<p>One</p></p>",
        "<p>AT&T</p>",
        "<p>&#128;</p>",
        '<p class="a" class="b">One</p>',
        "<p class='a'b='c'>One</p>",
        "<!-- a -- b -->",
        "<!-->",
        "<p>One < two</p>",
        "<body>",
        "<tr></tr>",
        "<title>One</title",
        "\x01",
        "<script>x</script>",
    ],
)
def test_broken_or_unknown_markup_is_left_to_the_parser(body: str) -> None:
    assert not nested_in_order(BODY.format(body))


@pytest.mark.parametrize(
    "body",
    [
        '<p>One <a href="x?a=1&amp;b=2"><em>two</em></a>&nbsp;<br/>three</p><hr />',
        "<table>\n<tr><td><p>One</p><table><tbody><tr><th>Two</th></tr></tbody></table></td></tr></table>",
        "<!--[if mso]><table><tr><td><![endif]--><div>One</div><!--[if !mso]><!--><p>Two</p><!--<![endif]-->",
        "<ul><li>One<ol><li><p>Two</p></li></ol></li></ul><pre>  x\n</pre>",
    ],
)
def test_common_email_markup_passes_without_the_parser(body: str) -> None:
    assert nested_in_order(BODY.format(body))
    assert errors(BODY.format(body)) == []


@st.composite
def tampered(draw: st.DrawFn) -> str:
    """Generate an email with parts removed, moved or swapped, and stray characters added."""
    pieces = PIECE.findall(draw(st.sampled_from(sorted(HTML.values(), key=len)[:2])))
    for _ in range(draw(st.integers(1, 3))):
        one, other = (draw(st.integers(0, len(pieces) - 1)) for _ in range(2))
        match draw(st.integers(0, 4)):
            case 0:
                del pieces[one]
            case 1:
                pieces.insert(other, pieces[one])
            case 2:
                pieces[one], pieces[other] = pieces[other], pieces[one]
            case 3:
                name = draw(
                    st.sampled_from(
                        "p div a b h2 table tr td ul li hr span style title head body pre em".split()
                    )
                )
                pieces.insert(
                    one,
                    draw(
                        st.sampled_from(["<{}>", "</{}>", "<{0}></{0}>", "<{}/>", "<{0}>x</{0}>"])
                    ).format(name),
                )
            case 4:
                sign = draw(
                    st.sampled_from(["<", ">", "&", '"', "--", "\x00", "=", "&copy;", "<!", "x"])
                )
                at = draw(st.integers(0, len(pieces[one])))
                pieces[one] = pieces[one][:at] + sign + pieces[one][at:]
    return "".join(pieces)


@settings(max_examples=150, deadline=None)
@given(tampered())
def test_no_broken_markup_passes_the_quick_check(html: str) -> None:
    assert not nested_in_order(html) or errors(html) == []
