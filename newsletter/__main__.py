"""`newsletter`, and `python -m newsletter`."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C may come before it is even imported."""
    # A short run makes much and lets go of little: as it comes, the collector takes a tenth of its time. Work for many
    # issues has it back (`pool.py`).
    gc.set_threshold(10_000, 10, 10)
    try:
        from newsletter.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit("Stopped.")


if __name__ == "__main__":
    main()
