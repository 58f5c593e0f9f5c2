"""The command line: a command's module is imported only when it runs, so that `--help` stays cheap."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import NoReturn

import click

from newsletter import __version__

# Verb -> module, and the line that `--help` shows without importing it; in the order people meet them.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Make a new workspace that publishes at once."),
    "new": ("new", "Make a new issue from the blueprint."),
    "import": ("import_", "Turn a draft from Word, Docs, a page or a mail into an issue."),
    "list": ("list", "List issues with date, state, words and problems."),
    "check": ("check", "Find what would embarrass, and mend what can be."),
    "links": ("links", "List an issue's links with what the network says of them."),
    "explain": ("explain", "Say why a rule is there, with a bad and a good example."),
    "preview": ("preview", "Watch an issue in a browser while you write it."),
    "build": ("build", "Write dist/SLUG/: mail, text part, message file, web page."),
    "test": ("test", "Send a marked test to named addresses, never to a list."),
    "publish": ("publish", "Check, build, deliver to targets, write the receipt."),
    "subscribers": ("subscribers", "Manage the subscribers of an own list."),
    "send": ("send", "Send an issue to an own list: resumable, nobody twice."),
    "delivery": ("delivery_status", "Show what happened to each email of a sending."),
    "bounces": ("bounces", "Read bounces and complaints, and suppress addresses."),
    "serve": ("serve", "Answer subscriptions and unsubscriptions on the web."),
    "worker": ("worker", "Send batches on this machine, for `send --workers`."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"newsletter.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        command.short_help = COMMANDS[cmd_name][1]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(
                f"No such command {args[0]!r}." + (f" Did you mean {close[0]!r}?" if close else "")
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="newsletter")
def cli() -> None:
    """Write a newsletter as files in git; publish it as email that arrives well.

    ISSUE is a slug, a unique part of one, a path, or nothing: the issue you stand in, or else the latest.
    """


def main() -> NoReturn:
    """Run the command line: exit code 0 fine, 1 problems or failure, 2 wrong usage."""
    try:
        cli.main(prog_name="newsletter", standalone_mode=False)  # also as `python -m newsletter`
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was finished stays; nothing is half-written.", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output (head, less) left; say nothing more, not even at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        # What we print cannot be written: our own files have names, and told of the disk themselves.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"error: the output cannot be written: {error.strerror}", err=True)
        sys.exit(1)
    except (
        Exception
    ) as error:  # ours become a message; any other is a fault of the tool and raised again
        from newsletter.cli.report import show_error
        from newsletter.errors import NewsletterError, WrongUsage

        if not isinstance(error, NewsletterError):
            raise
        show_error(error)
        sys.exit(2 if isinstance(error, WrongUsage) else 1)
    sys.exit(0)
