"""Write the generated parts of the documentation from the code they describe.

A part is between `<!-- generated: NAME WORDS -->` and `<!-- end -->` in a Markdown page; this fills it with what
the function NAME below returns. Run `.venv/bin/python docs/generate.py` after changing a key, option, rule or token;
`tests/test_docs.py` fails until it has been run.
"""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from inspect import cleandoc, getsource
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
import msgspec

from newsletter import diagnostics as faults
from newsletter.check import registry
from newsletter.check.rule import Rule
from newsletter.cli.commands import COMMANDS
from newsletter.cli.group import cli
from newsletter.markup.fences import KINDS
from newsletter.markup.rawhtml import ALLOWED
from newsletter.model import Diagnostic, Publication
from newsletter.render import merge
from newsletter.schema import block_tables as block_schema
from newsletter.schema import documents as schema
from newsletter.schema import look, sign_off, site
from newsletter.schema import settings as settings_schema
from newsletter.targets import GROUP
from newsletter.theme.color_pairs import pair_contrasts
from newsletter.theme.looks import BASE, PACKAGED, packaged_looks
from newsletter.theme.theme import packaged_theme

DOCS = Path(__file__).parent
PART = re.compile(r"(<!-- generated: (\w+)(?: (\w+))? -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Return every page that has generated parts, with those parts as they should be."""
    result = {}
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text("utf-8")
        if PART.search(text):
            result[path] = PART.sub(_filled, text)
    return result


def _filled(match: re.Match[str]) -> str:
    words = [match[3]] if match[3] else []
    return f"{match[1]}\n{PARTS[match[2]](*words).strip()}\n\n{match[5]}"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


# --- files ---------------------------------------------------------------------------------------------


def _document(name: str) -> type:
    rooms = (schema, settings_schema, block_schema, look, sign_off, site)
    return next(vars(room)[name] for room in rooms if name in vars(room))


def keys(name: str) -> str:
    """Return the keys of one type of `schema.py`."""
    rows = []
    for field in msgspec.structs.fields(_document(name)):
        needed = "**required**" if field.required else _default(field)
        rows.append((f"`{field.encode_name}`", _kind(field.type), needed, _described(field.type)))
    return table(("key", "value", "default", "meaning"), rows)


def _default(field: msgspec.structs.FieldInfo) -> str:
    default = field.default
    if (
        default in (None, msgspec.NODEFAULT)
        or isinstance(default, msgspec.Struct)
        or default in ([], {})
    ):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _described(type_: Any) -> str:
    """Return the description that stands beside a type."""
    for part in get_args(type_)[1:] if get_origin(type_) is Annotated else ():
        if isinstance(part, msgspec.Meta) and part.description:
            return part.description.replace(" -> ", " → ")
    raise LookupError(f"no description: {type_}")


UNIONS = (
    (schema.Holders, "id, `{name, url}`, or a list of them"),
    (schema.Sources, "id, address, entry, or a list of them"),
    (schema.ArchiveChoice, "`true`, `false` or `unlisted`"),
)
WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    dt.date: "date",
    Any: "anything",
}


def _kind(type_: Any) -> str:
    """Return a type in words."""
    if type_ in WORDS:
        return WORDS[type_]
    origin, inside = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return _kind(inside[0])
    if origin in (Union, UnionType):
        known = [part for part in inside if part is not type(None)]
        named = [words for union, words in UNIONS if set(known) == set(get_args(union))]
        return named[0] if named else " or ".join(map(_kind, known))
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in inside)
    if origin is list:
        return f"list of {_kind(inside[0])}"
    if origin is dict:
        return "table of tables" if get_origin(inside[1]) is dict else "table"
    if issubclass(type_, msgspec.Struct):
        return "table"
    raise LookupError(f"no words for {type_}")


# --- commands ------------------------------------------------------------------------------------------


