"""The command line; a command's module is imported only when it runs, so `--help` is fast."""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False  # not imported from typing, which takes as long as the rest of `--help`
if TYPE_CHECKING:
    from typing import NoReturn


def run_cli() -> NoReturn:
    """Run the command line; exit code 0: success, 1: problems or failure, 2: wrong usage."""
    try:
        _run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. Completed output was kept; nothing is partially written.\n")
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
        sys.stderr.write(f"error: Cannot write the output: {error.strerror}\n")
        sys.exit(1)
    except Exception as error:  # our own errors become messages; others are bugs and re-raised
        from newsletter.cli.report import show_error
        from newsletter.errors import NewsletterError, WrongUsage

        if not isinstance(error, NewsletterError):
            raise
        show_error(error)
        sys.exit(2 if isinstance(error, WrongUsage) else 1)
    sys.exit(0)


def _run(arguments: list[str]) -> None:
    if arguments in (["--help"], ["-h"]):
        from newsletter.cli.help_page import help_page

        if page := help_page():
            sys.stdout.write(f"{page}\n")
            sys.stdout.flush()
            return
    from newsletter.cli.group import run_group

    run_group()
