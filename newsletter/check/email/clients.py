"""Mail clients and what they do not support: caniemail.com data from tools/update_clients.py."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from newsletter.files.suggest import spelling_hint
from newsletter.workspace import Workspace

DATA = Path(__file__).with_suffix(".json")

Weighted = tuple[tuple[str, float], ...]  # client name and weight

# The most widely used clients, without Gmail's mobile web page and Windows Mail, which few people
# still use.
USUAL: Weighted = tuple(
    (name, 1.0)
    for name in (
        "gmail.desktop-webmail gmail.android gmail.ios apple-mail outlook.windows outlook.outlook-com outlook.macos "
        "outlook.android outlook.ios yahoo"
    ).split()
)
COUNTS = 1.0  # minimum total weight of the clients without a feature for it to be reported


class Feature(Struct, frozen=True):
    """A CSS or HTML feature that some clients do not support at all."""

    slug: str  # from the address of its page on caniemail.com
    title: str
    shown: tuple[str, ...]  # the ways an email uses it; see `features.py`
    without: frozenset[str]  # clients that do not support it
    notes: tuple[tuple[str, frozenset[str]], ...]  # test notes, and the clients they apply to


class Support(Struct, frozen=True):
    """The support data for all clients, as of one date."""

    date: str
    names: Mapping[str, str]  # client -> display name
    features: Mapping[str, Feature]  # usage -> feature, without usages in the packaged theme

    def matching(self, name: str) -> tuple[str, ...]:
        """Return the clients that a name in the settings refers to: one, or a whole family."""
        return tuple(
            client for client in self.names if client == name or client.startswith(f"{name}.")
        )

    def known(self) -> list[str]:
        """Return all client names that settings may use."""
        return sorted({*self.names, *(client.partition(".")[0] for client in self.names)})

    def lacking(self, feature: Feature, clients: Weighted) -> list[str]:
        """Return the chosen clients without a feature, heaviest first.

        Empty if their total weight is below `COUNTS`.
        """
        lacking = {name: set(self.matching(name)) & feature.without for name, _ in clients}
        if sum(weight for name, weight in clients if lacking[name]) < COUNTS:
            return []
        ordered = sorted(clients, key=lambda client: -client[1])
        return list(
            dict.fromkeys(client for name, _ in ordered for client in sorted(lacking[name]))
        )


@lru_cache(maxsize=1)
def support() -> Support:
    """Return the support data, read once per process."""
    data = json.loads(DATA.read_text("utf-8"))
    names = data["clients"]
    clients = list(names)
    features: dict[str, Feature] = {}
    for slug, entry in data["features"].items():
        if slug not in data["baseline"]:
            notes = tuple(
                (note, _clients(numbers, clients)) for note, numbers in entry["notes"].items()
            )
            without = _clients(entry["without"], clients)
            feature = Feature(slug, entry["title"], tuple(entry["shown"]), without, notes)
            features |= dict.fromkeys(feature.shown, feature)
    return Support(data["date"], names, features)


def _clients(numbers: Iterable[int], clients: list[str]) -> frozenset[str]:
    return frozenset(clients[number] for number in numbers)


def weights(workspace: Workspace) -> Mapping[str, float]:
    """Return the clients in the settings with their weights; listed ones weigh 1 each."""
    clients = workspace.check.clients
    return clients if isinstance(clients, Mapping) else dict.fromkeys(clients, 1.0)


def chosen(workspace: Workspace) -> Weighted:
    """Return the clients chosen in the settings, or the default ones."""
    return tuple(weights(workspace).items()) or USUAL


def unknown_clients(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each unknown client name, with a hint."""
    for name in names:
        if not support().matching(name):
            yield name, spelling_hint(name, support().known(), what="known mail clients")
