"""Folder -> Issue, with every problem reported in one run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.diagnostics import (
    BROKEN_THEME,
    MISSING_PHRASES,
    UNKNOWN_PERSON,
    WRONG_VALUE,
    Report,
)
from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.yaml_reader import PositionMap
from newsletter.languages import direction, known
from newsletter.load.corrections import read_corrections
from newsletter.load.lexicon import read_lexicon
from newsletter.load.masthead import read_credits, read_masthead
from newsletter.load.rights import read_rights
from newsletter.load.section_cache import SectionCache
from newsletter.load.sections import SectionReader
from newsletter.load.sources import read_facts, read_sources
from newsletter.load.unread import report_unread, report_unread_at_the_top
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.markup.facts import fill_facts
from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.markup.plain_title import report_markup
from newsletter.model import (
    Correction,
    Credits,
    Fact,
    Finding,
    Issue,
    Location,
    RuleSelection,
    Section,
    Term,
)
from newsletter.schema.documents import IssueFile
from newsletter.theme.theme import Theme, open_theme
from newsletter.workspace import Workspace


class LoadedFolder(Struct, frozen=True):
    """The contents of a folder with all findings; `issue` is `None` if it cannot be read."""

    issue: Issue | None
    theme: Theme | None
    findings: tuple[Finding, ...]


class _Head(Struct, frozen=True):
    """issue.yaml, with what it says about the language and the theme."""

    entry: IssueFile | None  # None if it cannot be read
    places: PositionMap
    theme: Theme | None
    language: str


def load(
    workspace: Workspace, folder: Path, section_cache: SectionCache | None = None
) -> LoadedFolder:
    """Read an issue folder. Every file is read, even if others have errors.

    Sections are reused from `section_cache` if none of their inputs changed.
    """
    report = Report()
    files = WorkspaceReader(workspace, report)
    head = _read_head(files, folder)
    language, theme = head.language, head.theme
    masthead_reader = read_masthead(files, language)
    sources = read_sources(files, folder / "sources.yaml")
    facts = read_facts(files, folder / "facts.yaml", sources, language)
    lexicon = read_lexicon(files)
    credits = read_credits(files, folder / "credits.yaml", masthead_reader)
    reader = SectionReader(
        files,
        folder,
        masthead_reader,
        theme.kinds if theme else None,
        language,
        direction(language),
        sources,
        theme.phrases_for(language) if theme else None,
        {fact.id: fact.value for fact in facts},
        read_rights(files, folder),
    )
    sections = section_cache.read_all(reader) if section_cache else reader.read_all()
    corrections = read_corrections(files, folder, masthead_reader.masthead, sections)
    report_unread(folder, files.place(folder), [section.text for section in sections], report)
    report_unread_at_the_top(workspace.root, "", report)
    issue = None
    if head.entry:
        issue = _issue(
            head.entry,
            head,
            reader,
            sections=sections,
            credits=credits,
            facts=facts,
            lexicon=lexicon,
            corrections=corrections,
        )
    return LoadedFolder(issue, theme, _merge_unknown_people(report.findings))


def _read_head(files: WorkspaceReader, folder: Path) -> _Head:
    """Read issue.yaml and the theme it names, and report what is wrong with them."""
    workspace, report = files.workspace, files.report
    read = files.yaml(folder / "issue.yaml", IssueFile)
    entry, places = read or (None, PositionMap(files.place(folder / "issue.yaml")))
    theme = _theme(workspace, entry, places, report)
    report.findings.extend(theme.findings if theme else ())
    language = (entry.language if entry else None) or workspace.publication.language
    if entry:
        _check(entry, language, places, report)
        if theme and known(language) and not theme.has_phrases(language):
            _report_phrases(workspace, entry, theme, language, places=places, report=report)
        _check_corrects(workspace, folder, entry, places, report=report)
    return _Head(entry, places, theme, language)


def _issue(
    entry: IssueFile,
    head: _Head,
    reader: SectionReader,
    *,
    sections: tuple[Section, ...],
    credits: Credits,
    facts: tuple[Fact, ...],
    lexicon: tuple[Term, ...],
    corrections: tuple[Correction, ...],
) -> Issue:
    """Return the issue; figures of facts.yaml are filled into what issue.yaml says."""
    places = head.places

    def words(key: str) -> str:
        return fill_facts(getattr(entry, key), places.value(key), reader.fact).strip()

    return Issue(
        slug=reader.folder.name,
        folder=reader.folder,
        title=words("title"),
        subject=words("subject" if entry.subject else "title"),
        preheader=words("preheader"),
        date=entry.date,
        language=head.language,
        direction=reader.direction,
        theme=head.theme.name if head.theme else "",
        sections=sections,
        credits=credits,
        masthead=reader.masthead_reader.masthead,
        number=entry.number,
        tags=tuple(entry.tags),
        archive=entry.archive,
        formerly=tuple(entry.formerly),
        sources=tuple(reader.sources.values()),
        facts=facts,
        lexicon=lexicon,
        corrections=corrections,
        corrects=entry.corrects,
        images=reader.rights,
        choice=RuleSelection(
            tuple(entry.check.select), tuple(entry.check.ignore), entry.check.severity
        ),
        where=places.file,
        places=places.top(),
    )


def _merge_unknown_people(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with each unknown person only once, at the first use: it is one misspelled id."""
    unique: list[Finding] = []
    first: dict[str, int] = {}
    for finding in findings:
        if finding.code == UNKNOWN_PERSON.code and finding.message in first:
            index = first[finding.message]
            other = unique[index]
            unique[index] = replace(other, hint=f"{other.hint} Also used at {finding.where}.")
            continue
        if finding.code == UNKNOWN_PERSON.code:
            first[finding.message] = len(unique)
        unique.append(finding)
    return tuple(unique)


