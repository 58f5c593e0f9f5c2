"""The 652 examples of the CommonMark Spec 0.31.2: each is fully printed in both parts, or refused.

Plain CommonMark is what authors know. The words in order, link addresses and image sources of the
spec's own HTML are in our HTML and in the text part, or an error refuses the example. The counts
below change only if the dialect changes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import html5lib
import pytest

from newsletter.model import Finding, Node
from tests.markup.test_markup import as_html, as_text, read
from tests.printed_words import missing_words, texts

SPEC = Path(__file__).parents[1] / "vendor" / "commonmark-0.31.2.json"
EXAMPLES = json.loads(SPEC.read_text("utf-8"))
WORD = re.compile(r"\w+")


def completed(example: dict[str, str]) -> dict[str, str]:
    """Return an example with absolute addresses for `/url`, which no email may contain."""
    return {
        key: re.sub(r"/ur([il])", r"https://quay.example/ur\1", value)
        for key, value in example.items()
        if isinstance(value, str)
    }


def errors(example: dict[str, str]) -> tuple[tuple[Node, ...], list[Finding]]:
    nodes, report = read(example["markdown"], "en")
    return nodes, [finding for finding in report.findings if finding.severity == "error"]


def shown(html: str) -> tuple[list[str], list[str]]:
    """Return the words of a page in order, and its addresses without percent-encoding."""
    page = html5lib.parseFragment(html, namespaceHTMLElements=False)
    links = [unquote(element.get("href")) for element in page.iter("a") if element.get("href")]
    return WORD.findall(" ".join(texts(page))), links


def test_all_examples_are_present() -> None:
    assert len(EXAMPLES) == 652


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(example["example"]) for example in EXAMPLES])
def test_an_example_is_fully_printed_or_refused(example: dict[str, str]) -> None:
    example = completed(example)
    nodes, refused = errors(example)
    if refused:
        assert all(finding.where.line and finding.message for finding in refused)
        return
    words, addresses = shown(example["html"])
    html, text = as_html(nodes, "en"), as_text(nodes, "en")
    printed = unquote(unescape(html))
    assert missing_words(words, " ".join(shown(html)[0])) == []
    assert [url for url in addresses if url not in printed] == []
    assert missing_words(words, text) == []
    assert [url for url in addresses if url.removeprefix("mailto:") not in unquote(text)] == []


def count(examples: Sequence[dict[str, str]]) -> dict[str, int]:
    """Return how many examples are built, and how many refused by each code."""
    counts: Counter[str] = Counter()
    for example in examples:
        _, refused = errors(example)
        counts[refused[0].code if refused else "built"] += 1
    return dict(counts)


def test_the_number_of_refused_examples_by_code() -> None:
    # NL020 raw HTML, NL023 text that would be lost, NL026 addresses that no email can contain
    assert count(EXAMPLES) == {"built": 477, "NL020": 65, "NL023": 9, "NL026": 101}


def test_the_number_of_refused_examples_with_absolute_addresses() -> None:
    examples = [completed(example) for example in EXAMPLES]
    assert count(examples) == {"built": 540, "NL020": 65, "NL023": 11, "NL026": 36}
