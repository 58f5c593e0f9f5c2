"""Folder -> Issue, every problem of it told at once."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from newsletter.diagnostics import BROKEN_THEME, WRONG_VALUE, Report
from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files.yaml_reader import PositionMap
from newsletter.languages import direction, known
from newsletter.load.corrections import read_corrections
from newsletter.load.files import WorkspaceReader
from newsletter.load.lexicon import read_lexicon
from newsletter.load.masthead import read_credits, read_crew
from newsletter.load.sections import SectionReader
from newsletter.load.sources import read_facts, read_sources
from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.model import Finding, Issue, Location, RuleSelection
from newsletter.schema.documents import IssueFile
from newsletter.theme.theme import Theme, open_theme
from newsletter.workspace import Workspace


class LoadedFolder(Struct, frozen=True):
    """What a folder says, and everything wrong with it. Without `issue` nothing can be made of it."""

    issue: Issue | None
    theme: Theme | None
    findings: tuple[Finding, ...]


def load(workspace: Workspace, folder: Path) -> LoadedFolder:
    """Read an issue folder; every file is read, whatever is wrong with the others."""
    report = Report()
    files = WorkspaceReader(workspace, report)
    read = files.yaml(folder / "issue.yaml", IssueFile)
    entry, places = read or (None, PositionMap(files.place(folder / "issue.yaml")))
    theme = _theme(workspace, entry, places, report)
    language = (entry.language if entry else None) or workspace.publication.language
    if entry:
        _check(entry, language, places, report)
    crew = read_crew(files)
    sources = read_sources(files, folder / "sources.yaml")
    facts = read_facts(files, folder / "facts.yaml", sources)
    lexicon = read_lexicon(files)
    credits = read_credits(files, folder / "credits.yaml", crew)
    kinds = theme.kinds if theme else None
    sections = SectionReader(
        files, folder, crew, kinds, language, direction(language), sources
    ).read_all()
    corrections = read_corrections(files, folder, crew.masthead, sections)
    issue = None
    if entry:
        issue = Issue(
            slug=folder.name,
            folder=folder,
            title=entry.title.strip(),
            subject=(entry.subject or entry.title).strip(),
            preheader=entry.preheader.strip(),
            date=entry.date,
            language=language,
            direction=direction(language),
            theme=theme.name if theme else "",
            sections=sections,
            credits=credits,
            masthead=crew.masthead,
            number=entry.number,
            tags=tuple(entry.tags),
            sources=tuple(sources.values()),
            facts=facts,
            lexicon=lexicon,
            corrections=corrections,
            choice=RuleSelection(
                tuple(entry.check.select), tuple(entry.check.ignore), entry.check.severity
            ),
            where=places.file,
            places=places.top(),
        )
    return LoadedFolder(issue, theme, tuple(report.findings))


def _theme(
    workspace: Workspace, entry: IssueFile | None, places: PositionMap, report: Report
) -> Theme | None:
    asked = entry.theme if entry else None
    where = places.value("theme") if asked else Location(workspace.display_path(workspace.settings))
    try:
        return open_theme(workspace, asked or workspace.publication.theme, where)
    except IssueRejected as error:
        report.findings.extend(error.findings)
    except NewsletterError as error:
        report.add(BROKEN_THEME, error.where or where, error.message, error.hint)
    return None


def _check(entry: IssueFile, language: str, places: PositionMap, report: Report) -> None:
    """Report what the types of issue.yaml cannot say."""
    for key in ("title", "subject", "preheader"):
        if "\n" in (getattr(entry, key) or "").strip():
            message = f"{key} has more than one line"
            report.add(WRONG_VALUE, places.value(key), message, "A header of a mail is one line.")
        if (field := FIELD.search(getattr(entry, key) or "")) and field[1] in FIELDS:
            message = f"{key} has the merge field {field[0]}, which only the mail's text can have"
            report.add(
                WRONG_VALUE,
                places.value(key),
                message,
                "Address readers in prose, links and buttons.",
            )
    if not known(language):
        hint = "Use a tag such as pt or en-GB."
        report.add(
            WRONG_VALUE, places.value("language"), f"no language is tagged {language!r}", hint
        )
