"""If one part of a finished email is tampered with, the right parity rule names the line."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from msgspec.structs import replace

from newsletter.check import example, run
from newsletter.check.email.checked_email import CheckedEmail, EmailCheckSettings
from newsletter.check.prose.alignment import align
from newsletter.check.registry import rules_for
from newsletter.files.cache import BuildCache
from newsletter.pipeline.build import make, read
from newsletter.workspace import find
from tests.desk import laid_out

PARITY = [rule for rule in rules_for("CheckedEmail") if rule.code.startswith(("NL95", "NL96"))]

ESSAY = """---
kind: essay
title: The Quiet Port
by: mira
source: {title: The Count of Berths, publisher: Harbour Board, url: "https://sea.example/berths"}
---
The quay is empty at noon. Nobody waits there for a ship.

Twelve cranes stand still, see the [yearly report](https://sea.example/report?a=1&b=2) of 1,204 pages.[^a]

## At night

1. First the pilots come.
2. Then the tugs follow.

> The tide is a patient clerk.

::: figure
src: https://pictures.sea.example/quay.jpg
alt: An empty quay with two gulls
width: 300
caption: Seen from the *north* mole
credit: Ana Prior
licence: CC BY 4.0
link: https://sea.example/large
:::

| Port | Ships |
| --- | ---: |
| Lisbon | 48 |
| Porto | 17 |

::: callout Why it matters
A queue is what one sees of a port.
:::

::: button
label: Read the timetable
url: https://sea.example/timetable
:::

H<sub>2</sub>O, half**way**, 10<sup>3</sup> and `code_name` end it.

[^a]: Counted in spring.
"""


@cache
def checked_email(essay: str = ESSAY, more: str = "") -> CheckedEmail:
    """Return the example with this essay; `more` goes into its issue.yaml."""
    issue = str(example.FILES[f"issues/{example.SLUG}/issue.yaml"]) + more
    image = f"issues/{example.SLUG}/images/gull.png"
    with TemporaryDirectory() as folder:
        shown = {"10-essay.md": essay, "issue.yaml": issue, image: example.IMAGE}
        workspace = find(laid_out(Path(folder), example.workspace(shown)).root)
        blobs = BuildCache(workspace.state / "cache")
        draft = read(workspace, workspace.issues / example.SLUG, blobs)
        email = make(workspace, draft, blobs)
    assert draft.issue
    assert draft.theme
    return CheckedEmail(
        draft.issue, email, workspace.publication, draft.theme, EmailCheckSettings()
    )


def lost_and_moved(tampered: CheckedEmail) -> list[tuple[str, int | None]]:
    """Return rule and line of each finding."""
    return [(finding.name, finding.where.line) for finding in run(PARITY, tampered)]


def in_html(old: str, new: str = "") -> CheckedEmail:
    email = checked_email()
    assert email.email.html.count(old) == 1, email.email.html
    return replace(email, email=replace(email.email, html=email.email.html.replace(old, new)))


def in_text(old: str, new: str = "") -> CheckedEmail:
    email = checked_email()
    assert email.email.text.count(old) == 1, email.email.text
    return replace(email, email=replace(email.email, text=email.email.text.replace(old, new)))


def test_an_unchanged_email_has_no_findings() -> None:
    assert lost_and_moved(checked_email()) == []


TAMPERED: dict[str, tuple[Callable[[str, str], CheckedEmail], str, str, str, int]] = {
    "a sentence": (in_html, " Nobody waits there for a ship.", "", "text-lost", 7),
    "a sentence of the text": (in_text, "Nobody waits there for a ship.", "", "text-lost", 7),
    "a word": (in_text, "The quay is empty at noon.", "The quay is at noon.", "text-lost", 7),
    "a word changed": (in_html, "Twelve cranes", "Eleven cranes", "text-lost", 9),
    "half a word": (in_text, "half*way*", "half", "text-lost", 42),
    "a title": (in_text, "The Quiet Port\n", "\n", "heading-lost", 3),
    "a sub-heading": (in_text, "At night\n", "\n", "heading-lost", 11),
    "the issue's title": (in_text, "The port that nobody counted", "", "heading-lost", 1),
    "a title in a panel": (in_text, "Why it matters", "", "heading-lost", 33),
    "an address": (in_text, "https://sea.example/report?a=1&b=2", "", "link-lost", 9),
    "an address changed": (
        in_text,
        "https://sea.example/report?a=1&b=2",
        "https://sea.example/report?a=1",
        "link-lost",
        9,
    ),
    "a sign in an address": (in_text, "report?a=1&b=2", "report?a=1;b=2", "link-lost", 9),
    "an address behind words": (
        in_html,
        'href="https://sea.example/large"',
        'href=""',
        "link-lost",
        18,
    ),
    "a link's number": (in_text, "yearly report [1]", "yearly report", "link-lost", 9),
    "a button's address": (in_text, "\nhttps://sea.example/timetable", "", "link-lost", 37),
    "a caption": (in_html, "Seen from the", "", "figure-lost", 22),
    "an alternative text": (
        in_html,
        'alt="An empty quay with two gulls"',
        'alt=""',
        "figure-lost",
        19,
    ),
    "an alternative text of the text": (
        in_text,
        "An empty quay with two gulls",
        "",
        "figure-lost",
        19,
    ),
    "a picture's credit": (in_html, "Ana Prior", "", "credit-lost", 18),
    "a licence": (in_text, ", CC BY 4.0", "", "credit-lost", 18),
    "a number": (in_text, "1,204", "", "number-lost", 9),
    "a number changed": (in_html, "1,204", "1.204", "number-lost", 9),
    "a number of a table": (in_text, "48", "47", "number-lost", 30),
    "an item's number": (in_text, "2. Then", "- Then", "number-lost", 14),
    "a cell": (in_html, "Porto", "", "text-lost", 31),
    "a note": (in_text, "Counted in spring.", "", "note-lost", 44),
    "a byline": (in_text, "By Mira Oduya", "", "credit-lost", 4),
    "a line of the credits": (
        in_text,
        "Produced by The Harbour Desk in Lisbon, Portugal",
        "",
        "credit-lost",
        1,
    ),
    "a source": (in_text, "Harbour Board, The Count of Berths", "", "source-lost", 5),
    "a source's address": (in_text, "https://sea.example/berths", "", "source-lost", 5),
    "two items": (in_text, "pilots", "tugs", "text-lost", 13),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_lost_text_is_reported_at_its_line(what: str) -> None:
    tamper, old, new, name, line = TAMPERED[what]
    assert (name, line) in lost_and_moved(tamper(old, new))
    assert {reported for reported, _ in lost_and_moved(tamper(old, new))} == {name}


def test_two_swapped_paragraphs_are_reported() -> None:
    first, second = "1. First the pilots come.", "2. Then the tugs follow."
    text = checked_email().email.text.replace(f"{first}\n{second}", f"{second}\n{first}")
    tampered = replace(checked_email(), email=replace(checked_email().email, text=text))
    assert {name for name, _ in lost_and_moved(tampered)} == {"order-changed"}


def test_paragraphs_swapped_in_the_html_are_reported() -> None:
    quote, heading = "The tide is a patient clerk.", "At night"
    html = (
        checked_email()
        .email.html.replace(quote, "\0")
        .replace(heading, quote)
        .replace("\0", heading)
    )
    tampered = replace(checked_email(), email=replace(checked_email().email, html=html))
    assert {name for name, _ in lost_and_moved(tampered)} == {"order-changed"}


def test_a_sentence_found_in_only_one_part_is_reported() -> None:
    for tampered in (
        in_html("The quay is empty", "Dear reader! The quay is empty"),
        in_text("Unsubscribe:", "Tell your friends! Unsubscribe:"),
    ):
        assert [name for name, _ in lost_and_moved(tampered)] == ["text-in-one-part"]


AWKWARD = {
    "no spaces": (
        "港は静かだ。詳細は<https://example.jp/港>を参照。**太字**の語と`code`、東京湾の港湾統計によれば、入港船舶数は一万二千三百"
        "四十五隻であり、前年より増加した。"
        "[統計](https://example.jp/a?b=1&c=%E6%B8%AF)。\n\n| 港 | 隻数 |\n|---|---|\n| 東京 | 1,204 |",
        "language: ja\n",
    ),
    "right to left": (
        "المرفأ هادئ، وMSC Oscar في الميناء (Porto). قال *البحار*: 12,5٪ "
        "[هنا في التقرير](https://sea.example/r). ل48 سفينة.",
        "language: ar\n",
    ),
    "the other direction inside": (
        "The word שלום means peace.\n\n::: callout שלום and more\nText with שלום in it.\n:::",
        "",
    ),
    "a table broken over lines": (
        "| Port of call | What was seen there on that day | Remark of the pilot |\n|---|---|---|\n"
        "| Lisbon | Twelve ships waiting in the roads outside the bar | They waited for the tide |\n"
        "| Porto | None at all, as on most days of that month | The bar was closed by swell |",
        "",
    ),
    "a table listed": (
        "|"
        + "|".join("abcdefghij")
        + "|\n"
        + "|---" * 10
        + "|\n|"
        + "|".join(f"a-longish-word-{n}" for n in range(10))
        + "|",
        "",
    ),
    "signs that mark": (
        "A snake_case_name, a * star, 2 ~ 3, x^2, [1] in brackets, *|PIPE|*, *un*believ**able**, ~~old~~new, a&b "
        "<https://sea.example/a_b_c>, <me@sea.example>, 10<sup>3</sup>x, H<sub>2</sub>O, "
        "soft\u00adhyphen, 1\u202f204,5.",
        "",
    ),
    "the same link again": (
        "[one](https://sea.example/x) [two](https://sea.example/x 'titled') <https://sea.example/x> and "
        "[https://sea.example/y](https://sea.example/y).",
        "",
    ),
    "pictures": (
        'A ![gull](images/gull.png "its title") and [![linked gull](images/gull.png)](https://sea.example/g).\n\n'
        '[![alone](images/gull.png "Caption")](https://sea.example/h)',
        "",
    ),
    "merge fields": (
        "Dear %%name|friend%%, [leave](%%unsubscribe_url%%) or [see](%%web_url%%), %%email%%.",
        "",
    ),
}


@pytest.mark.parametrize("what", AWKWARD)
def test_awkward_texts_have_no_findings(what: str) -> None:
    essay, more = AWKWARD[what]
    assert (
        lost_and_moved(
            checked_email(f"---\nkind: essay\ntitle: The Quiet Port\n---\n{essay}\n", more)
        )
        == []
    )


def test_the_alignment_is_a_longest_common_subsequence() -> None:
    chance = random.Random(7)
    for _ in range(300):
        one = [chance.choice("abcd") for _ in range(chance.randint(0, 12))]
        other = [chance.choice("abcd") for _ in range(chance.randint(0, 12))]
        matched = [(i, j) for i, j in enumerate(align(one, other).matched) if j is not None]
        assert all(one[i] == other[j] for i, j in matched)
        assert sorted(j for _, j in matched) == [j for _, j in matched]
        assert len(matched) == longest(one, other)


def longest(one: list[str], other: list[str]) -> int:
    lengths = [0] * (len(other) + 1)
    for word in one:
        above = list(lengths)
        for j, theirs in enumerate(other):
            lengths[j + 1] = above[j] + 1 if word == theirs else max(above[j + 1], lengths[j])
    return lengths[-1]
