"""The forge workflows that `newsletter init` writes: valid, without privileges for untrusted files,
and run here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.desk import Desk

MARKER = "<!-- newsletter-review -->"
HEAD = "a" * 40
BUILD, COMMENT = ".github/workflows/newsletter.yml", ".github/workflows/newsletter-comment.yml"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("init").resolve())
    assert desk.run("init").code == 0
    return desk.root


def read(workspace: Path, name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((workspace / name).read_text())
    return data


SCHEMAS = [
    (BUILD, ("--builtin-schema", "vendor.github-workflows")),
    (COMMENT, ("--builtin-schema", "vendor.github-workflows")),
    (".gitlab-ci.yml", ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")),
]


@pytest.mark.parametrize(("name", "schema"), SCHEMAS, ids=[row[0] for row in SCHEMAS])
def test_the_forges_own_schema_accepts_it(
    workspace: Path, name: str, schema: tuple[str, ...]
) -> None:
    command = [sys.executable, "-m", "check_jsonschema", *schema, str(workspace / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_jobs_that_run_untrusted_files_have_no_rights(workspace: Path) -> None:
    build = read(workspace, BUILD)
    assert build[True] == "pull_request"
    assert build["permissions"] == {"contents": "read"}
    for job in build["jobs"].values():
        assert "permissions" not in job
        checkout = job["steps"][0]["with"]
        assert (checkout["persist-credentials"], checkout["fetch-depth"]) == (False, 0)


def test_jobs_with_write_access_run_nothing_untrusted(workspace: Path) -> None:
    comment = read(workspace, COMMENT)
    assert comment[True] == {"workflow_run": {"workflows": ["newsletter"], "types": ["completed"]}}
    assert comment["permissions"] == {}
    (job,) = comment["jobs"].values()
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert [step.get("uses", "").partition("@")[0] for step in job["steps"]] == [
        "actions/download-artifact",
        "",
    ]


@pytest.mark.parametrize("name", [BUILD, COMMENT])
def test_no_expression_is_inside_a_script(workspace: Path, name: str) -> None:
    """A branch called `$(…)` is plain text in an environment variable, and a command elsewhere."""
    for job in read(workspace, name)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


# --- the script that posts, against a stateful fake forge -----------------------------------------


class Forge(HTTPServer):
    """The part of a forge's API that a comment needs; it keeps comments between requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Forge

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.asked.append(f"{self.command} {self.path}")
        response: Any = {}
        if self.command == "GET" and re.search(r"/pulls/\d+$", self.path):
            response = {"head": {"sha": HEAD}}
        elif self.command == "GET":
            first = self.path.endswith("&page=1")
            response = self.server.comments if first else []
        elif self.command == "POST":
            user = {"type": "Bot"}
            self.server.comments.append(
                {"id": len(self.server.comments), "user": user, "body": body["body"]}
            )
        else:
            number = int(self.path.rpartition("/")[2])
            self.server.comments[number]["body"] = body["body"]
        data = json.dumps(response).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815 - the names http.server calls

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def forge() -> Iterator[Forge]:
    server = Forge()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def post(
    workspace: Path, forge: Forge, folder: Path, *, number: str, text: str, head: str = HEAD
) -> str:
    """Run the workflow step as the forge would, and return its error output."""
    (job,) = read(workspace, COMMENT)["jobs"].values()
    (folder / "review").mkdir(exist_ok=True)
    (folder / "review" / "number.txt").write_text(number)
    (folder / "review" / "comment.md").write_text(text)
    environment = os.environ | {
        "GITHUB_API_URL": f"http://127.0.0.1:{forge.server_port}",
        "GITHUB_REPOSITORY": "desk/letter",
        "TOKEN": "t",
        "HEAD_SHA": head,
        "RUN": "https://forge.example/run/1",
    }
    done = subprocess.run(
        [sys.executable, "-c", job["steps"][1]["run"]],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stderr


def test_one_comment_is_posted_and_then_updated(
    workspace: Path, forge: Forge, tmp_path: Path
) -> None:
    forge.comments.append(
        {"id": 0, "user": {"type": "User"}, "body": f"{MARKER} copied by a person"}
    )
    assert (
        post(workspace, forge, tmp_path, number="7\n", text=f"{MARKER}\nfirst <ins>word</ins>")
        == ""
    )
    assert (
        post(workspace, forge, tmp_path, number="7", text=f"{MARKER}\nsecond `https://a.example`")
        == ""
    )
    assert [comment["body"] for comment in forge.comments] == [
        f"{MARKER} copied by a person",
        f"{MARKER}\n\nsecond `https://a.example`\n\n[Page with screenshots, under artifacts](https://forge.example/run/1)",
    ]
    assert forge.asked[-1] == "PATCH /repos/desk/letter/issues/comments/1"


REFUSED = [
    ("7; rm -rf /", HEAD, "number.txt is not the number of a pull request"),
    ("../pulls/1", HEAD, "number.txt is not the number of a pull request"),
    ("7", "b" * 40, "the pull request has other commits than this run; nothing was posted"),
]


@pytest.mark.parametrize(("number", "head", "message"), REFUSED)
def test_a_forged_artifact_posts_no_comment(
    workspace: Path, forge: Forge, tmp_path: Path, number: str, head: str, message: str
) -> None:
    assert post(workspace, forge, tmp_path, number=number, text="x", head=head).strip() == message
    assert forge.comments == []


def test_forged_text_neither_mentions_people_nor_links(
    workspace: Path, forge: Forge, tmp_path: Path
) -> None:
    text = (
        "@octocat [x](https://evil.example) www.evil.example <img src=x> <a href=x>y</a> mailto:a@b.example "
        * 2000
    )
    assert post(workspace, forge, tmp_path, number="7", text=text) == ""
    body = forge.comments[0]["body"]
    body, _, run = body.rpartition("\n\n")
    assert run == "[Page with screenshots, under artifacts](https://forge.example/run/1)"
    assert len(body) < 61_000
    assert not re.search(r"@\w|://|www\.|\]\(|<(?!!-- newsletter-review -->)|mailto:", body)


def test_the_note_on_a_merge_request(workspace: Path, forge: Forge, tmp_path: Path) -> None:
    job = read(workspace, ".gitlab-ci.yml")["newsletter-comment"]
    script = re.search(r"<<'PYTHON'\n(.*)PYTHON", job["script"][0], re.DOTALL)
    assert script
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "comment.md").write_text(f"{MARKER}\nsecond")
    forge.comments += [{"id": 0, "body": "hello"}, {"id": 1, "body": f"{MARKER}\nfirst"}]
    environment = os.environ | {
        "CI_API_V4_URL": f"http://127.0.0.1:{forge.server_port}",
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "7",
        "NEWSLETTER_TOKEN": "t",
    }
    subprocess.run([sys.executable, "-c", script[1]], cwd=tmp_path, env=environment, check=True)
    assert [comment["body"] for comment in forge.comments] == ["hello", f"{MARKER}\nsecond"]
    assert forge.asked[-1] == "PUT /projects/3/merge_requests/7/notes/1"


def test_a_repository_keeps_its_existing_pipeline(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write(".gitlab-ci.yml", "mine: {script: [make]}\n")
    assert desk.run("init").code == 0
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine: {script: [make]}\n"
