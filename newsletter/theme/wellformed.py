"""Check that the output of templates is well formed.

The MJML engine does not check its input: it drops what follows an unclosed tag without an error.
"""

from __future__ import annotations

from xml.parsers import expat

from newsletter.errors import NewsletterError
from newsletter.files.quotation import quoted

MAX_DEPTH = 200  # about 12,000 nested elements crash the MJML engine; an email has about 40
HINT = "Close every tag, quote every attribute, write < and & as &lt; and &amp;."


def error(xml: str) -> str | None:
    """Return why a text with one root element is not well formed, or `None` if it is."""
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise NewsletterError(f"Elements nested deeper than {MAX_DEPTH} levels")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        lines = xml.split("\n")
        line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
        near = line[max(error.offset - 30, 0) : error.offset + 30].strip()
        return f"{expat.ErrorString(error.code)} near {quoted(near)}"
    return None
