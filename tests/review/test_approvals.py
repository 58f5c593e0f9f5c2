"""Approvals: which count, which do not and why, and what is published."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.files.cache import BuildCache
from newsletter.pipeline.build import make, read
from newsletter.render.digest import reader_digest
from newsletter.review.approval_records import approval_state, approve
from newsletter.review.approvals import refuse_unapproved
from newsletter.workspace import find
from tests.review.conftest import MIRA, SLUG, TOMAS, Newsroom

NOON = dt.datetime(2026, 5, 1, 12, 0, tzinfo=dt.UTC)


def approval(room: Newsroom, name: str = "editor-mira.json") -> dict[str, Any]:
    data: dict[str, Any] = json.loads((room.issue / "approvals" / name).read_bytes())
    return data


def rewrite(
    room: Newsroom, change: Callable[[dict[str, Any]], None], name: str = "editor-mira.json"
) -> None:
    data = approval(room, name)
    change(data)
    (room.issue / "approvals" / name).write_text(json.dumps(data))


def refusal(room: Newsroom) -> str:
    """Return the output of publishing, after verifying that nothing was published."""
    ran = room.run("publish", SLUG)
    assert (ran.code, ran.out) == (1, "")
    assert not (room.issue / "published.json").exists()
    assert not (room.issue / "sent").exists()
    return ran.err


# --- giving ---------------------------------------------------------------------------------------


def test_what_an_approval_records(newsroom: Newsroom) -> None:
    ran = newsroom.approve(MIRA, "editor")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == f"{SLUG}: approved as editor by Mira Oduya"
    assert lines[1] == "  subject: Cranes at Night"
    assert lines[-1] == "  still missing: data"
    statement = approval(newsroom)["statement"]
    assert statement["digest"] in ran.out
    assert set(statement["pieces"]) == {
        "subject",
        "sender",
        "HTML",
        "text",
        "image crane-" + statement_image(statement),
    }
    assert (statement["role"], statement["person"], statement["email"]) == ("editor", "mira", MIRA)
    assert statement["tool"].startswith("newsletter ")
    kept = newsroom.issue / "approvals" / statement["digest"].removeprefix("sha256:")
    assert sorted(path.name for path in kept.iterdir()) == [
        "copy.json",
        "email.html",
        "email.txt",
        "images",
    ]


def statement_image(statement: dict[str, Any]) -> str:
    (name,) = [name for name in statement["pieces"] if name.startswith("image ")]
    return str(name.removeprefix("image crane-"))


def test_both_approvals_permit_publishing(newsroom: Newsroom) -> None:
    assert "missing: editor\n  missing: data\n" in refusal(newsroom)
    newsroom.approve(MIRA, "editor")
    assert "missing: data" in refusal(newsroom)
    assert newsroom.run("list").out.rstrip().endswith("[editor: Mira Oduya; data: missing]")
    newsroom.approve(TOMAS, "data")
    (row,) = json.loads(newsroom.run("list", "--json").out)
    assert (row["state"], row["missing"]) == ("approved", [])
    assert newsroom.run("publish", SLUG).code == 0
    (row,) = json.loads(newsroom.run("list", "--json").out)
    assert row["state"] == "published"


def test_remaining_findings_are_accepted_by_code(newsroom: Newsroom) -> None:
    newsroom.edit(
        "20-brief.md", "by both sides.", "by both sides. Read it [here](https://quay.example/a)."
    )
    ran = newsroom.approve(MIRA, "editor")
    assert "findings accepted: 1 finding" in ran.out
    assert [entry["code"] for entry in approval(newsroom)["statement"]["findings"]] == ["NL201"]


def test_an_issue_with_errors_cannot_be_approved(newsroom: Newsroom) -> None:
    newsroom.edit("20-brief.md", "by both sides.", "by [both](http://) sides.")
    ran = newsroom.approve(MIRA, "editor")
    assert (ran.code, ran.out) == (1, "")
    assert not (newsroom.issue / "approvals").exists()


def test_json(newsroom: Newsroom) -> None:
    row = json.loads(newsroom.approve(MIRA, "editor", "--json").out)
    assert (row["slug"], row["role"], row["person"], row["signed"]) == (
        SLUG,
        "editor",
        "mira",
        False,
    )
    assert (row["missing"], row["complete"]) == (["data"], False)


WRONG = [
    (MIRA, "data", 2, "Mira Oduya may not approve as data"),
    (
        MIRA,
        "chief",
        2,
        'No approval is required as "chief"\n    hint: Use one of the roles: editor, data.',
    ),
    ("eve@quay.example", "editor", 1, "No person in the masthead has the address eve@quay.example"),
]


@pytest.mark.parametrize(("address", "role", "code", "message"), WRONG)
def test_people_who_may_not_approve(
    newsroom: Newsroom, address: str, role: str, code: int, message: str
) -> None:
    ran = newsroom.approve(address, role)
    assert ran.code == code
    assert message in ran.err
    assert not (newsroom.issue / "approvals").exists()


def test_approving_needs_an_identity(newsroom: Newsroom) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        newsroom.patch.delenv(f"GIT_{role}_EMAIL")
        newsroom.patch.delenv(f"GIT_{role}_NAME")
    newsroom.patch.delenv("EMAIL", raising=False)
    ran = newsroom.run("approve", SLUG, "--role", "editor")
    assert (ran.code, ran.out) == (1, "")
    assert "No user.email in git" in ran.err


def test_approving_without_required_approvals_is_a_usage_error(newsroom: Newsroom) -> None:
    newsroom.settings('required = ["editor", "data"]', "required = []")
    ran = newsroom.approve(MIRA, "editor")
    assert ran.code == 2
    assert 'hint: Add `required = ["editor"]` under [approval] in the settings.' in ran.err
    assert newsroom.run("publish", SLUG).code == 0


# --- withdrawing ----------------------------------------------------------------------------------


def test_only_the_approver_can_withdraw_an_approval(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    ran = newsroom.approve(TOMAS, "editor", "--withdraw")
    assert ran.code == 2
    assert "Tomás Leal has not approved" in ran.err
    ran = newsroom.approve(MIRA, "editor", "--withdraw")
    assert (ran.code, ran.out) == (0, f"{SLUG}: approval as editor by Mira Oduya withdrawn\n")
    assert list((newsroom.issue / "approvals").iterdir()) == [], (
        "the copy is removed with its last approval"
    )
    assert "missing: editor" in refusal(newsroom)


# --- changes after an approval --------------------------------------------------------------------


def test_one_changed_figure_voids_an_approval_and_is_named(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    newsroom.approve(TOMAS, "data")
    newsroom.edit("10-essay.md", "37 per cent", "73 per cent")
    err = refusal(newsroom)
    assert (
        "editor, by Mira Oduya: the approval is for other bytes; changed since: HTML, text\n" in err
    )
    assert "data, by Tomás Leal: the approval is for other bytes" in err
    assert "Number: [-37-]{+73+} per cent (The Quiet Port)" in err
    assert newsroom.run("diff", SLUG, "approved").out.startswith("approved by ")
    assert "[editor: changed since; data: changed since]" in newsroom.run("list").out
    newsroom.approve(MIRA, "editor")
    newsroom.approve(TOMAS, "data")
    assert newsroom.run("publish", SLUG).code == 0


CHANGES = [
    ("newsletter.toml", "letter@quay.example", "news@quay.example", "changed since: sender\n"),
    ("issue.yaml", '"Cranes at Night"', '"Cranes by Day"', "changed since: subject, HTML, text\n"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), CHANGES)
def test_changes_that_readers_receive_are_named(
    newsroom: Newsroom, name: str, old: str, new: str, message: str
) -> None:
    newsroom.approve(MIRA, "editor")
    if name == "newsletter.toml":
        newsroom.settings(old, new)
    else:
        newsroom.edit(name, old, new)
    assert message in refusal(newsroom)


def test_changes_that_no_reader_receives_void_nothing(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    newsroom.approve(TOMAS, "data")
    newsroom.edit("issue.yaml", "tags: [ports]", "tags: [ports] # and ships")
    newsroom.settings('name = "The Quay"\nurl', '# ours\nname = "The Quay"\nurl')
    assert newsroom.run("publish", SLUG).code == 0


def test_a_new_tool_version_that_changes_bytes_is_reported(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    newsroom.approve(TOMAS, "data")
    newsroom.patch.setattr("newsletter.review.approvals.__version__", "9.9")
    (newsroom.desk.root / "templates" / "default").mkdir(parents=True)
    newsroom.desk.write("templates/default/tokens.toml", '[light]\nink = "#101010"\n')
    err = refusal(newsroom)
    assert ", now by newsletter 9.9: a new version can change the email without an edit." in err
    assert "the words are the same; only markup, styles or image bytes differ" in err.lower()


# --- approvals that do not count ------------------------------------------------------------------


def test_a_tampered_approval_does_not_verify(newsroom: Newsroom) -> None:
    """The digest is replaced with that of the new bytes; the signature still covers the old one."""
    newsroom.list_keys()
    assert ", signed" in newsroom.approve(MIRA, "editor", "--sign").out
    newsroom.approve(TOMAS, "data", "--sign")
    newsroom.edit("10-essay.md", "37 per cent", "73 per cent")
    digest = digest_now(newsroom)
    rewrite(newsroom, lambda data: data["statement"].update(digest=digest))
    err = refusal(newsroom)
    assert "editor, by Mira Oduya: the approval does not count: its signature is invalid: " in err
    assert "the approval was changed after it was signed" in err


def digest_now(room: Newsroom) -> str:
    workspace = find(room.desk.root)
    cache = BuildCache(workspace.state / "cache")
    return reader_digest(
        make(workspace, read(workspace, room.issue, cache), cache), workspace.publication
    )


def test_a_removed_signature_is_detected(newsroom: Newsroom) -> None:
    newsroom.list_keys()
    newsroom.approve(MIRA, "editor", "--sign")
    rewrite(newsroom, lambda data: data.pop("signature"))
    assert "editor, by Mira Oduya: the approval is not signed" in refusal(newsroom)


def test_another_issues_approval_cannot_be_replayed(newsroom: Newsroom) -> None:
    newsroom.list_keys()
    other = newsroom.desk.root / "issues" / "2026-05-08-tides"
    shutil.copytree(newsroom.issue, other)
    newsroom.switch_user(MIRA)
    assert newsroom.run("approve", "2026-05-08-tides", "--role", "editor", "--sign").code == 0
    shutil.copytree(other / "approvals", newsroom.issue / "approvals")
    assert "the approval is for another issue, 2026-05-08-tides" in refusal(newsroom)


def test_another_persons_approval_cannot_be_renamed(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    folder = newsroom.issue / "approvals"
    shutil.copy(folder / "editor-mira.json", folder / "data-tomas.json")
    assert "the approval was renamed" in refusal(newsroom)


def test_an_unknown_signer_does_not_count(newsroom: Newsroom) -> None:
    """Mira's approval signed with an unlisted key."""
    newsroom.list_keys("tomas")
    newsroom.switch_user(MIRA)
    newsroom.git("config", "user.signingkey", str(newsroom.keys / "stranger.pub"))
    ran = newsroom.run("approve", SLUG, "--role", "editor", "--sign")
    assert (ran.code, ran.out) == (1, "")
    assert (
        'hint: Add this line to allowed_signers: `mira@quay.example namespaces="newsletter" ssh-ed25519'
        in ran.err
    )
    newsroom.desk.write("allowed_signers", signer_line(newsroom, "stranger", "mira@quay.example"))
    assert newsroom.run("approve", SLUG, "--role", "editor", "--sign").code == 0
    newsroom.list_keys()
    assert "the key is not listed for this person" in refusal(newsroom)


