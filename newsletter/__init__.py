"""Write a newsletter as plain files in git; publish it as email that arrives well.

The library interface: open a workspace, check an issue, build it, write the result.

    from newsletter import build_email, list_findings, open_workspace

    workspace = open_workspace("letters")
    issue = workspace.folders()[-1]
    findings = list_findings(workspace, issue)
    email = build_email(workspace, issue)
    print(email.subject, len(email.html))

Names are imported on first use, so that `import newsletter` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # not imported from typing, which takes as long as `newsletter --help`
if TYPE_CHECKING:
    from typing import Any

    from newsletter.errors import IssueRejected, NewsletterError, WrongUsage
    from newsletter.model import Edit, Email, Finding, Image, Issue, Location
    from newsletter.pipeline.library import (
        build_email,
        list_findings,
        load_issue,
        open_workspace,
        write_email,
    )
    from newsletter.workspace import Workspace

__version__ = "0.1.0"

_PLACES = {
    "newsletter.errors": ("IssueRejected", "NewsletterError", "WrongUsage"),
    "newsletter.model": ("Edit", "Email", "Finding", "Image", "Issue", "Location"),
    "newsletter.pipeline.library": (
        "build_email",
        "list_findings",
        "load_issue",
        "open_workspace",
        "write_email",
    ),
    "newsletter.workspace": ("Workspace",),
}

__all__ = [
    "Edit",
    "Email",
    "Finding",
    "Image",
    "Issue",
    "IssueRejected",
    "Location",
    "NewsletterError",
    "Workspace",
    "WrongUsage",
    "__version__",
    "build_email",
    "list_findings",
    "load_issue",
    "open_workspace",
    "write_email",
]


def __getattr__(name: str) -> Any:
    import importlib

    for module, names in _PLACES.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
