"""A look is tried on an issue: one page with both emails, and what the look would report."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from lxml import html
from PIL import Image

from newsletter.errors import IssueRejected, WrongUsage
from newsletter.pipeline.library import build_email, list_findings, open_workspace
from newsletter.pipeline.trial import LookTrial, try_look
from tests.desk import SLUG, Desk

SETTINGS = 'name = "The Quay"\nurl = "https://quay.example"\ncheck.ignore = ["NL92", "NL910"]\n'


def tried(desk: Desk, look: str) -> LookTrial:
    return try_look(open_workspace(desk.root), desk.issue, look)


def shown(folder: Path) -> list[list[tuple[str | None, ...]]]:
    """Return the columns of a page: heading, then source, title and class of each frame."""
    page = html.fromstring((folder / "index.html").read_text("utf-8"))
    return [
        [
            (column.find("h2").text,),
            *(
                (frame.get("src"), frame.get("title"), frame.get("class"))
                for frame in column.iter("iframe")
            ),
        ]
        for column in page.iter("section")
    ]


def test_both_emails_are_shown_wide_and_as_on_a_phone(desk: Desk) -> None:
    trial = tried(desk, "signal")
    folder = desk.root / ".newsletter" / "try" / SLUG
    assert (trial.slug, trial.page) == (SLUG, folder / "index.html")
    assert shown(folder) == [
        [
            ("default",),
            ("present/email.html", "default", None),
            ("present/email.html", "default on a phone", "phone"),
        ],
        [
            ("signal",),
            ("tried/email.html", "signal", None),
            ("tried/email.html", "signal on a phone", "phone"),
        ],
    ]
    page = trial.page.read_text("utf-8")
    assert page.startswith('<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">')
    assert page.endswith("</section></main></body></html>\n")
    assert f"<title>{SLUG}: default and signal</title>" in page


def test_the_emails_are_those_of_a_build_and_their_sizes_are_returned(desk: Desk) -> None:
    trial = tried(desk, "signal")
    workspace = open_workspace(desk.root)
    present = build_email(workspace, SLUG).html
    desk.write("newsletter.toml", SETTINGS + 'theme = "signal"\n')
    signal = build_email(open_workspace(desk.root), SLUG).html
    folder = trial.page.parent
    assert (folder / "present" / "email.html").read_text("utf-8") == present
    assert (folder / "tried" / "email.html").read_text("utf-8") == signal
    assert (trial.present, trial.tried) == (len(present.encode()), len(signal.encode()))
    assert present != signal
    assert trial.findings == ()


def test_images_are_next_to_each_email(desk: Desk) -> None:
    picture = io.BytesIO()
    Image.radial_gradient("L").resize((300, 200)).save(picture, "PNG")
    desk.write(f"issues/{SLUG}/images/quay.png", picture.getvalue())
    text = "---\nkind: essay\n---\n![A quay](images/quay.png)\n"
    remote = "\n::: figure\nsrc: https://cdn.example/a.png\nalt: A crane\nwidth: 300\n:::\n"
    next(desk.issue.glob("*.md")).write_text(text + remote)
    folder = tried(desk, "signal").page.parent
    for name in ("present", "tried"):
        email = html.fromstring((folder / name / "email.html").read_text("utf-8"))
        local, far = (image.get("src") for image in email.iter("img"))
        assert (folder / name / local).is_file()
        assert far == "https://cdn.example/a.png"
        assert [p.name for p in (folder / name / "images").iterdir()] == [Path(local).name]


def test_only_what_the_tried_look_adds_is_reported(desk: Desk) -> None:
    desk.write("templates/quay/look.toml", 'extends = "signal"\n')
    desk.write("templates/quay/tokens.toml", '[light]\naccent = "#86331f"\n')
    desk.write("newsletter.toml", SETTINGS + '[theme]\naccent = "#004466"\n')
    desk.write(f"issues/{SLUG}/notes.txt", "not read with any look")
    trial = tried(desk, "quay")
    assert [finding.code for finding in trial.findings] == ["NL015", "NL016"]
    both = list_findings(open_workspace(desk.root), SLUG)
    assert "NL012" in [finding.code for finding in both], "the file that is not read"
    assert shown(trial.page.parent)[1][0] == ("quay",)


@pytest.mark.parametrize(
    ("look", "hint"),
    [
        ("sginal", 'Write "signal" if that is what you meant.'),
        ("zzz", "Use one of the looks: default, broadsheet, signal, digest, plain."),
    ],
)
def test_an_unknown_look_is_refused(desk: Desk, look: str, hint: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        tried(desk, look)
    assert (caught.value.message, caught.value.hint) == (f'Unknown look "{look}"', hint)
    assert not (desk.root / ".newsletter" / "try").exists()


def test_an_issue_with_errors_is_not_tried(desk: Desk) -> None:
    (desk.issue / "issue.yaml").write_text("title: [")
    with pytest.raises(IssueRejected) as caught:
        tried(desk, "signal")
    assert [finding.code for finding in caught.value.findings] == ["NL002"]
