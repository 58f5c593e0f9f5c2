"""Leftover markup of other programs, and unparsed Markdown, in text that readers see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.passages import UNREAD
from newsletter.markup.merge_fields import FIELD

# Shortcodes of WordPress and its page builders, with their attributes; tags of forums (BBCode).
_SHORTCODES = (
    "caption|gallery|embed|video|audio|playlist|youtube|vimeo|tweet|twitter|instagram|soundcloud|wp_caption|"
    "contact-form(?:-7)?|button|dropcap|pullquote|quote|highlight|sidebar|column|columns|row|toc|subscribe|"
    r"newsletter|read_?more|gravityform|ninja_form|rev_slider|vc_\w+|et_pb_\w+|fusion_\w+|su_\w+"
    r"|img|url|color|size|"
    "spoiler|center|b|i|u|s"
)
_ADMONITIONS = (
    "note|tip|info|warning|important|caution|abstract|summary|tldr|todo|success|check|done|question|help|faq|"
    "failure|fail|missing|danger|error|bug|example|quote|cite|hint|attention"
)
_SHORT_NAMES = (
    "smile|grin|joy|heart|tada|rocket|fire|eyes|wave|pray|clap|thumbsup|warning|star|sparkles|rotating_light|"
    r"\+1|-1|white_check_mark|point_right|point_down|ship|anchor|thinking"
)
_KINDS = (
    # strong emphasis that CommonMark does not parse: `**“Quoted”**word`, a space inside the marks
    ("Markdown emphasis", r"(?<![\w*])\*\*(?=[^\s*])|(?<=[^\s*])\*\*(?![\w*])|(?<=\w)\*\*(?=\s)"),
    ("Markdown emphasis", r"(?<!\S)\*\*\s[^*\n]+\s\*\*(?!\S)"),
    ("Markdown emphasis", r"(?<![\w_])__(?=[^\s_])(?=[^_\n]+__)|(?<=[^\s_])__(?![\w_])"),
    ("Markdown strikethrough", r"(?<!~)~~(?=[^\s~])|(?<=[^\s~])~~(?!~)"),
    ("Markdown heading", r"^#{2,6}(?=[^\W\d_])|(?<!\S)#{2,6}(?=\s)|^#\s+(?=\S)"),
    ("Markdown link", r"!?\[[^\]\[\n]+\]\s?\((?=https?:|www\.|mailto:|/|[\w-]+\.[a-z]{2,})"),
    ("Markdown table", r"\|\s*:?-{3,}:?\s*\|"),
    ("code fence", r"```|~~~"),
    ("block mark", r"(?<!:):::(?!:)"),
    ("Obsidian embed or link", r"!?\[\[[^\[\]\n]+\]\]"),
    ("Obsidian comment", r"(?<![\d%])%%(?!\d)"),
    ("callout mark", rf"\[!(?:{_ADMONITIONS})\]"),
    ("highlight mark", r"(?<![=\w])==(?=[^\s=])[^=\n]+==(?![=\w])"),
    # CriticMarkup (criticmarkup.com); typography may have turned its hyphens into dashes
    (
        "critic mark",
        r"\{\+\+|\+\+\}|\{[-–—]{1,2}(?=[^\s}])|(?<=[^\s{])[-–—]{1,2}\}|\{~~|~>|~~\}|\{==|==\}|\{>>|<<\}",
    ),
    (
        "shortcode",
        rf"\[/(?:{_SHORTCODES})\]|\[(?:{_SHORTCODES})(?:=|_|\s+[\w-]+=)[^\]\n]*\]|\[(?:caption|gallery|embed|toc)\]",
    ),
    (
        "TeX markup",
        r"\$\$[^$\n]+\$\$|\\(?:text(?:bf|it|tt)|emph|section|cite|ref|begin|end|footnote)\{",
    ),
    ("emoji short name", rf"(?<![\w:]):(?:{_SHORT_NAMES}|[a-z]+(?:_[a-z]+)+):(?![\w:])"),
    (
        "HTML tag",
        r"&lt;/?[a-z]+|</?(?:p|div|span|br|strong|em|h[1-6]|img|a|table|font)(?:\s[^<>]*)?/?>",
    ),
    ("HTML comment", r"<!--|-->"),
    ("inline note", r"(?<=[\w.,;:!?”’)])\^\[[^\]\n]{2,}\]"),
    (
        "attribute list",
        r"\{:?\s?[.#][a-z][\w-]*(?:\s+[.#]?[a-z][\w=-]*)*\s?\}|\{:\s?[a-z-]+=[^}\n]*\}",
    ),
    ("checkbox", r"^\[[ xX]\](?=\s)"),
    ("comment anchor", r"(?<=[^\W\d_][.,;:]|.[^\W\d_])\[[a-z]\](?=[\s.,;:]|$)"),
)
_LEFTOVERS = re.compile(
    "|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(_KINDS)),
    re.IGNORECASE,
)
# Template placeholders are reported by NL705.
_TEMPLATE = re.compile(
    r"\[\[(?:(?:first|last|full|user)?[ _-]?name|e-?mail|unsubscribe\w*)\]\]|\{\{(?![<%])",
    re.IGNORECASE,
)


def markup_leftovers(words: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, kind and text of each piece of visible markup."""
    if not any(sign in words for sign in "*_#[|`:%=+{~\\$<&-"):
        return
    for match in _LEFTOVERS.finditer(words):
        if UNREAD in match[0] or _TEMPLATE.match(match[0]) or _in_field(words, match.start()):
            continue
        kind = _KINDS[int((match.lastgroup or "k0")[1:])][0]
        yield match.start(), kind, match[0]


