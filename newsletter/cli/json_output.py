"""`--json`: the facts of a command for other programs."""

from __future__ import annotations

from typing import Any

import click

json_option = click.option("--json", "json_", is_flag=True, help="Print as JSON.")


def print_json(facts: Any) -> None:
    """Write facts to standard output as one JSON document."""
    import json

    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
