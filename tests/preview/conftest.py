"""The preview of a small workspace: no socket, no file watching."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from newsletter.preview.app import make_app
from newsletter.preview.issue_cache import IssueCache
from newsletter.preview.studio import Studio
from newsletter.workspace import find
from tests.desk import ISSUES, SLUG, Desk

T = TypeVar("T")


class MemoryCache(dict[str, bytes]):
    """An empty cache that is removed when the test ends."""

    def put(self, key: str, data: bytes) -> None:
        self[key] = data


def cache_of(root: Path) -> IssueCache:
    return IssueCache(find(root), MemoryCache())


@pytest.fixture
def cache(desk: Desk) -> IssueCache:
    return cache_of(desk.root)


@pytest.fixture(scope="session")
def blocks() -> IssueCache:
    """An issue with one of each block; read-only."""
    return cache_of(ISSUES / "every-block")


BLOCKS = "2026-03-29-blocks"
Visit = Callable[[Callable[[Any, Studio], Awaitable[T]]], T]


@pytest.fixture
def visit(cache: IssueCache) -> Visit[Any]:
    """Run a coroutine that is given the application and the preview."""

    def run(scenario: Callable[[Any, Studio], Awaitable[T]]) -> T:
        async def run_scenario() -> T:
            studio = Studio(cache, SLUG)
            try:
                return await asyncio.wait_for(scenario(make_app(studio), studio), 60)
            finally:
                studio.close()

        return asyncio.run(run_scenario())

    return run