def _in_field(words: str, offset: int) -> bool:
    """Return whether an offset is in a merge field: `%%first_name|reader%%`."""
    return any(match.start() <= offset < match.end() for match in FIELD.finditer(words))


_FENCE = re.compile(r"^(?:---|\+\+\+)[ \t]*$")
_KEY = re.compile(r"^[A-Za-z][\w-]*\s*[:=](?:\s|$)")
_KNOWN_KEY = re.compile(
    r"^(?:title|subtitle|date|author|authors|tags|categories|category|layout|slug|draft|description|permalink|"
    r"published|kind|by|aliases|cover|summary|status|lastmod|weight|excerpt)\s*[:=]\s*\S",
    re.IGNORECASE,
)
MOST = 40  # maximum number of lines of front matter


def pasted_front_matter(lines: list[str], first: int) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line, from `first` on, that starts pasted front matter."""
    index = first
    while index < len(lines):
        end = _front_matter_end(lines, index, top=index == first)
        if end:
            yield index + 1, lines[index]
        index = max(end, index + 1)


def _front_matter_end(lines: list[str], start: int, *, top: bool) -> int:
    """Return the index after front matter that starts at a line; 0 if there is none."""
    fenced = bool(_FENCE.match(lines[start]))
    index = start + fenced
    known = 0
    while index < min(start + MOST, len(lines)) and _is_key_line(lines[index]):
        known += bool(_KNOWN_KEY.match(lines[index]))
        index += 1
    closed = index < len(lines) and bool(_FENCE.match(lines[index]))
    if fenced:
        return index + closed if closed and known else 0
    at_top = top or not lines[start - 1].strip()
    # The opening line may be missing after pasting from a form: require two known keys in a row.
    return index + closed if at_top and known >= 2 and (closed or known == index - start) else 0


def _is_key_line(line: str) -> bool:
    return bool(_KEY.match(line)) or line.startswith(("  ", "- ", "\t"))


_LIST_MARKER = re.compile(r"(?:[\s>]|[-*+•–]\s|\w{1,3}[.)]\s)*+")


def pasted_rows(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield number and text of the first line of each table pasted from a word processor.

    Such a table has tabs between its cells, in two lines or more.
    """
    before = False
    for index, line in enumerate(lines):
        is_row = _is_row(line)
        if is_row and not before and index + 1 < len(lines) and _is_row(lines[index + 1]):
            yield index + 1, line
        before = is_row


def _is_row(line: str) -> bool:
    """Return whether a line has tabs between words, not only after the marker of a list."""
    if "\t" not in line:
        return False
    marker = _LIST_MARKER.match(line)
    words = line[marker.end() if marker else 0 :]
    return sum(bool(cell.strip()) for cell in words.split("\t")) > 1
