"""Types of the settings file and its tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from newsletter.schema.base import Document, Level, Text
from newsletter.schema.look import ThemeSettings
from newsletter.schema.sign_off import ApprovalSettings, SentSettings
from newsletter.schema.site import ArchiveSettings


class SenderSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[sender]`."""

    name: Annotated[
        Text | None, Meta(description="The From name; the publication's name by default.")
    ] = None
    email: Annotated[Text | None, Meta(description="The From address.")] = None


class MergeSample(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[merge.sample]`: the reader that a test shows."""

    first_name: Annotated[Text | None, Meta(description="`Sample` by default.")] = None
    name: Annotated[Text | None, Meta(description="`Sample Reader` by default.")] = None
    email: Annotated[Text | None, Meta(description="The first address of the test by default.")] = (
        None
    )
    unsubscribe_url: Annotated[
        Text | None, Meta(description="An address that unsubscribes nobody, by default.")
    ] = None
    web_url: Annotated[
        Text | None, Meta(description="The issue's address on the web by default.")
    ] = None


class MergeSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[merge]`."""

    style: Annotated[
        Literal["plain", "listmonk", "mailchimp", "buttondown", "ghost", "resend", "brevo"],
        Meta(description="Service whose merge field syntax the email uses."),
    ] = "plain"
    sample: Annotated[MergeSample, Meta(description="Values that `newsletter test` fills in.")] = (
        MergeSample()
    )


class ImageSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[images]`."""

    url: Annotated[Text | None, Meta(description="Base address of images; `url` by default.")] = (
        None
    )
    inline: Annotated[
        bool, Meta(description="Embed images in message.eml instead of linking to them.")
    ] = False


class CheckSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[check]`."""

    select: Annotated[
        list[Text], Meta(description="Rule codes or prefixes to use, and no others.")
    ] = []
    ignore: Annotated[list[Text], Meta(description="Rule codes or prefixes to leave out.")] = []
    severity: Annotated[
        dict[str, Level], Meta(description="Code or prefix -> `error`, `warning` or `info`.")
    ] = {}
    clients: Annotated[
        list[Text] | dict[Text, float],
        Meta(
            description="Mail clients to support, such as `gmail` or `outlook.windows`; or each with a weight."
        ),
    ] = []
    reserve: Annotated[
        Annotated[int, Meta(ge=0)],
        Meta(description="Bytes a provider adds to every link it rewrites."),
    ] = 0
    baseline: Annotated[
        Text | None, Meta(description="File of recorded findings, which are not reported again.")
    ] = None
    standing_links: Annotated[
        list[Text],
        Meta(description="Addresses, or starts of them, that every issue may link to (NL207)."),
    ] = []
    docs_url: Annotated[
        Text | None,
        Meta(description="Where this documentation is published; SARIF links rules to it."),
    ] = None


# A host in the settings: `example.org`, without scheme, path or wildcard.
Host = Annotated[
    str, Meta(pattern=r"^[^\s/:@*?#]+$", extra={"expected": "a host such as example.org"})
]
Some = Annotated[int, Meta(ge=1, extra={"expected": "a whole number above 0"})]
Positive = Annotated[float, Meta(gt=0, extra={"expected": "a number above 0"})]


class SmtpSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[smtp]`: the mail server. Its password is never stored here."""

    host: Annotated[Host | None, Meta(description="The mail server's name.")] = None
    port: Annotated[
        Annotated[int, Meta(ge=1, le=65535, extra={"expected": "a port from 1 to 65535"})] | None,
        Meta(description="465 for `tls`, 587 for `starttls` and 25 for `none` by default."),
    ] = None
    security: Annotated[
        Literal["tls", "starttls", "none"],
        Meta(description="How the connection is encrypted; `none` only for this machine."),
    ] = "starttls"
    user: Annotated[
        Text | None, Meta(description="The name to log in with; no login without it.")
    ] = None
    ca: Annotated[
        Text | None,
        Meta(
            description="File of your own certificate authority (PEM), in addition to the system's."
        ),
    ] = None
    test_to: Annotated[
        list[Text], Meta(description="Where `newsletter test` sends without `--to`.")
    ] = []


Status = Annotated[int, Meta(ge=100, le=999, extra={"expected": "an HTTP status such as 403"})]
HeaderName = Annotated[
    str,
    Meta(
        pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
        extra={"expected": "the name of an HTTP header such as Authorization"},
    ),
]


class LinkHostTable(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[links.hosts."HOST"]`: what is known about one host and its subdomains."""

    accept: Annotated[
        list[Status], Meta(description="Statuses that count as ok on this host, such as 401.")
    ] = []
    headers: Annotated[
        dict[HeaderName, Text],
        Meta(
            description="Headers sent to this host only, over https; `{token}` is replaced by the "
            "environment variable NEWSLETTER_TOKEN_ and the host in capitals."
        ),
    ] = {}


class LinkSettingsTable(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[links]`: how links are checked over the network. A host covers its subdomains."""

    skip: Annotated[list[Host], Meta(description="Hosts that are never requested.")] = []
    blocked_is_fine: Annotated[
        list[Host],
        Meta(description="Hosts known to block automated requests: no finding for *blocked*."),
    ] = []
    broken_is_fine: Annotated[
        list[Host],
        Meta(description="Hosts whose *broken* is known to be false: no finding for it."),
    ] = []
    hosts: Annotated[
        dict[Host, LinkHostTable],
        Meta(description="Host -> accepted statuses and extra headers."),
    ] = {}
    pace: Annotated[
        dict[Host, Positive], Meta(description="Host -> maximum number of requests per second.")
    ] = {}
    timeout: Annotated[
        Positive, Meta(description="Seconds for one link, including redirects and retries.")
    ] = 15.0
    in_flight: Annotated[Some, Meta(description="Requests at the same time.")] = 64
    per_host: Annotated[Some, Meta(description="Requests at the same time to one host.")] = 6
    user_agent: Annotated[
        Text | None,
        Meta(
            description="User-Agent header; by default `newsletter`, its version and the publication's `url`."
        ),
    ] = None


class ChartSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[charts]`."""

    fonts: Annotated[
        list[Text],
        Meta(description="TTF or OTF files of the workspace, for scripts the packaged fonts lack."),
    ] = []
    max_age: Annotated[
        Annotated[int, Meta(ge=1, extra={"expected": "a whole number above 0"})],
        Meta(description="Days after which the data of a chart is reported as old."),
    ] = 400


class PreviewSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[preview]`."""

    editor: Annotated[
        Text,
        Meta(
            description="Editor that links open: vscode, idea, …, or an address with {path} and {line}."
        ),
    ] = "vscode"
    allow_hosts: Annotated[
        list[Host],
        Meta(description="Additional host names by which a browser may open the preview."),
    ] = []


ListName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        extra={"expected": "lowercase letters, digits and hyphens"},
    ),
]


class ListEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[lists.NAME]`: one list of subscribers."""

    title: Annotated[
        Text | None, Meta(description="What readers call it; the publication's name by default.")
    ] = None
    description: Annotated[
        Text | None, Meta(description="One sentence on the subscription page.")
    ] = None
    open: Annotated[
        bool, Meta(description="Whether readers may subscribe themselves, through `serve`.")
    ] = True


class SendSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[send]`: sending to an own list."""

    database: Annotated[
        Text | None,
        Meta(
            description="A file for SQLite (`private/subscribers.db` by default), or `env:NAME`: "
            "an environment variable with the address of PostgreSQL."
        ),
    ] = None
    url: Annotated[
        Text | None,
        Meta(description="Where `newsletter serve` is reached; unsubscribe links lead there."),
    ] = None
    bounce_address: Annotated[
        Text | None,
        Meta(
            description="Mailbox for bounces, such as `bounces@example.org`; each email gets its own tag."
        ),
    ] = None
    bounce_mailbox: Annotated[
        Text | None,
        Meta(description="Where bounces arrive: a Maildir, or `imaps://user@host/INBOX`."),
    ] = None
    key: Annotated[
        Text | None,
        Meta(
            description="`env:NAME` of the secret that signs links; kept in the database by default."
        ),
    ] = None
    connections: Annotated[Some, Meta(description="SMTP connections at the same time.")] = 10
    rate: Annotated[
        Positive | None, Meta(description="Emails per second, over all connections and workers.")
    ] = None
    per_connection: Annotated[
        Some, Meta(description="Emails per connection before it is reopened.")
    ] = 1000
    per_domain: Annotated[
        dict[Host, Positive],
        Meta(description="Domain of the recipients → emails per minute."),
    ] = {}
    per_day: Annotated[Some | None, Meta(description="Emails within any 24 hours.")] = None
    soft_bounces: Annotated[
        Some,
        Meta(
            description="Soft bounces over at least seven days after which an address is suppressed."
        ),
    ] = 3


class SettingsFile(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`newsletter.toml`, or `[tool.newsletter]` in `pyproject.toml`."""

    name: Annotated[Text, Meta(description="The publication's name.")]
    url: Annotated[Text, Meta(description="Address of the web archive; issues live at url/slug/.")]
    language: Annotated[Text, Meta(description="BCP 47 tag of the publication's language.")] = "en"
    theme: Annotated[
        str | ThemeSettings,
        Meta(description="A packaged look or a folder of templates/; or a table of settings."),
    ] = "default"
    sender: Annotated[SenderSettings, Meta(description="The sender of the email.")] = (
        SenderSettings()
    )
    list_id: Annotated[
        Text | None, Meta(description="List-Id header (RFC 2919), such as letter.example.org.")
    ] = None
    unsubscribe_url: Annotated[
        Text | None, Meta(description="Address for unsubscribing (RFC 8058).")
    ] = None
    postal_address: Annotated[
        Text | None, Meta(description="Postal address printed in the foot, as many laws require.")
    ] = None
    merge: Annotated[MergeSettings, Meta(description="Merge field syntax.")] = MergeSettings()
    images: Annotated[ImageSettings, Meta(description="Options for images.")] = ImageSettings()
    check: Annotated[CheckSettings, Meta(description="Which rules apply.")] = CheckSettings()
    links: Annotated[LinkSettingsTable, Meta(description="Options of the link check.")] = (
        LinkSettingsTable()
    )
    charts: Annotated[ChartSettings, Meta(description="Fonts and age of charts.")] = ChartSettings()
    preview: Annotated[PreviewSettings, Meta(description="Options of the preview.")] = (
        PreviewSettings()
    )
    lists: Annotated[
        dict[ListName, ListEntry], Meta(description="Name → list of subscribers.")
    ] = {}
    send: Annotated[SendSettings, Meta(description="Sending to your own list.")] = SendSettings()
    approval: Annotated[
        ApprovalSettings, Meta(description="Who must approve an issue before it is published.")
    ] = ApprovalSettings()
    archive: Annotated[ArchiveSettings, Meta(description="The public web archive.")] = (
        ArchiveSettings()
    )
    sent: Annotated[SentSettings, Meta(description="What is kept of published bytes.")] = (
        SentSettings()
    )
    smtp: Annotated[
        SmtpSettings, Meta(description="The mail server for tests and your own lists.")
    ] = SmtpSettings()
    targets: Annotated[
        dict[str, dict[str, Any]],
        Meta(description="Name -> destination of `publish`; each has a `type`."),
    ] = {}
