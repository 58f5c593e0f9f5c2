"""`newsletter`, and `python -m newsletter`."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C may come before it is even imported."""
    # A short run allocates much and frees little: the collector would take a tenth of its time. Work for many
    # issues has it back (`pool.py`).
    gc.set_threshold(10_000, 10, 10)
    try:
        from newsletter.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit("Interrupted.")


if __name__ == "__main__":
    main()
