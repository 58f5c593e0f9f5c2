"""Details of the packaged look that readers notice and no `check` rule can detect."""

from __future__ import annotations

import quopri
import re

import pytest
from lxml import html

from tests.desk import Desk

ESSAY = """---
kind: essay
---

# What a quay costs a city in summer

| Ships | Quay | Moved | Tons |
|---:|---|---:|---:|
| 12 | North | 9 | 1,234 |

```
for name in names:
    print(name, name.upper(), name.lower(), file=log)
    short()
```

::: button
label: See the timetable
url: https://quay.example/times
:::

::: figure
src: https://quay.example/crane.jpg
alt: A crane
width: 300
caption: The crane of berth nine
credit: Tomás Leal
licence: CC BY 4.0
:::
"""


@pytest.fixture(scope="module")
def email(
    tmp_path_factory: pytest.TempPathFactory, compiled: object
) -> tuple[html.HtmlElement, str]:
    """The email of an issue with one essay: its HTML and its text."""
    from tests.desk import SMALLEST

    desk = Desk.of(SMALLEST, tmp_path_factory.mktemp("look") / "desk")
    for section in desk.issue.glob("*.md"):
        section.unlink()
    desk.write(f"issues/{desk.issue.name}/10-essay.md", ESSAY)
    ran = desk.run("build")
    assert ran.code == 0, ran.err
    output = desk.root / "dist" / desk.issue.name
    page = html.fromstring((output / "email.html").read_text("utf-8"))
    return page, (output / "email.txt").read_text("utf-8")


def test_figures_keep_16_pixels_from_text(email: tuple[html.HtmlElement, str]) -> None:
    (table,) = (table for table in email[0].iter("table") if table.find("thead") is not None)
    paddings = [cell.get("style").split(";")[0] for cell in table.iter("td", "th")]
    near = ["padding:7px 0", *(f"padding:7px 0 7px {gap}px" for gap in (16, 16, 10))]
    assert paddings == near * 2


def test_wrapped_code_keeps_its_indentation(email: tuple[html.HtmlElement, str]) -> None:
    (code,) = email[0].iter("pre")
    (line,) = code.iter("span")
    assert line.text == "    print(name, name.upper(), name.lower(), file=log)\n"
    assert line.get("style") == "display:block;padding-left:48px;text-indent:-48px"
    assert code.text_content().splitlines()[2] == "    short()"


def test_the_link_of_a_button_has_a_background_of_its_own(
    email: tuple[html.HtmlElement, str],
) -> None:
    (link,) = (link for link in email[0].iter("a") if link.get("href", "").endswith("/times"))
    assert re.search(r"background:#\w{6};", link.get("style"))
    assert "color:#fdfcf9" in link.get("style")


def test_a_headline_never_leaves_its_last_word_alone(email: tuple[html.HtmlElement, str]) -> None:
    assert "What a quay costs a city in\u00a0summer" in [head.text for head in email[0].iter("h2")]


def test_caption_and_credit_do_not_run_into_each_other(email: tuple[html.HtmlElement, str]) -> None:
    assert "The crane of berth nine · Picture: Tomás Leal, CC BY 4.0" in email[0].text_content()


def test_a_rule_in_the_text_part_costs_one_byte_per_character(
    email: tuple[html.HtmlElement, str],
) -> None:
    rules = {line for line in email[1].splitlines() if len(line) == 72 and len(set(line)) == 1}
    assert len(rules) == 2
    assert all(quopri.encodestring(rule.encode()) == rule.encode() for rule in rules)
