"""Specific to one service: its own rejections, what it silently drops, and how its content is
written.
"""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from tests.desk import SLUG
from tests.targets.cases import CASES, Workshop
from tests.targets.fakes.resend import SENDING_ONLY
from tests.targets.fakes.server import Answer

BY_NAME = {case.name: case for case in CASES}


def only(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [BY_NAME[name]], ids=[name], indirect=True)


def settings(shop: Workshop, *replaced: tuple[str, str]) -> None:
    path = shop.desk.root / "newsletter.toml"
    text = path.read_text("utf-8")
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


# --- listmonk -------------------------------------------------------------------------------------


@only("listmonk")
def test_a_list_that_listmonk_drops_silently_is_a_finding(shop: Workshop) -> None:
    settings(shop, ("lists = [3]", "lists = [3, 99]"))
    ran = shop.publish()
    assert ran.code == 0
    assert "NL050 delivered-differently: listmonk changed the lists while storing it" in ran.err
    assert '"3" instead of "3, 99"' in ran.err


@only("listmonk")
def test_a_template_around_the_email_is_a_finding(shop: Workshop) -> None:
    shop.fake.wrapper = "<!doctype html><html><body>{}</body></html>"
    ran = shop.publish()
    assert (
        "NL050 delivered-differently: A template of listmonk is wrapped around the email" in ran.err
    )


@only("listmonk")
def test_other_peoples_attachments_and_tags_are_kept(shop: Workshop) -> None:
    shop.publish()
    row = shop.fake.campaigns[int(shop.draft())]
    row["media"], row["tags"] = [{"id": 8}], [*row["tags"], "weekly"]
    shop.write("More ships.")
    assert shop.publish().code == 0
    assert row["media"] == [{"id": 8}]
    assert {"weekly", SLUG} < set(row["tags"])
    assert sum(tag.startswith("newsletter-") for tag in row["tags"]) == 1


@only("listmonk")
def test_a_campaign_scheduled_at_the_last_moment_is_not_changed(shop: Workshop) -> None:
    """listmonk itself would accept the change: it allows updates to a scheduled campaign."""
    shop.publish()
    shop.write("More ships.")
    number = int(shop.draft())
    listed = shop.fake.route

    def scheduled_in_between(seen: object) -> Answer:
        answer = replace(listed(seen), body=copy.deepcopy(listed(seen).body))
        if getattr(seen, "path", "").endswith(f"/campaigns/{number}"):
            shop.fake.move_to(str(number), "scheduled")
        return answer

    shop.fake.route = scheduled_in_between
    ran = shop.publish()
    assert ran.code == 1
    assert f"Campaign {number} is already scheduled" in ran.err
    assert not any(write.startswith("PUT") for write in shop.fake.writes())


@only("listmonk")
def test_unknown_test_addresses_are_rejected_in_the_words_of_listmonk(shop: Workshop) -> None:
    shop.publish()
    ran = shop.run("test", "--via", "desk", "--to", "nobody@quay.example")
    assert ran.code == 1
    assert "400 No known subscribers given" in ran.err


@only("listmonk")
def test_two_concurrent_runs_make_one_draft(shop: Workshop) -> None:
    runs = [shop.desk.start("publish", "--yes") for _ in range(2)]
    done = [run.communicate(timeout=60) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], done
    assert len(shop.fake.drafts()) == 1
    assert len(json.loads(shop.receipts().read_bytes())["receipts"]) == 1


# --- Buttondown -----------------------------------------------------------------------------------


@only("buttondown")
def test_another_authors_email_with_our_slug_is_not_overwritten(shop: Workshop) -> None:
    shop.publish()
    row = shop.fake.emails[shop.draft()]
    row.update(metadata={}, subject="By hand")
    shop.receipts().unlink()
    ran = shop.publish()
    assert ran.code == 1
    assert "was edited in Buttondown" in ran.err
    assert row["subject"] == "By hand"


@only("buttondown")
def test_draft_status_is_requested_explicitly(shop: Workshop) -> None:
    shop.publish()
    (create,) = (seen for seen in shop.fake.seen if seen.method == "POST")
    assert create.json["status"] == "draft"
    assert create.headers["X-API-Version"] == "2026-04-01"
    assert "X-Buttondown-Live-Dangerously" not in create.headers


