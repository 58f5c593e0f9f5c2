"""Ghost's Admin API, from its source: tokens valid for five minutes, `updated_at` as a lock, slugs
that get -2.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from tests.targets.fakes.server import Answer, FakeService, Seen

IDENTITY, SECRET = "a" * 24, "0123456789abcdef" * 4
TOKEN = f"{IDENTITY}:{SECRET}"
FIELDS = frozenset(
    "title slug html lexical status custom_excerpt email_subject feature_image tags updated_at "
    "visibility canonical_url".split()
)


class FakeGhost(FakeService):
    sending_fields = frozenset({"newsletter", "email_segment", "published_at"})

    def __init__(self) -> None:
        super().__init__()
        self.posts: dict[str, dict[str, Any]] = {}
        self.files: list[str] = []

    def starts(self, seen: Seen) -> bool:
        if super().starts(seen) or {"newsletter", "email_segment"} & set(dict(seen.query)):
            return True
        kind = seen.headers.get("Content-Type", "")
        if seen.method == "GET" or not kind.startswith("application/json"):
            return False
        return any(post.get("status", "draft") != "draft" for post in seen.json["posts"])

    def authorized(self, seen: Seen) -> Answer | None:
        scheme, _, token = seen.headers.get("Authorization", "").partition(" ")
        if scheme != "Ghost" or not _valid(token) or self.unknown_token:
            return _error(401, "INVALID_JWT", "Invalid token")
        return None

    def route(self, seen: Seen) -> Answer:
        rest = seen.path.removeprefix("/ghost/api/admin/")
        if rest == "images/upload/":
            return self._image(seen)
        parts = rest.strip("/").split("/")
        if parts[0] != "posts":
            return _error(404, "NOT_FOUND", "Resource not found")
        if len(parts) == 1:
            return self._list(seen) if seen.method == "GET" else self._create(seen)
        post = self.posts.get(parts[1])
        if post is None:
            return _error(404, "NOT_FOUND", "Resource not found error, cannot read post.")
        return self._update(seen, post) if seen.method == "PUT" else self._shown(seen, [post])

    def _shown(self, seen: Seen, posts: list[dict[str, Any]], status: int = 200) -> Answer:
        html = "html" in seen.asked("formats")
        rows = [row if html else {**row, "html": None} for row in posts]
        return Answer(status, {"posts": rows})

    def _list(self, seen: Seen) -> Answer:
        start = seen.asked("filter").removeprefix("slug:~^'").removesuffix("'")
        rows = [row for row in self.posts.values() if row["slug"].startswith(start)]
        return self._shown(seen, rows)

    def _checked(self, post: dict[str, Any]) -> Answer | None:
        for name in sorted(set(post) - FIELDS):
            return _error(422, "VALIDATION", f"Validation error, cannot save post: {name}")
        if len(post.get("custom_excerpt") or "") > 300 or len(post["title"]) > 255:
            return _error(422, "VALIDATION", "Value exceeds maximum length")
        return None

    def _create(self, seen: Seen) -> Answer:
        (post,) = seen.json["posts"]
        if refused := self._checked(post):
            return refused
        slug, number = post.get("slug", "untitled"), 2
        while any(row["slug"] == slug for row in self.posts.values()):
            slug, number = f"{post['slug']}-{number}", number + 1
        identity = hashlib.sha256(str(len(self.posts)).encode()).hexdigest()[:24]
        row = {"id": identity, "status": "draft", **post, "slug": slug, "updated_at": self.stamp()}
        assert seen.asked("source") == "html"
        self.posts[identity] = {"published_at": None, **row}
        return self._shown(seen, [self.posts[identity]], 201)

    def _update(self, seen: Seen, post: dict[str, Any]) -> Answer:
        (new,) = seen.json["posts"]
        if refused := self._checked(new):
            return refused
        if new.get("updated_at") != post["updated_at"]:
            return _error(
                409, "UPDATE_COLLISION", "Saving failed! Someone else is editing this post."
            )
        post.update(new, updated_at=self.stamp())
        return self._shown(seen, [post])

    def _image(self, seen: Seen) -> Answer:
        name, data = seen.form()["file"]
        assert data
        assert name is not None
        stem, _, extension = name.rpartition(".")
        if extension not in ("png", "jpg", "gif"):
            return _error(415, "UNSUPPORTED_MEDIA_TYPE", "Please select a valid image.")
        taken = sum(stem in file for file in self.files)
        file = f"{stem}-{taken}.{extension}" if taken else name
        self.files.append(file)
        url = f"https://ghost.quay.example/content/images/2026/03/{file}"
        return Answer(201, {"images": [{"url": url, "ref": name}]})

    def drafts(self) -> list[str]:
        return list(self.posts)

    def html(self, draft: str) -> str:
        return str(self.posts[draft]["html"])

    def edit(self, draft: str, old: str, new: str) -> None:
        row = self.posts[draft]
        assert old in row["html"]
        row.update(html=row["html"].replace(old, new), updated_at=self.stamp())

    def move_to(self, draft: str, state: str) -> None:
        self.posts[draft].update(status=state, published_at="2026-03-02T06:00:00Z")

    def delete(self, draft: str) -> None:
        del self.posts[draft]

    def duplicate(self, draft: str) -> None:
        self.posts["twin"] = {
            **self.posts[draft],
            "id": "twin",
            "slug": f"{self.posts[draft]['slug']}-2",
        }

    def images(self) -> int:
        return len(self.files)


def _valid(token: str) -> bool:
    """Check a token as Ghost does: algorithm, key, audience, at most five minutes, signature."""
    try:
        head, claims, signature = token.split(".")
        header, body = (json.loads(_decoded(part)) for part in (head, claims))
    except ValueError:
        return False
    expected = hmac.new(bytes.fromhex(SECRET), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return (
        header["alg"] == "HS256"
        and header["kid"] == IDENTITY
        and body["aud"] == "/admin/"
        and body["exp"] - body["iat"] <= 300
        and abs(time.time() - body["iat"]) < 60
        and hmac.compare_digest(expected, _decoded(signature))
    )


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"errors": [{"message": message, "code": code, "context": None}]})
