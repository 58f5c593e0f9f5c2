"""Metadata from the properties of an OpenDocument text."""

from __future__ import annotations

from newsletter.importers.formats.wordxml import parse_xml
from newsletter.importers.formats.zip_archive import ZipArchive

DC = "{http://purl.org/dc/elements/1.1/}"
META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"


def odt_metadata(archive: ZipArchive, name: str) -> dict[str, str]:
    """Return title, creator, description and tags, without empty values."""
    if "meta.xml" not in archive:
        return {}
    root = parse_xml(archive["meta.xml"], f"{name} (meta.xml)")
    fields = {
        "title": [element.text for element in root.iter(f"{DC}title")],
        "creator": [
            element.text for element in root.iter(f"{META}initial-creator", f"{DC}creator")
        ],
        "description": [element.text for element in root.iter(f"{DC}description")],
        "tags": [element.text for element in root.iter(f"{META}keyword")],
    }
    values = {key: ", ".join(filter(None, words)) for key, words in fields.items()}
    values["creator"] = next(filter(None, fields["creator"]), "") or ""
    return {key: " ".join(value.split()) for key, value in values.items() if value.strip()}