def commands() -> str:
    """Return every command with its arguments and options."""
    context = click.Context(cli, info_name="newsletter")
    return "\n\n".join(_command(name, context) for name in COMMANDS)


def _command(name: str, parent: click.Context) -> str:
    command = cli.get_command(parent, name)
    assert command is not None
    context = click.Context(command, parent=parent, info_name=name)
    parts = [_usage(f"## {name}", context)]
    if isinstance(command, click.Group):
        for below in sorted(command.commands):
            own = click.Context(command.commands[below], parent=context, info_name=below)
            parts.append(_usage(f"### {name} {below}", own))
    return "\n\n".join(parts)


def _usage(heading: str, context: click.Context) -> str:
    command = context.command
    usage = " ".join(command.collect_usage_pieces(context))
    rows = []
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts:
            spelled = ", ".join(f"`{name}`" for name in parameter.opts)
            value = "" if parameter.is_flag else f" `{parameter.make_metavar(context)}`"
            rows.append((spelled + value, parameter.help or ""))
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", cleandoc(command.help or ""))
    options = table(("option", "meaning"), rows) if rows else "It takes no option."
    line = f"{context.command_path} {usage}"
    return f"{heading}\n\n```text\n{line}\n```\n\n{text}\n\n{options}"


# --- Markdown ------------------------------------------------------------------------------------------


def block(kind: str) -> str:
    """Return the keys of a block that has YAML inside."""
    return keys(f"{kind.title()}Block")


def blocks() -> str:
    return "The blocks are " + ", ".join(f"[`{kind}`](#{kind})" for kind in KINDS) + "."


def tags() -> str:
    rows = [
        (f"`<{tag}>`", ", ".join(f"`{name}`" for name in names)) for tag, names in ALLOWED.items()
    ]
    return table(("tag", "attributes it may carry"), rows)


def fields() -> str:
    """Return every merge field as each service spells it, by asking the code that spells them."""
    styles = [
        style
        for style in get_args(typing.get_type_hints(settings_schema.MergeSettings)["style"])
        if style != "plain"
    ]
    rows = []
    for field in merge.FIELDS:
        written = f"%%{field}%%"
        rows.append((f"`{written}`", *(_spelled(written, style) for style in styles)))
    written = "%%first_name|reader%%"
    rows.append((f"`{written}`", *(_spelled(written, style) for style in styles)))
    return table(("written", *styles), rows)


def _spelled(field: str, style: Any) -> str:
    publication = Publication(
        "Letter", "https://example.org", merge=style, unsubscribe_url="https://example.org/leave"
    )
    spelled = merge.spell(field, publication, publication.web_url("SLUG"), html=False)
    return "the address itself" if spelled.startswith("https:") else f"`{spelled}`"


LANGUAGES = {
    ".md": "markdown",
    ".yaml": "yaml",
    ".toml": "toml",
    ".csv": "text",
    ".json": "json",
    ".j2": "jinja",
    ".theirs": "markdown",
}

# --- problems ------------------------------------------------------------------------------------------


def all_faults() -> list[Diagnostic]:
    return [value for value in vars(faults).values() if isinstance(value, Diagnostic)]


def all_rules() -> list[Rule]:
    """Return every rule, by code."""
    return list(registry.RULES)


def problems() -> str:
    """Return every code, faults and rules together, in order."""
    rows = [(fault.code, fault.name, fault.severity) for fault in all_faults()]
    rows += [(rule.code, rule.name, rule.severity) for rule in all_rules()]
    rows = [
        (f"[{code}](#{code.lower()}-{name})", name, severity)
        for code, name, severity in sorted(rows)
    ]
    return table(("code", "name", "severity"), rows)


def rules() -> str:
    """Return what each rule says about itself, with its examples."""
    return "\n\n".join(_rule(rule) for rule in all_rules())


