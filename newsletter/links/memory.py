"""What the network said before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newsletter.links.answer import Answer, Wanted

Mode = Literal["fresh", "refresh", "offline"]


@dataclass(frozen=True, slots=True)
class Memory:
    """Answers in a file below `.newsletter/`; `refresh` recalls none, `offline` recalls however old."""

    path: Path | None  # None: nothing is kept
    mode: Mode = "fresh"

    def recall(self, wanted: Wanted) -> Answer | None:
        """Return what is known of an address, unless it is too old or says nothing of a wanted fragment."""
        return None

    def keep(self, answer: Answer) -> None:
        """Write an answer down at once; one that cannot be written costs time, not correctness."""