def _theme(
    workspace: Workspace, entry: IssueFile | None, places: PositionMap, report: Report
) -> Theme | None:
    chosen = entry.theme if entry else None
    where = places.value("theme") if chosen else workspace.look_places.key("name")
    try:
        name = workspace.tried_theme or chosen or workspace.publication.theme
        return open_theme(workspace, name, where)
    except IssueRejected as error:
        report.findings.extend(error.findings)
    except NewsletterError as error:
        report.add(BROKEN_THEME, error.where or where, error.message, error.hint)
    return None


def _check(entry: IssueFile, language: str, places: PositionMap, report: Report) -> None:
    """Report errors that the types of issue.yaml cannot express."""
    for key in ("title", "subject", "preheader"):
        if len((getattr(entry, key) or "").strip().splitlines()) > 1:
            message = f"{key}: more than one line"
            report.add(
                WRONG_VALUE,
                places.value(key),
                message,
                "Write it on one line: it becomes an email header.",
            )
        if (field := FIELD.search(getattr(entry, key) or "")) and field[1] in FIELDS:
            message = f"{key}: merge field {field[0]} is not allowed in a header"
            report.add(
                WRONG_VALUE,
                places.value(key),
                message,
                "Use merge fields in prose, links and buttons only.",
            )
    for key in ("title", "subject", "preheader"):
        if value := getattr(entry, key):
            report_markup(value, places.value(key), report)
    for index, tag in enumerate(entry.tags):
        report_markup(tag, places.value("tags", index), report, "a tag")
    if not known(language):
        hint = "Use a tag such as pt or en-GB."
        report.add(
            WRONG_VALUE, places.value("language"), f"Unknown language tag {quoted(language)}", hint
        )


def _report_phrases(
    workspace: Workspace,
    entry: IssueFile,
    theme: Theme,
    language: str,
    *,
    places: PositionMap,
    report: Report,
) -> None:
    """Report a language without phrases, located in issue.yaml or the settings, where it is set."""
    settings = Location(workspace.display_path(workspace.settings))
    where = places.value("language") if entry.language else settings
    message = f'No phrases for the language "{language}"'
    hint = f"Add a table to templates/{theme.name}/phrases.toml; English words are used until then."
    report.add(MISSING_PHRASES, where, message, hint)


def _check_corrects(
    workspace: Workspace, folder: Path, entry: IssueFile, places: PositionMap, *, report: Report
) -> None:
    """Report a `corrects:` that does not name another issue."""
    if entry.corrects is None:
        return
    slugs = [other.name for other in workspace.folders() if other != folder]
    if entry.corrects not in slugs:
        hint = spelling_hint(entry.corrects, slugs[-20:], what="latest issues")
        message = f"No issue {quoted(entry.corrects)} to correct"
        report.add(WRONG_VALUE, places.value("corrects"), message, hint)
