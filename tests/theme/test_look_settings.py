"""`[theme]` applies to every output: colors, fonts, images, links and lines."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from newsletter.pipeline.library import build_email, list_findings, open_workspace
from newsletter.theme.looks import packaged_looks
from newsletter.theme.theme import Theme, open_theme
from tests.desk import SLUG, Desk

HEAD = 'name = "The Quay"\nurl = "https://quay.example"\nunsubscribe_url = "https://quay.example/leave"\n'
NAVY, PALE = (20, 40, 90), (200, 220, 255)

SETTINGS = """
[theme]
name = "{look}"
logo = {{src = "logo.png", alt = "The Quay, weekly", width = 120}}
logo_dark = "night.png"

[theme.masthead]
sponsor = {{text = "With support from the Trust", url = "https://trust.example/"}}
forwarded = {{text = "Forwarded to you? Subscribe", url = "https://quay.example/join"}}

[theme.foot]
address = false
links = [
  {{text = "About us", url = "https://quay.example/about"}},
  {{text = "Mastodon", url = "https://social.example/@quay", icon = "mastodon.png"}},
]
"""


def picture(
    color: tuple[int, int, int], size: tuple[int, int] = (240, 60), alpha: int = 0
) -> bytes:
    """Return a PNG of a bar on a transparent background."""
    image = Image.new("RGBA", size, (255, 255, 255, alpha))
    ImageDraw.Draw(image).rectangle((4, 4, size[0] - 5, size[1] - 5), fill=(*color, 255))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def dressed(desk: Desk, look: str = "default") -> Desk:
    desk.write("newsletter.toml", HEAD + 'postal_address = "Quay 1"\n' + SETTINGS.format(look=look))
    for name, data in (
        ("logo.png", picture(NAVY)),
        ("night.png", picture(PALE)),
        ("mastodon.png", picture((120, 120, 120), (48, 48))),
    ):
        desk.write(f"templates/{look}/images/{name}", data)
    return desk


def theme_of(desk: Desk, settings: str) -> Theme:
    desk.write("newsletter.toml", f"{HEAD}\n[theme]\n{settings}\n")
    workspace = open_workspace(desk.root)
    return open_theme(workspace, workspace.publication.theme)


@pytest.mark.parametrize("look", packaged_looks())
def test_every_look_prints_logo_links_and_lines_in_every_medium(look: str, desk: Desk) -> None:
    email = build_email(open_workspace(dressed(desk, look).root), SLUG)
    names = {image.src: image.name for image in email.images}
    assert sorted(names) == ["logo.png", "mastodon.png", "night.png"]
    base = f"https://quay.example/{SLUG}/images/"
    for text in ('alt="The Quay, weekly"', 'width="120"', "Forwarded to you?", "About us"):
        assert text in email.html
    for name in names.values():
        assert f'"{base}{name}"' in email.html
        assert f'"images/{name}"' in email.web
        assert name not in email.text
    for line in (
        "With support from the Trust",
        "https://trust.example/",
        "Forwarded to you? Subscribe",
    ):
        assert line in email.text
    assert "Mastodon:\nhttps://social.example/@quay\n" in email.text
    assert 'rel="sponsored"' in email.web
    assert "Forwarded" not in email.web
    for output in (email.html, email.web, email.text):
        assert "Quay 1" not in output  # `address = false`
    findings = list_findings(open_workspace(desk.root), SLUG)
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


def test_images_are_included_in_every_output(desk: Desk) -> None:
    dressed(desk)
    desk.write(
        "newsletter.toml",
        HEAD + "[images]\ninline = true\n" + SETTINGS.format(look="default"),
    )
    assert desk.run("build").code == 0
    built = desk.root / "dist" / SLUG
    images = sorted(path.name for path in (built / "images").iterdir())
    assert [name.rpartition("-")[0] for name in images] == ["logo", "mastodon", "night"]
    message = (built / "message.eml").read_text("utf-8").replace("=\n", "")
    for name in images:
        # An email with embedded images has no separate image for dark mode.
        assert (f"Content-ID: <{name}>" in message) is not name.startswith("night")
    assert desk.run("archive", "--drafts").code == 0
    site = desk.root / "site-drafts"
    assert {path.name for path in (site / "assets").glob("*.png")} == set(images)
    page = (site / SLUG / "index.html").read_text("utf-8")
    assert f'src="../assets/{images[0]}"' in page
    assert "https://quay.example/about" in page


# settings, table and key of a token, its value
TOKENS = (
    ('accent = "#86331f"', ("light", "accent"), "#86331f"),
    ('accent = "#ffd500"', ("light", "accent"), "#7b6500"),
    ('accent = "#ffd500"', ("dark", "accent"), "#ffd500"),
    ('font = "sans"', ("font", "serif"), "Helvetica,Arial,sans-serif"),
    (
        "font = \"'Iowan Old Style', Charter, serif\"",
        ("font", "serif"),
        "'Iowan Old Style',Charter,serif",
    ),
    ("width = 620", ("width", "text"), 620),
    ("width = 620", ("width", "page"), 660),
    ('density = "airy"', ("space", "section"), 45),
    ('density = "compact"', ("leading", "body"), 1.52),
)


@pytest.mark.parametrize(("settings", "token", "value"), TOKENS)
def test_a_setting_changes_tokens(
    settings: str, token: tuple[str, str], value: object, desk: Desk
) -> None:
    table, key = token
    assert theme_of(desk, settings).tokens[table][key] == value


def test_tokens_of_the_theme_override_settings_and_this_is_reported(desk: Desk) -> None:
    desk.write("templates/default/tokens.toml", '[light]\naccent = "#333366"\n')
    theme = theme_of(desk, 'accent = "#86331f"')
    assert theme.tokens["light"]["accent"] == "#333366"
    assert theme.tokens["light"]["button"] == "#86331f"
    (overridden, _) = theme.findings
    assert str(overridden.where) == "templates/default/tokens.toml:2:1"
    assert overridden.code == "NL016"


def test_an_overridden_width_and_font_are_reported_too(desk: Desk) -> None:
    desk.write(
        "templates/default/tokens.toml", '[width]\ntext = 540\n[font]\nserif = "Charter,serif"\n'
    )
    theme = theme_of(desk, 'width = 600\nfont = "sans"')
    assert theme.tokens["width"]["text"] == 540
    assert [str(f.where) for f in theme.findings] == [
        "templates/default/tokens.toml:4:1",
        "templates/default/tokens.toml:2:1",
    ]


def test_an_accent_that_cannot_be_kept_is_an_info_at_its_line(desk: Desk) -> None:
    (finding,) = theme_of(desk, 'accent = "#ffd500"').findings
    assert (finding.code, finding.severity) == ("NL015", "info")
    assert (finding.where.path, finding.where.line) == ("newsletter.toml", 6)
    assert "#7b6500" in finding.message


# images, settings, messages of the findings
LOGOS = (
    (NAVY, PALE, ()),
    (NAVY, None, ("logo.png is hardly visible in dark mode: 100% of it under 3:1 on #17191b",)),
    (NAVY, NAVY, ("night.png is hardly visible in dark mode: 100% of it under 3:1 on #17191b",)),
    (PALE, None, ("logo.png is hardly visible in light mode: 100% of it under 3:1 on #fdfcf9",)),
)


@pytest.mark.parametrize(("light", "dark", "expected"), LOGOS)
def test_an_invisible_logo_is_an_error(
    light: tuple[int, int, int],
    dark: tuple[int, int, int] | None,
    expected: tuple[str, ...],
    desk: Desk,
) -> None:
    desk.write("templates/default/images/logo.png", picture(light))
    settings = 'logo = "logo.png"\n'
    if dark:
        desk.write("templates/default/images/night.png", picture(dark))
        settings += 'logo_dark = "night.png"\n'
    desk.write("newsletter.toml", f"{HEAD}\n[theme]\n{settings}")
    findings = list_findings(open_workspace(desk.root), SLUG)
    assert tuple(f.message for f in findings if f.code == "NL506" and dark) == (
        expected if dark else ()
    )
    if not dark:
        assert expected[0] in [f.message for f in findings if f.code == "NL506"]


def test_a_logo_with_its_own_background_is_visible_everywhere(desk: Desk) -> None:
    desk.write("templates/default/images/logo.png", picture(NAVY, alpha=255))
    assert theme_of(desk, 'logo = "logo.png"').findings == ()


def test_a_logo_is_never_wider_than_the_text(desk: Desk) -> None:
    desk.write("templates/default/images/logo.png", picture(NAVY, (1600, 200), alpha=255))
    desk.write("newsletter.toml", f'{HEAD}\n[theme]\nlogo = "logo.png"\n')
    assert 'width="560"' in build_email(open_workspace(desk.root), SLUG).html
    desk.write("newsletter.toml", f'{HEAD}\n[theme]\nlogo = {{src = "logo.png", width = 600}}\n')
    ran = desk.run("build")
    assert "newsletter.toml:6:27: error NL005" in ran.err
    assert "width: 600 is wider than the text, 560 pixels" in ran.err


def test_a_logo_missing_from_a_custom_masthead_template_is_a_warning(desk: Desk) -> None:
    dressed(desk)
    desk.write(
        "templates/default/masthead.j2",
        "{% if medium == 'email' %}<mj-text>Q</mj-text>{% endif %}\n",
    )
    findings = list_findings(open_workspace(desk.root), SLUG)
    assert [f.message for f in findings if f.code == "NL043"] == ["The logo is not in the email"]


def test_a_logo_of_single_pixels_is_an_info(desk: Desk) -> None:
    desk.write("templates/default/images/logo.png", picture(NAVY, (120, 30), alpha=255))
    (finding,) = theme_of(desk, 'logo = {src = "logo.png", width = 120}').findings
    assert (finding.code, finding.severity) == ("NL017", "info")


BAD_PICTURES = (
    ("logo.svg", b"<svg/>", 'Unused file: not an image that mail clients show: "logo.svg"'),
    ("logo.png", b"not a picture", "Not a PNG, JPEG or GIF file that can be read"),
    (
        "logo.jpg",
        b"\xff\xd8" + b"\0" * 300_000,
        "Image of 300,002 bytes; the limit for a theme is 200,000",
    ),
)


@pytest.mark.parametrize(("name", "data", "message"), BAD_PICTURES)
def test_an_image_that_clients_do_not_show_is_reported_at_its_file(
    name: str, data: bytes, message: str, desk: Desk
) -> None:
    desk.write(f"templates/default/images/{name}", data)
    findings = list_findings(open_workspace(desk.root), SLUG)
    assert (f"templates/default/images/{name}", message) in [
        (f.where.path, f.message) for f in findings
    ]


def test_phrases_and_labels_from_the_settings_are_printed(desk: Desk) -> None:
    desk.write(
        "newsletter.toml",
        HEAD + '[theme.labels]\nessay = "Words"\n[theme.phrases]\nunsubscribe = "Leave"\n'
        '[theme.phrases.de]\nunsubscribe = "Abmelden, bitte"\n',
    )
    desk.write(
        f"issues/{SLUG}/credits.yaml", "essay: {name: Ana Reis}\nlocation: Lisbon, Portugal\n"
    )
    workspace = open_workspace(desk.root)
    email = build_email(workspace, SLUG)
    assert "Leave:" in email.text
    assert ">Leave</a>" in email.html
    assert "Words: Ana Reis" in email.text
    assert open_theme(workspace, "default").phrases_for("de")["unsubscribe"] == "Abmelden, bitte"


def test_a_template_can_print_any_image_of_the_theme(desk: Desk) -> None:
    desk.write("templates/default/images/ship.png", picture(NAVY))
    partial = '{% set ship = theme_image("ship.png") %}'
    partial += '<mj-text><img src="{{ ship.src }}" width="{{ ship.width }}" alt="" /></mj-text>'
    desk.write("templates/default/foot.mjml.j2", partial)
    email = build_email(open_workspace(desk.root), SLUG)
    (image,) = email.images
    assert f'/images/{image.name}" width="120"' in email.html
    desk.write("templates/default/foot.mjml.j2", partial.replace("ship.png", "shop.png"))
    ran = desk.run("build")
    assert ran.err == (
        'templates/default/foot.mjml.j2:1: error: Image not found: "shop.png"\n'
        '    hint: Write "ship.png" if that is what you meant.\n'
    )


def test_theme_as_a_string_is_short_for_its_name(desk: Desk, tmp_path: Path) -> None:
    desk.write("newsletter.toml", HEAD + 'theme = "default"\n')
    short = build_email(open_workspace(desk.root), SLUG)
    desk.write("newsletter.toml", HEAD + '[theme]\nname = "default"\n')
    assert build_email(open_workspace(desk.root), SLUG).files() == short.files()


KIND = "---\nkind: interview\ntitle: Four questions\n---\nWho counts the ships?\n\n## And at night\n\nNobody.\n"


def test_a_section_kind_can_be_defined_in_the_settings(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/20-interview.md", KIND)
    desk.write(
        "newsletter.toml",
        HEAD
        + '[theme.sections.interview]\nlabel = {en = "In conversation", de = "Im Gespräch"}\nlevel = 3\n',
    )
    email = build_email(open_workspace(desk.root), SLUG)
    for html in (email.html, email.web):
        assert "In conversation" in html
        assert [tag in html for tag in ("<h3", "<h4", "Four questions</h3>")] == [True] * 3
    assert "IN CONVERSATION\nFour questions\n" in email.text
    assert desk.run("archive", "--drafts").code == 0
    assert "Four questions</h3>" in (desk.root / f"site-drafts/{SLUG}/index.html").read_text(
        "utf-8"
    )


def test_a_new_kind_needs_only_a_partial_or_a_setting(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/20-interview.md", KIND)
    desk.write("templates/default/sections/interview.j2", '{% extends "section.j2" %}\n')
    email = build_email(open_workspace(desk.root), SLUG)
    assert "Four questions</h2>" in email.html
