"""Links and words of the finished email that no section wrote: those of templates, phrases and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.origin import in_own_files, place_of_href
from newsletter.check.email.residue import RESIDUE
from newsletter.check.object_cache import cached_for_object
from newsletter.check.placeholder_values import placeholder_values
from newsletter.check.prose.addresses import (
    all_addresses,
    malformed,
    tracking_parameters,
)
from newsletter.check.prose.characters import (
    garbled_text,
    invisible_characters,
    name_of,
    replacement_characters,
)
from newsletter.check.prose.markup_leftovers import markup_leftovers
from newsletter.check.prose.placeholders import placeholders
from newsletter.check.prose.reader_texts import texts
from newsletter.check.prose.scripts import mixed_words
from newsletter.check.rule import Violation, rule
from newsletter.check.rules.dates import invalid_dates, wrong_weekdays
from newsletter.check.rules.html import at, closing
from newsletter.check.rules.writing import mentioned_attachment, repeated_words
from newsletter.links.unreachable import (
    expires,
    is_local,
    is_placeholder,
    is_private,
    is_staging,
)
from newsletter.links.wrappers import is_mail_tracker, is_shortened, looks_wrapped, unwrap_address
from newsletter.markup.code import CodeBlock
from newsletter.markup.inline import Code
from newsletter.model import Location, Severity, walk

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_IN_TEXT = re.compile(r"\bhttps?://[^\s<>()\[\]\"]*[^\s<>()\[\]\".,;:!?']", re.IGNORECASE)


@rule(
    "NL220",
    hint="Write the complete address, with its scheme.",
    bad=closing('<hr /><a href="about.html">About us</a>'),
    at=at(column=33),
    good="Read [the log](https://harbour.example/log).",
    also_triggers=("NL962",),
)
def broken_template_link(checked: CheckedEmail) -> Iterator[Violation]:
    """A link of a template that leads nowhere: relative, empty, to a place inside the email, or malformed.

    An email has no page around it. Settings that are printed as links are checked, too.
    """
    for url, where in _template_links(checked):
        if problem := _broken(url):
            yield Violation(where, problem)


def _broken(url: str) -> str:
    """Return what is wrong with an address that cannot work in an email, or nothing."""
    if not url.strip():
        return "Link without an address"
    if url.startswith("#"):
        return f'Link to a place inside the email: "{url}"'
    if url.startswith("//"):
        return f'Address without a scheme: "{url}"'
    if not _SCHEME.match(url):
        return f'Relative address: "{url}"'
    if is_local(url):
        return f'Local address: "{url}"'
    return next(malformed(url), "")


@rule(
    "NL221",
    severity="warning",
    hint="Use the page's own https address, without tracking.",
    bad=closing('<hr /><a href="http://harbour.example/">The harbour</a>'),
    at=at(column=33),
    good="Read [the log](https://harbour.example/log).",
)
def questionable_template_link(checked: CheckedEmail) -> Iterator[Violation]:
    """A link of a template without https, shortened, tracked, wrapped, private, expiring, or a placeholder."""
    for url, where in _template_links(checked):
        if not _broken(url):
            in_settings = where.path.endswith((".toml", "credits.yaml")) and "/" not in where.path
            for problem in _questionable(url):
                if not (in_settings and problem == "Placeholder link"):  # NL926 reports those
                    yield Violation(where, f"{problem}: {url}")


def _questionable(url: str) -> Iterator[str]:
    if url[:7].lower() == "http://":
        yield "Link without https"
    if is_shortened(url):
        yield "Shortened link"
    if tracking_parameters(url):
        yield "Tracking parameters in the address"
    if unwrap_address(url) or is_mail_tracker(url) or looks_wrapped(url):
        yield "Wrapped link"
    if is_private(url) or is_staging(url):
        yield "Private link"
    if expires(url):
        yield "Expiring link"
    if is_placeholder(url):
        yield "Placeholder link"


@cached_for_object
def _template_links(checked: CheckedEmail) -> tuple[tuple[str, Location], ...]:
    """Return the links of the email that no section wrote, each once, with where they are typed."""
    authored = {address.url for address in all_addresses(checked.issue)}
    authored |= {_encoded(url) for url in authored}
    typed = {unquote(url) for url in authored}
    links: dict[str, Location] = {}
    for element in checked.elements("a", "area"):
        href = element.get("href")
        if href is None or href in links or _filled_in(href):
            continue
        if href not in authored and unquote(href) not in typed:
            where = place_of_href(checked, href)
            links[href] = where or checked.place(element)
    for match in _IN_TEXT.finditer(checked.email.text):
        url = match[0]
        if url in links or any(known.startswith(url) for known in authored):
            continue
        where = in_own_files(checked, url)
        if where and not _filled_in(url):
            links[url] = where
    return tuple(links.items())


def _encoded(url: str) -> str:
    return url.replace(" ", "%20")


def _filled_in(href: str) -> bool:
    """Return whether the service that sends the email fills in an address."""
    return bool(RESIDUE.search(href)) or "%%" in href or href.startswith("cid:")


# --- words ---------------------------------------------------------------------------------------------------

_SHOWN = "//body//text()[not(ancestor::style or ancestor::code or ancestor::pre or ancestor::kbd)]"
_ATTRIBUTES = ("alt", "title", "aria-label")


@rule(
    "NL709",
    hint="Write the final words in the template, or remove them.",
    bad=closing("<p>TK a word about us</p>"),
    at=at(column=21),
    good=closing(""),
    also_triggers=("NL962",),
)
def template_leftover(checked: CheckedEmail) -> Iterator[Violation]:
    """The words of a template, a phrase or a setting are checked like those of a section.

    Placeholders, leftover markup, damaged and invisible characters, mixed alphabets, impossible dates, repeated words,
    mentions of an attachment, names without a fallback.
    """
    for field in ("%%name%%", "%%first_name%%", "%%name|%%", "%%first_name|%%"):
        if where := in_own_files(checked, field):  # the email has the service's spelling of it
            yield Violation(where, f"Merge field without a fallback: {field}", severity="warning")
    reported: set[str] = set()
    own = _own_words(checked)
    for words in _shown(checked):
        for message, text, certain in _faults(words, checked):
            if text not in own and text not in reported:
                reported.add(text)
                where = in_own_files(checked, text) or in_own_files(checked, words[:60])
                if where:  # else the text part has words of a section in another form
                    severity: Severity = "error" if certain else "warning"
                    yield Violation(where, message, severity=severity)


def _faults(words: str, checked: CheckedEmail) -> Iterator[tuple[str, str, bool]]:
    """Yield message, text and whether it is certain, for each fault in words of a template."""
    for placeholder in placeholders(words, checked.issue.language):
        yield (
            f'Placeholder "{placeholder.text}" left in the template',
            placeholder.text,
            placeholder.certain,
        )
    for _, kind, mark in markup_leftovers(words):
        yield f'Leftover {kind}: "{mark}"', mark, False
    for _, char in replacement_characters(words):
        yield f"Lost character: U+{ord(char):04X}", char, True
    for _, garbled, _ in garbled_text(words):
        yield f'Garbled text: "{garbled}"', garbled, False
    for start, char in invisible_characters(words):
        near = words[max(start - 12, 0) : start + 12]  # the packaged theme pads the preheader
        if not _PADDING.search(words) and in_own_files(checked, near):
            yield f"Invisible character: {name_of(char)}", char, False
    for message, text, certain in _editing_mistakes(words, checked):
        if in_own_files(checked, text):  # the text part has words of sections without their marks
            yield message, text, certain


def _editing_mistakes(words: str, checked: CheckedEmail) -> Iterator[tuple[str, str, bool]]:
    """Yield message, text and whether it is certain, for each mistake of an editor."""
    language, issued = checked.issue.language, checked.issue.date
    for _, mixed in mixed_words(words):
        yield f'Letters of two alphabets in one word: "{mixed}"', mixed, False
    for date in invalid_dates(words, language):
        yield f"No such date: {date.text}", date.text, True
    for date, message, certain in wrong_weekdays(words, language, issued, issued):
        yield message, date.text, certain
    for _, _, repeated in repeated_words(words, language):
        yield f'Repeated word: "{repeated}"', repeated, False
    if mention := mentioned_attachment(words, language):
        yield f'Mention of an attachment: "{mention}"', mention, False


_PADDING = re.compile("(?:[\u200b-\u200f\u034f\u2060\ufeff\u00ad][\\s\u00a0]*){4}")


def _shown(checked: CheckedEmail) -> Iterator[str]:
    """Yield the texts of both parts that readers see, without those of sections."""
    for text in checked.tree.xpath(_SHOWN):
        if text.strip() and not checked.authored(text):
            yield " ".join(text.split())
    for element in checked.elements():
        for name in _ATTRIBUTES:
            value = element.get(name)
            if value and not checked.authored(value):
                yield value
    for paragraph in checked.email.text.split("\n\n"):
        yield " ".join(paragraph.split())


def _own_words(checked: CheckedEmail) -> str:
    """Return all words of the issue, which have rules of their own, as they are in either part."""
    words = [text.words for text in texts(checked.issue)]
    for section in checked.issue.sections:
        nodes = walk(section.blocks)
        words += [node.words for node in nodes if isinstance(node, Code | CodeBlock)]
        words.append(section.text)
    return "\n".join(words)


# --- placeholders of `init` ------------------------------------------------------------------------------------


@rule(
    "NL926",
    severity="info",
    hint="Replace it with your own value.",
    bad={
        "credits.yaml": (
            "people:\n  mira: {name: Your Name}\n  tomas: {name: Tomás Leal}\n"
            "teams:\n  desk: {name: The Harbour Desk, members: [mira, tomas]}\n"
            "roles:\n  essay: {label: Essay, required: true}\n  data: {label: Data}\n"
        )
    },
    at="credits.yaml:2:16",
    good="The quay is empty at noon.",
)
def placeholder_setting(checked: CheckedEmail) -> Iterator[Violation]:
    """A value that `newsletter init` wrote as an example and that was not replaced: example.org, Your Name, Street 1.

    It is an error once a target can send the email.
    """
    folder = checked.issue.folder
    for value in placeholder_values(folder.parent.parent, folder):
        severity: Severity | None = "error" if checked.checks.delivers else None
        yield Violation(value.where, value.message, severity=severity)


RULES = (
    broken_template_link,
    questionable_template_link,
    template_leftover,
    placeholder_setting,
)
