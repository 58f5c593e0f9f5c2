"""Lists: what imports add and what they never do, addresses, erasure, and that no personal data
reaches git.
"""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.send.address import InvalidAddress, parse_address
from newsletter.send.exports import read_export
from newsletter.send.subscriber_rows import SubscriberRow, clean_name
from tests.desk import SLUG
from tests.send.list_desk import ListDesk, people

EXPORTS = {
    "Substack": (
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
        "ana@example.org,false,,other,false,2024-01-02T03:04:05Z,\n"
        "bo@example.org,false,,other,true,2024-01-02T03:04:05Z,\n",
        {"ana@example.org": "active", "bo@example.org": "unsubscribed"},
    ),
    "Mailchimp": (
        '"Email Address","First Name","Last Name",OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP\n'
        'ana@example.org,Ana,Pires,"2024-01-02 03:04:05",192.0.2.1,"2024-01-02 03:05:00",192.0.2.1\n',
        {"ana@example.org": "active"},
    ),
    "Buttondown": (
        "email,notes,metadata,tags,subscriber_type,source,creation_date\n"
        "ana@example.org,,{},,regular,import,2024-01-02\n"
        "bo@example.org,,{},,unactivated,embed,2024-01-02\n"
        "cy@example.org,,{},,undeliverable,embed,2024-01-02\n",
        {"ana@example.org": "active", "bo@example.org": "pending", "cy@example.org": "bounced"},
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        "u-1,ana@example.org,Ana Pires,{},enabled,2024-01-02,2024-01-02\n"
        "u-2,bo@example.org,Bo,{},blocklisted,2024-01-02,2024-01-02\n",
        {"ana@example.org": "active", "bo@example.org": "suppressed"},
    ),
    "Ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
        "deleted_at,labels,tiers\n"
        "1,ana@example.org,Ana Pires,,true,false,,2024-01-02,,,\n"
        "2,bo@example.org,,,false,false,,2024-01-02,,,\n",
        {"ana@example.org": "active", "bo@example.org": "unsubscribed"},
    ),
    "newsletter": (
        "address,name,first_name,state\nana@example.org,Ana Pires,Ana,complained\n",
        {"ana@example.org": "complained"},
    ),
    "CSV": (
        "E-Mail;Vorname;First Name;Surname\r\nana@example.org;x;Ana;Pires\r\n",
        {"ana@example.org": "active"},
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_of_other_services(name: str, tmp_path: Path) -> None:
    text, expected = EXPORTS[name]
    path = tmp_path / "export.csv"
    path.write_text(text, "utf-8-sig")
    read = read_export(path)
    assert read.format == name
    assert {row.address: row.state for row in read.rows} == expected
    if name in ("Mailchimp", "listmonk", "Ghost", "newsletter", "CSV"):
        assert read.rows[0].name == "Ana Pires"
    if name == "Mailchimp":
        assert "optin_ip 192.0.2.1" in read.rows[0].detail


def test_a_mailchimp_archive_has_three_files(tmp_path: Path) -> None:
    path = tmp_path / "audience.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for kind, address in (
            ("subscribed", "ana"),
            ("unsubscribed", "bo"),
            ("cleaned", "cy"),
        ):
            text = f"Email Address,First Name,Last Name\n{address}@example.org,A,B\n"
            archive.writestr(f"{kind}_members_export_1.csv", text)
    read = read_export(path)
    assert {row.address[:3].rstrip("@"): row.state for row in read.rows} == {
        "ana": "active",
        "bo": "unsubscribed",
        "cy": "bounced",
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "file.csv:1: error: No column of addresses; found: none"),
        (b"a,b\n1,2\n", "file.csv:1: error: No column of addresses; found: a, b"),
        (b"email\n\xff\xfa\n", "file.csv:2: error: Not UTF-8"),
        (b"email\nana@example.org\0\n", "file.csv: error: Not a text file"),
        (b'email,name\n"ana@example.org,x\n', "file.csv:2: error: Not a CSV file"),
        (
            b"uuid,email,name,attributes,status\nu,a@example.org,A,{},sleepy\n",
            'file.csv:2: error: Unknown status "sleepy" in a listmonk file',
        ),
    ],
)
def test_files_that_cannot_be_read(list_desk: ListDesk, data: bytes, message: str) -> None:
    list_desk.desk.write("file.csv", data)
    ran = list_desk.desk.run("subscribers", "import", "file.csv", "--yes")
    assert ran.code == 1
    assert ran.err.startswith(message)


