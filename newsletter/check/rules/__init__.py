"""The lists of rules, in the order of their codes: the one wiring point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.check.rule import Rule
from newsletter.check.rules.addresses import (
    bare_address,
    http_link,
    malformed_link,
    shortened_link,
    tracking_parameter,
    trailing_punctuation,
)
from newsletter.check.rules.agreement import (
    disagreeing_figure,
)
from newsletter.check.rules.alternatives import (
    alt_is_file_name,
    alt_too_long,
    linked_picture_without_words,
    missing_alt,
    picture_without_words,
)
from newsletter.check.rules.clients import (
    css_unsupported,
    html_unsupported,
)
from newsletter.check.rules.comments import comment_parts_paragraph
from newsletter.check.rules.contrast import low_contrast, text_too_small
from newsletter.check.rules.credits import (
    credited_outside_masthead,
    person_spelled_otherwise_before,
    person_spelled_two_ways,
    unowned_section,
    unused_credit,
)
from newsletter.check.rules.css import (
    css_parse_error,
    nested_at_rule,
    remote_css,
    style_nearly_too_large,
    style_too_large,
)
from newsletter.check.rules.dates import (
    impossible_date,
    stale_copyright,
    stale_day,
    stale_year,
    wrong_weekday,
)
from newsletter.check.rules.document import (
    data_table_scope,
    layout_table_role,
    missing_lang_or_dir,
    missing_title,
    table_without_head,
)
from newsletter.check.rules.envelope import (
    hidden_unsubscribe,
    malformed_message,
    missing_list_id,
    missing_postal_address,
    missing_sender,
    missing_unsubscribe,
    unsubscribe_without_one_click,
)
from newsletter.check.rules.facts import (
    stale_fact,
    unsourced_figure,
)
from newsletter.check.rules.folder import folder_date_differs
from newsletter.check.rules.headings import empty_heading, heading_order, heading_skips_level
from newsletter.check.rules.html import (
    forbidden_element,
    html_parse_error,
    mjml_left_over,
    template_residue,
    unbalanced_conditional,
    unknown_charset,
    zoom_disabled,
)
from newsletter.check.rules.links import (
    empty_link_text,
    link_in_earlier_issue,
    link_text_mismatch,
    repeated_link,
    vague_link_text,
)
from newsletter.check.rules.parity import (
    credit_lost,
    figure_lost,
    heading_lost,
    link_lost,
    note_lost,
    number_lost,
    order_changed,
    said_in_one_part,
    source_lost,
    words_lost,
)
from newsletter.check.rules.pictures import (
    image_source,
    image_too_heavy,
    image_too_tall,
    image_without_width,
)
from newsletter.check.rules.reading import (
    emoji_run,
    link_not_underlined,
    picture_vanishes_in_dark,
    text_in_capitals,
)
from newsletter.check.rules.size import (
    credits_below_clip,
    line_too_long,
    near_clip_size,
    over_clip_size,
    unsubscribe_below_clip,
)
from newsletter.check.rules.sources import (
    incomplete_source,
    missing_rights,
    quote_without_attribution,
    unused_source,
)
from newsletter.check.rules.structure import (
    duplicate_order,
    empty_section,
    missing_location,
    missing_role,
    no_section,
)
from newsletter.check.rules.style import (
    avoided_term,
    hard_reading,
    long_sentence,
    name_spelled_two_ways,
)
from newsletter.check.rules.subject import (
    preheader_repeats_subject,
    preheader_too_long,
    preheader_too_short,
    subject_cut_on_phones,
    subject_poses_as_reply,
    subject_shouts,
    subject_too_long,
)
from newsletter.check.rules.suppressions import allow_without_reason, misspelled_allow, unused_allow
from newsletter.check.rules.text import markup_in_text
from newsletter.check.rules.typography import (
    missing_nbsp,
    mixed_script_word,
    script_without_lang,
    straight_quote,
    trailing_space,
)
from newsletter.check.rules.web import (
    blocked_link,
    dead_link,
    missing_anchor,
    moved_link,
    suspect_link,
    unanswered_link,
)
from newsletter.check.rules.writing import (
    attached_without_attachment,
    doubled_word,
    unfinished,
)

if TYPE_CHECKING:
    from newsletter.check.archive import IssueHistory
    from newsletter.check.email.subject import CheckedEmail
    from newsletter.check.linked import LinkedIssue
    from newsletter.check.suppress import Allowances
    from newsletter.model import Issue

# What an author's files say.
ISSUE_RULES: tuple[Rule[Issue], ...] = (
    no_section,
    empty_section,
    duplicate_order,
    folder_date_differs,
    comment_parts_paragraph,
    missing_role,
    missing_location,
    unowned_section,
    unused_credit,
    credited_outside_masthead,
    person_spelled_two_ways,
    vague_link_text,
    link_text_mismatch,
    http_link,
    tracking_parameter,
    shortened_link,
    repeated_link,
    trailing_punctuation,
    malformed_link,
    empty_link_text,
    bare_address,
    unfinished,
    doubled_word,
    attached_without_attachment,
    wrong_weekday,
    impossible_date,
    stale_day,
    stale_year,
    name_spelled_two_ways,
    avoided_term,
    long_sentence,
    hard_reading,
    missing_nbsp,
    straight_quote,
    trailing_space,
    script_without_lang,
    mixed_script_word,
    unsourced_figure,
    stale_fact,
    disagreeing_figure,
    incomplete_source,
    unused_source,
    quote_without_attribution,
    missing_rights,
    table_without_head,
    linked_picture_without_words,
    picture_without_words,
    alt_is_file_name,
    alt_too_long,
    heading_skips_level,
    empty_heading,
    text_in_capitals,
    emoji_run,
    subject_too_long,
    subject_cut_on_phones,
    subject_shouts,
    subject_poses_as_reply,
    preheader_too_short,
    preheader_too_long,
    preheader_repeats_subject,
)

# What only a look at earlier issues shows.
ARCHIVE_RULES: tuple[Rule[IssueHistory], ...] = (
    person_spelled_otherwise_before,
    link_in_earlier_issue,
)

# What the network says, where it is asked.
LINK_RULES: tuple[Rule[LinkedIssue], ...] = (
    dead_link,
    moved_link,
    blocked_link,
    suspect_link,
    missing_anchor,
    unanswered_link,
)

# What the final bytes say.
MAIL_RULES: tuple[Rule[CheckedEmail], ...] = (
    image_too_heavy,
    image_too_tall,
    image_without_width,
    image_source,
    missing_lang_or_dir,
    missing_title,
    layout_table_role,
    data_table_scope,
    missing_alt,
    heading_order,
    link_not_underlined,
    low_contrast,
    picture_vanishes_in_dark,
    text_too_small,
    html_parse_error,
    unbalanced_conditional,
    forbidden_element,
    mjml_left_over,
    template_residue,
    zoom_disabled,
    unknown_charset,
    stale_copyright,
    css_parse_error,
    nested_at_rule,
    remote_css,
    style_too_large,
    style_nearly_too_large,
    css_unsupported,
    html_unsupported,
    near_clip_size,
    over_clip_size,
    credits_below_clip,
    unsubscribe_below_clip,
    line_too_long,
    missing_sender,
    missing_list_id,
    missing_unsubscribe,
    hidden_unsubscribe,
    unsubscribe_without_one_click,
    missing_postal_address,
    malformed_message,
    words_lost,
    heading_lost,
    link_lost,
    figure_lost,
    number_lost,
    note_lost,
    credit_lost,
    source_lost,
    order_changed,
    said_in_one_part,
    markup_in_text,
)

# What is said of findings, once all others are known.
ALLOW_RULES: tuple[Rule[Allowances], ...] = (
    unused_allow,
    allow_without_reason,
    misspelled_allow,
)
