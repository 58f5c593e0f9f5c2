"""Problems found while a folder is read; rules that need the whole issue live in `check/rules/`.

Codes are grouped by hundreds: 0 files and structure (05 targets), 1 credits, 5 images, 85 and 86
the archive.
"""

from __future__ import annotations

from collections.abc import Iterable

from newsletter.model import Diagnostic, Finding, Location

UNREADABLE = Diagnostic(
    "NL001",
    "unreadable-file",
    "A file is missing, cannot be opened, is not UTF-8, or a section has no front matter.",
)
BROKEN_YAML = Diagnostic(
    "NL002",
    "invalid-yaml",
    "The file is not valid YAML; common causes are an unquoted colon in a value and tabs.",
)
UNKNOWN_KEY = Diagnostic(
    "NL003",
    "unknown-key",
    "A key that is not read is probably misspelled, and its value would be lost.",
)
MISSING_KEY = Diagnostic(
    "NL004",
    "missing-key",
    "The email cannot be built without this key.",
)
WRONG_VALUE = Diagnostic(
    "NL005",
    "invalid-value",
    "The value is not of the kind that its key expects.",
)
REPEATED_KEY = Diagnostic(
    "NL006",
    "duplicate-key",
    "Only one of two values with the same key can apply.",
)
TOO_LARGE = Diagnostic(
    "NL007",
    "file-too-large",
    "Emails are clipped at about 102 KB; text of this size never arrives complete.",
)
UNKNOWN_KIND = Diagnostic(
    "NL008",
    "unknown-kind",
    "A section's kind selects its template; the theme has no template for this one.",
)
UNKNOWN_SOURCE = Diagnostic(
    "NL009",
    "unknown-source",
    "Sources are looked up in sources.yaml; one that is missing there cannot be printed.",
)
BROKEN_TOML = Diagnostic(
    "NL010",
    "invalid-toml",
    "Settings and tokens must be valid TOML.",
)
BROKEN_THEME = Diagnostic(
    "NL011",
    "invalid-theme",
    "The theme is missing, or one of its templates fails.",
)

UNREAD_FILE = Diagnostic(
    "NL012",
    "unread-file",
    "A file that looks like content but is not read.",
    "warning",
)
MARKUP_IN_TITLE = Diagnostic(
    "NL013",
    "markup-in-title",
    "Markdown in a title, name, label or other words that are printed as typed.",
    "warning",
)
MISSING_PHRASES = Diagnostic(
    "NL014",
    "missing-phrases",
    "The theme has no phrases for the language, so its own words are in English.",
    "warning",
)

ACCENT_ADJUSTED = Diagnostic(
    "NL015",
    "accent-adjusted",
    "A color that is too faint for text is made darker or lighter.",
    "info",
)
OVERRIDDEN_SETTING = Diagnostic(
    "NL016",
    "overridden-setting",
    "A theme file and a setting disagree; the file is used.",
    "warning",
)
LOGO_NOT_SHARP = Diagnostic(
    "NL017",
    "logo-not-sharp",
    "Most screens show two pixels for each CSS pixel; a logo without the extra pixels looks blurred.",
    "info",
)

RAW_HTML = Diagnostic(
    "NL020",
    "raw-html",
    "Mail clients disagree on HTML; only a few inline tags work in all of them.",
)
BROKEN_BLOCK = Diagnostic(
    "NL021",
    "invalid-block",
    "A `:::` block that is unknown, unclosed or empty would be printed literally.",
)
TOO_DEEP = Diagnostic(
    "NL022",
    "markup-too-deep",
    "Mail clients fail on very deep nesting, and readers get lost in it.",
)
LOST_TEXT = Diagnostic(
    "NL023",
    "ignored-text",
    "Text that would not appear in the email.",
)
BROKEN_NOTE = Diagnostic(
    "NL024",
    "invalid-note",
    "Every note needs a mark in the text, and every mark needs a note.",
)
UNKNOWN_FIELD = Diagnostic(
    "NL025",
    "unknown-merge-field",
    "A merge field that no service knows would be printed literally.",
)
BROKEN_LINK = Diagnostic(
    "NL026",
    "invalid-link",
    "Links in an email need a complete address with a scheme that mail clients open.",
)
BROKEN_TABLE = Diagnostic(
    "NL027",
    "invalid-table",
    "Cells in rows of different lengths would be lost or appear under the wrong header.",
)

BROKEN_CHART = Diagnostic(
    "NL028",
    "invalid-chart",
    "A chart whose data and settings do not match would be missing from the email, or misleading.",
)

