"""An issue becomes an email with all its files, or is rejected with every reason."""

from __future__ import annotations

import io
import json

import pytest
from msgspec.structs import replace
from PIL import Image

from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files.cache import BuildCache
from newsletter.model import Email
from newsletter.pipeline import build as module
from newsletter.pipeline.build import LoadedIssue, build, make, read
from newsletter.pipeline.library import open_workspace
from newsletter.theme.time_limit import TemplateTimeout
from tests.desk import SLUG, Desk

HEAD = 'name = "The Quay"\nurl = "https://quay.example"\ncheck.ignore = ["NL92", "NL910"]\n'
CHART = (
    "::: chart\ndata: data/ships.csv\nkind: bar\ntitle: Ships\nsource: Port Office\n"
    "as_of: 2025-12-31\n:::\n"
)


def png(width: int = 300) -> bytes:
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((width, 40)).save(buffer, "PNG")
    return buffer.getvalue()


def written(desk: Desk, text: str, settings: str = "") -> None:
    next(desk.issue.glob("*.md")).write_text(f"---\nkind: essay\n---\n{text}\n")
    desk.write("newsletter.toml", HEAD + settings)


def cache(desk: Desk) -> BuildCache:
    return BuildCache(desk.root / ".newsletter" / "cache")


def built(desk: Desk) -> Email:
    return build(open_workspace(desk.root), desk.issue, cache(desk))


def test_images_and_charts_are_files_of_the_email(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/images/quay.png", png())
    desk.write(f"issues/{SLUG}/data/ships.csv", "month,ships\nMay,3\nJune,5\n")
    written(desk, f"![A quay](images/quay.png)\n\n{CHART}")
    email = built(desk)
    names = [image.name for image in email.images]
    assert names == sorted(names)
    assert {name.partition("-")[0] for name in names} == {"quay", "ships"}
    for image in email.images:
        assert image.name in email.html
        assert email.files()[f"images/{image.name}"] == image.data
    kept = [path.suffix for path in cache(desk).folder.rglob("*")]
    assert {".picture", ".chart"} <= set(kept)
    assert built(desk) == email


@pytest.mark.parametrize("template", ["foot.mjml.j2", "web.html.j2"])
def test_images_of_the_theme_are_files_of_the_email_where_either_page_shows_them(
    desk: Desk, template: str
) -> None:
    for name in ("mark", "other"):
        desk.write(f"templates/default/images/{name}.png", png())
    image = '<img src="{{ theme_image("mark.png").src }}" alt="The Quay" width="20" />'
    page = f"<html><body>{image}</body></html>"
    desk.write(
        f"templates/default/{template}",
        page if template == "web.html.j2" else f"<mj-text>{image}</mj-text>",
    )
    email = built(desk)
    assert [image.name.rpartition("-")[0] for image in email.images] == ["mark"]


MERGE = '[merge]\nstyle = "{}"\n'
LEAVE = 'unsubscribe_url = "https://quay.example/leave?a=1&b=2"\n'


def test_addresses_and_fields_are_spelled_in_both_parts(desk: Desk) -> None:
    written(desk, "Dear %%first_name|reader%%.", LEAVE)
    email = built(desk)
    assert "https://quay.example/leave?a=1&amp;b=2" in email.html
    assert "https://quay.example/leave?a=1&b=2" in email.text
    assert "Dear %%first_name|reader%%." in email.html
    assert "Dear reader." in email.web
    written(desk, "Dear %%first_name|reader%%.", LEAVE + MERGE.format("mailchimp"))
    email = built(desk)
    for part in (email.html, email.text):
        assert "Dear *|IF:FNAME|**|FNAME|**|ELSE:|*reader*|END:IF|*." in part
    assert (email.html_file, email.text_file) == (None, None)
    assert "*|" not in email.web
    written(desk, "Dear %%first_name|reader%%.", LEAVE + MERGE.format("listmonk"))
    email = built(desk)
    assert "{{ Safe `" in (email.html_file or "")
    assert "{{ if .Subscriber.FirstName }}" in email.text
    assert f"https://quay.example/{SLUG}/" in email.web


def test_images_are_embedded_where_the_settings_say_so(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/images/quay.png", png())
    written(desk, "![A quay](images/quay.png)")
    email = built(desk)
    (image,) = email.images
    assert b"Content-ID" not in email.message
    written(desk, "![A quay](images/quay.png)", "[images]\ninline = true\n")
    email = built(desk)
    assert f"Content-ID: <{image.name}>".encode() in email.message
    assert f'src="https://quay.example/{SLUG}/images/{image.name}"' in email.html


def test_the_email_knows_its_issue_and_the_manifest_its_files(desk: Desk) -> None:
    yaml = desk.issue / "issue.yaml"
    yaml.write_text(yaml.read_text() + "subject: Ships at the quay\nlanguage: ar\n")
    email = built(desk)
    assert (email.slug, email.subject, email.preheader) == (
        SLUG, "Ships at the quay", "One ship came in.",
    )  # fmt: skip
    assert '<html lang="ar"' in email.html
    assert 'dir="rtl">' in email.html
    files = json.loads(email.manifest)["files"]
    assert sorted(files) == ["email.html", "email.txt", "message.eml", "web.html"]


def test_an_issue_with_errors_is_rejected_with_all_of_them(desk: Desk) -> None:
    written(desk, "![A](images/a.png)\n\n::: zzz\nx: 1\n:::\n")
    (desk.issue / "20-empty.md").write_text("---\nkind: essay\n---\n")
    workspace = open_workspace(desk.root)
    loaded = read(workspace, desk.issue, cache(desk))
    assert not loaded.sound
    findings = [
        (finding.code, finding.where.path.rpartition("/")[2]) for finding in loaded.findings
    ]
    assert findings == [
        ("NL501", "10-essay.md"),
        ("NL021", "10-essay.md"),
        ("NL031", "20-empty.md"),
    ]
    for attempt in (
        lambda: make(workspace, loaded, cache(desk)),
        lambda: build(workspace, desk.issue, cache(desk)),
    ):
        with pytest.raises(IssueRejected) as caught:
            attempt()
        assert caught.value.message.startswith(SLUG)
        assert caught.value.findings == loaded.findings


def test_a_loaded_issue_is_sound_if_everything_is_there_and_nothing_is_wrong(desk: Desk) -> None:
    workspace = open_workspace(desk.root)
    loaded = read(workspace, desk.issue, cache(desk))
    assert loaded.sound
    assert (loaded.folder, loaded.findings, loaded.allowed) == (desk.issue, (), ())
    bad: list[LoadedIssue] = [replace(loaded, issue=None), replace(loaded, theme=None)]
    for part in bad:
        assert not part.sound
        with pytest.raises(IssueRejected):
            make(workspace, part, cache(desk))


def test_an_allowed_error_of_the_structure_does_not_block(desk: Desk) -> None:
    (desk.issue / "20-empty.md").write_text("---\nkind: essay\n# allow NL031: comes later\n---\n")
    loaded = read(open_workspace(desk.root), desk.issue, cache(desk))
    assert [finding.code for finding in loaded.findings] == []
    assert [(finding.code, finding.allowed) for finding in loaded.allowed] == [
        ("NL031", "comes later")
    ]
    assert loaded.sound


def test_a_theme_that_does_not_end_is_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*arguments: object, **named: object) -> Email:
        raise TemplateTimeout

    monkeypatch.setattr(module, "_render", stopped)
    with pytest.raises(NewsletterError) as caught:
        built(desk)
    assert caught.value.message == "Email did not finish within 15 seconds"
    assert caught.value.hint == "Look for an infinite loop in the theme."
