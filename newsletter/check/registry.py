"""All rules and diagnostics by code.

Each rule file lists its own rules; this module lists the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from newsletter import diagnostics
from newsletter.check.rule import Rule
from newsletter.files.suggest import nearest
from newsletter.model import Diagnostic

Entry = Diagnostic | Rule[Any]

# The files of newsletter/check/rules/, each of which lists its own rules.
FILES = (
    "addresses",
    "agreement",
    "alternatives",
    "charts",
    "clients",
    "comments",
    "contrast",
    "credits",
    "css",
    "dates",
    "document",
    "envelope",
    "facts",
    "file_names",
    "folder",
    "headings",
    "html",
    "images",
    "kinds",
    "leftovers",
    "links",
    "parity",
    "reading",
    "rights",
    "size",
    "sources",
    "structure",
    "style",
    "subject",
    "suppressions",
    "template_words",
    "text",
    "typography",
    "web",
    "writing",
)
_MODULES = tuple(import_module(f"newsletter.check.rules.{name}") for name in FILES)
RULES: tuple[Rule[Any], ...] = tuple(
    sorted((rule for module in _MODULES for rule in module.RULES), key=lambda rule: rule.code)
)


# Former names of rules, which settings and allow comments may still use.
FORMER_NAMES: Mapping[str, str] = {
    "broken-yaml": "NL002",
    "wrong-value": "NL005",
    "repeated-key": "NL006",
    "broken-toml": "NL010",
    "broken-theme": "NL011",
    "broken-block": "NL021",
    "text-would-be-lost": "NL023",
    "broken-note": "NL024",
    "broken-link": "NL026",
    "broken-table": "NL027",
    "no-section": "NL030",
    "duplicate-order": "NL032",
    "folder-date-differs": "NL033",
    "comment-parts-paragraph": "NL034",
    "allow-without-reason": "NL041",
    "misspelled-allow": "NL042",
    "unowned-section": "NL105",
    "credited-outside-masthead": "NL107",
    "person-spelled-two-ways": "NL108",
    "person-spelled-otherwise-before": "NL109",
    "http-link": "NL203",
    "repeated-link": "NL206",
    "bare-address": "NL211",
    "unfinished": "NL301",
    "doubled-word": "NL302",
    "attached-without-attachment": "NL303",
    "impossible-date": "NL305",
    "stale-day": "NL306",
    "name-spelled-two-ways": "NL308",
    "hard-reading": "NL311",
    "trailing-space": "NL314",
    "script-without-lang": "NL315",
    "disagreeing-figure": "NL403",
    "quote-without-attribution": "NL406",
    "missing-rights": "NL407",
    "broken-image": "NL502",
    "huge-image": "NL503",
    "image-type": "NL505",
    "image-without-width": "NL512",
    "image-source": "NL513",
    "layout-table-role": "NL603",
    "data-table-scope": "NL604",
    "table-without-head": "NL605",
    "linked-picture-without-words": "NL607",
    "picture-without-words": "NL608",
    "alt-is-file-name": "NL609",
    "heading-skips-level": "NL611",
    "text-in-capitals": "NL616",
    "emoji-run": "NL617",
    "picture-vanishes-in-dark": "NL621",
    "unbalanced-conditional": "NL702",
    "mjml-left-over": "NL704",
    "template-residue": "NL705",
    "unknown-charset": "NL707",
    "style-nearly-too-large": "NL715",
    "near-clip-size": "NL801",
    "over-clip-size": "NL802",
    "subject-cut-on-phones": "NL902",
    "subject-shouts": "NL903",
    "subject-poses-as-reply": "NL904",
    "hidden-unsubscribe": "NL923",
    "unsubscribe-without-one-click": "NL924",
    "words-lost": "NL951",
    "said-in-one-part": "NL962",
}


def rules_for(subject: str) -> tuple[Rule[Any], ...]:
    """Return the rules for one type of subject, such as `Issue` or `CheckedEmail`, by code."""
    return tuple(rule for rule in RULES if rule.subject == subject)


LINK_CODES = frozenset(rule.code for rule in rules_for("LinkedIssue"))  # only with --links
DIAGNOSTICS: tuple[Diagnostic, ...] = tuple(
    value for value in vars(diagnostics).values() if isinstance(value, Diagnostic)
)


@cache
def catalogue() -> dict[str, Entry]:
    """Return code -> diagnostic or rule, in the order of the codes."""
    entries: Iterable[Entry] = (*DIAGNOSTICS, *RULES)
    return {entry.code: entry for entry in sorted(entries, key=lambda entry: entry.code)}


def find_entry(word: str) -> Entry | None:
    """Return the rule or diagnostic for a code, or a current or former name, in any case."""
    key = word.strip().lower().replace("_", "-").replace(" ", "-")
    by_name = {entry.name: entry for entry in catalogue().values()}
    return catalogue().get(FORMER_NAMES.get(key, key.upper())) or by_name.get(key)


def is_prefix(word: str) -> bool:
    """Return whether `word` is a code or the start of one."""
    return bool(word) and any(code.startswith(word) for code in catalogue())


def near_miss(word: str) -> str:
    """Return a hint for an unknown code or name: the closest match, or where to find a list."""
    key = word.strip().lower()
    codes = {entry.name: entry.code for entry in catalogue().values()}
    code: str | None
    if key.startswith("nl"):
        # A mistyped code has its other characters in the right positions; difflib ignores
        # positions.
        alike = {code: sum(map(str.__eq__, code, key.upper())) for code in catalogue()}
        code = max(alike, key=lambda code: alike[code])
        code = code if alike[code] > len("NL") else None
    else:
        name = next((name for name in codes if key and key in name), None) or nearest(key, codes)
        code = codes.get(name or "")
    if code is None:
        return "Run `newsletter explain` for a list of all rules."
    return f"Write {code} ({catalogue()[code].name}) if that is what you meant."
