"""Every rule and diagnostic by its code. A rule file lists its own rules; this file lists the files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from newsletter import diagnostics as faults
from newsletter.check.rule import Rule
from newsletter.check.rules import (
    addresses,
    agreement,
    alternatives,
    clients,
    comments,
    contrast,
    credits,
    css,
    dates,
    document,
    envelope,
    facts,
    folder,
    headings,
    html,
    links,
    parity,
    pictures,
    reading,
    size,
    sources,
    structure,
    style,
    subject,
    suppressions,
    text,
    typography,
    web,
    writing,
)
from newsletter.files.yaml_reader import nearest
from newsletter.model import Diagnostic

Entry = Diagnostic | Rule[Any]

FILES = (
    addresses,
    agreement,
    alternatives,
    clients,
    comments,
    contrast,
    credits,
    css,
    dates,
    document,
    envelope,
    facts,
    folder,
    headings,
    html,
    links,
    parity,
    pictures,
    reading,
    size,
    sources,
    structure,
    style,
    subject,
    suppressions,
    text,
    typography,
    web,
    writing,
)
RULES: tuple[Rule[Any], ...] = tuple(
    sorted((rule for file in FILES for rule in file.RULES), key=lambda rule: rule.code)
)


def rules_for(subject: str) -> tuple[Rule[Any], ...]:
    """Return the rules about one kind of subject, such as `Issue` or `CheckedEmail`, by code."""
    return tuple(rule for rule in RULES if rule.subject == subject)


LINK_CODES = frozenset(rule.code for rule in rules_for("LinkedIssue"))  # only with --links
FAULTS: tuple[Diagnostic, ...] = tuple(
    value for value in vars(faults).values() if isinstance(value, Diagnostic)
)


@cache
def catalogue() -> dict[str, Entry]:
    """Return code -> fault or rule, in the order of the codes."""
    entries: Iterable[Entry] = (*FAULTS, *RULES)
    return {entry.code: entry for entry in sorted(entries, key=lambda entry: entry.code)}


def find_entry(word: str) -> Entry | None:
    """Return what a code or a name stands for, however it is written."""
    told = word.strip().lower().replace("_", "-").replace(" ", "-")
    by_name = {entry.name: entry for entry in catalogue().values()}
    return catalogue().get(told.upper()) or by_name.get(told)


def is_prefix(word: str) -> bool:
    """Tell whether some code is `word` or starts with it."""
    return bool(word) and any(code.startswith(word) for code in catalogue())


def near_miss(word: str) -> str:
    """Return a hint for a code or name that is none: the nearest, or where all of them are listed."""
    told = word.strip().lower()
    codes = {entry.name: entry.code for entry in catalogue().values()}
    code: str | None
    if told.startswith("nl"):
        # A mistyped code has its other signs in their places; difflib would count them wherever they stand.
        alike = {code: sum(map(str.__eq__, code, told.upper())) for code in catalogue()}
        code = max(alike, key=lambda code: alike[code])
        code = code if alike[code] > len("NL") else None
    else:
        name = next((name for name in codes if told and told in name), None) or nearest(told, codes)
        code = codes.get(name or "")
    return (
        f"Did you mean {code} ({catalogue()[code].name})?"
        if code
        else "`newsletter explain` lists all of them."
    )
