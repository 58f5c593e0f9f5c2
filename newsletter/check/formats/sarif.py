"""SARIF 2.1.0 (OASIS), for code scanning on GitHub and in editors."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from newsletter import __version__
from newsletter.check.formats import CheckResult
from newsletter.check.registry import Entry, catalogue
from newsletter.model import Diagnostic, Edit, Finding, Location

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(result: CheckResult) -> str:
    """Return the log of one run.

    Findings in the baseline and allowed ones are suppressed (SARIF 2.1.0 §3.35).
    """
    findings = (*result.findings, *result.known, *result.allowed)
    rules = [
        entry
        for code, entry in catalogue().items()
        if any(finding.code == code for finding in findings)
    ]
    places = {entry.code: index for index, entry in enumerate(rules)}
    driver = {
        "name": "newsletter",
        "semanticVersion": __version__,
        "rules": [_rule(entry, result.docs_url) for entry in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
        "results": list(_results(result, places)),
    }
    return (
        json.dumps(
            {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2
        )
        + "\n"
    )


def _rule(entry: Entry, docs_url: str) -> dict[str, Any]:
    why = " ".join(entry.why.split())
    full = entry.why if isinstance(entry, Diagnostic) else f"{entry.why}\n\n{entry.hint}"
    rule = {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": re.split(r"(?<=\.)\s", why, maxsplit=1)[0]},
        "fullDescription": {"text": why},
        "help": {"text": full, "markdown": full},
        "defaultConfiguration": {"level": LEVELS[entry.severity]},
    }
    if docs_url:
        page = f"{docs_url.rstrip('/')}/reference/problems"
        rule["helpUri"] = f"{page}#{entry.code.lower()}-{entry.name}"
    return rule


def _results(result: CheckResult, places: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for findings, kind in (
        (result.findings, ""),
        (result.known, "external"),
        (result.allowed, "inSource"),
    ):
        for finding in findings:
            entry = _result(finding, places[finding.code], result.prefix, seen)
            why = finding.allowed or f"Recorded in {result.baseline}."
            yield entry | ({"suppressions": [_suppression(kind, why)]} if kind else {})


def _suppression(kind: str, why: str) -> dict[str, str]:
    return {"kind": kind, "justification": why}  # no status means accepted


def _result(finding: Finding, rule: int, prefix: str, seen: Counter[str]) -> dict[str, Any]:
    hint = f" {finding.hint}" if finding.hint else ""
    entry: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {
            "text": finding.message + ("" if finding.message.endswith((".", "?")) else ".") + hint
        },
        "locations": [{"physicalLocation": _place(finding.where, prefix)}],
        "partialFingerprints": {"finding/v1": _fingerprint(finding, seen)},
    }
    if finding.edit:
        entry["fixes"] = [_fix(finding.edit, finding.hint, prefix)]
    return entry


def _place(where: Location, prefix: str) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": _file(where, prefix)}
    if where.line:
        location["region"] = {"startLine": where.line} | (
            {"startColumn": where.column} if where.column else {}
        )
    return location


def _file(where: Location, prefix: str) -> dict[str, str]:
    return {"uri": quote(prefix + where.path, errors="surrogateescape"), "uriBaseId": ROOT}


def _fix(edit: Edit, hint: str | None, prefix: str) -> dict[str, Any]:
    line, column = edit.where.line or 1, edit.where.column or 1
    *before, last = edit.old.split("\n")
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": line + len(before),
        "endColumn": len(last) + (1 if before else column),
    }
    replacement = {"deletedRegion": region, "insertedContent": {"text": edit.new}}
    change = {"artifactLocation": _file(edit.where, prefix), "replacements": [replacement]}
    return {"artifactChanges": [change]} | ({"description": {"text": hint}} if hint else {})


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """Return an ID that does not depend on lines: file, code, message, index among equals."""
    key = "\0".join((finding.where.path, finding.code, finding.message))
    seen[key] += 1
    data = f"{key}\0{seen[key]}".encode("utf-8", "backslashreplace")
    return hashlib.sha256(data).hexdigest()[:32]
