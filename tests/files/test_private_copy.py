"""A private copy of a package imports replacements and leaves `sys.modules` alone."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from newsletter.files.private_copy import PrivateCopy

FILES = {
    "__init__.py": "raise RuntimeError('the package itself must not run')",
    "top.py": "import json\nimport heavy_one\nfrom quaypack import low, gone\n"
    "from .low import VALUE\nfrom .inner.deep import DEPTH\nNAME = heavy_one.name + gone.name",
    "low.py": "VALUE = 1",
    "inner/__init__.py": "from quaypack.low import VALUE as INNER",
    "inner/deep.py": "from .. import low\nfrom ..low import VALUE\nDEPTH = VALUE + low.VALUE",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateCopy:
    for name, text in FILES.items():
        path = tmp_path / "quaypack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    replaced = {
        "heavy_one": SimpleNamespace(name="light"),
        "quaypack.gone": SimpleNamespace(name=" and here"),
    }
    return PrivateCopy("quaypack", replaced)


def test_modules_load_once_with_replaced_imports(package: PrivateCopy) -> None:
    before = set(sys.modules)
    top = package.load("quaypack.top")
    assert (top.NAME, top.VALUE, top.DEPTH) == ("light and here", 1, 2)
    assert top.json is sys.modules["json"]
    assert top.low is package.load("quaypack.low")
    assert package.load("quaypack.top") is top
    assert package.load("quaypack.inner").INNER == 1
    assert package.load("quaypack.inner").__path__ == [str(package.folder / "inner")]
    assert not {name for name in set(sys.modules) - before if name.startswith("quaypack")}


def test_a_missing_module_or_package_is_named(package: PrivateCopy) -> None:
    with pytest.raises(ImportError, match=r"^quaypack has no module quaypack.high$"):
        package.load("quaypack.high")
    with pytest.raises(ImportError, match=r"^no_such_pack is not installed$"):
        PrivateCopy("no_such_pack", {})
    with pytest.raises(ImportError, match=r"^this is not installed$"):
        PrivateCopy("this", {})
