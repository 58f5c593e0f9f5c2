"""Two spellings of a block: both give the same nodes, and each converts to the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.markup.block_spelling import respelled
from tests.desk import SLUG, Desk

PAIRS = {
    "figure": ("::: figure\nsrc: a.png\nalt: A\n:::", "```figure\nsrc: a.png\nalt: A\n```"),
    "callout": (
        "::: callout Tides\n\nThe tide\nturned.\n\n- one\n\n:::",
        "> [!NOTE] Tides\n>\n> The tide\n> turned.\n>\n> - one",
    ),
    "pullquote": (
        "::: pullquote Mira\n\nThe tide turned.\n\n:::",
        "> [!QUOTE] Mira\n>\n> The tide turned.",
    ),
    "no title": ("::: callout\n\nText.\n\n:::", "> [!NOTE]\n>\n> Text."),
}


@pytest.mark.parametrize("name", PAIRS)
def test_each_spelling_converts_to_the_other(name: str) -> None:
    colons, portable = (f"Before.\n\n{block}\n\nAfter.\n" for block in PAIRS[name])
    assert respelled(colons, "portable") == portable
    assert respelled(portable, "colons") == colons
    assert respelled(portable, "portable") == portable
    assert respelled(colons, "colons") == colons


LEFT = [
    "```markdown\n::: figure\nsrc: a.png\n:::\n```",
    "> A quotation\n> [!NOTE] of words",
    "::: figure\nsrc: a.png",
    "```python\nfigure = 1\n```",
]


@pytest.mark.parametrize("text", LEFT)
@pytest.mark.parametrize("spelling", ["portable", "colons"])
def test_text_that_is_not_a_block_is_unchanged(text: str, spelling: str) -> None:
    assert respelled(text, spelling) == text  # type: ignore[arg-type]


@given(
    st.lists(
        st.sampled_from(
            "::: callout T|::: figure|:::|```|```table|> [!NOTE] T|> a|- b||c".split("|")
        )
    ),
    st.sampled_from(["portable", "colons"]),
)
def test_converting_twice_changes_nothing_the_second_time(lines: list[str], spelling: str) -> None:
    once = respelled("\n".join(lines), spelling)  # type: ignore[arg-type]
    assert respelled(once, spelling) == once  # type: ignore[arg-type]


HEAD = "---\nkind: essay\n---\n\n"


@pytest.mark.parametrize("name", ["callout", "pullquote", "no title"])
def test_both_spellings_build_the_same_email(desk: Desk, name: str) -> None:
    built = []
    for block in PAIRS[name]:
        desk.write(f"issues/{SLUG}/10-essay.md", f"{HEAD}Before.\n\n{block}\n\nAfter.\n")
        assert desk.run("build").code == 0
        built.append({name: desk.tree()[f"{SLUG}/{name}"] for name in ("email.html", "email.txt")})
    assert built[0] == built[1]


FOLDED = "> [!NOTE] The tide turned.\n"  # a callout without a title after a formatter changed it


def test_text_after_the_marker_is_the_body_if_nothing_follows(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/10-essay.md", HEAD + FOLDED)
    assert desk.run("build").code == 0
    assert "| The tide turned." in desk.tree()[f"{SLUG}/email.txt"].decode()


def test_fmt_reports_what_it_would_convert(desk: Desk) -> None:
    path = desk.write(
        f"issues/{SLUG}/10-essay.md",
        f"{HEAD}::: callout\r\nText.\r\n:::\r\n".replace("\n---\n", "\r\n---\r\n"),
    )
    before = path.read_bytes()
    ran = desk.run("fmt", "--check")
    assert (ran.code, ran.out, ran.err) == (
        1,
        f"issues/{SLUG}/10-essay.md\n",
        "1 section to convert\n",
    )
    assert path.read_bytes() == before
    assert desk.run("fmt").code == 0
    assert b"> [!NOTE]\r\n>\r\n> Text." in path.read_bytes()
    assert desk.run("fmt", "--check", "--json").code == 0