def test_an_import_never_brings_anyone_back(list_desk: ListDesk) -> None:
    states = ("unsubscribed", "bounced", "complained", "suppressed", "pending", "active")
    rows = [SubscriberRow(n, f"{s}@example.org", state=s) for n, s in enumerate(states)]  # type: ignore[arg-type]
    with list_desk.open() as desk:
        desk.subscribers.merge("weekly", rows, "old.csv")
    list_desk.desk.write(
        "new.csv", "email\n" + "".join(f"{s.upper()}@Example.ORG\n" for s in states)
    )
    ran = list_desk.desk.run("subscribers", "import", "new.csv", "--yes")
    assert ran.out == "0 added, 1 changed in weekly\n"
    assert "        4  unsubscribed, bounced or complained before, unchanged" in ran.err
    ran = list_desk.desk.run("subscribers", "stats", "--json")
    assert json.loads(ran.out)["weekly"] == {
        "pending": 0,
        "active": 2,
        "unsubscribed": 1,
        "bounced": 1,
        "complained": 1,
        "suppressed": 1,
    }
    ran = list_desk.desk.run("subscribers", "list", "pending@example.org", "--json")
    evidence = json.loads(ran.out)["evidence"]
    assert [(item["state"], item["source"]) for item in evidence] == [
        ("pending", "old.csv"),
        ("active", "new.csv"),
    ]


def test_an_import_can_unsubscribe_people(list_desk: ListDesk) -> None:
    list_desk.subscribe(["ana@example.org"])
    list_desk.desk.write("left.csv", "address,state\nana@example.org,unsubscribed\n")
    assert list_desk.desk.run("subscribers", "import", "left.csv", "--yes").code == 0
    ran = list_desk.desk.run("subscribers", "list")
    assert ran.out == "unsubscribed  ana@example.org  Reader 2\n"


def test_an_import_shows_its_effect_and_asks_for_confirmation(list_desk: ListDesk) -> None:
    list_desk.desk.write(
        "list.csv",
        "email,name,shoe size\nana@example.org,Ana,38\nANA@example.org,,\nnope,,\n"
        "abuse@example.org,,\nabuse+x@example.org,,\ninfo@example.org,,\n",
    )
    ran = list_desk.desk.run("subscribers", "import", "list.csv")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[:8] == [
        "6 rows (CSV) for the list weekly:",
        "          2  new",
        "          1  duplicates in the file, merged",
        "          1  not valid, left out",
        "          2  role addresses, left out",
        '  line 4: "nope" is not an email address: An email address must have an @-sign',
        "  line 5: abuse@example.org is a role address (--allow-roles)",
        "  line 6: abuse+x@example.org is a role address (--allow-roles)",
    ]
    assert "columns not used: shoe size" in ran.err
    assert list_desk.desk.run("subscribers", "stats").out == "weekly: empty\n"
    assert list_desk.desk.run("subscribers", "import", "list.csv", "--yes").out == (
        "2 added, 0 changed in weekly\n"
    )


def test_erased_data_stays_erased(list_desk: ListDesk) -> None:
    list_desk.configure(lists="[lists.weekly]\n[lists.daily]\n")
    list_desk.subscribe(["ana@example.org", "bo@example.org"])
    list_desk.subscribe(["ana@example.org"], "daily")
    assert list_desk.send(2, "--list", "weekly").code == 0
    ran = list_desk.desk.run("subscribers", "forget", "Ana@Example.org", "--yes")
    assert ran.out == "Erased from 2 lists; it will not be imported again.\n"
    database = list_desk.desk.root / "private" / "subscribers.db"
    with list_desk.open() as desk:
        desk.database.rows("VACUUM")
        desk.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"ana@example.org" not in database.read_bytes().lower()
    assert b"bo@example.org" in database.read_bytes()
    list_desk.subscribe(["ana@example.org"])
    assert list_desk.desk.run("subscribers", "list", "--list", "weekly").out == (
        "active        bo@example.org  Reader 3\n"
    )
    assert list_desk.delivery("--list", "weekly")["counts"] == {"sent": 2}  # the counts stay
    ran = list_desk.desk.run("subscribers", "add", "ana@example.org", "--list", "weekly")
    assert ran.out == "ana@example.org is active on weekly\n"  # its owner subscribed again


