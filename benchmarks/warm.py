"""Ours, warm: an issue's files -> finished HTML and text, repeatedly in one process.

    python warm.py whole WORKSPACE ROUNDS   times of the whole pipeline, and of its two engines
    python warm.py engines MJML ROUNDS      times of the two engines alone, called directly
    python warm.py mjml WORKSPACE           the issue's MJML, used as input for the peers

Every round reads and parses all files of the issue again and renders both parts; no result is
reused between rounds. What is reused: imported modules, compiled templates, the theme and the
parsed masthead (until one of their files changes), Babel's locale, parsed style sheets
(newsletter/render/stylesheets.py), and the selectors that premailer itself caches.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from newsletter.files.cache import BuildCache
from newsletter.load import load
from newsletter.render import html as render
from newsletter.render.assemble import assemble
from newsletter.render.context import shared
from newsletter.render.inliner import SETTINGS, inline
from newsletter.render.plaintext import plaintext
from newsletter.workspace import find

UNCOUNTED = 20  # rounds until everything is warm
now = time.process_time  # other work on the machine does not count


class Way:
    """The steps for one issue, as in newsletter/pipeline/build.py."""

    def __init__(self, root: Path) -> None:
        self.workspace = find(root)
        self.folder = self.workspace.folders()[-1]
        self.blobs = BuildCache(self.workspace.state / "cache")

    def go(self) -> tuple[str, str, str, float]:
        """Return HTML, text, the intermediate MJML, and the CPU seconds spent in the two engines."""
        loaded = load(self.workspace, self.folder)
        issue, theme = loaded.issue, loaded.theme
        values = shared(issue, self.workspace.publication, theme)
        mjml = assemble(issue, self.workspace.publication, theme, values, prepared={})
        started = now()
        inlined = inline(render.marked(render.to_html(mjml)), self.blobs)
        engines = now() - started
        return (
            render.finish(inlined, issue.direction),
            plaintext(issue, theme, values),
            mjml,
            engines,
        )


def whole(way: Way, rounds: int) -> dict[str, object]:
    times, inside = [], []
    for _ in range(rounds):
        started = now()
        html, text, _, engines = way.go()
        times.append(now() - started)
        inside.append(engines)
    return {
        "whole": times,
        "inside": inside,
        "html": len(html.encode()),
        "text": len(text.encode()),
    }


def engines(mjml: str, rounds: int) -> dict[str, object]:
    from mjml import mjml2html
    from premailer import Premailer  # before newsletter imports it in its own way

    times = []
    for _ in range(rounds):
        started = now()
        html = mjml2html(mjml, fonts={})
        Premailer(render.marked(html), **SETTINGS).transform(pretty_print=False)
        times.append(now() - started)
    return {"engines": times}


def main(what: str, given: str, rounds: str = "0") -> None:
    if what == "mjml":
        print(Way(Path(given)).go()[2])
        return
    count = int(rounds) + UNCOUNTED
    result = (
        engines(Path(given).read_text(), count)
        if what == "engines"
        else whole(Way(Path(given)), count)
    )
    print(
        json.dumps(
            {
                key: times[UNCOUNTED:] if isinstance(times, list) else times
                for key, times in result.items()
            }
        )
    )


main(*sys.argv[1:])
