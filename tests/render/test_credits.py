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


def test_credit_lines_in_another_language() -> None:
    credits = Credits(
        (Credit(ESSAY, (MIRA, TOMAS), WHERE), Credit(DATA, (MIRA, TOMAS), WHERE)), (), None, WHERE
    )
    phrases = {**PHRASES, "colon": " : "}
    assert [line.text for line in credit_lines(credits, "fr", phrases)] == [
        "Essay et Data : Mira et Tomás"
    ]
