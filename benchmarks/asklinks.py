"""Ask about the addresses of a file, one a line, as `newsletter check --links` does; print the counts by verdict."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from newsletter.links.cache import LinkCache
from newsletter.links.check import ask
from newsletter.links.result import LinkQuery
from newsletter.links.settings import LinkSettings, agent

if __name__ == "__main__":
    file = Path(sys.argv[1])
    addresses = file.read_text().split()
    private = tuple({urlsplit(address).hostname or "" for address in addresses})
    settings = LinkSettings(agent("https://letters.example"), private=private)
    verdicts: Counter[str] = Counter()
    ask(
        map(LinkQuery, addresses),
        settings,
        LinkCache(file.with_suffix(".jsonl"), "refresh"),
        lambda answer: verdicts.update([answer.verdict]),
    )
    print(json.dumps(verdicts))
