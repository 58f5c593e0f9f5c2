"""What a cached build depends on, and when a cached answer may be used."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from newsletter.files import cache
from newsletter.files.cache import BuildCache, IndexEntry

SECOND = 1_000_000_000
KEY = "ab" + "0" * 62


def issue(root: Path) -> Path:
    folder = root / "2026-03-01-quay"
    (folder / "images").mkdir(parents=True)
    (folder / "issue.yaml").write_text("title: Quay\n")
    (folder / "10-note.md").write_bytes(b"One\nTwo\n")
    (folder / "images" / "crane.png").write_bytes(b"\x89PNG\r\n")
    return folder


CHANGES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "nothing": (lambda folder: None, False),
    "a new time only": (lambda folder: os.utime(folder / "issue.yaml", (1, 1)), False),
    "line ends of a text": (
        lambda folder: (folder / "10-note.md").write_bytes(b"One\r\nTwo\r\n"),
        False,
    ),
    "line ends of an image": (
        lambda folder: (folder / "images" / "crane.png").write_bytes(b"\x89PNG\n"),
        True,
    ),
    "one letter of the same length": (
        lambda folder: (folder / "10-note.md").write_bytes(b"One\nTwx\n"),
        True,
    ),
    "a new file": (lambda folder: (folder / "20-brief.md").touch(), True),
    "a new folder": (lambda folder: (folder / "data").mkdir(), True),
    "a file under another name": (
        lambda folder: (folder / "10-note.md").rename(folder / "11-note.md"),
        True,
    ),
    "a receipt": (lambda folder: (folder / "published.json").write_text("{}"), False),
    "an approval": (lambda folder: (folder / "approvals").mkdir(), False),
    "a sent copy": (lambda folder: (folder / "sent").mkdir(), False),
    "a file named as a receipt, deeper": (
        lambda folder: (folder / "images" / "published.json").write_text("{}"),
        True,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_key_changes_with_what_a_reader_would_see(tmp_path: Path, change: str) -> None:
    folder = issue(tmp_path)
    before = cache.content_key(folder, "shared")
    make, changes = CHANGES[change]
    make(folder)
    assert (cache.content_key(folder, "shared") != before) is changes


def test_the_engines_are_those_installed_with_their_versions() -> None:
    installed = {
        f"{(found.name or '').lower().replace('-', '_')}-{found.version}"
        for found in metadata.distributions()
    }
    engines = cache.engines()
    assert list(engines) == sorted(engines)
    names = [engine.removesuffix(".dist-info") for engine in engines]
    assert {name.partition("-")[0] for name in names} == cache.ENGINES
    assert set(names) <= installed


def test_a_missing_masthead_has_a_key_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("a")
    settings, masthead = tmp_path / "settings", tmp_path / "masthead"
    missing = cache.shared_key(settings, masthead, [])
    assert missing == cache.shared_key(settings, masthead, [tmp_path / "no theme"])
    masthead.write_text("b")
    assert cache.shared_key(settings, masthead, []) != missing


def test_the_key_holds_the_folders_name_and_what_all_issues_share(tmp_path: Path) -> None:
    folder = issue(tmp_path)
    keys = {cache.content_key(folder, shared) for shared in ("one", "two")}
    keys.add(cache.content_key(folder.rename(tmp_path / "2026-03-08-quay"), "one"))
    assert len(keys) == 3
    assert {len(key) for key in keys} == {64}


def test_the_shared_key_holds_settings_masthead_themes_and_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, masthead, theme = tmp_path / "a.toml", tmp_path / "masthead.yaml", tmp_path / "theme"
    (theme / "__pycache__").mkdir(parents=True)
    for path in (settings, masthead, theme / "email.css.j2"):
        path.write_text("one\n")

    def key() -> str:
        return cache.shared_key(settings, masthead, [theme])

    keys = [key()]
    for path in (settings, masthead, theme / "email.css.j2"):
        path.write_text("two\n")
        keys.append(key())
    masthead.unlink()
    keys.append(key())
    monkeypatch.setattr(cache, "engines", lambda: ("premailer-9.9",))
    keys.append(key())
    monkeypatch.setattr(cache, "__version__", "99")
    keys.append(key())
    assert len(set(keys)) == 7
    (theme / "__pycache__" / "filters.pyc").write_bytes(b"x")
    assert key() == keys[-1], "compiled files are no input"


def test_the_engines_are_those_that_write_the_bytes() -> None:
    names = [name.partition("-")[0] for name in cache.engines()]
    assert {"premailer", "lxml", "mjml_python", "pyromark", "jinja2"} <= set(names) <= cache.ENGINES
    assert names == sorted(names)


def test_links_are_recorded_by_their_target_and_never_followed_in_a_circle(tmp_path: Path) -> None:
    folder = issue(tmp_path)
    (folder / "images" / "again").symlink_to(folder)
    (folder / "broken.md").symlink_to("nowhere.md")
    (folder / "note.md").symlink_to("10-note.md")
    found = cache.fingerprint(folder)
    assert [name for name, _, _ in found] == [
        "10-note.md",
        "broken.md",
        "broken.md -> nowhere.md",
        "images/",
        "images/again -> " + str(folder),
        "images/again/",
        "images/crane.png",
        "issue.yaml",
        "note.md",
        "note.md -> 10-note.md",
    ]
    sizes = {name: size for name, size, _ in found}
    assert (sizes["note.md"], sizes["images/crane.png"], sizes["images/"]) == (8, 6, 0)
    linked = tmp_path / "linked"
    linked.symlink_to(folder)
    assert cache.fingerprint(linked)[0] == [f"-> {folder}", 0, 0]


def test_a_missing_folder_has_no_fingerprint(tmp_path: Path) -> None:
    assert cache.fingerprint(tmp_path / "missing") == []


# How long before the examination the newest file was saved, and whether the answer may be used.
AGES = [
    (3 * SECOND, True),
    (2 * SECOND, True),
    (2 * SECOND - 1, False),
    (0, False),
    (-SECOND, False),
]


@pytest.mark.parametrize(("age", "trusted"), AGES)
def test_a_file_saved_less_than_two_seconds_before_is_examined_again(
    tmp_path: Path, age: int, trusted: bool
) -> None:
    folder, output = issue(tmp_path), tmp_path / "dist"
    output.mkdir()
    (output / "email.html").write_text("x")
    inputs = cache.fingerprint(folder)
    newest = max(modified for _, _, modified in inputs)
    entry = IndexEntry(inputs, cache.fingerprint(output), newest + age)
    assert cache.up_to_date(entry, folder, output) is trusted


def test_an_entry_is_outdated_when_inputs_or_outputs_changed(tmp_path: Path) -> None:
    folder, output = issue(tmp_path), tmp_path / "dist"
    output.mkdir()
    assert not cache.up_to_date(None, folder, output)
    later = time.time_ns() + 10 * SECOND
    empty = IndexEntry(cache.fingerprint(folder), cache.fingerprint(output), later)
    assert not cache.up_to_date(empty, folder, output), "there is no output"
    (output / "email.html").write_text("x")
    entry = IndexEntry(cache.fingerprint(folder), cache.fingerprint(output), later)
    assert cache.up_to_date(entry, folder, output)
    (output / "email.html").write_text("xx")
    assert not cache.up_to_date(entry, folder, output)
    (output / "email.html").unlink()
    (folder / "20-brief.md").touch()
    assert not cache.up_to_date(entry, folder, output)


def test_the_index_is_of_one_shared_key(tmp_path: Path) -> None:
    path = tmp_path / "state" / "index.json"
    assert cache.read_index(path, "key") == {}
    entries = {"b": IndexEntry([["x", 1, 2]], [["y", 3, 4]], 5), "a": IndexEntry([], [], 0)}
    cache.write_index(path, "key", entries)
    assert cache.read_index(path, "key") == entries
    assert cache.read_index(path, "another") == {}
    for damaged in ("", "{}", "[]", '{"shared": "key"}', '{"shared": "key", "issues": {"a": [1]}}'):
        path.write_text(damaged)
        assert cache.read_index(path, "key") == {}


def test_an_entry_of_the_cache_is_whole_or_absent(tmp_path: Path) -> None:
    store = BuildCache(tmp_path / "cache")
    assert store.get(KEY) is None
    store.put(KEY, b"body")
    path = tmp_path / "cache" / "ab" / KEY
    assert store.get(KEY) == b"body"
    for damaged in (b"", b"body", path.read_bytes()[:-1], b"x" + path.read_bytes()[1:]):
        path.write_bytes(damaged)
        assert store.get(KEY) is None, damaged


def test_what_cannot_be_stored_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    store = BuildCache(tmp_path / "cache")
    store.put(KEY, b"body")
    cache.write_index(tmp_path / "cache" / "index.json", "key", {})
    assert store.get(KEY) is None


def test_entries_unused_for_thirty_days_are_removed(tmp_path: Path) -> None:
    store, day = BuildCache(tmp_path), 24 * 3600
    now = time.time()
    for key, age in (("aa1", 31), ("aa2", 29), ("bb1", 31)):
        store.put(key, b"x")
        os.utime(tmp_path / key[:2] / key, (now - age * day,) * 2)
    assert store.get("bb1") == b"x", "using an entry makes it recent"
    store.prune()
    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["aa2", "bb1"]


@pytest.mark.parametrize(
    "files", [{}, {"a": b""}, {"email.html": b"<p>\n", "images/x.png": b"\n\n", "é": b"\0"}]
)
def test_packed_files_come_back(files: dict[str, bytes]) -> None:
    assert cache.unpack(cache.pack(files)) == files