UNKNOWN_FACT = Diagnostic(
    "NL029",
    "unknown-fact",
    "A figure that is not in facts.yaml or the data cannot be printed.",
)

UNKNOWN_PERSON = Diagnostic(
    "NL101",
    "unknown-person",
    "Credits refer to people in the masthead, so that names are spelled alike in every issue.",
)
UNKNOWN_ROLE = Diagnostic(
    "NL102",
    "unknown-role",
    "Roles are defined in the masthead, which sets their label and printed order.",
)

DELIVERED_DIFFERENTLY = Diagnostic(
    "NL050",
    "delivered-differently",
    "What the service will send differs from the build.",
    "warning",
)
UNREADY_TARGET = Diagnostic(
    "NL051",
    "unready-target",
    "Readers would receive this without an unsubscribe link, without a sender, in another service's "
    "merge style, or with an example value of `newsletter init`.",
)
MISSING_IMAGE = Diagnostic(
    "NL501",
    "missing-image",
    "An image file that does not exist leaves a gap in the email.",
)
BROKEN_IMAGE = Diagnostic(
    "NL502",
    "corrupt-image",
    "A damaged image file is not displayed.",
)
HUGE_IMAGE = Diagnostic(
    "NL503",
    "oversized-image",
    "Images over 50 megapixels or 40 MB are rejected; a width of 1,200 pixels is enough.",
)
OUTSIDE_IMAGE = Diagnostic(
    "NL504",
    "image-outside-workspace",
    "An issue contains its images; files outside its folder can change unnoticed.",
)
WRONG_IMAGE = Diagnostic(
    "NL505",
    "unsupported-image-type",
    "All mail clients show JPEG, PNG and GIF from https addresses with a width; not much else.",
)

FAINT_LOGO = Diagnostic(
    "NL506",
    "faint-logo",
    "A logo that is nearly as dark or as light as the page behind it is hard to see.",
)

CARD_WITHOUT_TITLE = Diagnostic(
    "NL850",
    "card-lacks-characters",
    "The preview image shown with links is drawn with packaged fonts; characters they lack are omitted.",
    "info",
)
SAME_ADDRESS = Diagnostic(
    "NL851",
    "same-address",
    "Two issues whose addresses differ only in case or hyphens are one address on many hosts.",
)
TOPIC_SPELLED_TWICE = Diagnostic(
    "NL852",
    "topic-spelled-two-ways",
    "Two spellings of a topic create two pages and two feeds, each with part of the issues.",
    "warning",
)
MANY_TOPICS = Diagnostic(
    "NL853",
    "too-many-topics",
    "A topic with a single issue leads readers to no other issue.",
    "warning",
)
FUTURE_DATE = Diagnostic(
    "NL854",
    "future-date",
    "An issue dated in the future is left out of the archive until that day.",
    "warning",
)
BROKEN_REDIRECT = Diagnostic(
    "NL855",
    "broken-redirect",
    "A redirect that leads nowhere, loops, or replaces an existing page does not help readers.",
)
PAGE_GONE = Diagnostic(
    "NL856",
    "page-gone",
    "A page that was on the site is no longer there: links and bookmarks to it break.",
    "warning",
)
PERSON_SPELLED_TWICE = Diagnostic(
    "NL857",
    "person-spelled-two-ways",
    "Two spellings of a name create two pages, each with part of what the person wrote.",
    "warning",
)
FEED_ID_CHANGED = Diagnostic(
    "NL858",
    "feed-id-changed",
    "Feed readers show every entry whose id has changed as new.",
)
SEARCH_MISSING = Diagnostic(
    "NL859",
    "search-index-missing",
    "Without an index the search page lists issues by year and offers no search.",
    "warning",
)
NOT_ARCHIVED = Diagnostic(
    "NL860",
    "issue-not-archived",
    "An issue that was published and cannot be printed now would lose its page.",
)
WEB_PAGE_MISSING = Diagnostic(
    "NL861",
    "web-page-missing",
    "The email's link to its web version leads to a page that does not exist.",
    "warning",
)


FOUND_LOADING = frozenset(
    value.code for value in tuple(globals().values()) if isinstance(value, Diagnostic)
)


def blocks_build(finding: Finding) -> bool:
    """Return whether a finding blocks the build: no setting and no allow comment lifts it."""
    return finding.severity == "error" and finding.code in FOUND_LOADING


class Report:
    """Collects findings while a file is read, so that all of them are reported at once."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self.findings: list[Finding] = list(findings)

    def add(
        self, fault: Diagnostic, where: Location, message: str, hint: str | None = None
    ) -> None:
        self.findings.append(fault.finding(where, message, hint))

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def failed(self) -> bool:
        return self.errors > 0
