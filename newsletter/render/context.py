"""Template values of an issue, shared by the email, the web page and the text part."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.languages import direction, join, long_date
from newsletter.markup.blocks import blocks_html, blocks_text
from newsletter.markup.chart import Chart
from newsletter.markup.code import CodeBlock
from newsletter.markup.inline import Code, Text
from newsletter.markup.page import HtmlWriter, TextWriter, isolate_html
from newsletter.model import Direction, Holder, Image, Issue, Publication, Section, Source, walk
from newsletter.model.chart_values import ChartPlan
from newsletter.render.credits import CreditLine, credit_lines
from newsletter.render.reading_time import Length, length
from newsletter.theme import wellformed
from newsletter.theme.look_view import look_values
from newsletter.theme.theme import Theme


class CreditView(Struct, frozen=True):
    """A line of the credits block as templates print it."""

    label: str
    holders: tuple[Holder, ...]
    text: str
    html: Markup


class SourceView(Struct, frozen=True):
    text: str
    url: str | None


class SectionView(Struct, frozen=True):
    """A section as templates print it; `body` is set for HTML, `text` for the text part."""

    kind: str
    title: str | None
    byline: str | None
    by: tuple[Holder, ...]
    date_text: str | None
    tags: tuple[str, ...]
    sources: tuple[SourceView, ...]
    body: Markup
    text: str
    level: int = 2  # of its heading in HTML


class IssueView(Struct, frozen=True):
    title: str
    subject: str
    preheader: str
    number: int | None
    date: dt.date
    date_text: str
    language: str
    dir: Direction
    tags: tuple[str, ...]
    words: int
    minutes: int
    slug: str


def text_length(section: Section) -> Length:
    """Return the word count and reading time of a section, without merge fields and URLs."""
    nodes = (
        node.words for node in walk(section.blocks) if isinstance(node, Text | Code | CodeBlock)
    )
    return length(" ".join((section.title or "", *nodes)))


def count_words(section: Section) -> int:
    """Return the number of words of a section."""
    return text_length(section).words


def lines_of(issue: Issue, theme: Theme) -> tuple[CreditLine, ...]:
    """Return the credits block in the issue's language, with the theme's phrases."""
    return credit_lines(issue.credits, issue.language, theme.phrases_for(issue.language))


def shared(issue: Issue, publication: Publication, theme: Theme) -> dict[str, Any]:
    """Return the values passed to every template of an issue."""
    lengths = [text_length(section) for section in issue.sections]
    words = sum(each.words for each in lengths)
    minutes = sum(each.minutes for each in lengths)
    rtl = issue.direction == "rtl"
    return {
        "t": theme.tokens,
        "phrases": theme.phrases_for(issue.language),
        "publication": publication,
        "issue": IssueView(
            title=issue.title,
            subject=issue.subject,
            preheader=issue.preheader,
            number=issue.number,
            date=issue.date,
            date_text=long_date(issue.date, issue.language),
            language=issue.language,
            dir=issue.direction,
            tags=issue.tags,
            words=words,
            minutes=max(round(minutes), 1),
            slug=issue.slug,
        ),
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
        "credits": tuple(_credited(line, issue.language) for line in lines_of(issue, theme)),
        "own_colors": theme.has_own_colors,
        "charts": any(isinstance(n, Chart) for s in issue.sections for n in walk(s.blocks)),
        "web_url": "%%web_url%%",
        "unsubscribe_url": "%%unsubscribe_url%%" if _can_leave(publication) else None,
    }


def _can_leave(publication: Publication) -> bool:
    return publication.merge != "plain" or publication.unsubscribe_url is not None


def _credited(line: CreditLine, language: str) -> CreditView:
    base = direction(language)
    names = join([_linked(holder, base) for holder in line.holders], language)
    html = isolate_html(line.before, base) + names + isolate_html(line.after, base)
    return CreditView(line.label, line.holders, line.text, Markup(html))


def _linked(holder: Holder, base: Direction) -> str:
    name = isolate_html(holder.name, base)
    return f'<a href="{escape(holder.url)}">{name}</a>' if holder.url else name


def html_sections(
    issue: Issue,
    theme: Theme,
    values: Mapping[str, Any],
    prepared: Mapping[str, Image],
    *,
    medium: str,
    prefix: str,
) -> tuple[SectionView, ...]:
    """Return the sections with their bodies as HTML; `prefix` precedes the names of images."""

    def partial(name: str, **block: Any) -> str:
        template = f"blocks/{name}.html.j2"
        html = theme.render(template, {**values, "medium": medium, "block": block}).strip()
        if medium == "email" and (fault := wellformed.error(f"<div>{html}</div>")):
            where = theme.place(theme.environment.get_template(template).filename or template, None)
            raise NewsletterError(f"Malformed block: {fault}", where=where, hint=wellformed.HINT)
        return html

    values = {**values, **look_values(theme, values["publication"], prefix)}
    page = HtmlWriter(
        medium=medium,
        drawing=_web_drawing(theme),
        direction=issue.direction,
        partial=partial,
        image=prepared.__getitem__,
        image_url=lambda image: image.src if image.data is None else f"{prefix}{image.name}",
    )
    return tuple(
        _leveled(_view(section, issue, body=blocks_html(section.blocks, page)), theme)
        for section in issue.sections
    )


def _leveled(view: SectionView, theme: Theme) -> SectionView:
    """Return a section with the level of heading that the settings give its kind."""
    entry = theme.settings.sections.get(view.kind)
    if entry is None or entry.level == view.level:
        return view
    lower = re.sub(r"<(/?)h([3-5])\b", lambda tag: f"<{tag[1]}h{int(tag[2]) + 1}", view.body)
    return replace(view, level=entry.level, body=Markup(lower))


def _web_drawing(theme: Theme) -> Callable[[ChartPlan, str, str], str]:
    """Return the function that draws charts for a web page; imported only when first needed."""

    def draw(plan: ChartPlan, name: str, alt: str) -> str:
        from newsletter.charts.fonts import font_set
        from newsletter.render.charts import web_drawing

        return Markup(web_drawing(theme.tokens, font_set())(plan, name, alt))

    return draw


def text_sections(issue: Issue, theme: Theme) -> tuple[SectionView, ...]:
    """Return the sections with their bodies as wrapped text, each with its list of links."""
    phrases = theme.phrases_for(issue.language)
    views = []
    for section in issue.sections:
        page = TextWriter(issue.direction, phrases, [])
        text = blocks_text(section.blocks, page)
        if page.links:
            width = len(str(len(page.links)))
            listed = (
                f"{f'[{number}]':<{width + 2}} {url}" for number, url in enumerate(page.links, 1)
            )
            text = (
                "\n".join(filter(None, (text, "", *listed)))
                if not text
                else f"{text}\n\n" + "\n".join(listed)
            )
        views.append(_view(section, issue, text=text))
    return tuple(views)


_NOTHING = Markup()


def _view(
    section: Section, issue: Issue, *, body: Markup = _NOTHING, text: str = ""
) -> SectionView:
    return SectionView(
        kind=section.kind,
        title=section.title,
        byline=join([holder.name for holder in section.by], issue.language) or None,
        by=section.by,
        date_text=long_date(section.date, issue.language) if section.date else None,
        tags=section.tags,
        sources=tuple(
            SourceView(_printed(source, issue.language), source.url) for source in section.sources
        ),
        body=body,
        text=text,
    )


def _printed(source: Source, language: str) -> str:
    return f"{source.words} ({long_date(source.date, language)})" if source.date else source.words


def authors(issue: Issue) -> Sequence[Holder]:
    """Return everyone who wrote a section or holds a role, once each, in order of appearance."""
    holders = [holder for section in issue.sections for holder in section.by]
    holders += [holder for credit in issue.credits.roles for holder in credit.holders]
    return list({holder.name: holder for holder in holders}.values())
