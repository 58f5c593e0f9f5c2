"""The command as a process: real sockets, real files, Ctrl-C."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from newsletter.preview import server
from newsletter.preview.server import listen
from tests.desk import SLUG, Desk

BUSY = 10  # seconds; an idle machine takes 0.4, and we promise one
ESSAY = f"issues/{SLUG}/10-essay.md"
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="ends the server as a Unix terminal does"
)


@contextmanager
def running(desk: Desk, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with desk.start("preview", "--no-open", *arguments) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip(), process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)


def get(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=60) as response:
        return json.load(response)


def heard(stream: Any, name: str) -> Any:
    """Return the data of the next event with a given name."""
    for line in stream:
        if line == f"event: {name}\n".encode():
            return json.loads(next(stream)[6:])
    raise AssertionError(f"the stream ended before {name}")


def test_a_save_reaches_the_page(desk: Desk) -> None:
    with (
        running(desk, "--port", "0") as (address, _),
        urllib.request.urlopen(f"{address}events", timeout=60) as stream,
    ):
        assert heard(stream, "hello")["started"]
        first = get(f"{address}api/issues/{SLUG}")
        heard(stream, "findings")
        for name, content in (
            (ESSAY, "---\nkind: essay\n---\nTwo ships came in.\n"),
            (
                "templates/default/tokens.toml",
                '[light]\nink = "#101010"\n',
            ),  # a folder that did not exist
            ("templates/default/tokens.toml", '[light]\nink = "#202020"\n'),
            ("lexicon.yaml", "- {prefer: quay, avoid: [wharf]}\n"),
            ("newsletter.toml", 'name = "The Long Quay"\nurl = "https://quay.example"\n'),
        ):
            desk.write(name, content)
            reported = heard(stream, "issue")
            assert reported["version"] > first["version"]
            heard(stream, "findings")
        assert get(f"{address}api/issues")["publication"] == "The Long Quay"
        with urllib.request.urlopen(f"{address}email/{SLUG}/light", timeout=60) as response:
            html = response.read().decode()
        assert "Two ships came in." in html
        assert "color:#202020" in html


def test_an_issue_created_while_it_runs_appears(desk: Desk) -> None:
    with (
        running(desk, "--port", "0") as (address, _),
        urllib.request.urlopen(f"{address}events", timeout=60) as stream,
    ):
        heard(stream, "hello")
        get(f"{address}api/issues")
        heard(stream, "list")
        assert desk.run("new", "Two Cranes", "--date", "2026-04-01").code == 0
        heard(stream, "list")
        assert [row["slug"] for row in get(f"{address}api/issues")["issues"]] == [
            "2026-04-01-two-cranes",
            SLUG,
        ]


def test_ctrl_c_ends_it_within_a_second_despite_open_pages(desk: Desk) -> None:
    with running(desk, "--port", "0") as (address, process):
        streams = [urllib.request.urlopen(f"{address}events", timeout=60) for _ in range(10)]
        for stream in streams:
            heard(stream, "hello")
        get(f"{address}api/issues/{SLUG}")
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        took = time.monotonic() - started
        assert process.stderr
        assert process.stderr.read() == "Stopped.\n"
        for stream in streams:
            assert stream.read().count(b"event: ") <= 3  # a complete response, not a truncated one
            stream.close()
    assert took < BUSY


def test_ctrl_c_ends_it_during_an_endless_build(desk: Desk) -> None:
    desk.write("templates/default/foot.mjml.j2", "{% for number in range(10 ** 12) %}{% endfor %}")
    with running(desk, "--port", "0") as (address, process):
        port = int(address.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(
                f"GET /api/issues/{SLUG} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
            )
            time.sleep(0.5)
            before = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
            assert time.monotonic() - before < BUSY
        assert (process.returncode, err) == (0, "Stopped.\n")


def test_a_port_in_use_is_left_alone(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as owner:
        port = owner.getsockname()[1]
        with running(desk, "--port", str(port)) as (address, process):
            other = int(address.rstrip("/").rpartition(":")[2])
            assert port < other <= port + 20
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
            assert process.stderr
            assert process.stderr.read() == f"Port {port} is taken; using {other}.\nStopped.\n"


def test_only_this_machine_can_connect() -> None:
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_no_free_port_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TRIES", 1)
    with socket.create_server(("127.0.0.1", 0)) as owner:
        port = owner.getsockname()[1]
        with pytest.raises(server.NewsletterError) as raised:
            listen(port)
    assert raised.value.message == f"No free port from {port} to {port}"


def test_the_real_server_rejects_other_host_names_too(desk: Desk) -> None:
    with running(desk, "--port", "0") as (address, _):
        request = urllib.request.Request(f"{address}api/issues", headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(request, timeout=60)
        assert raised.value.code == 403
        raised.value.close()
