"""New people in a masthead: any YAML layout, with comments and order unchanged; as whole files."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from newsletter.importers.import_line import add_people
from newsletter.importers.issue.masthead_editor import with_people, without_present
from newsletter.importers.issue.resolved_people import ResolvedPeople, resolve_people
from newsletter.model import Masthead, Person, Role, Team
from newsletter.workspace import find
from tests.desk import Desk

NEW = ResolvedPeople(
    people=(("ana", "Ana Reis"), ("jo", "Jo: O'Neill, Jr.")), roles=(("photo", "Photographs"),)
)

LAYOUTS = {
    "block": (
        "# us\npeople:\n  mira:  {name: Mira}   # since 2024\n\n# what they do\nroles:\n  essay: {label: Essay}\n",
        "# us\npeople:\n  mira:  {name: Mira}   # since 2024\n  ana: {name: Ana Reis}\n"
        '  jo: {name: "Jo: O\'Neill, Jr."}\n\n# what they do\nroles:\n  essay: {label: Essay}\n'
        "  photo: {label: Photographs}\n",
    ),
    "deep blocks": (
        "people:\n    mira:\n        name: Mira\nroles:\n    essay:\n        label: Essay\n",
        "people:\n    mira:\n        name: Mira\n    ana: {name: Ana Reis}\n"
        '    jo: {name: "Jo: O\'Neill, Jr."}\nroles:\n    essay:\n        label: Essay\n'
        "    photo: {label: Photographs}\n",
    ),
    "braces": (
        "people: {mira: {name: 'Mira }'}, tomas: {name: Tom}}  # all\nroles: {essay: {label: Essay}}\n",
        "people: {mira: {name: 'Mira }'}, tomas: {name: Tom}, ana: {name: Ana Reis}, "
        'jo: {name: "Jo: O\'Neill, Jr."}}  # all\nroles: {essay: {label: Essay}, photo: {label: Photographs}}\n',
    ),
    "empty": (
        "people: {}\nroles:\n",
        'people: {ana: {name: Ana Reis}, jo: {name: "Jo: O\'Neill, Jr."}}\nroles:\n  photo: {label: Photographs}\n',
    ),
    "absent, and no last line end": (
        "teams: {}",
        'teams: {}\npeople:\n  ana: {name: Ana Reis}\n  jo: {name: "Jo: O\'Neill, Jr."}\nroles:\n'
        "  photo: {label: Photographs}\n",
    ),
    "an empty file": (
        "",
        'people:\n  ana: {name: Ana Reis}\n  jo: {name: "Jo: O\'Neill, Jr."}\nroles:\n  photo: {label: Photographs}\n',
    ),
    "a comment at the end of a block": (
        "people:\n  mira: {name: Mira}\n  # the photographer\n\n\n# what\nroles:\n  essay: {label: Essay}  # one\n",
        'people:\n  mira: {name: Mira}\n  ana: {name: Ana Reis}\n  jo: {name: "Jo: O\'Neill, Jr."}\n'
        "  # the photographer\n\n\n# what\nroles:\n  essay: {label: Essay}  # one\n  photo: {label: Photographs}\n",
    ),
    "braces over several lines": (
        'people: {\n  mira: {name: "Mi}ra"},  # since { 2024\n}\nroles: {\n  essay: {label: Essay},\n}\n',
        'people: {\n  mira: {name: "Mi}ra"}, ana: {name: Ana Reis}, '
        'jo: {name: "Jo: O\'Neill, Jr."}  # since { 2024\n}\n'
        "roles: {\n  essay: {label: Essay}, photo: {label: Photographs}\n}\n",
    ),
    "Windows": (
        "people:\r\n  mira: {name: Mira}\r\nroles: {}\r\n",
        'people:\r\n  mira: {name: Mira}\r\n  ana: {name: Ana Reis}\r\n  jo: {name: "Jo: O\'Neill, Jr."}\r\n'
        "roles: {photo: {label: Photographs}}\r\n",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_new_people_are_added_at_the_end_of_their_list(layout: str) -> None:
    before, after = LAYOUTS[layout]
    assert with_people(before, NEW) == after


def test_a_layout_in_which_people_cannot_be_added_is_left_alone() -> None:
    assert with_people("people: &all\n  mira: {name: Mira}\nteams: *all\n", NEW) is None
    assert with_people("people: [mira]\n", NEW) is None
    assert with_people("people: {mira\n", NEW) is None


PRESENT = (
    "people:\n  ana: {name: Ana Reis}\n  bo: Bo Li\nteams: {desk: {name: The Desk}}\nroles: []\n"
)
ABSENT: dict[str, tuple[str, ResolvedPeople, ResolvedPeople | None]] = {
    "nothing is there": ("", NEW, NEW),
    "the file cannot be read": ("people: {mira\n", NEW, NEW),
    "the file is a list": ("- a\n", NEW, NEW),
    "a person is there": (
        PRESENT,
        ResolvedPeople(people=(("ana", "Ana Reis"), ("jo", "Jo"))),
        ResolvedPeople(people=(("jo", "Jo"),)),
    ),
    "a person is there by name alone": (
        PRESENT, ResolvedPeople(people=(("bo", "Bo Li"),)), ResolvedPeople(),
    ),
    "another person is there": (PRESENT, ResolvedPeople(people=(("ana", "Ana Rice"),)), None),
    "a team is there": (
        PRESENT, ResolvedPeople(teams=(("desk", "The Desk"),)), ResolvedPeople(),
    ),
    "another team is there": (PRESENT, ResolvedPeople(teams=(("desk", "Desk"),)), None),
    "the roles are a list": (
        PRESENT,
        ResolvedPeople(roles=(("photo", "Photographs"),)),
        ResolvedPeople(roles=(("photo", "Photographs"),)),
    ),
    "a role is there": (
        "roles: {photo: {label: Photographs, name: x}, data: {label: Data}}\n",
        ResolvedPeople(roles=(("photo", "Photographs"), ("data", "Data"))),
        ResolvedPeople(),
    ),
    "another role is there": (
        "roles: {photo: {label: Photos, name: Photographs}}\n",
        ResolvedPeople(roles=(("photo", "Photographs"),)),
        None,
    ),
}  # fmt: skip


def test_what_another_import_added_meanwhile_is_not_added_again() -> None:
    remaining = {
        name: (text, new, without_present(text, new)) for name, (text, new, _) in ABSENT.items()
    }
    assert remaining == ABSENT


def test_there_is_something_new_with_a_person_a_team_or_a_role() -> None:
    entry = (("a", "A"),)
    some = [ResolvedPeople(**{key: entry}) for key in ("people", "teams", "roles")]
    assert [found.is_new for found in (*some, ResolvedPeople({"a": "b"}))] == [
        True,
        True,
        True,
        False,
    ]


# --- matching names -------------------------------------------------------------------------------

MASTHEAD = Masthead(
    {"mira": Person("mira", "Mira Oduya"), "tomas": Person("tomas", "Tomás Leal")},
    {"desk": Team("desk", "The Harbour Desk")},
    (Role("essay", "Essay"), Role("photo", "Photographs")),
)


def test_names_are_looked_up_and_similar_ones_are_reported() -> None:
    people = [
        "mira  oduya",
        "Tomas Leal",
        "Mira Odaya",
        "Ana Reis",
        "Ana Rice",
        "The Harbour Desk",
        "Ana Reis",
        "tomas",
    ]
    found = resolve_people(
        people, ["The Chart Table"], ["Essays", "Photographs", "Drawings"], MASTHEAD
    )
    assert found.ids == {
        "mira  oduya": "mira",
        "The Harbour Desk": "desk",
        "tomas": "tomas",
        "Ana Reis": "ana",
        "Ana Rice": "ana-rice",
        "The Chart Table": "chart",
    }
    assert found.people == (("ana", "Ana Reis"), ("ana-rice", "Ana Rice"))
    assert found.teams == (("chart", "The Chart Table"),)
    assert found.of_labels == {"Essays": "essay", "Photographs": "photo", "Drawings": "drawings"}
    assert found.roles == (("drawings", "Drawings"),)
    assert found.near == (
        ("Tomas Leal", "Tomás Leal", "tomas"),
        ("Mira Odaya", "Mira Oduya", "mira"),
    )


def test_a_name_is_similar_with_most_of_its_letters() -> None:
    known = {"desk": Team("desk", "The Harbour Desk"), "quays": Team("quays", "Quays")}
    names = ["The Harbor Desk", "the  harbour DESKS", "Harbour Night Desk", "Quay", "QuaysX"]
    found = resolve_people([], names, [], Masthead({}, known, ()))
    assert found.near == (
        ("The Harbor Desk", "The Harbour Desk", "desk"),
        ("the  harbour DESKS", "The Harbour Desk", "desk"),
        ("QuaysX", "Quays", "quays"),
    )
    assert found.teams == (("harbour", "Harbour Night Desk"), ("quay", "Quay"))


def test_roles_are_looked_up_by_label_and_id_in_singular_or_plural() -> None:
    roles = (Role("essay", "Essay"), Role("photos", "Pictures"), Role("second", "Essays"))
    labels = ["Essays", "essay", "Photo", "picture", "Produced by", "location", "Two Words"]
    found = resolve_people([], [], labels, Masthead({}, {}, roles))
    assert found.of_labels == {
        "Essays": "essay",
        "essay": "essay",
        "Photo": "photos",
        "picture": "photos",
        "Produced by": "produced",
        "location": "location-2",
        "Two Words": "two",
    }
    assert found.roles == (
        ("produced", "Produced by"),
        ("location-2", "location"),
        ("two", "Two Words"),
    )


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Łukasz Øye", "lukasz"),
        ("Öwe Weiß", "owe"),
        ("Weiß Øye", "weiss"),
        ("Øye Lund", "oye"),
        ("The Desk", "desk"),
        ("The", "the"),
        ("Ana\nReis", "ana"),
        ("O’Neill Jo", "oneill"),
        ("李雷", "person"),
        ("Yes Man", "yes-man"),
        ("No", "no-2"),
        ("4 Corners", "person-1"),
    ],
)
def test_ids_are_plain_and_have_no_other_meaning_in_yaml(name: str, id: str) -> None:
    (found,) = resolve_people([name], [], [], Masthead({}, {}, ())).people
    assert found == (id, " ".join(name.split()))


def test_simultaneous_imports_keep_all_new_people(desk: Desk) -> None:
    desk.write("credits.yaml", "people:\n  mira: {name: Mira}\n")
    workspace = find(desk.root)
    some = [ResolvedPeople(people=((f"ana-{number}", f"Ana {number}"),)) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda who: add_people(workspace, who), some))
    assert (desk.root / "credits.yaml").read_text("utf-8").count("name: Ana") == 12
