"""The commands, with the summaries that `newsletter --help` prints without importing them."""

from __future__ import annotations

# Command -> module, and the line that `--help` shows without importing it, in order of use.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Create a workspace with a first issue."),
    "new": ("new", "Create an issue from the blueprint."),
    "import": ("import_", "Import a draft from Word, Google Docs, a web page or an email."),
    "list": ("list", "List issues with date, state, words and errors."),
    "check": ("check", "Check issues for errors and fix what can be fixed automatically."),
    "links": ("links", "List the links of an issue with the results of the link check."),
    "facts": ("facts", "List the figures of an issue with source, date and link."),
    "images": ("images", "List images with size, rights, uses and issues."),
    "chart": ("chart", "Draw a chart from a data file."),
    "explain": ("explain", "Explain a rule, with a bad and a good example."),
    "theme": ("theme", "Choose a look, try it, and make it your own."),
    "preview": ("preview", "Preview an issue in a browser while you write it."),
    "fmt": ("fmt", "Convert the blocks of an issue to one spelling."),
    "build": ("build", "Build dist/SLUG/: HTML email, text part, message file, web page."),
    "doctor": ("doctor", "List what is missing before the first real send."),
    "status": ("status", "Show what each target holds for an issue."),
    "diff": ("diff", "Show what changed in an email, as a reader would see it."),
    "approve": ("approve", "Approve the exact bytes of an issue, or withdraw an approval."),
    "review": ("review", "Write a page about issues for a pull request, and its comment."),
    "test": ("test", "Send a marked test to named addresses, never to a list."),
    "publish": ("publish", "Check, build and deliver to targets; write the receipt."),
    "correct": ("correct", "Record corrections of a published issue, or email them."),
    "show": ("show", "Show what was sent: the exact bytes, not a new build."),
    "archive": ("archive", "Build the public web archive: pages, topics, people, feeds, search."),
    "subscribers": ("subscribers", "Manage the subscribers of your own list."),
    "send": ("send", "Send an issue to your own list; an interrupted send can be resumed."),
    "delivery": ("delivery_status", "Show what happened to each email of a send."),
    "bounces": ("bounces", "Read bounces and complaints, and suppress addresses."),
    "serve": ("serve", "Serve the web pages for subscribing and unsubscribing."),
    "worker": ("worker", "Send batches on this machine, for `send --workers`."),
}

LASTING = frozenset({"preview", "send", "serve", "worker"})  # commands that run for long

ABOUT = """Write a newsletter as files in git; publish it as email that arrives well.

ISSUE is a slug, a unique part of one, or a path; omitted: the issue in the current
directory, or the latest.
"""
OPTIONS: dict[str, str] = {
    "-V, --version": "Show the version and exit.",
    "-h, --help": "Show this message and exit.",
}
