"""The table of supported formats; adding a format takes one file and one row here."""

from __future__ import annotations

from msgspec import Struct


class DraftFormat(Struct, frozen=True):
    """A format and how it is recognized; its reader is imported when a draft needs it.

    A reader takes `(data, name, files)` and returns a tuple of `Draft`s; `files` are the files next
    to the draft, keyed by the path the draft uses for them.
    """

    name: str  # as shown in reports
    title: str  # as shown in messages and docs
    reader: str  # module:function, the module in this folder
    endings: tuple[str, ...] = ()
    archive: str = ""  # regular expression matched against the paths in a zip archive
    opening: str = ""  # regular expression matched against the start of the text


# The first match wins. Rows without a pattern are recognized by `detect.py` from their syntax.
FORMATS: tuple[DraftFormat, ...] = (
    DraftFormat(
        "docx", "Word document", "docx:read_docx", (".docx",), archive=r"word/document\.xml"
    ),
    DraftFormat("odt", "OpenDocument text", "odt:read_odt", (".odt",), archive=r"content\.xml"),
    DraftFormat(
        "substack", "Substack export", "substack:read_substack", archive=r"(?:.*/)?posts\.csv"
    ),
    DraftFormat(
        "medium", "Medium export", "medium:read_medium", archive=r"(?:.*/)?posts/[^/]*_[^/]*\.html"
    ),
    DraftFormat(
        "buttondown",
        "Buttondown export",
        "buttondown:read_buttondown",
        archive=r"(?:.*/)?emails(?:\.csv|/[^/]+\.(?:md|html))",
    ),
    DraftFormat(
        "notion",
        "Notion export",
        "notion:read_notion",
        archive=r".*[ _-][0-9a-f]{32}\.(?:md|csv)|(?:.*/)?ExportBlock-[^/]+\.zip",
    ),
    DraftFormat(
        "zipped page",
        "zipped web page",
        "web_page:read_zipped",
        (".zip",),
        archive=r"(?i).*\.html?",
    ),
    DraftFormat(
        "wordpress",
        "WordPress export (WXR)",
        "wordpress:read_wordpress",
        opening=r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<rss\b[^>]*wordpress\.org/export/",
    ),
    DraftFormat(
        "ghost",
        "Ghost export",
        "ghost:read_ghost",
        opening=r'\s*\{\s*"(?:db|meta|data|posts)"\s*:[\s\S]*?"(?:posts|exported_on|html|lexical)"\s*:',
    ),
    DraftFormat(
        "beehiiv",
        "beehiiv export",
        "beehiiv:read_beehiiv",
        opening=r"(?i)(?=[^\n]*title)[^\n]*(?:content|html|body)[^\n]*\n",
    ),
    DraftFormat("email", "email", "eml:read_email_file", (".eml", ".mht", ".mhtml")),
    DraftFormat("mailbox", "mailbox", "eml:read_mailbox", (".mbox",)),
    DraftFormat("html", "web page", "web_page:read_html_file", (".html", ".htm", ".xhtml")),
    DraftFormat("markdown", "Markdown", "markdown_file:read_markdown_file", (".md", ".markdown")),
    DraftFormat("text", "plain text", "plain_text:read_text_file", (".txt",)),
)
BY_NAME = {row.name: row for row in FORMATS}
# File extensions that `--all` imports; exports in XML, JSON and CSV must be named explicitly.
ENDINGS: tuple[str, ...] = tuple(dict.fromkeys(end for row in FORMATS for end in row.endings))
