"""Mail clients and what they do not support: facts of caniemail.com, derived by tools/update_clients.py."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from newsletter.files.suggest import did_you_mean
from newsletter.workspace import Workspace

DATA = Path(__file__).with_suffix(".json")

Weighted = tuple[tuple[str, float], ...]  # clients by name, each with what it counts

# Those most emails are read in. Not Gmail's page for phones and Windows Mail, which few have left.
USUAL: Weighted = tuple(
    (name, 1.0)
    for name in (
        "gmail.desktop-webmail gmail.android gmail.ios apple-mail outlook.windows outlook.outlook-com outlook.macos "
        "outlook.android outlook.ios yahoo"
    ).split()
)
COUNTS = 1.0  # what clients without a feature must weigh together for it to be reported


class Feature(Struct, frozen=True):
    """Something of CSS or HTML that some clients do not support at all."""

    slug: str  # as in the address of its page
    title: str
    shown: tuple[str, ...]  # the ways in which an email uses it; see `features.py`
    without: frozenset[str]  # clients
    notes: tuple[
        tuple[str, frozenset[str]], ...
    ]  # what was found when it was tested, and in which clients


class Support(Struct, frozen=True):
    """What is known of all clients on a day."""

    date: str
    names: Mapping[str, str]  # client -> as people call it
    features: Mapping[
        str, Feature
    ]  # way -> the feature it uses; what the packaged theme writes anyway is not here

    def of(self, name: str) -> tuple[str, ...]:
        """Return the clients that a name of the settings is for: one, or all of a family."""
        return tuple(
            client for client in self.names if client == name or client.startswith(f"{name}.")
        )

    def known(self) -> list[str]:
        """Return all names that settings may use."""
        return sorted({*self.names, *(client.partition(".")[0] for client in self.names)})

    def lacking(self, feature: Feature, clients: Weighted) -> list[str]:
        """Return the chosen clients without a feature, the weightiest first; none where they do not count."""
        lacking = {name: set(self.of(name)) & feature.without for name, _ in clients}
        if sum(weight for name, weight in clients if lacking[name]) < COUNTS:
            return []
        ordered = sorted(clients, key=lambda client: -client[1])
        return list(
            dict.fromkeys(client for name, _ in ordered for client in sorted(lacking[name]))
        )


@lru_cache(maxsize=1)
def support() -> Support:
    """Return the facts, read once."""
    data = json.loads(DATA.read_text("utf-8"))
    names = data["clients"]
    clients = list(names)
    features: dict[str, Feature] = {}
    for slug, said in data["features"].items():
        if slug not in data["baseline"]:
            notes = tuple(
                (note, _clients(numbers, clients)) for note, numbers in said["notes"].items()
            )
            without = _clients(said["without"], clients)
            feature = Feature(slug, said["title"], tuple(said["shown"]), without, notes)
            features |= dict.fromkeys(feature.shown, feature)
    return Support(data["date"], names, features)


def _clients(numbers: Iterable[int], clients: list[str]) -> frozenset[str]:
    return frozenset(clients[number] for number in numbers)


def weights(workspace: Workspace) -> Mapping[str, float]:
    """Return the clients that settings name, each with what it counts; in a list each counts 1."""
    clients = workspace.check.clients
    return clients if isinstance(clients, Mapping) else dict.fromkeys(clients, 1.0)


def chosen(workspace: Workspace) -> Weighted:
    """Return the clients that settings choose, the usual ones for none."""
    return tuple(weights(workspace).items()) or USUAL


def unknown_clients(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each name that no mail client has, with a hint."""
    for name in names:
        if not support().of(name):
            yield name, did_you_mean(name, support().known(), what="There are")