def test_an_exported_list_can_be_imported_again(list_desk: ListDesk) -> None:
    list_desk.subscribe(["ana@example.org"])
    with list_desk.open() as desk:
        desk.subscribers.merge(
            "weekly", [SubscriberRow(1, "+tag@example.org", '=HYPERLINK("x"), "y"')], "t"
        )
    ran = list_desk.desk.run("subscribers", "export")
    assert ran.out == (
        "address,name,first_name,state\nana@example.org,Reader 2,Reader,active\n"
        '\'+tag@example.org,"\'=HYPERLINK(""x""), ""y""","""y""",active\n'
    )
    list_desk.desk.write("again.csv", ran.out)
    assert list_desk.desk.run("subscribers", "import", "again.csv", "--yes").out == (
        "0 added, 0 changed in weekly\n"
    )


def test_no_personal_data_enters_git(list_desk: ListDesk) -> None:
    root = list_desk.desk.root
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    list_desk.subscribe(people(3))
    status = ["git", "-C", str(root), "status", "--porcelain", "--untracked-files=all"]
    shown = subprocess.run(status, capture_output=True, text=True, check=True).stdout
    assert "private" not in shown
    assert oct((root / "private" / "subscribers.db").stat().st_mode & 0o777) == "0o600"
    for place in ("people.db", "issues/people.db"):
        list_desk.configure(send=f'database = "{place}"\n')
        ran = list_desk.desk.run("subscribers", "stats")
        assert ran.code == 1
        assert f"Personal data not ignored by git: {place}" in ran.err
        assert not (root / place).exists()
    list_desk.configure()
    ran = list_desk.desk.run("subscribers", "export", "--out", "list.csv")
    assert ran.code == 1
    assert not (root / "list.csv").exists()
    assert list_desk.desk.run("subscribers", "export", "--out", "private/list.csv").code == 0


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("Ana@Example.ORG", "ana@example.org"),
        (" <ana@example.org> ", "ana@example.org"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("ana+news@example.org", "ana+news@example.org"),
        ("a.na@example.org", "a.na@example.org"),
        ("ana@exämple.org", "ana@xn--exmple-cua.org"),
        ("ana@xn--exmple-cua.org", "ana@xn--exmple-cua.org"),
        ("jose\u0301@example.org", "josé@example.org"),
        ("JOSÉ@example.org", "josé@example.org"),
    ],
)
def test_addresses_are_compared_by_their_key(given: str, key: str) -> None:
    assert parse_address(given).key == key


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ana",
        "ana@",
        "@example.org",
        "ana@localhost",
        "ana@example",
        "ana@example..org",
        ".ana@example.org",
        "ana@-example.org",
        "a b@example.org",
        "ana@example.org\nbcc: bo@example.org",
        "ana@example.org>\r\nRCPT TO:<bo@example.org",
        "ana@example.org, bo@example.org",
        '"ana bo"@example.org',
        "ana@[192.0.2.1]",
        "ana@example.org\0",
        f"{'a' * 65}@example.org",
        "ana@example.invalid",
    ],
)
def test_invalid_addresses(given: str) -> None:
    with pytest.raises(InvalidAddress):
        parse_address(given)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_every_accepted_address_is_safe_in_smtp(text: str) -> None:
    try:
        address = parse_address(text)
    except InvalidAddress:
        return
    assert not set('\r\n\0 <>,;"') & set(address.normalized + address.key)
    assert parse_address(address.normalized).key == address.key
    assert address.domain.isascii()


@given(st.text(max_size=300))
def test_a_name_is_one_line(text: str) -> None:
    name = clean_name(text)
    assert len(name.splitlines()) <= 1
    assert len(name) <= 200
    assert clean_name(name) == name.strip()


def test_a_prompt_requires_a_terminal(list_desk: ListDesk) -> None:
    """Without a terminal nothing is erased or imported by default."""
    list_desk.subscribe(["ana@example.org"])
    ran = list_desk.desk.run("subscribers", "forget", "ana@example.org")
    assert (ran.code, ran.out) == (2, "")
    assert SLUG not in ran.err
    assert (
        io.StringIO(list_desk.desk.run("subscribers", "list").out).readline().startswith("active")
    )
