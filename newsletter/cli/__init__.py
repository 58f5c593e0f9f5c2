"""The command line; a command's module is imported only when it runs, so `--help` is fast."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import NoReturn

import click

from newsletter import __version__

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
    "chart": ("chart", "Draw a chart of a data file to try it."),
    "explain": ("explain", "Explain a rule, with a bad and a good example."),
    "theme": ("theme", "Choose a look, try it, and make it your own."),
    "preview": ("preview", "Preview an issue in a browser while you write it."),
    "build": ("build", "Build dist/SLUG/: HTML email, text part, message file, web page."),
    "status": ("status", "Show what each target holds for an issue."),
    "diff": ("diff", "Show what changed in an email, as a reader would see it."),
    "approve": ("approve", "Approve the exact bytes of an issue, or withdraw an approval."),
    "review": ("review", "Write a page about issues for a pull request, and its comment."),
    "test": ("test", "Send a marked test to named addresses, never to a list."),
    "publish": ("publish", "Check, build and deliver to targets; write the receipt."),
    "correct": ("correct", "Note what was wrong in a published issue, or email a correction."),
    "show": ("show", "Show what was sent: the exact bytes, not a new build."),
    "archive": ("archive", "Build the public web archive: pages, topics, people, feeds, search."),
    "subscribers": ("subscribers", "Manage the subscribers of an own list."),
    "send": ("send", "Send an issue to an own list: resumable, nobody twice."),
    "delivery": ("delivery_status", "Show what happened to each email of a sending."),
    "bounces": ("bounces", "Read bounces and complaints, and suppress addresses."),
    "serve": ("serve", "Answer subscriptions and unsubscriptions on the web."),
    "worker": ("worker", "Send batches on this machine, for `send --workers`."),
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is called."""

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

    ISSUE is a slug, a unique part of one, or a path; omitted: the issue in the current
    directory, or the latest.
    """


def run_cli() -> NoReturn:
    """Run the command line; exit code 0: success, 1: problems or failure, 2: wrong usage."""
    try:
        cli.main(prog_name="newsletter", standalone_mode=False)  # also as `python -m newsletter`
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(
            "Interrupted. Completed output was kept; nothing is partially written.", err=True
        )
        sys.exit(1)
    except BrokenPipeError:
        # The reader of the output (head, less) has exited: print nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        # Standard output cannot be written; errors of writing files are reported elsewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"error: Cannot write the output: {error.strerror}", err=True)
        sys.exit(1)
    except Exception as error:  # our own errors become messages; others are bugs and re-raised
        from newsletter.cli.report import show_error
        from newsletter.errors import NewsletterError, WrongUsage

        if not isinstance(error, NewsletterError):
            raise
        show_error(error)
        sys.exit(2 if isinstance(error, WrongUsage) else 1)
    sys.exit(0)
