"""The workspace for a rule's `bad` and `good` examples; it has no findings of its own."""

from __future__ import annotations

from collections.abc import Mapping

from newsletter.links.result import LinkResult

_SITE = "https://sea.example"
SLUG = "2026-03-01-example"
ESSAY = f"issues/{SLUG}/10-essay.md"
FRONT = "---\nkind: essay\ntitle: The Quiet Port\nby: mira\n---\n"

FILES: Mapping[str, str] = {
    "newsletter.toml": (
        'name = "Slack Water"\n'
        'url = "https://letter.sea.example"\n'
        'list_id = "slack-water.sea.example"\n'
        'unsubscribe_url = "https://letter.sea.example/unsubscribe"\n'
        'postal_address = "The Harbour Desk, Dock 4, Lisbon, Portugal"\n'
        '[sender]\nname = "Slack Water"\nemail = "letter@sea.example"\n'
    ),
    "credits.yaml": (
        "people:\n  mira: {name: Mira Oduya}\n  tomas: {name: Tomás Leal}\n"
        "teams:\n  desk: {name: The Harbour Desk, members: [mira, tomas]}\n"
        "roles:\n  essay: {label: Essay, required: true}\n  data: {label: Data}\n"
    ),
    f"issues/{SLUG}/issue.yaml": (
        "title: The port that nobody counted\n"
        "preheader: Why the quietest port in Europe is the one to watch.\n"
        "date: 2026-03-01\n"
    ),
    f"issues/{SLUG}/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Lisbon, Portugal\n",
    ESSAY: FRONT + "The quay is empty at noon.\n",
}

# Results of the link check in examples, for pages of sea.example.
ANSWERS: Mapping[str, LinkResult] = {
    result.url: result
    for result in (
        LinkResult(
            f"{_SITE}/log",
            "ok",
            "200 OK",
            200,
            f"{_SITE}/log",
            present=("noon",),
            missing=("midnight",),
        ),
        LinkResult(f"{_SITE}/gone", "broken", "404 Not Found", 404, f"{_SITE}/gone"),
        LinkResult(
            f"{_SITE}/old", "moved", f"moved to {_SITE}/log", 200, f"{_SITE}/log", f"{_SITE}/log"
        ),
        LinkResult(f"{_SITE}/wall", "blocked", "403 Forbidden", 403, f"{_SITE}/wall"),
        LinkResult(
            f"{_SITE}/soft", "suspect", 'the page says "Page not found"', 200, f"{_SITE}/soft"
        ),
        LinkResult(f"{_SITE}/slow", "timeout", "no response within 15 seconds"),
    )
}

# 16 × 16 gray pixels.
IMAGE = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\0\0\0\0:\x98\xa0\xbd\0\0\0\x11IDATx\xdac\x9c\xc6\x80\n\x98"
    b"\x18F\xb4\0\0\xb0\xda\0\xb6q\xd8\x91\xd6\0\0\0\0IEND\xaeB`\x82"
)

Shown = str | Mapping[str, str | bytes | None]


def workspace(shown: Shown) -> dict[str, bytes]:
    """Return the files of the example workspace with an example in it.

    A string is the essay's Markdown, without front matter. A mapping contains whole files; those
    without a folder belong to the issue. `None` removes a file; bytes are an image.
    """
    if isinstance(shown, str):
        return workspace({ESSAY: FRONT + shown + "\n"})
    files = {**FILES, **{_path(name): data for name, data in shown.items()}}
    return {
        name: data.encode() if isinstance(data, str) else data
        for name, data in files.items()
        if data is not None
    }


def _path(name: str) -> str:
    return name if "/" in name or name in FILES else f"issues/{SLUG}/{name}"


def place(at: str) -> str:
    """Return `line:column`, `file:line:column` or a file as findings print it."""
    if ":" not in at:
        return _path(at)
    *file, line, column = at.split(":")
    if not file:
        return f"{ESSAY}:{int(line) + FRONT.count(chr(10))}:{column}"
    return f"{_path(file[0])}:{line}:{column}"
