"""A private Postfix: its own folders and port, mailboxes as Maildirs, real bounces, no email beyond
this machine.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.quay.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_transport = error:no mail leaves this machine
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.org, lists.example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_destination_concurrency_limit = 20
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
recipient_delimiter = +
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
biff = no
alias_maps =
minimal_backoff_time = 5s
queue_run_delay = 2s
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""


@dataclass(frozen=True)
class Postfix:
    folder: Path
    port: int

    @property
    def bounces(self) -> Path:
        return self.folder / "mail" / "bounces"

    def copies(self) -> Counter[str]:
        """Return how many emails are in each reader's mailbox."""
        result: Counter[str] = Counter()
        for path in (self.folder / "mail").glob("*/new/*"):
            name = path.parents[1].name
            if name != "bounces":
                result[f"{name}@example.org"] += 1
        return result

    def settle(self, seconds: float = 60) -> None:
        """Wait until everything accepted is delivered or returned."""
        deadline = time.monotonic() + seconds
        while any(
            path.is_file()
            for name in ("incoming", "active", "maildrop", "deferred")
            for path in (self.folder / "queue" / name).rglob("*")
        ):
            assert time.monotonic() < deadline, "the queue still contains emails"
            time.sleep(0.1)


def can_run_postfix() -> bool:
    """Return whether this machine has Postfix and we may start it."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/usr/sbin/postfix").exists()


@contextlib.contextmanager
def start_postfix() -> Iterator[Postfix]:
    memory = Path("/dev/shm")  # Postfix syncs every email; these tests do not cover durability
    place = memory if memory.is_dir() else Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix="newsletter-postfix-", dir=place))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    owner = pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "mail", "log"):
        (folder / name).mkdir()
    for name in ("data", "mail"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    values = {"folder": folder, "port": port, "uid": owner.pw_uid, "gid": owner.pw_gid}
    (folder / "etc" / "main.cf").write_text(MAIN.format(**values))
    (folder / "etc" / "master.cf").write_text(MASTER.format(**values))
    readers = (f"reader{number:04}" for number in range(2000))
    lines = [f"{reader}@example.org {reader}/" for reader in readers]
    lines.append("bounces@lists.example.org bounces/")
    (folder / "etc" / "mailboxes").write_text("\n".join(lines) + "\n")
    _call(folder, "start")
    try:
        yield Postfix(folder, port)
    finally:
        _call(folder, "abort")
        shutil.rmtree(folder, ignore_errors=True)


def _call(folder: Path, verb: str) -> None:
    done = subprocess.run(
        ["/usr/sbin/postfix", "-c", str(folder / "etc"), verb],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    log = folder / "log" / "postfix.log"
    if done.returncode and verb == "start":
        raise RuntimeError(done.stderr.decode() + (log.read_text() if log.exists() else ""))
