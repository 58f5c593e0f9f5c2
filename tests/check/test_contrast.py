"""Low contrast is found in every rendering, even if only one rendering has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.check import example, run
from newsletter.check.email.checked_email import CheckedEmail, EmailCheckSettings
from newsletter.check.rules.contrast import low_contrast
from newsletter.files.cache import BuildCache
from newsletter.pipeline.build import make, read
from newsletter.workspace import find
from tests.desk import laid_out

PANEL = "---\nkind: essay\ntitle: The Quiet Port\nby: mira\n---\n::: callout Why\nThe quay is empty.\n:::\n"


def reported(root: Path, tokens: str) -> list[str]:
    shown = {"templates/default/tokens.toml": tokens, "10-essay.md": PANEL}
    workspace = find(laid_out(root, example.workspace(shown)).root)
    blobs = BuildCache(workspace.state / "cache")
    draft = read(workspace, workspace.issues / example.SLUG, blobs)
    email = make(workspace, draft, blobs)
    assert draft.issue
    assert draft.theme
    checked_email = CheckedEmail(
        draft.issue, email, workspace.publication, draft.theme, EmailCheckSettings()
    )
    return [f"{finding.where}: {finding.message}" for finding in run([low_contrast], checked_email)]


@pytest.mark.parametrize(
    ("tokens", "start", "where"),
    [
        ('[light]\nsoft = "#8a9097"\n', "#8a9097 on #fdfcf9", "in the light"),
        ('[dark]\nsoft = "#5f6468"\n', "#5f6468 on #17191b", "in the theme's own dark"),
        ('[dark]\ntint = "#9a9a9a"\n', "#e7e4dd on #9a9a9a", "in the theme's own dark"),
        ('[light]\nsoft = "#696f75"\n', "#696f75 on #fdfcf9", "in Outlook.com's dark"),
    ],
)
def test_low_contrast_names_the_token_the_pair_and_the_rendering(
    tmp_path: Path, tokens: str, start: str, where: str
) -> None:
    findings = reported(tmp_path, tokens)
    assert findings
    assert any(start in message and where in message for message in findings), findings
    assert all(message.startswith("templates/default/tokens.toml:2:") for message in findings), (
        findings
    )


def test_low_contrast_in_outlook_only_names_outlook_only(tmp_path: Path) -> None:
    findings = reported(tmp_path, '[light]\nsoft = "#696f75"\n')
    assert not any("in the light" in message or "Gmail" in message for message in findings)


def test_a_theme_without_pale_colors_has_no_findings(tmp_path: Path) -> None:
    assert reported(tmp_path, '[light]\nsoft = "#333333"\n') == []
