"""Reports tables of settings that name one host twice, in two spellings."""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.diagnostics import REPEATED_KEY, Report
from newsletter.files.yaml_reader import PositionMap
from newsletter.schema.hosts import normalized_host
from newsletter.schema.settings import LinkSettingsTable


def report_repeated_hosts(links: LinkSettingsTable, places: PositionMap, report: Report) -> None:
    """Report each host in `[links.hosts]` and `[links.pace]` that an earlier key names too.

    TOML refuses equal keys, but `BÜCHER.example` and `xn--bcher-kva.example` differ.
    """
    for table, hosts in (("hosts", links.hosts), ("pace", links.pace)):
        _report_repeated(table, hosts, places, report)


def _report_repeated(table: str, hosts: Iterable[str], places: PositionMap, report: Report) -> None:
    first: dict[str, str] = {}
    for host in hosts:
        before = first.setdefault(normalized_host(host), host)
        if before != host:
            line = places.key("links", table, before).line
            message = f'Repeated host "{host}"; it is "{before}" on line {line}'
            report.add(REPEATED_KEY, places.key("links", table, host), message, "Keep one of them.")
