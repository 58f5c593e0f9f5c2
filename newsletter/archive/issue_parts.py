"""Render an issue's parts: page, feed entry and twin, as far as no other issue affects them.

Parts are files below `.newsletter/`, cached until the issue or anything shared by all issues
changes. The page lacks only the navigation and the links to its neighbors, for which it has `FRAME`
placeholders.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from newsletter.archive.card import CardText, draw_card, needs_shaping
from newsletter.archive.json_ld import issue_article, script_json, section_article
from newsletter.archive.markdown_twin import escape_markdown, html_to_markdown
from newsletter.archive.page_frame import NEIGHBOR_LINKS, Card, SiteContext, frame, raised
from newsletter.archive.permalinks import absolute, page_path
from newsletter.archive.summary import (
    IssueSummary,
    SectionSummary,
    person_key,
    place_of,
    summarize,
)
from newsletter.diagnostics import CARD_WITHOUT_TITLE
from newsletter.errors import NewsletterError
from newsletter.files.cache import BuildCache
from newsletter.files.output import os_errors_explained
from newsletter.files.quotation import quoted
from newsletter.languages import join, long_date
from newsletter.markup.inline import plain
from newsletter.markup.page import isolate_html
from newsletter.markup.paragraph import Paragraph
from newsletter.model import Finding, Holder, Image, Issue, walk
from newsletter.pipeline.build import LoadedIssue, read
from newsletter.render.context import SectionView, html_sections, lines_of, shared
from newsletter.render.webpage import without_recipient
from newsletter.theme.look_view import look_values, theme_images_in
from newsletter.theme.theme import Theme

if TYPE_CHECKING:
    pass

BYLINE = "\x1anames\x1a"  # placeholder for names in the theme's byline phrases
TEASER_WORDS = 60
CARD = "card.png"


class IssueParts(Struct, frozen=True):
    """The result for one issue: its summary, or why there is none."""

    slug: str
    summary: IssueSummary | None = None
    findings: tuple[Finding, ...] = ()
    error: NewsletterError | None = None
    content: str = ""  # digest of the inputs


class ArticleView(Struct, frozen=True):
    """Section values for templates in addition to `SectionView`."""

    anchor: str
    slug: str | None
    teaser: str
    names: Markup
    topics: tuple[Any, ...]
    date: str | None


def make_parts(site: SiteContext, folder: Path, *, draft: bool) -> IssueParts:
    """Read an issue and write its parts; an issue with errors returns its findings instead."""
    try:
        loaded = read(site.workspace, folder, BuildCache(site.workspace.state / "cache"))
        if loaded.issue is None or loaded.theme is None or not loaded.sound:
            return IssueParts(folder.name, findings=loaded.findings)
        summary, files, findings = render_parts(site, loaded, draft=draft)
        write_parts(site.parts / folder.name, files)
    except NewsletterError as error:
        return IssueParts(folder.name, error=error)
    return IssueParts(folder.name, summary, findings)


def render_parts(
    site: SiteContext, loaded: LoadedIssue, *, draft: bool
) -> tuple[IssueSummary, dict[str, bytes], tuple[Finding, ...]]:
    """Return an issue's summary and its parts by name, without writing anything."""
    issue, theme, prepared = loaded.issue, loaded.theme, loaded.images
    assert issue is not None
    assert theme is not None
    phrases = dict(theme.phrases_for(issue.language))
    summary = summarize(issue, site.workspace.archive, phrases)
    summary = replace(summary, draft=draft, sections=_with_teasers(issue, summary.sections))
    writer = _Writer(site, issue, theme, summary, prepared=prepared)
    card, findings = writer.card()
    files = {
        "page.html": writer.page().encode(),
        "feed.html": writer.feed().encode(),
        "index.md": writer.twin().encode(),
        CARD: card,
    }
    files |= {f"articles/{slug}.html": html.encode() for slug, html in writer.articles()}
    used = theme_images_in(theme, *(files[name].decode() for name in ("page.html", "feed.html")))
    files |= {
        f"images/{image.name}": image.data
        for image in (*prepared.values(), *used)
        if image.data is not None
    }
    return replace(summary, digest=_digest(files)), files, findings


