"""Shared by the target tests: none of this machine's secrets or proxies, no waiting, fakes that
never send.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.desk import Desk
from tests.targets.cases import CASES, Case, Workshop
from tests.targets.fakes.server import running


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr("newsletter.targets.client.PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture(params=CASES, ids=lambda each: each.name)
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.fixture
def shop(
    case: Case, tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workshop]:
    """A workspace that publishes to one fake service. Every test checks that nothing is sent and no
    secret is shown.
    """
    desk = Desk.of(Path(__file__).parents[1] / "issues" / "smallest", tmp_path / "desk")
    shutil.copytree(compiled, desk.root / ".newsletter" / "cache")
    monkeypatch.setenv(case.variable, case.token)
    with running(case.fake()) as fake:
        desk.write("newsletter.toml", case.settings(fake.url.removesuffix("/ghost")))
        workshop = Workshop(desk, fake, case)
        yield workshop
        assert fake.violations == [], "publish sent, scheduled or started something"
        workshop.look_for_secrets()


@pytest.fixture
def pictured(shop: Workshop) -> Workshop:
    """The same, with one image in the issue: one file for dense screens and one for all others."""
    (shop.desk.issue / "images").mkdir()
    Image.radial_gradient("L").resize((1200, 300)).save(shop.desk.issue / "images" / "quay.png")
    shop.write("![Ships at the quay on a grey morning](images/quay.png)\n\nShips came in.")
    return shop
