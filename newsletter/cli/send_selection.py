"""Select the run that `newsletter send` pauses, continues, cancels or settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.errors import WrongUsage

if TYPE_CHECKING:
    from newsletter.send.runs import Run
    from newsletter.send.sending import SendServices


def running_send(services: SendServices, issue: str | None, list_name: str) -> Run:
    """Return the run of an issue, or the only run that has not ended."""
    runs = [run for run in services.journal.runs(list_name=list_name) if run.open]
    if issue is not None:
        runs = [run for run in runs if issue in run.slug]
    if len(runs) == 1:
        return runs[0]
    if not runs:
        raise WrongUsage(f"No send to {list_name} is running")
    names = ", ".join(run.slug for run in runs)
    raise WrongUsage(f"{len(runs)} issues are being sent: {names}", hint="Name the issue.")


def send_with_uncertain(services: SendServices, issue: str | None, list_name: str) -> Run:
    """Return the run of an issue, or the only run, that has emails with an unknown outcome."""
    runs = [
        run
        for run in services.journal.runs(list_name=list_name)
        if (issue is None or issue in run.slug) and services.journal.uncertain(run.id)
    ]
    if not runs:
        raise WrongUsage(f"No email to {list_name} has an unknown outcome")
    if len(runs) > 1:
        names = ", ".join(run.slug for run in runs)
        raise WrongUsage(
            f"{len(runs)} issues have emails with an unknown outcome: {names}",
            hint="Name the issue.",
        )
    return runs[0]
