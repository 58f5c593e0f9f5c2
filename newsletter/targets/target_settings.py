"""The table of one target, checked against its type with file, line and near misses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from msgspec import Meta

from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected
from newsletter.files.quotation import quoted
from newsletter.files.text import read_text
from newsletter.files.toml_reader import toml_places
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Location, Publication
from newsletter.schema.base import Document, Text
from newsletter.targets.secrets import Secret, SecretName, find_secret
from newsletter.workspace import Workspace, locate

HttpUrl = Annotated[
    str,
    Meta(pattern=r"^https?://[^\s/?#@]+(?:/[^\s?#]*)?$", extra={"expected": "an https address"}),
]
Number = Annotated[int, Meta(ge=1, extra={"expected": "a whole number above 0"})]
ListIds = Annotated[
    list[Number],
    Meta(
        min_length=1,
        description="Ids of the lists.",
        extra={"expected": "the id of at least one list"},
    ),
]

T = TypeVar("T")


class ServiceSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings common to all services."""

    type: str
    token_env: Annotated[
        Text | None, Meta(description="The environment variable that holds the token.")
    ] = None
    ca: Annotated[
        Text | None, Meta(description="File of your own certificate authority (PEM).")
    ] = None


def read_settings(workspace: Workspace, name: str, table: Mapping[str, Any], kind: type[T]) -> T:
    """Return a target's table as its type.

    Raises `IssueRejected` with every error at its line.
    """
    report = Report()
    settings: T | None = convert(dict(table), kind, _places(workspace, "targets", name), report)
    if settings is None or report.failed:
        raise IssueRejected(f"target {name}", tuple(report.findings))
    return settings


def settings_place(workspace: Workspace, *path: str) -> Location:
    """Return the location of a settings key, or of its nearest enclosing element."""
    return _places(workspace).value(*path)


def _places(workspace: Workspace, *below: str) -> PositionMap:
    _, path, table = locate(workspace.root)
    text = read_text(path, path.name, Report()) or ""
    return toml_places(text, path.name, (*table, *below))


def sender_line(publication: Publication, *, quoted: bool = False) -> str:
    """Return the sender as `Name <address>`.

    `quoted` applies if the service parses it (RFC 5322 §3.2.4).
    """
    name = publication.sender_name or publication.name
    if quoted and set(name) & set('()<>@,;:\\".[]'):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{publication.sender_email}>"


def own_authority(workspace: Workspace, settings: ServiceSettings) -> Path | None:
    """Return the certificate authority file named in a table, relative to the workspace."""
    return workspace.root / Path(settings.ca).expanduser() if settings.ca else None


def service_token(name: str, settings: ServiceSettings, usual: str, address: str) -> Secret:
    """Return a target's token for the host of `address`.

    `usual` is the variable read by the service's own tools.

    Raises `NewsletterError` naming every place to put it.
    """
    own = "NEWSLETTER_" + re.sub(r"[^A-Z0-9]+", "_", name.upper()) + "_TOKEN"
    variables = (settings.token_env,) if settings.token_env else (own, usual)
    host = urlsplit(address).hostname or ""
    return find_secret(SecretName(f"token for target {quoted(name)}", variables, host))
