"""`lexicon.yaml` at the top of the workspace: the publication's style for names and terms."""

from __future__ import annotations

from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.model import Term
from newsletter.schema.documents import LexiconEntry


def read_lexicon(files: WorkspaceReader) -> tuple[Term, ...]:
    """Return the terms in order; empty if there is no such file."""
    read = files.shared_yaml(files.workspace.lexicon, list[LexiconEntry], optional=True)
    if read is None:
        return ()
    entries, places = read
    return tuple(
        Term(entry.prefer, tuple(entry.avoid), entry.because, places.value(index, "prefer"))
        for index, entry in enumerate(entries)
    )
