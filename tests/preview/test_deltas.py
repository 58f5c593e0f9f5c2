"""A page that already has a text receives only the differences."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import starmap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.preview.deltas import RECENT, Delta, SentTexts, difference, differences
from newsletter.preview.studio import Studio
from tests.desk import SLUG, Desk
from tests.preview.asgi import fetch
from tests.preview.conftest import Visit


def applied(old: str, deltas: Iterable[Delta]) -> str:
    """Return the result of applying it in a browser, which counts UTF-16 units."""
    units = old.encode("utf-16-le")
    for delta in reversed(list(deltas)):
        text = delta.text.encode("utf-16-le")
        units = units[: 2 * delta.start] + text + units[2 * delta.end :]
    return units.decode("utf-16-le")


TEXTS = st.text(st.sampled_from("ab\n😀😁é\U00010000"), max_size=12)


@given(TEXTS, TEXTS)
def test_a_delta_produces_the_new_text(old: str, new: str) -> None:
    assert applied(old, differences(old, new)) == new
    assert applied(old, [difference(old, new)]) == new


@pytest.mark.parametrize(
    ("old", "new", "delta"),
    [
        ("The port", "The port", Delta(8, 8, "")),
        ("The quiet port", "The busy port", Delta(4, 9, "busy")),
        ("", "new", Delta(0, 0, "new")),
        ("a😀b", "a😁b", Delta(1, 3, "😁")),
    ],
)
def test_a_delta_is_small(old: str, new: str, delta: Delta) -> None:
    assert difference(old, new) == delta


def test_only_recent_texts_are_kept() -> None:
    texts = SentTexts()
    long = "text " * 20
    digests = [texts.sent(f"{long}{number}") for number in range(RECENT + 1)]
    assert texts.deltas(digests[0], f"{long}new") is None
    assert texts.deltas(digests[-1], f"{long}new") == json.dumps([[100, 102, "new"]])
    assert texts.deltas(digests[-1], "new") is None
    assert texts.deltas(None, long) is None


def test_a_save_sends_the_paragraph_and_not_the_email(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        for path in (f"/email/{SLUG}/light", f"/api/issues/{SLUG}"):
            before = await fetch(app, path)
            assert before.status == 200
            desk.write(f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\nTwo of {path}.\n")
            await studio.changed([SLUG])
            have = ("x-newsletter-have", before.headers["x-newsletter-digest"])
            changed, complete = await fetch(app, path, have), await fetch(app, path)
            assert (changed.status, complete.status) == (226, 200)
            assert applied(before.text, starmap(Delta, changed.json)) == complete.text
            assert len(changed.body) < len(complete.body) / 10
            assert changed.headers["x-newsletter-digest"] == complete.headers["x-newsletter-digest"]

    visit(scenario)
