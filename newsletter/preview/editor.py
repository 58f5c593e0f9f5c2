"""Links that open a location in the author's editor."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.model import Location

# Editor -> the URL scheme it registers with the system.
EDITORS = {
    "vscode": "vscode://file/{path}:{line}:{column}",
    "vscodium": "vscodium://file/{path}:{line}:{column}",
    "cursor": "cursor://file/{path}:{line}:{column}",
    "zed": "zed://file/{path}:{line}:{column}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "pycharm": "pycharm://open?file={path}&line={line}&column={column}",
    "sublime": "subl://open?url=file:///{path}&line={line}&column={column}",
    "textmate": "txmt://open?url=file:///{path}&line={line}&column={column}",
    "macvim": "mvim://open?url=file:///{path}&line={line}&column={column}",
}
DEFAULT = "vscode"
# Schemes that a browser handles itself instead of passing them on.
_REFUSED = ("javascript", "data", "vbscript", "blob", "about", "http", "https", "file", "ws", "wss")


class Editor(Struct, frozen=True):
    """The author's editor; `template` contains `{path}`, and usually `{line}` and `{column}`."""

    name: str  # as chosen
    template: str
    root: Path  # of the workspace

    @classmethod
    def of(cls, name: str, root: Path) -> Editor:
        """Return an editor by its name or a URL template. Raises `NewsletterError` for others."""
        template = EDITORS.get(name, name)
        scheme, _, _ = template.partition(":")
        if "{path}" not in template or not re.fullmatch(
            r"[a-z][a-z0-9.+-]*", scheme, re.IGNORECASE
        ):
            hint = (
                f"{spelling_hint(name, EDITORS, what='editors')} "
                "Give any other as an address, such as `vscode://file/{path}:{line}`."
            )
            raise NewsletterError(f"Unknown editor {quoted(name)}", hint=hint)
        if scheme.lower() in _REFUSED:
            message = f"Not a scheme that editors use: {quoted(scheme)}"
            raise NewsletterError(
                message, hint="Use the scheme the editor registers, such as vscode:// or idea://."
            )
        return cls(name, template, root)

    @property
    def pattern(self) -> str:
        """Return the URL template; `{path}` is a percent-encoded path in the workspace."""
        return self._address(quote(self.root.as_posix(), safe="/:") + "/{path}")

    def link(self, where: Location) -> str | None:
        """Return the link to a location; `None` for files outside the workspace."""
        path = self.root / where.path
        if not path.exists():
            return None
        address = self._address(quote(path.as_posix(), safe="/:"))
        return address.replace("{line}", str(where.line or 1)).replace(
            "{column}", str(where.column or 1)
        )

    def _address(self, path: str) -> str:
        """Return the URL of a file, with one slash before its path; after `=`, none is added."""
        before, _, after = self.template.partition("{path}")
        if not before.endswith("="):
            slash = "" if before.endswith("/") and not before.endswith("://") else "/"
            path = slash + path.lstrip("/")
        return before + path + after