def write_parts(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace the parts of the last run."""
    with os_errors_explained(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".parts-", dir=folder.parent))
        try:
            for name, data in files.items():
                path = staging / name
                if "/" in name:
                    path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
            if folder.exists():
                shutil.rmtree(folder)
            staging.rename(folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _digest(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name, data in sorted(files.items()):
        total.update(f"{name}\0{len(data)}\0".encode() + hashlib.sha256(data).digest())
    return total.hexdigest()


# --- teasers --------------------------------------------------------------------------------------


def _with_teasers(issue: Issue, sections: Sequence[SectionSummary]) -> tuple[SectionSummary, ...]:
    return tuple(
        replace(summary, teaser=section.teaser or _opening(section.blocks))
        if summary.slug
        else summary
        for summary, section in zip(sections, issue.sections, strict=True)
    )


def _opening(blocks: Sequence[Any]) -> str:
    """Return the first paragraph, cut at a sentence end within 60 words if it is longer."""
    paragraphs = (node for node in walk(blocks) if isinstance(node, Paragraph))
    text = " ".join(plain(next(paragraphs).children).split()) if blocks else ""
    text = re.sub(r"%%\w+(?:\|([^%\n]*))?%%", lambda match: match[1] or "", text)
    words = text.split()
    if len(words) <= TEASER_WORDS:
        return text
    short = " ".join(words[:TEASER_WORDS])
    ends = [match.end() for match in re.finditer(r"[.!?…؟。](?=[\s”’»\"')])[”’»\"')]*", short)]
    return short[: ends[-1]] if ends else f"{short} …"


# --- output ---


class _Writer:
    """Renders the theme's templates for one issue."""

    def __init__(
        self,
        site: SiteContext,
        issue: Issue,
        theme: Theme,
        summary: IssueSummary,
        *,
        prepared: Mapping[str, Image],
    ) -> None:
        self.site, self.issue, self.theme, self.summary = site, issue, theme, summary
        self.publication = site.workspace.publication
        self.path = page_path(issue.slug)
        self.canonical = absolute(self.publication, self.path)
        self.values = shared(issue, self.publication, theme)
        self.sections = html_sections(
            issue, theme, self.values, prepared, medium="web", prefix="images/"
        )
        self.feed_sections = self.sections
        if self.values["charts"]:  # feed readers drop inline SVG; the email's charts are images
            self.feed_sections = html_sections(
                issue, theme, self.values, prepared, medium="email", prefix="images/"
            )
        self.corrections = [
            {"kind": note.kind, "date": note.date, "note": note.note, "date_text": self._date(note)}
            for note in summary.corrections
        ]

    def _date(self, note: Any) -> str:
        return long_date(note.date, self.issue.language)

    def _fill(self, html: str) -> str:
        return without_recipient(html, self.publication, self.canonical).strip() + "\n"

    def page(self) -> str:
        """Return the issue's own page."""
        image = Card(self.canonical + CARD, self.issue.title)
        article = issue_article(self.summary, self.publication, self._sources(), card=image.url)
        values = self._frame(
            self.path,
            title=self.issue.title,
            description=self.issue.preheader,
            card=image,
            json_ld=Markup(script_json(article)),
            sections=self.sections,
            articles=self._articles(root="../", on_issue=True),
            topics=self.summary.topics,
            names=[person.name for person in self.summary.contributors],
            corrections=self.corrections,
            modified=self.summary.updated.isoformat() if self.corrections else None,
            credits=[Markup(self._credit(line)) for line in lines_of(self.issue, self.theme)],
            around=Markup(NEIGHBOR_LINKS),
            twin=None if self.summary.unlisted else "index.md",
            on_issue=True,
        )
        return self._fill(self.theme.render("archive/issue.html.j2", values))

    def articles(self) -> list[tuple[str, str]]:
        """Return (slug, page) of each article of a digest."""
        return [
            (section.slug, self._article(index, section))
            for index, section in enumerate(self.summary.sections)
            if section.slug
        ]

    def _article(self, index: int, section: SectionSummary) -> str:
        path = page_path(self.issue.slug, section.slug or "")
        image = Card(self.canonical + CARD, self.issue.title)
        view = self.sections[index]
        sources = self.issue.sections[index].sources
        data = section_article(self.summary, section, self.publication, sources, card=image.url)
        values = self._frame(
            path,
            title=section.title,
            description=section.teaser,
            card=image,
            json_ld=Markup(script_json(data)),
            section=_at_depth(view),
            article=self._articles(root="../../", on_issue=False)[index],
            topics=section.topics,
            names=[holder.name for holder in self.issue.sections[index].by],
            published=(section.date or self.issue.date).isoformat(),
            on_issue=False,
        )
        return self._fill(self.theme.render("archive/article.html.j2", values))

    def _frame(self, path: str, **own: Any) -> dict[str, Any]:
        unlisted = self.summary.unlisted
        return frame(
            self.site,
            self.theme,
            path,
            language=self.issue.language,
            noindex=unlisted,
            og_type="article",
            indexed=not unlisted and self.site.searchable,
            issue=self.values["issue"],
            byline_mark=BYLINE,
            unlisted=unlisted,
            **own,
        )

    def feed(self) -> str:
        """Return the issue as feed readers show it, every address absolute."""
        values = {
            **self.values,
            **look_values(self.theme, self.publication, "images/"),
            "dir": self.issue.direction,
            "sections": self.feed_sections,
            "articles": self._articles(root="", on_issue=False),
            "corrections": self.corrections,
        }
        html = self._fill(self.theme.render("archive/feed.html.j2", values))
        return absolute_addresses(html, self.canonical)

    def twin(self) -> str:
        """Return the issue as Markdown."""
        issue = self.values["issue"]
        facts = [issue.date_text, *(topic.label for topic in self.summary.topics)]
        if issue.number is not None:
            facts.insert(0, self.values["phrases"]["number"].format(number=issue.number))
        head = [
            f"# {escape_markdown(issue.title)}",
            escape_markdown(issue.preheader),
            escape_markdown(f"{self.publication.name} · {' · '.join(facts)}"),
            f"<{self.canonical}>",
        ]
        return "\n\n".join(head) + "\n\n" + html_to_markdown(self.feed())

    def card(self) -> tuple[bytes, tuple[Finding, ...]]:
        """Return the preview card.

        A title the packaged fonts cannot draw is left off and reported.
        """
        issue, light = self.values["issue"], self.theme.tokens["light"]
        facts = [issue.date_text]
        if issue.number is not None:
            facts.insert(0, self.values["phrases"]["number"].format(number=issue.number))
        text = CardText(
            self.publication.name,
            issue.title,
            " · ".join(facts),
            issue.dir,
            light["paper"],
            light["ink"],
            light["accent"],
            light["soft"],
        )
        missing = needs_shaping(text)
        if not missing:
            return draw_card(text), ()
        plain_text = {
            name: "".join(char for char in getattr(text, name) if char not in missing).strip()
            for name in ("publication", "title", "footer")
        }
        message = (
            f"Preview image lacks {quoted(missing[:12])}: no packaged font has these characters"
        )
        finding = CARD_WITHOUT_TITLE.finding(
            place_of(self.summary), message, "Check the image; the page itself is complete."
        )
        return draw_card(replace(text, **plain_text)), (finding,)

    # --- names and credits with links to their pages ---

    def _articles(self, *, root: str, on_issue: bool) -> list[ArticleView]:
        return [
            ArticleView(
                summary.anchor,
                summary.slug,
                summary.teaser,
                Markup(self._names(section.by, root)),
                summary.topics,
                section.date.isoformat() if section.date else None,
            )
            for summary, section in zip(self.summary.sections, self.issue.sections, strict=True)
        ]

    def _names(self, holders: Sequence[Holder], root: str) -> str:
        return join([self._linked(holder, root) for holder in holders], self.issue.language)

    def _linked(self, holder: Holder, root: str) -> str:
        name = isolate_html(holder.name, self.issue.direction)
        if self.summary.unlisted:  # a person credited nowhere else has no page
            return name
        return f'<a href="{root}people/{person_key(holder, self.issue)}/">{name}</a>'

    def _credit(self, line: Any) -> str:
        base = self.issue.direction
        names = self._names(line.holders, "../")
        return isolate_html(line.before, base) + names + isolate_html(line.after, base)

    def _sources(self) -> list[Any]:
        cited = [source for section in self.issue.sections for source in section.sources]
        return list(dict.fromkeys([*cited, *self.issue.sources]))


def _at_depth(view: SectionView) -> SectionView:
    """Return a section for a page one level deeper than its issue's images."""
    return replace(view, body=Markup(raised(_images_below(str(view.body), "../"))))


def _images_below(html: str, prefix: str) -> str:
    """Return our own HTML whose images are in the folder `images/` below `prefix`."""

    def files(match: re.Match[str]) -> str:
        return re.sub(r"(?<=[\s\"])images/", f"{prefix}images/", match[0])

    html = re.sub(r'(<[^<>]*\ssrc=")images/', rf"\g<1>{prefix}images/", html)
    return re.sub(r'\ssrcset="[^"]*"', files, html)


def absolute_addresses(html: str, canonical: str) -> str:
    """Return our own HTML with absolute addresses; many feed readers ignore `xml:base`."""
    html = re.sub(r'(<[^<>]*\shref=")(images/)', rf"\g<1>{canonical}\2", html)
    html = _images_below(html, canonical)
    return re.sub(r'(<[^<>]*\shref=")(#)', rf"\g<1>{canonical}\2", html)
