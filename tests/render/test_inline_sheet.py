"""The theme's inlined style sheet: what cannot be inlined stays in the head."""

from __future__ import annotations

import pytest

from tests.desk import SLUG, Desk


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("a:hover{color:#111}", "a:hover{color:#111}"),
        ("@media (max-width:400px){.f{color:#111}}", "@media (max-width:400px){.f{color:#111}}"),
        ("/* a note */ p{color:#111}", "color:#111"),
    ],
)
def test_the_inlined_sheet_may_contain_every_kind_of_rule(desk: Desk, rule: str, kept: str) -> None:
    desk.write("templates/default/inline.css.j2", "p{margin:0}\n" * 40 + rule)
    ran = desk.run("build")
    assert (ran.code, ran.err.count("error")) == (0, 0), ran.err
    html = (desk.root / "dist" / SLUG / "email.html").read_text("utf-8")
    assert kept in html.replace(" !important", "")
