"""The wording of the credits block."""

from __future__ import annotations

import pytest

from newsletter.model import Credit, Credits, Location, Person, Role, Team
from newsletter.render.credits import credit_lines

WHERE = Location("credits.yaml")
MIRA, TOMAS, INES = Person("mira", "Mira"), Person("tomas", "Tomás"), Person(None, "Ines")
DESK = Team("desk", "The Desk")
ESSAY, DATA, POSTSCRIPT, PHOTO = (
    Role(name.lower(), name) for name in ("Essay", "Data", "Postscript", "Photographs")
)
PHRASES = {
    "colon": ": ",
    "produced": "Produced by {team} in {place}",
    "produced_nowhere": "Produced by {team}",
}
Held = list[tuple[Role, tuple[Person | Team, ...]]]


@pytest.mark.parametrize(
    ("held", "produced", "place", "expected"),
    [
        ([(ESSAY, (MIRA,))], (), None, ["Essay: Mira"]),
        ([(ESSAY, (MIRA, TOMAS, INES))], (), None, ["Essay: Mira, Tomás and Ines"]),
        (
            [(ESSAY, (MIRA,)), (DATA, (TOMAS,)), (POSTSCRIPT, (TOMAS,))],
            (),
            None,
            ["Essay: Mira", "Data and Postscript: Tomás"],
        ),
        (
            [(DATA, (TOMAS,)), (ESSAY, (MIRA,)), (POSTSCRIPT, (TOMAS,)), (PHOTO, (TOMAS,))],
            (),
            None,
            ["Data, Postscript and Photographs: Tomás", "Essay: Mira"],
        ),
        # The same two people in another order keep the roles together; one of the two alone does
        # not.
        (
            [(ESSAY, (MIRA, TOMAS)), (DATA, (TOMAS, MIRA)), (PHOTO, (MIRA,))],
            (),
            None,
            ["Essay and Data: Mira and Tomás", "Photographs: Mira"],
        ),
        ([(ESSAY, ()), (DATA, (DESK,))], (), None, ["Data: The Desk"]),
        ([], (DESK,), "Lisbon, Portugal", ["Produced by The Desk in Lisbon, Portugal"]),
        ([], (DESK, MIRA), None, ["Produced by The Desk and Mira"]),
        ([], (DESK,), "{team}", ["Produced by The Desk in {team}"]),
        ([], (Person(None, "{place}"),), "Porto", ["Produced by {place} in Porto"]),
        ([], (), None, []),
    ],
)
def test_credit_lines(
    held: Held, produced: tuple[Person | Team, ...], place: str | None, expected: list[str]
) -> None:
    credits = Credits(
        tuple(Credit(role, holders, WHERE) for role, holders in held), produced, place, WHERE
    )
    assert [line.text for line in credit_lines(credits, "en", PHRASES)] == expected


def test_a_phrase_of_a_theme_may_name_a_place_that_is_missing() -> None:
    credits = Credits((), (DESK,), None, WHERE)
    phrases = {**PHRASES, "produced_nowhere": "{team} of {place}."}
    (line,) = credit_lines(credits, "en", phrases)
    assert (line.before, line.names, line.after) == ("", "The Desk", " of .")


def test_a_line_names_its_roles_and_holders() -> None:
    roles = (Credit(DATA, (MIRA, TOMAS), WHERE), Credit(ESSAY, (TOMAS, MIRA), WHERE))
    one, two = credit_lines(Credits(roles, (DESK,), "Lisbon", WHERE), "en", PHRASES)
    assert (one.roles, one.label, one.holders) == (
        ("data", "essay"),
        "Data and Essay",
        (MIRA, TOMAS),
    )
    assert (one.before, one.names, one.after) == ("Data and Essay: ", "Mira and Tomás", "")
    assert (two.roles, two.label, two.holders) == ((), "", (DESK,))
    assert (two.before, two.names, two.after) == ("Produced by ", "The Desk", " in Lisbon")


def test_a_place_alone_has_a_line() -> None:
    phrases = {**PHRASES, "place": "Made in {place}"}
    (line,) = credit_lines(Credits((), (), "Lisbon", WHERE), "en", phrases)
    assert (line.roles, line.label, line.holders, line.names) == ((), "", (), "")
    assert (line.before, line.after) == ("Made in Lisbon", "")


def test_credit_lines_in_another_language() -> None:
    credits = Credits(
        (Credit(ESSAY, (MIRA, TOMAS), WHERE), Credit(DATA, (MIRA, TOMAS), WHERE)), (), None, WHERE
    )
    phrases = {**PHRASES, "colon": " : "}
    assert [line.text for line in credit_lines(credits, "fr", phrases)] == [
        "Essay et Data : Mira et Tomás"
    ]