# --- Mailchimp ------------------------------------------------------------------------------------


@only("mailchimp")
def test_a_rejection_without_details_at_high_volume_is_shown(shop: Workshop) -> None:
    shop.fake.fail("GET", ".*", "answer", answer=Answer(403, b"Forbidden"))
    ran = shop.publish()
    assert ran.code == 1
    assert "refused GET /campaigns: 403\n" in ran.err


@only("mailchimp")
def test_a_campaign_whose_content_was_lost_is_completed(shop: Workshop) -> None:
    shop.fake.fail("PUT", "/content$", "answer", answer=Answer(500), times=3)
    assert shop.publish().code == 1
    assert shop.html() == ""
    shop.fake.faults.clear()
    ran = shop.publish("--overwrite")
    assert ran.code == 0, ran.err
    assert "ship" in shop.html()
    assert len(shop.fake.drafts()) == 1


@only("mailchimp")
def test_a_key_without_its_data_center_is_rejected(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(shop, (f'api = "{shop.fake.url}"\n', ""))
    monkeypatch.setenv(shop.case.variable, "0123456789abcdef")
    ran = shop.publish()
    assert ran.code == 1
    assert "No data center in the token" in ran.err


# --- Resend ---------------------------------------------------------------------------------------


@only("resend")
def test_a_key_restricted_to_sending_is_reported(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(shop.case.variable, SENDING_ONLY)
    ran = shop.publish()
    assert ran.code == 1
    assert "restricted to only send emails" in ran.err
    assert "full access" in ran.err


@only("resend")
def test_a_test_fills_in_the_sample_reader(shop: Workshop) -> None:
    shop.write("Dear %%first_name|reader%%, ships came in.")
    settings(shop, ('style = "resend"', 'style = "resend"\nsample.first_name = "Zoë"'))
    assert shop.publish().code == 0
    shop.fake.may_test = True
    assert shop.run("test", "--via", "desk", "--to", "mira@quay.example").code == 0
    sent = shop.fake.seen[-1].json
    assert sent["subject"] == "[Test] The Quay"
    for part in (sent["html"], sent["text"]):
        assert "Dear Zoë, ships came in." in part
        assert "{{{" not in part


# --- Ghost ----------------------------------------------------------------------------------------


@only("ghost")
def test_a_post_saved_by_another_user_at_the_same_time_is_kept(shop: Workshop) -> None:
    shop.publish()
    shop.write("More ships.")
    collision = Answer(409, {"errors": [{"message": "Saving failed!", "code": "UPDATE_COLLISION"}]})
    shop.fake.fail("PUT", ".*", "answer", answer=collision)
    ran = shop.publish()
    assert ran.code == 1
    assert "409 Saving failed!" in ran.err
    assert "Publish again" in ran.err


@only("ghost")
def test_a_published_page_with_our_slug_is_named(shop: Workshop) -> None:
    shop.fake.posts["x1"] = {
        "id": "x1",
        "slug": SLUG,
        "title": "By hand",
        "html": "<p>By hand</p>",
        "status": "published",
        "updated_at": shop.fake.stamp(),
    }
    ran = shop.publish()
    assert ran.code == 1
    assert "Already published in Ghost" in ran.err
    assert shop.fake.drafts() == ["x1"]


@only("ghost")
def test_the_post_is_the_article_and_not_a_full_page(shop: Workshop) -> None:
    shop.write("Dear %%first_name|reader%%, ships came in.")
    assert shop.publish().code == 0
    html = shop.html()
    assert "Dear reader, ships came in." in html
    for sign in ("<html", "<head", "<body", "<h1", "<style", "%%"):
        assert sign not in html


@only("ghost")
def test_the_plan_lists_what_ghost_adds(shop: Workshop) -> None:
    ran = shop.publish("--dry-run")
    assert "it adds its own header, footer, preheader, unsubscribe link and text part" in ran.out


# --- unexpected responses -------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{}, [], "text", {"data": None}, {"posts": [{}]}])
def test_a_reply_of_another_shape_causes_no_traceback(shop: Workshop, body: object) -> None:
    shop.fake.fail("GET", ".*", "answer", answer=Answer(200, body), times=9)
    ran = shop.publish()
    assert (ran.code, ran.out) == (1, "") or shop.case.name == "ghost" or body == {}
    assert "Traceback" not in ran.err
