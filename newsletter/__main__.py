"""`newsletter`, and `python -m newsletter`."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C may come before it is even imported."""
    try:
        from newsletter.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit("Stopped.")


if __name__ == "__main__":
    main()
