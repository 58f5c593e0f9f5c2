"""What a program does between the builds and checks of its preview."""

from __future__ import annotations


class Housekeeping:
    """Does nothing; the command line collects garbage then. Called in the studio's thread."""

    def after_build(self) -> None:
        """An issue was built."""

    def before_check(self) -> None:
        """An issue was built, and its rules run next."""

    def after_check(self) -> None:
        """The rules of an issue ran to their end, and nobody waits."""
