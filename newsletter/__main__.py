"""`newsletter`, and `python -m newsletter`."""

from __future__ import annotations

import gc
import io
import sys

TYPE_CHECKING = False  # not imported from typing, which takes as long as the rest of `--help`
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C may come before it is even imported."""
    # A short run allocates much and frees little: the collector would take a tenth of its time.
    # Work for many issues and commands that go on running have it back (`cli/garbage.py`).
    gc.set_threshold(100_000, 10, 10)
    use_utf8()
    try:
        from newsletter.cli import run_cli as run

        run()
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
    finally:
        # On exit, Python searches all objects for cycles, which takes longer than loading an issue.
        # The process ends anyway.
        gc.freeze()


def use_utf8() -> None:
    """Write UTF-8 whatever the system's code page; a terminal that cannot show a character gets `?`.

    Otherwise a title in Greek would end a command in a traceback on a pipe in cp1252, after it has
    delivered.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
