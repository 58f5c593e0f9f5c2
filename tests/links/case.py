"""One hard case: a host, its behavior, and the verdict that a person would give."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.links.result import Verdict
from tests.links.web import Handler


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    verdict: Verdict
    serve: Handler
    url: str = "http://{host}:{http}/page"
    fragment: str = ""
    reason: str = ""  # text that the reason contains
    ends: str = ""  # the end of the final address
    fixable: bool = True  # whether a moved link can be fixed

    @property
    def host(self) -> str:
        return f"{self.name}.test"
