"""Subscribers of all lists: their states, and the evidence for each state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from newsletter.send.address import ListAddress, parse_address
from newsletter.send.database import Database, Row
from newsletter.send.subscriber_rows import (
    CLOSED,
    STATES,
    ImportResult,
    RowReader,
    SubscriberRow,
    SubscriberState,
    clean_name,
    first_name_of,
    merged_state,
)
from newsletter.send.tokens import Signer, new_rid

CHUNK = 2000
_T = TypeVar("_T")


class Subscriber(Struct, frozen=True):
    """One address on one list."""

    id: int
    rid: str  # the random id in links and return paths
    list: str
    address: str
    name: str
    first_name: str
    state: SubscriberState
    changed: float


class Evidence(Struct, frozen=True):
    """When, how and from where an address entered a state."""

    state: SubscriberState
    how: str  # import, form, link, bounce, command
    source: str  # a file name, an IP, a return path's run
    detail: str = ""
    at: float = 0.0


class SubscriberStore:
    """The subscribers of a database."""

    def __init__(self, database: Database, signer: Signer) -> None:
        self.database, self.signer = database, signer

    def merge(
        self, list_name: str, rows: Iterable[SubscriberRow], source: str, *, roles: bool = False
    ) -> ImportResult:
        """Merge the rows of a file into a list, all or none.

        An address that left, bounced or complained keeps that state regardless of the file; an
        erased one stays erased. `roles` admits addresses such as abuse@.
        """
        with self.database.transaction():
            return self.merge_inside(list_name, rows, source, roles=roles)

    def merge_inside(
        self, list_name: str, rows: Iterable[SubscriberRow], source: str, *, roles: bool = False
    ) -> ImportResult:
        """Like `merge`, inside the caller's transaction."""
        reading = RowReader(roles=roles)
        addresses = reading.addresses(rows)
        counts = dict.fromkeys(("added", "changed", "unchanged", "kept_closed", "forgotten"), 0)
        for chunk in _chunks(addresses, CHUNK):
            self._merge_chunk(list_name, chunk, source, counts)
        return ImportResult(
            **counts,
            duplicates=reading.duplicates,
            invalid=tuple(reading.invalid),
            roles=tuple(reading.roles),
        )

    def _merge_chunk(
        self,
        list_name: str,
        chunk: Sequence[tuple[ListAddress, SubscriberRow]],
        source: str,
        counts: dict[str, int],
    ) -> None:
        known = self._by_key(list_name, [address.key for address, _ in chunk])
        erased = self._erased([address.key for address, _ in chunk])
        new, updates, evidence = [], [], []
        for address, row in chunk:
            if address.key in erased:
                counts["forgotten"] += 1
                continue
            entry = known.get(address.key)
            if entry is None:
                counts["added"] += 1
                new.append((address, row))
                continue
            state = merged_state(entry.state, row.state)
            name = row.name or entry.name
            first_name = row.first_name or entry.first_name
            if (state, name, first_name) == (entry.state, entry.name, entry.first_name):
                stays_closed = entry.state in CLOSED and row.state not in CLOSED
                counts["kept_closed" if stays_closed else "unchanged"] += 1
                continue
            counts["changed"] += 1
            updates.append({"id": entry.id, "state": state, "name": name, "first_name": first_name})
            if state != entry.state:
                evidence.append(_evidence_row(entry.id, state, source, row.detail))
        self._insert(list_name, new, source)
        self.database.many(
            "UPDATE subscribers SET state = :state, name = :name, first_name = :first_name,"
            " changed = epoch() WHERE id = :id",
            updates,
        )
        self.database.many(_EVIDENCE, evidence)

    def _insert(
        self, list_name: str, rows: Sequence[tuple[ListAddress, SubscriberRow]], source: str
    ) -> None:
        values = [
            {
                "rid": new_rid(),
                "list": list_name,
                "address": address.normalized,
                "key": address.key,
                "domain": address.domain,
                "name": row.name,
                "first_name": row.first_name,
                "state": row.state,
            }
            for address, row in rows
        ]
        self.database.many(_INSERT, values)
        ids = self._by_key(list_name, [address.key for address, _ in rows])
        self.database.many(
            _EVIDENCE,
            [
                _evidence_row(ids[address.key].id, row.state, source, row.detail)
                for address, row in rows
            ],
        )

    def add(self, list_name: str, row: SubscriberRow, evidence: Evidence) -> Subscriber:
        """Add an address, or reactivate it, at its owner's request. Raises `InvalidAddress`."""
        address = parse_address(row.address)
        with self.database.transaction():
            entry = self._by_key(list_name, [address.key]).get(address.key)
            if entry is None:
                self._insert(list_name, [(address, row)], evidence.source)
                entry = self._by_key(list_name, [address.key])[address.key]
                self.database.rows(
                    "UPDATE evidence SET how = :how, detail = :detail WHERE subscriber = :id",
                    how=evidence.how,
                    detail=evidence.detail,
                    id=entry.id,
                )
            else:
                self._set(entry.id, evidence)
            if row.name or row.first_name:
                self._name(entry.id, row.name, row.first_name)
            if evidence.state == "active":
                self._unerase(address.key)
        return self._by_key(list_name, [address.key])[address.key]

    def _unerase(self, key: str) -> None:
        """Delete the record of an erasure, because the owner subscribed again."""
        self.database.rows(
            "DELETE FROM forgotten WHERE hash = :hash", hash=self.signer.keyed_hash(key)
        )

    def confirm(self, subscriber: Subscriber, evidence: Evidence) -> None:
        """Make a subscriber active after the mailbox's owner confirmed."""
        with self.database.transaction():
            self._set(subscriber.id, evidence)
            self._unerase(parse_address(subscriber.address).key)

    def note_request(self, subscriber: Subscriber, source: str, most: int) -> bool:
        """Record a repeated request; return `False` after `most` of them within a day."""
        requests = self.database.rows(
            "SELECT count(*) FROM evidence"
            " WHERE subscriber = :id AND how = 'form' AND at > epoch() - 86400",
            id=subscriber.id,
        )[0][0]
        if requests >= most:
            return False
        values = {"state": subscriber.state, "how": "form", "source": source, "detail": "again"}
        self.database.rows(_EVIDENCE, subscriber=subscriber.id, **values)
        return True

    def purge_pending(self) -> None:
        """Delete form subscriptions that were not confirmed within thirty days."""
        old = (
            "SELECT s.id FROM subscribers s JOIN evidence e ON e.subscriber = s.id"
            " WHERE s.state = 'pending' AND e.how = 'form' AND s.changed < epoch() - 2592000"
        )
        with self.database.transaction():
            purged = self.database.rows(f"DELETE FROM subscribers WHERE id IN ({old}) RETURNING id")
            self.database.rows(
                "DELETE FROM evidence WHERE subscriber IN numbers(:ids)",
                ids=json.dumps([row[0] for row in purged]),
            )

    def set_state(self, subscriber: int, evidence: Evidence) -> None:
        """Set a subscriber's state, with evidence; setting the same state again changes nothing."""
        with self.database.transaction():
            self._set(subscriber, evidence)

    def _set(self, subscriber: int, evidence: Evidence) -> None:
        changed = self.database.rows(
            "UPDATE subscribers SET state = :state, changed = epoch()"
            " WHERE id = :id AND state <> :state RETURNING id",
            state=evidence.state,
            id=subscriber,
        )
        if changed:
            self.database.rows(
                _EVIDENCE,
                subscriber=subscriber,
                state=evidence.state,
                how=evidence.how,
                source=evidence.source,
                detail=evidence.detail,
            )

    def rename(self, subscriber: int, name: str) -> None:
        """Change the name used in personal fields."""
        self._name(subscriber, clean_name(name), first_name_of(clean_name(name)))

    def _name(self, subscriber: int, name: str, first_name: str) -> None:
        self.database.rows(
            "UPDATE subscribers SET name = :name, first_name = :first, changed = epoch() WHERE id = :id",
            name=name,
            first=first_name,
            id=subscriber,
        )

    def by_rid(self, rid: str) -> Subscriber | None:
        rows = self.database.rows(f"{_SELECT} WHERE rid = :rid", rid=rid)
        return _subscriber(rows[0]) if rows else None

    def by_id(self, id: int) -> Subscriber | None:
        rows = self.database.rows(f"{_SELECT} WHERE id = :id", id=id)
        return _subscriber(rows[0]) if rows else None

    def of_address(self, text: str) -> list[Subscriber]:
        """Return an address on all its lists. Raises `InvalidAddress`."""
        rows = self.database.rows(
            f"{_SELECT} WHERE key = :key ORDER BY list", key=parse_address(text).key
        )
        return [_subscriber(row) for row in rows]

    def evidence(self, subscriber: int) -> list[Evidence]:
        """Return everything recorded about a subscriber, oldest first."""
        rows = self.database.rows(
            "SELECT state, how, source, detail, at FROM evidence WHERE subscriber = :id ORDER BY id",
            id=subscriber,
        )
        return [Evidence(*row) for row in rows]

    def iterate(self, list_name: str, state: str | None = None) -> Iterator[Subscriber]:
        """Yield the subscribers of a list in order of creation, page by page."""
        last = 0
        while rows := self.database.rows(
            f"{_SELECT} WHERE list = :list AND id > :last AND (:any = 1 OR state = :state)"
            " ORDER BY id LIMIT 1000",
            list=list_name,
            last=last,
            any=0 if state else 1,
            state=state or "",
        ):
            yield from map(_subscriber, rows)
            last = rows[-1][0]

    def counts(self, list_name: str) -> dict[str, int]:
        """Return state -> number of subscribers, all states."""
        rows = self.database.rows(
            "SELECT state, count(*) FROM subscribers WHERE list = :list GROUP BY state",
            list=list_name,
        )
        counts: dict[str, int] = dict.fromkeys(STATES, 0)
        return counts | dict(rows)

    def forget(self, text: str) -> int:
        """Erase an address from all lists and journals, leaving a keyed hash; return the row count.

        The journal's counts are unchanged. Raises `InvalidAddress`.
        """
        key = parse_address(text).key
        hashed = self.signer.keyed_hash(key)
        with self.database.transaction():
            self.database.rows(
                "INSERT INTO forgotten (hash, at) VALUES (:hash, epoch()) ON CONFLICT (hash) DO NOTHING",
                hash=hashed,
            )
            self.database.rows(
                "DELETE FROM evidence WHERE subscriber IN (SELECT id FROM subscribers WHERE key = :key)",
                key=key,
            )
            self.database.rows(
                "UPDATE bounces SET reason = '' WHERE subscriber IN"
                " (SELECT id FROM subscribers WHERE key = :key)",
                key=key,
            )
            erased = self.database.rows(
                "DELETE FROM subscribers WHERE key = :key RETURNING id", key=key
            )
            self._erase_deliveries(key, hashed)
        return len(erased)

    def _erase_deliveries(self, key: str, hashed: str) -> None:
        """Erase an address from the journal of every run, cancelling unsent emails."""
        of_runs = "WHERE run IN (SELECT id FROM runs)"  # each looked up by (run, key)
        self.database.rows(
            f"UPDATE deliveries SET state = 'suppressed', at = epoch() {of_runs}"
            " AND key = :key AND state IN ('queued', 'deferred')",
            key=key,
        )
        self.database.rows(
            f"UPDATE deliveries SET address = '', key = :hash, reply = NULL {of_runs} AND key = :key",
            hash=hashed,
            key=key,
        )

    def _by_key(self, list_name: str, keys: Sequence[str]) -> dict[str, Subscriber]:
        rows = self.database.rows(
            f"{_SELECT_KEY} WHERE list = :list AND key IN texts(:keys)",
            list=list_name,
            keys=json.dumps(list(keys)),
        )
        return {row[0]: _subscriber(row[1:]) for row in rows}

    def _erased(self, keys: Sequence[str]) -> set[str]:
        if not self.database.rows("SELECT 1 FROM forgotten LIMIT 1"):
            return set()
        hashes = {self.signer.keyed_hash(key): key for key in keys}
        rows = self.database.rows(
            "SELECT hash FROM forgotten WHERE hash IN texts(:hashes)",
            hashes=json.dumps(list(hashes)),
        )
        return {hashes[row[0]] for row in rows}


_COLUMNS = "id, rid, list, address, name, first_name, state, changed"
_SELECT = f"SELECT {_COLUMNS} FROM subscribers"
_SELECT_KEY = f"SELECT key, {_COLUMNS} FROM subscribers"
_INSERT = """
    INSERT INTO subscribers (rid, list, address, key, domain, name, first_name, state, changed)
    VALUES (:rid, :list, :address, :key, :domain, :name, :first_name, :state, epoch())
    ON CONFLICT (list, key) DO NOTHING"""
_EVIDENCE = """
    INSERT INTO evidence (subscriber, state, at, how, source, detail)
    VALUES (:subscriber, :state, epoch(), :how, :source, :detail)"""


def _subscriber(row: Row) -> Subscriber:
    return Subscriber(*row)


def _evidence_row(
    subscriber: int, state: SubscriberState, source: str, detail: str
) -> dict[str, object]:
    return {
        "subscriber": subscriber,
        "state": state,
        "how": "import",
        "source": source,
        "detail": detail,
    }


def _chunks(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
