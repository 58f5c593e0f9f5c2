"""Fill every recipient's message without sending: sizes and empty fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from newsletter.send.addressing import addressing
from newsletter.send.presplit import PresplitMessage, UnsafeField
from newsletter.send.runs import Delivery, Run
from newsletter.send.sending import SendServices


class Rehearsal(Struct, frozen=True):
    """What every recipient would receive."""

    count: int
    smallest: int  # bytes
    largest: int
    total: int
    unfilled: Mapping[str, int]  # field -> recipients for whom it is empty
    unsafe: int  # recipients whose fields contain a line break


def rehearse(services: SendServices, list_name: str, message: PresplitMessage) -> Rehearsal:
    """Return sizes and empty fields over a whole list, in constant memory."""
    settings = services.workspace.send
    address = addressing(
        services.workspace.publication, settings, services.signer, _imagined_run(list_name, message)
    )
    sizes: list[int] = [0, 0, 0, 0]  # count, smallest, largest, total
    unfilled: Counter[str] = Counter()
    unsafe = 0
    for delivery in _deliveries(services, list_name):
        recipient = address.recipient(delivery)
        address.envelope(delivery)
        try:
            size = len(message.fill(recipient))
        except UnsafeField:
            unsafe += 1
            continue
        unfilled.update(message.unfilled(recipient))
        smallest = size if sizes[0] == 0 else min(sizes[1], size)
        sizes = [sizes[0] + 1, smallest, max(sizes[2], size), sizes[3] + size]
    count, smallest, largest, total = sizes
    return Rehearsal(count, smallest, largest, total, dict(unfilled), unsafe)


def _deliveries(services: SendServices, list_name: str) -> Iterator[Delivery]:
    for number, entry in enumerate(services.subscribers.iterate(list_name, "active"), 1):
        domain = entry.address.rpartition("@")[2]
        yield Delivery(
            number, entry.rid, entry.address, domain, entry.name, entry.first_name, 0, 0.0
        )


def _imagined_run(list_name: str, message: PresplitMessage) -> Run:
    return Run(
        id=0,
        digest=message.digest,
        slug=message.slug,
        list=list_name,
        subject=message.subject,
        template="",
        total=0,
        state="ready",
        sample=None,
        due=0.0,
        created=0.0,
        ended=None,
        note="",
    )
