"""One issue from the first approval to the correction email, from end to end."""

from __future__ import annotations

import json

from tests.review.conftest import MIRA, SLUG, TOMAS, Newsroom

EMAIL = "2026-05-03-correction-01-may"


def states(room: Newsroom) -> dict[str, str]:
    return {row["slug"]: row["state"] for row in json.loads(room.run("list", "--json").out)}


def test_two_people_two_keys_and_a_mistake(newsroom: Newsroom) -> None:
    newsroom.list_keys()
    newsroom.commit("Keys of the desk")

    # Both approve, each with their own key.
    assert (
        "approved as editor by Mira Oduya, signed" in newsroom.approve(MIRA, "editor", "--sign").out
    )
    ran = newsroom.approve(TOMAS, "data", "--sign")
    assert "approved as data by Tomás Leal, signed" in ran.out
    assert ran.out.endswith("  all required approvals are given\n")
    newsroom.commit("Approved")
    assert states(newsroom) == {SLUG: "approved"}

    # The figure is changed afterwards. Nothing is published.
    newsroom.edit("10-essay.md", "37 per cent", "73 per cent")
    newsroom.commit("A later figure")
    assert states(newsroom) == {SLUG: "draft"}
    ran = newsroom.run("publish", SLUG)
    assert (ran.code, ran.out) == (1, "")
    assert "Number: [-37-]{+73+} per cent (The Quiet Port)" in ran.err

    # The redline shows the editor what changed; both approve again.
    ran = newsroom.run("diff", SLUG, "approved")
    assert (
        "~ Paragraph changed\n    The port of Lisbon handled [-37-]{+73+} (number) per cent"
        in ran.out
    )
    newsroom.approve(MIRA, "editor", "--sign")
    newsroom.approve(TOMAS, "data", "--sign")
    ran = newsroom.run("publish", SLUG)
    assert (ran.code, ran.err) == (0, "")
    newsroom.commit("Published")
    assert states(newsroom) == {SLUG: "published"}
    (receipt,) = json.loads((newsroom.issue / "published.json").read_bytes())["receipts"]
    assert (
        newsroom.run("show", SLUG, "--as-sent").out.splitlines()[3]
        == f"Digest: {receipt['digest']}"
    )

    # The figure was wrong after all. It is corrected publicly.
    newsroom.edit("10-essay.md", "73 per cent", "3.7 per cent")
    ran = newsroom.run("correct", SLUG, "--from-diff", "--date", "2026-05-03")
    assert (ran.code, ran.out.splitlines()[0]) == (
        0,
        f"issues/{SLUG}/corrections.yaml: 1 note added",
    )
    text = (newsroom.issue / "corrections.yaml").read_text()
    assert 'was: "port of Lisbon handled 73 per cent more containers"' in text
    assert states(newsroom) == {SLUG: "corrected"}
    assert "handled 73 per cent" in newsroom.run("show", SLUG, "--as-sent").out, (
        "the sent version is kept"
    )

    # Readers get a short email about it: a separate issue, which needs approval like any other.
    ran = newsroom.run("correct", SLUG, "--email", "--date", "2026-05-03")
    assert (ran.code, ran.err) == (0, f"Read it, then: newsletter check {EMAIL}\n")
    ran = newsroom.run("check", EMAIL)
    assert (ran.code, ran.err) == (0, "1 issue: no problems\n"), ran.out
    assert newsroom.run("publish", EMAIL).code == 1, "not approved yet"
    for address, role in ((MIRA, "editor"), (TOMAS, "data")):
        newsroom.switch_user(address)
        assert newsroom.run("approve", EMAIL, "--role", role).code == 0
    ran = newsroom.run("publish", EMAIL)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Correction: Cranes at Night")
    email = newsroom.run("show", EMAIL, "--as-sent").out
    assert "73 per cent" in email
    assert "3.7 per cent" in email
    assert f"https://quay.example/{SLUG}/" in email
    assert states(newsroom) == {EMAIL: "published", SLUG: "corrected"}
