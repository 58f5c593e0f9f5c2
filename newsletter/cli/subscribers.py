"""`newsletter subscribers`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsletter.cli.completion import complete_list
from newsletter.cli.file_argument import named_file
from newsletter.cli.issue_argument import current_workspace, here
from newsletter.cli.json_output import json_option, print_json
from newsletter.errors import WrongUsage
from newsletter.files.find import real_path
from newsletter.files.quotation import quoted

if TYPE_CHECKING:
    from newsletter.send.exports import ReadExport
    from newsletter.send.sending import SendServices
    from newsletter.send.subscriber_rows import ImportResult
    from newsletter.send.subscribers import Subscriber

F = TypeVar("F", bound=Callable[..., Any])
SHOWN = 5  # addresses and lines in a summary


def list_option(function: F) -> F:
    """Add `--list`, which is optional if the settings have one list."""
    return click.option(
        "--list",
        "list_name",
        metavar="NAME",
        shell_complete=complete_list,
        help="The list; optional if there is only one.",
    )(function)


@click.group("subscribers")
def command() -> None:
    """Manage the subscribers of your own list.

    They are stored outside git: in private/subscribers.db, or in the database of [send] database.
    """


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@list_option
@click.option("--yes", is_flag=True, help="Import without confirmation.")
@click.option("--allow-roles", is_flag=True, help="Import addresses such as abuse@ too.")
@json_option
def import_(file: Path, list_name: str | None, yes: bool, allow_roles: bool, json_: bool) -> None:
    """Import a CSV file, or an export of Substack, Mailchimp, Buttondown, listmonk or Ghost.

    Deletes no one, and does not restore subscribers who unsubscribed, bounced, complained or were
    erased.
    """
    from newsletter.send.exports import read_export
    from newsletter.send.sending import choose_list, open_services

    workspace = current_workspace()
    path = named_file(file, hint="Name a CSV file, or a ZIP file of them.")
    name = choose_list(workspace, list_name)
    read = read_export(path)
    with open_services(workspace) as services:
        if not yes:
            _show_import(read, _rehearse(services, name, read, file.name, roles=allow_roles), name)
            if not sys.stdin.isatty():
                raise WrongUsage("Nothing was imported", hint="Add --yes to import.")
            click.confirm("Import?", abort=True, err=True)
        result = services.subscribers.merge(name, read.rows, file.name, roles=allow_roles)
    if json_:
        print_json(_import_facts(read, result, name))
        return
    if yes:
        _show_import(read, result, name)
    click.echo(f"{result.added:,} added, {result.changed:,} changed in {name}")


def _rehearse(
    services: SendServices, name: str, read: ReadExport, source: str, *, roles: bool
) -> ImportResult:
    """Return what an import would do, by running it and rolling it back."""

    class Rollback(Exception):
        pass

    try:
        with services.database.transaction():
            result = services.subscribers.merge_inside(name, read.rows, source, roles=roles)
            raise Rollback
    except Rollback:
        return result


def _import_facts(read: ReadExport, result: ImportResult, name: str) -> dict[str, Any]:
    return {
        "list": name,
        "format": read.format,
        "rows": len(read.rows),
        "added": result.added,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "kept_closed": result.kept_closed,
        "erased_before": result.forgotten,
        "duplicates": result.duplicates,
        "invalid": [{"line": line, "reason": reason} for line, reason in result.invalid],
        "roles": [{"line": line, "address": address} for line, address in result.roles],
        "ignored_columns": list(read.ignored),
    }


def _show_import(read: ReadExport, result: ImportResult, name: str) -> None:
    click.echo(f"{len(read.rows):,} rows ({read.format}) for the list {name}:", err=True)
    lines = (
        ("new", result.added),
        ("with a new state or name", result.changed),
        ("unchanged", result.unchanged),
        ("unsubscribed, bounced or complained before, unchanged", result.kept_closed),
        ("erased before, left out", result.forgotten),
        ("duplicates in the file, merged", result.duplicates),
        ("not valid, left out", len(result.invalid)),
        ("role addresses, left out", len(result.roles)),
    )
    for label, count in lines:
        if count:
            click.echo(f"  {count:>9,}  {label}", err=True)
    for line, reason in result.invalid[:SHOWN]:
        click.echo(f"  line {line}: {reason}", err=True)
    for line, address in result.roles[:SHOWN]:
        click.echo(f"  line {line}: {address} is a role address (--allow-roles)", err=True)
    if read.ignored:
        click.echo(f"  columns not used: {', '.join(read.ignored)}", err=True)


@command.command("export")
@list_option
@click.option("--state", metavar="STATE", help="Only subscribers in this state.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of standard output; refused where git would track it.",
)
def export(list_name: str | None, state: str | None, out: Path | None) -> None:
    """Write a list as CSV, which `import` reads back."""
    from newsletter.files.output import write_file
    from newsletter.send.exports import write_export
    from newsletter.send.sending import choose_list, open_services
    from newsletter.send.storage import refuse_tracked

    workspace = current_workspace()
    name = choose_list(workspace, list_name)
    with open_services(workspace) as services:
        lines = write_export(services.subscribers.iterate(name, _known_state(state)))
        if out is None:
            for line in lines:
                click.echo(line.rstrip("\r\n"))
            return
        path = real_path(here() / out)
        refuse_tracked(path, workspace)
        write_file(path, "".join(lines).encode())
        path.chmod(0o600)
    click.echo(f"{workspace.display_path(path)}")


@command.command("add")
@click.argument("address")
@list_option
@click.option("--name", default="", help="The name that personal fields print.")
@click.option("--evidence", default="", help="How they agreed, for the record.")
@json_option
def add(address: str, list_name: str | None, name: str, evidence: str, json_: bool) -> None:
    """Add one address, or bring it back, because its owner asked for it."""
    from newsletter.send.sending import choose_list, open_services
    from newsletter.send.subscriber_rows import SubscriberRow, clean_name, first_name_of
    from newsletter.send.subscribers import Evidence

    workspace = current_workspace()
    list_name = choose_list(workspace, list_name)
    name = clean_name(name)
    row = SubscriberRow(0, address, name, first_name_of(name))
    with open_services(workspace) as services:
        added = services.subscribers.add(
            list_name, row, Evidence("active", "command", "newsletter subscribers add", evidence)
        )
    if json_:
        print_json({"address": added.address, "list": list_name, "state": added.state})
    else:
        click.echo(f"{added.address} is {added.state} on {list_name}")


@command.command("remove")
@click.argument("address")
@list_option
@json_option
def remove(address: str, list_name: str | None, json_: bool) -> None:
    """Unsubscribe an address; it stays on record, so that no import brings it back."""
    from newsletter.send.sending import choose_list, open_services
    from newsletter.send.subscribers import Evidence

    workspace = current_workspace()
    list_name = choose_list(workspace, list_name)
    with open_services(workspace) as services:
        entries = _on_lists(services, address, list_name)
        for subscriber in entries:
            services.subscribers.set_state(
                subscriber.id,
                Evidence("unsubscribed", "command", "newsletter subscribers remove"),
            )
    removed = entries[0].address
    if json_:
        print_json({"address": removed, "list": list_name, "state": "unsubscribed"})
    else:
        click.echo(f"{removed} is unsubscribed from {list_name}")


def _on_lists(services: SendServices, address: str, list_name: str) -> list[Subscriber]:
    """Return the entries of an address on a list. Raises `WrongUsage` if there are none."""
    entries = [
        entry for entry in services.subscribers.of_address(address) if entry.list == list_name
    ]
    if not entries:
        raise WrongUsage(f"{address} is not on the list {list_name}")
    return entries


@command.command("list")
@click.argument("address", required=False)
@list_option
@click.option("--state", metavar="STATE", help="Only subscribers in this state.")
@click.option("--json", "json_", is_flag=True, help="Print as JSON, one object a line.")
def list_(address: str | None, list_name: str | None, state: str | None, json_: bool) -> None:
    """Print subscribers; with ADDRESS, all that is recorded about it."""
    from newsletter.send.sending import choose_list, open_services

    workspace = current_workspace()
    with open_services(workspace) as services:
        if address is not None:
            _show_record(services, address, json_=json_)
            return
        name = choose_list(workspace, list_name)
        for entry in services.subscribers.iterate(name, _known_state(state)):
            if json_:
                row = {"address": entry.address, "name": entry.name, "state": entry.state}
                click.echo(json.dumps(row, ensure_ascii=False))
            else:
                click.echo(f"{entry.state:<13} {entry.address}  {entry.name}".rstrip())


def _show_record(services: SendServices, address: str, *, json_: bool) -> None:
    entries = services.subscribers.of_address(address)
    if not entries:
        raise WrongUsage(f"{address} is not on any list")
    for entry in entries:
        evidence = services.subscribers.evidence(entry.id)
        if json_:
            rows = [
                {
                    "state": item.state,
                    "at": _time(item.at),
                    "how": item.how,
                    "source": item.source,
                    "detail": item.detail,
                }
                for item in evidence
            ]
            row = {"address": entry.address, "list": entry.list, "state": entry.state}
            click.echo(json.dumps(row | {"evidence": rows}, ensure_ascii=False))
            continue
        click.echo(f"{entry.address} is {entry.state} on {entry.list}")
        for item in evidence:
            line = f"  {_time(item.at)}  {item.state} by {item.how}: {item.source} {item.detail}"
            click.echo(line.rstrip())


def _time(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")


@command.command("stats")
@json_option
def stats(json_: bool) -> None:
    """Print how many subscribers each list has, by state."""
    from newsletter.send.sending import ADD_LIST, NO_LISTS, open_services

    workspace = current_workspace()
    with open_services(workspace) as services:
        counts = {name: services.subscribers.counts(name) for name in workspace.lists}
    if json_:
        print_json(counts)
        return
    if not counts:
        click.echo(f"{NO_LISTS}. {ADD_LIST}", err=True)
    for name, states in counts.items():
        shown = ", ".join(f"{count:,} {state}" for state, count in states.items() if count)
        click.echo(f"{name}: {shown or 'empty'}")


@command.command("forget")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Erase without confirmation.")
@json_option
def forget(address: str, yes: bool, json_: bool) -> None:
    """Erase an address from all lists and journals; a keyed hash keeps it from being imported again."""
    from newsletter.send.sending import open_services

    with open_services(current_workspace()) as services:
        entries = services.subscribers.of_address(address)
        if not yes:
            if not sys.stdin.isatty():
                raise WrongUsage("Nothing was erased", hint="Add --yes to erase.")
            names = ", ".join(entry.list for entry in entries) or "no list"
            click.confirm(
                f"Erase {address} ({names})? This cannot be undone.", abort=True, err=True
            )
        erased = services.subscribers.forget(address)
    if json_:
        print_json({"lists": erased})
        return
    lists = f"{erased} list{'s' if erased != 1 else ''}"
    click.echo(f"Erased from {lists}; it will not be imported again.")


def _known_state(state: str | None) -> str | None:
    from newsletter.files.suggest import spelling_hint
    from newsletter.send.subscriber_rows import STATES

    if state is not None and state not in STATES:
        raise WrongUsage(
            f"Unknown state {quoted(state)}", hint=spelling_hint(state, STATES, what="states")
        )
    return state
