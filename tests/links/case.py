"""One hard case: a host, what it does, and the verdict a person would give."""

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
    reason: str = ""  # part of the reason
    ends: str = ""  # how the final address ends
    fixable: bool = True  # where it moved

    @property
    def host(self) -> str:
        return f"{self.name}.test"