def signer_line(room: Newsroom, key: str, address: str) -> str:
    words = (room.keys / f"{key}.pub").read_text().split()
    return f'{address} namespaces="newsletter" {words[0]} {words[1]}\n'


def test_a_key_listed_for_git_alone_does_not_count(newsroom: Newsroom) -> None:
    newsroom.list_keys()
    newsroom.approve(MIRA, "editor", "--sign")
    path = newsroom.desk.root / "allowed_signers"
    path.write_text(path.read_text().replace('namespaces="newsletter"', 'namespaces="git"'))
    assert "its signature is invalid: " in refusal(newsroom)


def test_an_expired_key_does_not_count(newsroom: Newsroom) -> None:
    newsroom.list_keys()
    newsroom.approve(MIRA, "editor", "--sign")
    newsroom.list_keys(options=',valid-before="20200101"')
    assert "has expired" in refusal(newsroom)


def test_a_revoked_key_does_not_count(newsroom: Newsroom) -> None:
    newsroom.list_keys()
    newsroom.approve(MIRA, "editor", "--sign")
    krl = newsroom.desk.root / "revoked"
    subprocess.run(
        ["ssh-keygen", "-q", "-k", "-f", str(krl), str(newsroom.keys / "mira.pub")],
        check=True, capture_output=True,
    )  # fmt: skip
    newsroom.git("config", "gpg.ssh.revocationFile", "revoked")
    assert "the key is not listed for this person, or was revoked" in refusal(newsroom)


