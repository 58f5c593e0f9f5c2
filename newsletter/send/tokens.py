"""Signed tokens: unsubscribe and confirmation links, and return paths that identify the recipient.

A token is `KEYID.LIST.RID.MAC` (links) or `KEYID-RUN-RID-MAC` (return paths, which mail servers may
convert to lower case). The MAC is HMAC-SHA256 over version, purpose, list and recipient, truncated
to 128 bits for links and 80 for return paths. Recipients are identified by a random id, never by
address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.send.database import Database

CONFIRMATION = 7 * 24 * 3600  # seconds for which a confirmation link is valid


class LinkClaim(Struct, frozen=True):
    """The verified content of a link."""

    list: str
    rid: str


class Signer(Struct, frozen=True):
    """The keys of a database, by number; the newest signs, all verify."""

    keys: dict[str, bytes]

    def link(self, purpose: str, list_name: str, rid: str) -> str:
        """Return a token for `unsub`; it does not expire, because readers keep emails for years."""
        key_id = max(self.keys, key=int)
        mac = self._mac(key_id, purpose, list_name, rid)[:16]
        return f"{key_id}.{list_name}.{rid}.{_base64(mac)}"

    def read_link(self, purpose: str, token: str) -> LinkClaim | None:
        """Return a token's content, or `None` if we did not sign it for this purpose."""
        parts = token.split(".")
        if len(parts) != 4 or parts[0] not in self.keys:
            return None
        key_id, list_name, rid, mac = parts
        good = _base64(self._mac(key_id, purpose, list_name, rid)[:16])
        return LinkClaim(list_name, rid) if hmac.compare_digest(good, mac) else None

    def confirmation(self, list_name: str, rid: str, now: float) -> str:
        """Return a token that confirms a subscription, valid for seven days."""
        until = int(now) + CONFIRMATION
        return f"{self.link(f'confirm {until}', list_name, rid)}.{until}"

    def read_confirmation(self, token: str, now: float) -> LinkClaim | None:
        link, _, until = token.rpartition(".")
        if not re.fullmatch(r"\d{1,12}", until) or int(until) < now:
            return None
        return self.read_link(f"confirm {until}", link)

    def return_path(self, bounce_address: str, run: int, rid: str) -> str:
        """Return the envelope sender of one email (VERP): a bounce identifies run and recipient."""
        local, _, domain = bounce_address.rpartition("@")
        key_id = max(self.keys, key=int)
        mac = self._mac(key_id, "bounce", str(run), rid)[:10]
        return f"{local}+{key_id}-{run}-{rid}-{_base32(mac)}@{domain}"

    def read_return_path(self, bounce_address: str, address: str) -> tuple[int, str] | None:
        """Return run and recipient of a return path, or `None` if it is not one of ours."""
        local = bounce_address.rpartition("@")[0].lower()
        match = re.fullmatch(
            rf"{re.escape(local)}\+(\d+)-(\d+)-(\w+)-(\w+)@.*", address.strip("<> ").lower()
        )
        if match is None or match[1] not in self.keys:
            return None
        good = _base32(self._mac(match[1], "bounce", match[2], match[3])[:10])
        return (int(match[2]), match[3]) if hmac.compare_digest(good, match[4]) else None

    def keyed_hash(self, key: str) -> str:
        """Return the hash stored for an erased address, stable because it uses the oldest key."""
        key_id = min(self.keys, key=int)
        return self._mac(key_id, "forgotten", "", key).hex()

    def _mac(self, key_id: str, purpose: str, scope: str, rid: str) -> bytes:
        message = f"v1\0{purpose}\0{scope}\0{rid}".encode()
        return hmac.digest(self.keys[key_id], message, hashlib.sha256)


def new_rid() -> str:
    """Return a random recipient id: 80 bits in lower-case letters and digits."""
    return _base32(secrets.token_bytes(10))


def open_signer(database: Database, setting: str | None) -> Signer:
    """Return the signer of a database.

    `setting` is `env:NAME` of a secret of 32 characters or more; without it a key is generated once
    and stored in the database, readable only by those who hold the addresses anyway. Raises
    `NewsletterError`.
    """
    if setting:
        return Signer({"1": _secret(setting)})
    keys = _keys(database)
    if not keys:
        value = secrets.token_hex(32)
        database.rows(
            "INSERT INTO meta (name, value) VALUES ('key 1', :value) ON CONFLICT (name) DO NOTHING",
            value=value,
        )
        keys = _keys(database)
    return Signer(keys)


def _keys(database: Database) -> dict[str, bytes]:
    rows = database.rows("SELECT name, value FROM meta")
    return {
        name.removeprefix("key "): bytes.fromhex(value)
        for name, value in rows
        if name.startswith("key ")
    }


def _secret(setting: str) -> bytes:
    name = setting.removeprefix("env:")
    value = os.environ.get(name, "")
    if not setting.startswith("env:") or len(value) < 32:
        raise NewsletterError(
            f"[send] key: {name} is not an environment variable with 32 characters or more",
            hint='Write `key = "env:NEWSLETTER_KEY"`, and set it to `openssl rand -hex 32`.',
        )
    return value.encode()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _base32(data: bytes) -> str:
    return base64.b32encode(data).rstrip(b"=").lower().decode()
