"""The options of `newsletter check` as one value, and those that exclude each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from newsletter.check.select import unknown_words
from newsletter.cli.link_checking import cache_mode
from newsletter.errors import WrongUsage
from newsletter.links.link_cache import CacheMode
from newsletter.model import RuleSelection


class CheckArguments(msgspec.Struct, frozen=True):
    """The options of the command line."""

    all_: bool
    since: str | None
    chosen: tuple[str, ...]
    ignore: tuple[str, ...]
    links: bool
    offline: bool
    refresh: bool
    private: tuple[str, ...]
    fix: bool
    diff: bool
    drafts: bool
    strict: bool
    format_: str
    known: Path | None
    write_baseline: bool
    timing: bool
    jobs: int | None

    @property
    def choice(self) -> RuleSelection:
        return RuleSelection(_codes(self.chosen), _codes(self.ignore))

    @property
    def mode(self) -> CacheMode:
        """How cached link results are used. Raises `click.UsageError` for two modes."""
        return cache_mode(offline=self.offline, refresh=self.refresh)

    @property
    def quiet(self) -> bool:
        """Whether a document is printed, so that nothing else may be."""
        return self.format_ != "text"


def with_format(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with `--json` as the format. Raises `click.UsageError` for two formats."""
    result = dict(options)
    if result.pop("json_"):
        if result["format_"] not in ("text", "json"):
            raise click.UsageError(f"--json and --format {result['format_']} cannot be combined")
        result["format_"] = "json"
    return result


def refuse_conflicts(arguments: CheckArguments) -> None:
    """Raise `WrongUsage` for unknown rules and options that exclude each other."""
    for key, word, hint in unknown_words(arguments.choice):
        raise WrongUsage(f'Unknown rule "{word}" for --{key}', hint=hint)
    if arguments.write_baseline:
        _refuse_with_baseline(arguments.choice, arguments.format_)
    if arguments.mode != "fresh" and not arguments.links:
        raise click.UsageError(f"--{arguments.mode} requires --links")


def _refuse_with_baseline(choice: RuleSelection, format_: str) -> None:
    """Reject options that conflict with a baseline, which records all findings, printing none."""
    if choice.select or choice.ignore:
        hint = "Omit --select and --ignore, or set select and ignore under [check]."
        raise WrongUsage("--write-baseline records the findings of all rules", hint=hint)
    if format_ != "text":
        raise WrongUsage(f"--write-baseline prints no findings; omit --format {format_}")


def _codes(words: Sequence[str]) -> tuple[str, ...]:
    """Return codes, splitting arguments with several: `--select NL2,NL3`."""
    return tuple(code.strip() for word in words for code in word.split(",") if code.strip())
