"""A private copy of a package's modules, with some of its imports replaced.

Two packages import far more than is needed here. Replacing those imports in `sys.modules` would
affect the program that uses this library; a copy outside `sys.modules` does not.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any


class PrivateCopy:
    """Loads modules of one package without running its `__init__`.

    `replaced` maps the names of modules, absolute or in the package, to their replacements.
    Raises `ImportError` if the package or a module is missing.
    """

    def __init__(self, package: str, replaced: Mapping[str, Any]) -> None:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ImportError(f"{package} is not installed")
        self.package = package
        self.folder = Path(spec.submodule_search_locations[0])
        self.replaced = replaced
        self.loaded: dict[str, ModuleType] = {}

    def load(self, name: str) -> ModuleType:
        """Return a module by its full name, such as `premailer.cache`; each is loaded once."""
        if name in self.loaded:
            return self.loaded[name]
        path = self.folder.joinpath(*name.split(".")[1:])
        is_package = path.is_dir()
        file = path / "__init__.py" if is_package else path.with_suffix(".py")
        spec = importlib.util.spec_from_file_location(
            name, file, submodule_search_locations=[str(path)] if is_package else None
        )
        if spec is None or spec.loader is None or not file.is_file():
            raise ImportError(f"{self.package} has no module {name}")
        module = importlib.util.module_from_spec(spec)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        self.loaded[name] = module
        spec.loader.exec_module(module)
        return module

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - the names of __import__
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: tuple[str, ...] = (),
        level: int = 0,
    ) -> Any:
        if level:
            name = importlib.util.resolve_name("." * level + name, (globals or {})["__package__"])
        if name in self.replaced:
            return self.replaced[name]
        if name.partition(".")[0] != self.package:
            return importlib.__import__(name, globals, locals, fromlist, 0)
        module = self._package() if name == self.package else self.load(name)
        for part in fromlist:
            full = f"{name}.{part}"
            if full in self.replaced:
                setattr(module, part, self.replaced[full])
            elif not hasattr(module, part):
                setattr(module, part, self.load(full))
        return module

    def _package(self) -> Any:
        return SimpleNamespace()
