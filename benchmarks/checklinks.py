"""Check the addresses in a file, one per line, like `newsletter check --links`; print counts by
verdict.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from newsletter.links.check_links import run_link_check
from newsletter.links.link_cache import LinkCache
from newsletter.links.options import LinkOptions, default_user_agent
from newsletter.links.result import LinkQuery

if __name__ == "__main__":
    file = Path(sys.argv[1])
    addresses = file.read_text().split()
    private = tuple({urlsplit(address).hostname or "" for address in addresses})
    options = LinkOptions(default_user_agent("https://letters.example"), private=private)
    verdicts: Counter[str] = Counter()
    run_link_check(
        map(LinkQuery, addresses),
        options,
        LinkCache(file.with_suffix(".jsonl"), "refresh"),
        lambda result: verdicts.update([result.verdict]),
    )
    print(json.dumps(verdicts))
