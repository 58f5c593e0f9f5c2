"""The same stories, run against every service: what may fail, and that each ends in one draft or a
rejection.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.desk import SLUG
from tests.targets.cases import Workshop
from tests.targets.fakes.server import Answer

# --- the main job ---------------------------------------------------------------------------------


def test_an_issue_becomes_a_draft(shop: Workshop) -> None:
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert re.fullmatch(r"The Quay\n  desk: draft created -> https?://\S+\n", ran.out)
    assert ran.err == ""
    assert "ship" in shop.html()
    (receipt,) = json.loads(shop.receipts().read_bytes())["receipts"]
    assert (receipt["id"], receipt["key"], receipt["type"]) == (shop.draft(), SLUG, shop.case.name)


def test_the_same_issue_again_writes_nothing(shop: Workshop) -> None:
    shop.publish()
    before, receipts = len(shop.fake.writes()), shop.receipts().read_bytes()
    ran = shop.publish()
    assert (ran.code, ran.err) == (0, "")
    assert "desk: draft unchanged -> " in ran.out
    assert len(shop.fake.writes()) == before
    assert shop.receipts().read_bytes() == receipts


def test_a_changed_issue_updates_the_same_draft(shop: Workshop) -> None:
    shop.publish()
    draft = shop.draft()
    shop.write("Two ships came in.")
    ran = shop.publish()
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert "desk: draft updated -> " in ran.out
    assert shop.draft() == draft
    assert "Two ships came in." in shop.html()


def test_the_draft_is_found_again_without_the_receipt(shop: Workshop) -> None:
    shop.publish()
    draft = shop.draft()
    shop.receipts().unlink()
    shop.write("Three ships came in.")
    ran = shop.publish()
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert shop.draft() == draft
    assert "Three ships came in." in shop.html()


def test_status_follows(shop: Workshop) -> None:
    def state() -> str:
        ran = shop.run("status", "--json")
        assert ran.code == 0, ran.err
        (row,) = json.loads(ran.out)["targets"]
        return str(row["state"])

    assert state() == "absent"
    shop.publish()
    assert state() == "same"
    shop.write("Four ships came in.")
    assert state() == "older"
    shop.publish()
    shop.fake.edit(shop.draft(), "Four ships", "Five ships")
    assert state() == "edited"
    for moved in ("scheduled", "sent"):
        shop.fake.move_to(shop.draft(), moved)
        assert state() == moved
    shop.fake.duplicate(shop.draft())
    assert state() == "ambiguous"


def test_status_in_human_readable_form(shop: Workshop) -> None:
    shop.publish()
    shop.fake.edit(shop.draft(), "ship", "boat")
    ran = shop.run("status")
    head, line, *diff = ran.out.splitlines()
    assert head == f"{SLUG}  The Quay"
    assert re.fullmatch(r"  desk: draft, edited there \(html\) -> https?://\S+", line)
    assert any(shown.strip().startswith("+") and "boat" in shown for shown in diff)


# --- the network fails ----------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["dropped", "cut"])
def test_a_reply_lost_after_the_service_accepted_ends_in_one_draft(
    shop: Workshop, how: str
) -> None:
    shop.fake.fail(*shop.case.create, how)
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert "the draft was found afterwards" in ran.err
    assert len(shop.fake.drafts()) == 1
    assert shop.publish().out.count("unchanged") == 1


def test_a_request_lost_before_the_service_saw_it_is_retried(shop: Workshop) -> None:
    shop.fake.fail(*shop.case.create, "lost")
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert "it was created again" in ran.err
    assert len(shop.fake.drafts()) == 1


def test_a_slow_response_that_still_succeeds_ends_in_one_draft(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.targets.client.SECONDS", 0.7)
    shop.fake.fail(*shop.case.create, "stalled")
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert "no response in time" in ran.err
    assert len(shop.fake.drafts()) == 1


def test_a_server_error_on_create_is_verified(shop: Workshop) -> None:
    page = Answer(502, b"<html><h1>Bad gateway</h1></html>")
    shop.fake.fail(*shop.case.create, "answer", answer=page)
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert "502" in ran.err
    assert len(shop.fake.drafts()) == 1


def test_a_service_that_is_down_leaves_no_receipt(shop: Workshop) -> None:
    shop.fake.fail("GET", ".*", "answer", answer=Answer(500, {"message": "Boom"}), times=9)
    ran = shop.publish()
    assert (ran.code, ran.out) == (1, "")
    assert "500 Boom" in ran.err
    assert not shop.receipts().exists()
    assert len(shop.fake.seen) == 3, "three tries, because reading is safe to repeat"


def test_a_crash_between_creating_and_the_receipt_ends_in_one_draft(shop: Workshop) -> None:
    shop.fake.fail("GET", ".*", "answer", answer=Answer(500), times=9, skip=1)
    assert shop.publish().code == 1
    assert not shop.receipts().exists()
    shop.fake.faults.clear()
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert len(shop.fake.drafts()) == 1
    assert shop.receipts().exists()


@pytest.mark.parametrize("headers", [{"Retry-After": "0"}, {}], ids=["named", "not named"])
def test_rate_limited_requests_are_retried_after_the_wait(
    shop: Workshop, headers: dict[str, str]
) -> None:
    busy = Answer(429, {"message": "Slow down"}, headers)
    shop.fake.fail("GET", ".*", "answer", answer=busy)
    shop.fake.fail(*shop.case.create, "answer", answer=busy)
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert len(shop.fake.drafts()) == 1


def test_a_wait_that_is_too_long_is_left_to_the_user(shop: Workshop) -> None:
    busy = Answer(429, {"message": "Slow down"}, {"Retry-After": "3600"})
    shop.fake.fail("GET", ".*", "answer", answer=busy, times=9)
    ran = shop.publish()
    assert ran.code == 1
    assert "429 Slow down" in ran.err
    assert "Try again later" in ran.err
    assert len(shop.fake.seen) == 1


# --- people ---------------------------------------------------------------------------------------


def test_an_edit_in_the_service_is_shown_and_not_overwritten(shop: Workshop) -> None:
    shop.publish()
    shop.fake.edit(shop.draft(), "ship", "boat")
    edited = shop.html()
    ran = shop.publish()
    assert (ran.code, ran.out) == (1, "")
    assert f"Draft {shop.draft()} was edited in " in ran.err
    assert any(line.strip().startswith("+") and "boat" in line for line in ran.err.splitlines())
    assert "--overwrite" in ran.err
    assert shop.html() == edited


def test_an_edit_is_recognised_without_the_receipt(shop: Workshop) -> None:
    shop.publish()
    shop.receipts().unlink()
    shop.fake.edit(shop.draft(), "ship", "boat")
    assert "was edited in " in shop.publish().err


def test_overwrite_replaces_an_edit(shop: Workshop) -> None:
    shop.publish()
    good = shop.html()
    shop.fake.edit(shop.draft(), "ship", "boat")
    ran = shop.publish("--overwrite")
    assert (ran.code, ran.err) == (0, ""), ran.err
    assert shop.html() == good


def test_a_deleted_draft_is_recreated_and_reported(shop: Workshop) -> None:
    shop.publish()
    gone = shop.draft()
    shop.fake.delete(gone)
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert f"draft {gone} of the last receipt is gone" in ran.err or shop.draft() == gone
    assert len(shop.fake.drafts()) == 1


def test_a_draft_deleted_between_finding_and_writing_is_looked_up_again(
    shop: Workshop,
) -> None:
    shop.publish()
    shop.write("Six ships came in.")
    missing = Answer(404, {"message": "Not there"})
    shop.fake.fail(*shop.case.update, "answer", answer=missing)
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert "Six ships came in." in shop.html()


def test_two_drafts_are_both_reported_and_left_alone(shop: Workshop) -> None:
    shop.publish()
    shop.fake.duplicate(shop.draft())
    before = len(shop.fake.writes())
    shop.write("Seven ships came in.")
    ran = shop.publish()
    assert (ran.code, ran.out) == (1, "")
    assert "holds 2 emails for this issue; nothing was changed" in ran.err
    assert all(draft in ran.err for draft in shop.fake.drafts())
    assert len(shop.fake.writes()) == before


@pytest.mark.parametrize("state", ["scheduled", "sent"])
def test_scheduled_or_sent_issues_are_left_alone(shop: Workshop, state: str) -> None:
    shop.publish()
    shop.fake.move_to(shop.draft(), state)
    before = len(shop.fake.writes())
    shop.write("Eight ships came in.")
    ran = shop.publish("--overwrite")
    assert (ran.code, ran.out) == (1, "")
    assert "Already " in ran.err
    assert "nothing was changed" in ran.err
    assert len(shop.fake.writes()) == before


# --- rejections -----------------------------------------------------------------------------------


def test_a_wrong_token_is_reported_with_its_location_or_requirements(shop: Workshop) -> None:
    shop.fake.unknown_token = True
    ran = shop.publish()
    assert (ran.code, ran.out) == (1, "")
    assert re.search(r"refused GET \S+: (?:401|403)", ran.err)
    assert "oken from the environment variable NEWSLETTER_DESK_TOKEN" in ran.err or (
        "the rights it needs" in ran.err
    )


def test_a_token_that_expires_midway_leaves_one_draft_for_the_next_run(
    shop: Workshop,
) -> None:
    expired = Answer(401, {"message": "Expired"})
    shop.fake.fail("GET", ".*", "answer", answer=expired, skip=1)
    first = shop.publish()
    assert first.code in (0, 1)
    ran = shop.publish()
    assert ran.code == 0, ran.err
    assert len(shop.fake.drafts()) == 1


def test_rejected_content_is_shown_in_the_words_of_the_service(shop: Workshop) -> None:
    refusal = Answer(422, {"detail": [{"loc": ["body", "subject"], "msg": "Too long"}]})
    shop.fake.fail(*shop.case.create, "answer", answer=refusal)
    ran = shop.publish()
    assert (ran.code, ran.out) == (1, "")
    assert "422 body.subject: Too long" in ran.err
    assert shop.fake.drafts() == []


def test_a_redirect_to_another_host_is_rejected(shop: Workshop) -> None:
    away = Answer(302, b"", {"Location": "https://elsewhere.example/"})
    shop.fake.fail("GET", ".*", "answer", answer=away)
    ran = shop.publish()
    assert ran.code == 1
    assert "redirects to elsewhere.example; the token is not sent there" in ran.err


def test_a_reply_that_is_not_json_is_reported_as_such(shop: Workshop) -> None:
    shop.fake.fail("GET", ".*", "answer", answer=Answer(200, b"<html>Log in</html>"))
    ran = shop.publish()
    assert ran.code == 1
    assert "returned text/html instead of JSON" in ran.err


# --- images, template signs, plan -----------------------------------------------------------------


def test_an_image_is_uploaded_once(pictured: Workshop) -> None:
    ran = pictured.publish()
    assert ran.code == 0, ran.err
    hosted = pictured.case.hosts_images
    assert pictured.fake.images() == (2 if hosted else 0)
    assert ("letters.quay.example/2026-03-01-quay/images/" in pictured.html()) is not hosted
    pictured.write("![Ships at the quay on a grey morning](images/quay.png)\n\nMore ships.")
    pictured.receipts().unlink()
    assert pictured.publish().code == 0
    assert pictured.fake.images() == (2 if hosted else 0)
    assert pictured.run("status", "--json").out.count('"same"') == 1


def test_the_plan_says_where_images_must_be_hosted(pictured: Workshop) -> None:
    ran = pictured.publish("--dry-run")
    assert ran.code == 0, ran.err
    note = "hosts no images: 2 images must be at https://letters.quay.example"
    assert (note in ran.out) is not pictured.case.hosts_images
    assert (".png" in ran.out) is pictured.case.hosts_images


def test_template_syntax_in_text_arrives_as_typed(shop: Workshop) -> None:
    shop.desk.write(
        f"issues/{SLUG}/issue.yaml",
        "title: Quay {{ x }} & {% y %} <3\npreheader: The deck says {{ z }} today.\n"
        "date: 2026-03-01\n",
    )
    shop.write("It's `{{ name }}` and `{% if %}` and `*|X|*` and `{{{a}}}`, it's <b.")
    ran = shop.run("publish", "--yes", "--allow", "NL705: they are the subject")
    assert ran.code == 0, ran.err
    assert "NL050" not in ran.err, ran.err


def test_the_plan_opens_no_connection_and_needs_no_token(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(shop.case.variable)
    ran = shop.publish("--dry-run")
    assert (ran.code, ran.err) == (0, "")
    method = shop.case.create[0]
    assert re.search(rf"^    {method} /\S*  .*subject", ran.out, re.MULTILINE), ran.out
    assert re.search(r"html|body|htmlContent", ran.out)
    assert "bytes)" in ran.out
    assert shop.fake.seen == []


def test_a_missing_token_is_reported_with_every_place_to_set_it(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(shop.case.variable)
    ran = shop.publish()
    assert ran.code == 1
    for place in (shop.case.variable, "~/.netrc", "keyring set newsletter"):
        assert place in ran.err
    assert shop.fake.seen == []


# --- tests through the service --------------------------------------------------------------------


def test_a_test_goes_through_the_service_if_it_supports_tests(shop: Workshop) -> None:
    shop.publish()
    if hasattr(shop.fake, "may_test"):
        shop.fake.may_test = True
    ran = shop.run("test", "--via", "desk", "--to", "mira@quay.example")
    if shop.case.tests:
        assert ran.code == 0, ran.err
        assert shop.fake.tests == [("mira@quay.example",)]
        assert "sent through desk to mira@quay.example" in ran.out
    else:
        assert ran.code == 2
        assert "sends no tests" in ran.err


def test_a_test_requires_an_up_to_date_draft(shop: Workshop) -> None:
    ran = shop.run("test", "--via", "desk", "--to", "mira@quay.example")
    assert ran.code == 2
    shop.publish()
    shop.write("Nine ships came in.")
    ran = shop.run("test", "--via", "desk", "--to", "mira@quay.example")
    assert ran.code == 2
    assert shop.fake.tests == []