def _rule(rule: Rule) -> str:
    parts = [f"### {rule.code} {rule.name}", cleandoc(rule.why), f"Remedy: {rule.hint}"]
    for word, example in (("Wrong", rule.bad), ("Right", rule.good)):
        if example:
            parts += [f"{word}:", *_shown(example)]
    return "\n\n".join(parts)


def _shown(example: str | Mapping[str, str | bytes | None]) -> list[str]:
    """Return an example as code: the Markdown of a section, or whole files with their names."""
    files = {"": example} if isinstance(example, str) else example
    parts = []
    for name, text in files.items():
        if isinstance(text, bytes) and name.endswith(".csv"):
            text = text.decode()
        if isinstance(text, bytes):
            parts.append(f"`{name}`: an image")
            continue
        language = LANGUAGES.get(Path(name or "section.md").suffix, "text")
        parts += [f"`{name}`" + (" missing" if text is None else ":")] if name else []
        parts += [f"````{language}\n{text.rstrip()}\n````"] if text is not None else []
    return parts


def block_source(kind: str) -> str:
    """Return the code of a block, as an example of one."""
    module = import_module(f"newsletter.markup.{kind}")
    (block,) = (value for value in vars(module).values() if _is_block_of(value, module.__name__))
    return f"```python\n{getsource(block)}```"


def _is_block_of(value: object, module: str) -> bool:
    return isinstance(value, type) and value.__module__ == module and hasattr(value, "html")


def rule_source(code: str) -> str:
    rule = next(rule for rule in all_rules() if rule.code == code)
    return f"```python\n{getsource(rule.find).strip()}\n```"


# --- theme and targets ---------------------------------------------------------------------------------


def tokens() -> str:
    return f"```toml\n{(PACKAGED / BASE / 'tokens.toml').read_text('utf-8').strip()}\n```"


def contrast() -> str:
    """Return every pair of color tokens that touch, with the lowest contrast in each look."""
    lowest: dict[tuple[str, str, str, float], dict[str, float]] = {}
    for name in packaged_looks():
        for seen in pair_contrasts(packaged_theme(name).tokens):
            pair = seen.pair
            key = (pair.use, pair.front, pair.behind, pair.needed)
            ratios = lowest.setdefault(key, {})
            ratios[name] = min(ratios.get(name, 21), seen.ratio)
    rows = [
        (
            use,
            f"`{front}` on `{behind}`",
            f"{needed:g}",
            *(f"{ratios[n]:.1f}" if n in ratios else "" for n in packaged_looks()),
        )
        for (use, front, behind, needed), ratios in lowest.items()
    ]
    return table(("what", "tokens", "needed", *(f"`{name}`" for name in packaged_looks())), rows)


def phrases() -> str:
    """Return the English phrases, and which languages there are."""
    text = (PACKAGED / BASE / "phrases.toml").read_text("utf-8")
    english = text[text.index("[en]") :].split("\n\n")[0]
    languages = ", ".join(f"`{tag}`" for tag in re.findall(r"^\[(.+)\]$", text, re.MULTILINE))
    return f"```toml\n{english.strip()}\n```\n\nThe packaged theme speaks {languages}."


def targets() -> str:
    rows = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        module = import_module(entry.module)
        rows.append((f"`{entry.name}`", (module.__doc__ or "").strip().splitlines()[0]))
    return table(("type", "what it does"), rows)


PARTS: dict[str, Callable[..., str]] = {
    "keys": keys,
    "commands": commands,
    "blocks": blocks,
    "block": block,
    "tags": tags,
    "fields": fields,
    "problems": problems,
    "rules": rules,
    "block_source": block_source,
    "rule_source": rule_source,
    "tokens": tokens,
    "contrast": contrast,
    "phrases": phrases,
    "targets": targets,
}

if __name__ == "__main__":
    for path, text in pages().items():
        if text != path.read_text("utf-8"):
            path.write_text(text, "utf-8")
            click.echo(path.relative_to(DOCS.parent))
