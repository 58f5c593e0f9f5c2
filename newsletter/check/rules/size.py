"""Whether the email arrives complete: Gmail clips the end of large emails."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.origin import in_theme
from newsletter.check.email.size import CLIP, CREDITS, NEAR, SizedPart, SizeReport, measure_size
from newsletter.check.example import FILES
from newsletter.check.rule import Violation, rule
from newsletter.check.rules.html import closing
from newsletter.model import Location
from newsletter.render.merge import spell

LONGEST_LINE = 998  # bytes, without the line's end


def _lines(number: int) -> dict[str, str]:
    """Return the example with so many lines across its essay."""
    return closing(f"{{% for _ in range({number}) %}}<hr />{{% endfor %}}")


@rule(
    "NL801",
    severity="warning",
    hint="Shorten the issue, or end a section with a link to the web page.",
    bad=_lines(1250),
    at="10-essay.md:6:1",
    good=_lines(100),
)
def near_clip_limit(checked: CheckedEmail) -> Iterator[Violation]:
    """Above 90,000 bytes, tracking and rewritten links can push the email over Gmail's clip limit.

    The size is the larger of the HTML and its quoted-printable form, plus `reserve` of `[check]` for each link.
    """
    report = measure_size(checked)
    if NEAR < report.total <= CLIP:
        yield Violation(
            _largest(checked, report), f"Email of {_sizes(report)}; Gmail clips at {CLIP:,}"
        )


@rule(
    "NL802",
    hint="Shorten the issue, or end a section with a link to the web page.",
    bad=_lines(1600),
    at="10-essay.md:6:1",
    good=_lines(100),
    also_triggers=("NL803", "NL804"),
)
def over_clip_limit(checked: CheckedEmail) -> Iterator[Violation]:
    """Gmail shows about 102 KB of an email, then "Message clipped", without the styles of the head.

    The size is the larger of the HTML and its quoted-printable form, plus `reserve` of `[check]` for each link.
    """
    report = measure_size(checked)
    if (clip := report.clip()) is not None:
        stretch = report.stretch(clip)
        where = stretch.section.where if stretch.section else checked.written(r"<mjml\b")
        yield Violation(
            where, f"Email of {_sizes(report)}; Gmail clips at {CLIP:,}, in {_called(stretch)}"
        )


@rule(
    "NL803",
    hint="Shorten the issue, or move the credits further up in the theme.",
    bad=_lines(1600),
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good=_lines(100),
    also_triggers=("NL802", "NL804"),
)
def credits_below_clip(checked: CheckedEmail) -> Iterator[Violation]:
    """Gmail readers never see credits that end below the clip limit."""
    report = measure_size(checked)
    if (clip := report.clip()) is not None:
        for stretch in report.stretches:
            if (
                stretch.name == CREDITS
                and stretch.section is None
                and (end := report.end(stretch)) > clip
            ):
                yield Violation(
                    checked.issue.credits.where,
                    f"Credits end at byte {report.upto(end):,}; Gmail clips at {CLIP:,}",
                )


@rule(
    "NL804",
    hint="Shorten the issue, or add the link further up in the theme.",
    bad=_lines(1600),
    at="issue.yaml:1:1",
    good=_lines(100),
    also_triggers=("NL802", "NL803"),
)
def unsubscribe_below_clip(checked: CheckedEmail) -> Iterator[Violation]:
    """Readers who find no unsubscribe link report spam (Gmail and Yahoo, rules for bulk senders of 2024)."""
    report = measure_size(checked)
    clip, links = report.clip(), list(_unsubscribe_links(checked))
    if clip is not None and links and min(links) > clip:
        where = in_theme(checked.theme, "unsubscribe_url }}") or checked.issue.where
        at = report.upto(min(links))
        yield Violation(where, f"Unsubscribe link at byte {at:,}; Gmail clips at {CLIP:,}")


def _unsubscribe_links(checked: CheckedEmail) -> Iterator[int]:
    """Yield the offsets of unsubscribe links in the HTML."""
    address = spell("%%unsubscribe_url%%", checked.publication, "", html=True)
    at = checked.email.html.find(f'href="{address}"')
    while at >= 0:
        yield at
        at = checked.email.html.find(f'href="{address}"', at + 1)


@rule(
    "NL805",
    hint="Shorten the address or header in this line.",
    bad={
        "newsletter.toml": FILES["newsletter.toml"].replace(
            "example/unsubscribe", f"example/unsubscribe?list={'slack-' * 200}"
        )
    },
    at="issue.yaml:1:1",
    good="The quay is empty at noon.",
)
def line_too_long(checked: CheckedEmail) -> Iterator[Violation]:
    """A line of a message may have at most 998 bytes (RFC 5322 §2.1.1); servers break or reject longer ones."""
    for number, line in enumerate(checked.email.message.split(b"\r\n"), 1):
        if len(line) > LONGEST_LINE:
            start = line[:40].decode("ascii", "replace")
            yield Violation(
                checked.issue.where,
                f"Line {number} of the message has {len(line):,} bytes: {start}…",
            )


def _sizes(report: SizeReport) -> str:
    """Return the size with its largest parts, for a message."""
    largest = sorted(report.stretches, key=lambda stretch: -stretch.bytes)[:3]
    parts = ", ".join(f"{_called(stretch)} {stretch.bytes:,}" for stretch in largest)
    reserve = f" with {report.reserve:,} for each link" if report.reserve else ""
    return f"{report.total:,} bytes{reserve} ({parts})"


def _called(stretch: SizedPart) -> str:
    return f'"{stretch.name}"' if stretch.section else f"the {stretch.name}"


def _largest(checked: CheckedEmail, report: SizeReport) -> Location:
    sections = [stretch for stretch in report.stretches if stretch.section]
    largest = max(sections, key=lambda stretch: stretch.bytes, default=None)
    return largest.section.where if largest and largest.section else checked.issue.where


RULES = (
    near_clip_limit,
    over_clip_limit,
    credits_below_clip,
    unsubscribe_below_clip,
    line_too_long,
)
