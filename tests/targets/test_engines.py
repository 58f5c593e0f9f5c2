"""The fake's template engine matches Go's recorded output; the one of Buttondown and Brevo is
Django itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from newsletter.model import Email, Publication
from newsletter.render.go_template import as_literals, for_go_template, without_safe
from newsletter.render.merge import fill, spell
from tests.desk import Desk
from tests.targets.fakes.engines import VALUES, TemplateError, django, go_html

RECORDED = json.loads((Path(__file__).parent / "go_engine" / "recorded.json").read_text("utf-8"))
PROSE = "it's `a` <b {{ x }} {% if %} {# n #} @TrackLink & %%first_name|you%% %%unsubscribe_url%%"
WHOLE = Path(__file__).parents[1] / "issues" / "every-block" / "expected" / "email.html"


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
def test_the_fake_engine_matches_go(case: dict[str, str]) -> None:
    if case["rendered"] is None:
        with pytest.raises(TemplateError):
            go_html(case["template"])
    else:
        assert unescape(go_html(case["template"])) == unescape(case["rendered"])


def test_a_whole_email_passes_listmonks_engine_unchanged() -> None:
    html = without_safe(WHOLE.read_text("utf-8"))
    assert "<!--[if" in html
    assert ".Subscriber" in html
    reader = {
        "name": VALUES[".Subscriber.Name"],
        "first_name": VALUES[".Subscriber.FirstName"],
        "email": VALUES[".Subscriber.Email"],
        "unsubscribe_url": VALUES["UnsubscribeURL"],
        "web_url": VALUES["MessageURL"],
    }
    assert go_html(as_literals(html)) == fill(html, "listmonk", reader, html=True)


def test_plain_text_passes_listmonks_engine_unchanged() -> None:
    publication = Publication("Quay", "https://quay.example", merge="listmonk")
    text = as_literals(spell(PROSE, publication, "", html=False), values_safe=True)
    assert unescape(go_html(text)) == (
        "it's `a` <b {{ x }} {% if %} {# n #} @TrackLink & O'Brien "
        "https://lists.quay.example/leave/1?a=b&c=d"
    )


@pytest.mark.parametrize(
    ("style", "context"),
    [
        ("buttondown", {"subscriber": {"metadata": {"first_name": "Zoë"}}, "unsubscribe_url": "U"}),
        ("buttondown", {"subscriber": {"metadata": {}}, "unsubscribe_url": "U"}),
        ("brevo", {"contact": {"FIRSTNAME": "Zoë"}, "unsubscribe": "U"}),
        ("brevo", {"contact": {}, "unsubscribe": "U"}),
    ],
)
def test_prose_passes_django_unchanged(style: str, context: dict[str, object]) -> None:
    publication = Publication("Quay", "https://quay.example", merge=style)  # type: ignore[arg-type]
    rendered = unescape(django(spell(PROSE, publication, "", html=True), context))
    name = "Zoë" if "Zoë" in str(context) else "you"
    assert rendered == f"it's `a` <b {{{{ x }}}} {{% if %}} {{# n #}} @TrackLink & {name} U"


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Go's own html/template, compiled on this machine; without Go the recorded output is used."""
    compiler = shutil.which("go")
    if compiler is None:
        pytest.skip("needs Go on this machine (Debian: apt install golang-go)")
    program = tmp_path_factory.mktemp("go") / "engine"
    source = Path(__file__).parent / "go_engine" / "main.go"
    home = {
        "HOME": str(program.parent),
        "GOCACHE": str(program.parent / "cache"),
        "GO111MODULE": "off",
    }
    subprocess.run([compiler, "build", "-o", program, source], check=True, env=os.environ | home)

    def render(template: str) -> str:
        ran = subprocess.run([program], input=template.encode(), capture_output=True, check=False)
        if ran.returncode:
            raise TemplateError(ran.stderr.decode())
        return ran.stdout.decode()

    return render


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a plain build with `merge.style = "listmonk"`."""
    desk = Desk.of(WHOLE.parents[1], tmp_path_factory.mktemp("plain") / "desk")
    assert desk.run("build").code == 0
    (folder,) = (desk.root / "dist").iterdir()
    return folder


READER = {
    "name": VALUES[".Subscriber.Name"],
    "first_name": VALUES[".Subscriber.FirstName"],
    "email": VALUES[".Subscriber.Email"],
    "unsubscribe_url": VALUES["UnsubscribeURL"],
    "web_url": VALUES["MessageURL"],
}


def as_read(rendered: str) -> str:
    """Return rendered HTML with uniform apostrophes: Go and Python escape them differently."""
    return rendered.replace("&#39;", "&#x27;")


def check_plain_build(files: Path, render: Callable[[str], str]) -> None:
    """Both parts of a plain build arrive unchanged: conditional comments, names, `<` and all."""
    html = (files / "email.html").read_text("utf-8")
    text = (files / "email.txt").read_text("utf-8")
    whole = without_safe(html)
    assert "<!--" in whole
    assert "<!--" not in re.sub(r"\{\{ Safe `[^`]*` \}\}", "", html)
    assert as_read(render(html)) == as_read(fill(whole, "listmonk", READER, html=True))
    assert render(text) == fill(without_safe(text), "listmonk", READER, html=False)
    assert "O'Brien" in render(text)
    assert "code & <signs>" in render(text)


def test_a_plain_build_for_listmonk_passes_the_fake(files: Path) -> None:
    check_plain_build(files, go_html)


def test_a_plain_build_for_listmonk_passes_go_itself(files: Path, go: Callable[[str], str]) -> None:
    check_plain_build(files, go)


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case["name"])
def test_go_still_matches_the_recorded_output(
    case: dict[str, str], go: Callable[[str], str]
) -> None:
    if case["rendered"] is None:
        with pytest.raises(TemplateError):
            go(case["template"])
    else:
        assert go(case["template"]) == case["rendered"]


def test_a_text_without_fields_stays_as_it_is() -> None:
    email = Email("s", "S", "<p>a</p>", "it's < b\n", "", b"", b"", ())
    assert for_go_template(email).text_file is None
