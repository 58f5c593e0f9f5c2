"""Correct the head of a response where browsers are lenient and aiohttp is not."""

from __future__ import annotations

import re

LARGEST = 512 * 1024  # bytes of a head; aiohttp limits single lines
_STATUS = re.compile(
    rb"\s{0,4}(?:HTTP/\d(?:\.\d)?|(ICY))\s*(\d{3})(?!\d)\s*(.*)", re.IGNORECASE | re.DOTALL
)
_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: token
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class ResponseHead:
    """Collects the bytes of one head, however they arrive, and returns them corrected.

    Only complete heads are corrected. What is not HTTP, or too long, is passed on unchanged for
    aiohttp to report.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._done = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the chunks to parse now: the corrected head first, the body separately.

        They are separate so that an error in the body does not lose the status.
        """
        if self._done:
            return [data]
        self._bytes += data
        if not self._bytes.strip():
            return []
        while self._bytes[:1] in b"\r\n":  # empty lines before the status
            del self._bytes[:1]
        if not self._looks_like_http() or len(self._bytes) > LARGEST:
            return self.flush()
        match = _END.search(self._bytes)
        if match is None:
            return []
        head, rest = bytes(self._bytes[: match.start()]), bytes(self._bytes[match.end() :])
        self._bytes = bytearray()
        corrected = corrected_head(head)
        if re.match(rb"HTTP/\d\.\d 1\d\d\b", head):  # an interim response: another head follows
            return [corrected, *(self.feed(rest) if rest else [])]
        self._done = True
        return [corrected, rest] if rest else [corrected]

    def flush(self) -> list[bytes]:
        """Return what was collected, because no more comes.

        A head without its last empty line is complete for browsers; all else stays unchanged.
        """
        self._done = True
        left, self._bytes = bytes(self._bytes), bytearray()
        if b"\n" in left and len(left) <= LARGEST and _STATUS.match(left):
            return [corrected_head(left.rstrip(b"\r\n"))]
        return [left] if left else []

    def _looks_like_http(self) -> bool:
        """Return whether it begins as HTTP, or as a Shoutcast server responds."""
        start = bytes(self._bytes).lstrip()[:5].upper()
        return b"HTTP/".startswith(start) or b"ICY ".startswith(start[:4])


def corrected_head(head: bytes) -> bytes:
    """Return a head with uniform line ends, valid header lines only, and at most one length.

    Equal `Content-Length` values are merged, and dropped next to `Transfer-Encoding` (RFC 9112,
    6.3). Different lengths stay, because browsers reject them too.
    """
    status, *lines = re.split(rb"\r?\n", head)
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:  # obsolete line folding
            name, value = fields[-1]
            fields[-1] = (name, value + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        name = name.rstrip()
        if colon and _NAME.fullmatch(name):
            fields.append((name, _CONTROL.sub(b" ", value).strip()))
    fields = _one_length(fields)
    written = [_corrected_status(status), *(name + b": " + value for name, value in fields)]
    return b"\r\n".join(written) + b"\r\n\r\n"


def _corrected_status(line: bytes) -> bytes:
    """Return a status line as RFC 9112, 4 demands: `http/1.1 200OK` and `HTTP/2 200` are read too."""
    match = _STATUS.match(line)
    if match is None or re.match(rb"HTTP/1\.[01] \d{3}(?: |$)", line):
        return line.rstrip()
    version = b"HTTP/1.0" if match[1] else b"HTTP/1.1"
    return b" ".join(part for part in (version, match[2], match[3].strip()) if part)


def _one_length(fields: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in fields}
    lengths = {
        part.strip().lstrip(b"0") or b"0"
        for name, value in fields
        if name.lower() == b"content-length"
        for part in value.split(b",")
    }
    chunked = b"transfer-encoding" in names
    if len(lengths) > 1 and not chunked:
        return fields
    others = [field for field in fields if field[0].lower() != b"content-length"]
    length = next(iter(lengths), b"")
    if chunked or not length.isdigit():
        return others
    return [*others, (b"Content-Length", length)]