def test_without_ssh_keygen_a_signature_cannot_be_checked(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    newsroom.list_keys()
    newsroom.approve(MIRA, "editor", "--sign")
    git = shutil.which("git")
    assert git
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(git)
    newsroom.patch.setenv("PATH", str(tmp_path / "bin"))
    assert "ssh-keygen cannot be run" in refusal(newsroom)


def test_listed_people_sign_automatically(newsroom: Newsroom) -> None:
    newsroom.list_keys()
    assert ", signed" in newsroom.approve(MIRA, "editor").out
    ran = newsroom.approve(MIRA, "editor", "--no-sign")
    assert ran.code == 2
    assert (
        "This approval needs a signature: mira@quay.example is listed in allowed_signers" in ran.err
    )


def test_signatures_can_be_required_of_everyone(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    newsroom.settings("distinct = true", "distinct = true\nsigned = true")
    assert "editor, by Mira Oduya: the approval is not signed" in refusal(newsroom)


def test_a_garbled_file_is_reported(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    newsroom.desk.write(f"issues/{SLUG}/approvals/data-tomas.json", "<<<<<<< HEAD\n")
    err = refusal(newsroom)
    assert "missing: data" in err
    assert "approvals/data-tomas.json cannot be read" in err


def test_people_removed_from_the_masthead_no_longer_approve(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    path = newsroom.desk.root / "credits.yaml"
    path.write_text(path.read_text().replace("mira@quay.example", "mira@elsewhere.example"))
    assert "is by mira@quay.example, but the masthead has mira@elsewhere.example" in refusal(
        newsroom
    )


def test_one_person_cannot_approve_alone(newsroom: Newsroom) -> None:
    newsroom.approve(TOMAS, "editor")
    ran = newsroom.approve(TOMAS, "data")
    assert "still missing: an approval by a second person" in ran.out
    assert (
        "one person approved as editor and data; the settings require different people"
        in refusal(newsroom)
    )
    newsroom.approve(MIRA, "editor")
    assert newsroom.run("publish", SLUG).code == 0


def test_one_person_may_approve_alone_if_the_settings_allow_it(newsroom: Newsroom) -> None:
    newsroom.settings("distinct = true", "distinct = false")
    newsroom.approve(TOMAS, "editor")
    newsroom.approve(TOMAS, "data")
    assert newsroom.run("publish", SLUG).code == 0


# --- time -----------------------------------------------------------------------------------------

TIMES = [
    ("at once", NOON, None),
    ("a clock four minutes ahead", NOON - dt.timedelta(minutes=4), None),
    ("a clock an hour ahead", NOON - dt.timedelta(hours=1), "is dated in the future"),
    ("within a week", NOON + dt.timedelta(days=7), None),
    ("after a week", NOON + dt.timedelta(days=7, seconds=1), "expired after 7 days"),
]


@pytest.mark.parametrize(
    ("now", "problem"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES]
)
def test_when_an_approval_counts(newsroom: Newsroom, now: dt.datetime, problem: str | None) -> None:
    newsroom.settings("distinct = true", "expires = 7")
    workspace = find(newsroom.desk.root)
    cache = BuildCache(workspace.state / "cache")
    loaded = read(workspace, newsroom.issue, cache)
    email = make(workspace, loaded, cache)
    assert loaded.issue
    given = approve(workspace, loaded.issue, email, "editor", findings=(), now=NOON)
    state = approval_state(workspace, loaded.issue, given.digest, now=now)
    result = [entry.problem for entry in state.rejected]
    assert (result[0] if result else None) == problem or (
        result and problem and result[0].startswith(problem)
    )
    with pytest.raises(NewsletterError, match="is not approved"):
        refuse_unapproved(workspace, newsroom.issue, loaded.issue, email)


# --- git ------------------------------------------------------------------------------------------


def test_a_rebased_history_changes_nothing(newsroom: Newsroom) -> None:
    newsroom.git("checkout", "-q", "-b", "draft")
    newsroom.approve(MIRA, "editor")
    newsroom.approve(TOMAS, "data")
    newsroom.commit("Approved")
    newsroom.git("checkout", "-q", "main")
    newsroom.desk.write("README.md", "A letter about ports.\n")
    newsroom.commit("Something else")
    newsroom.git("checkout", "-q", "draft")
    newsroom.git("rebase", "-q", "main")
    assert newsroom.run("publish", SLUG).code == 0


def test_approvals_from_two_machines_merge(newsroom: Newsroom, tmp_path: Path) -> None:
    """Each person approves on their own machine; git merges the two without a conflict."""
    newsroom.list_keys()
    newsroom.commit("Keys")
    newsroom.git("checkout", "-q", "-b", "tomas")
    newsroom.approve(TOMAS, "data")
    newsroom.commit("Data approved")
    newsroom.git("checkout", "-q", "main")
    newsroom.approve(MIRA, "editor")
    newsroom.commit("Edited")
    newsroom.git("merge", "-q", "-m", "Both", "tomas")
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", str(newsroom.desk.root), str(other)], check=True)
    ran = newsroom.desk.run("publish", SLUG, cwd=other)
    assert (ran.code, ran.err) == (0, "")
