"""Addresses that readers cannot open, or not for long.

Private pages, staging hosts, signed addresses and placeholders.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl, urlsplit

# --- private pages --------------------------------------------------------------------------------

# Host and path of pages that require signing in or that open an editor.
_PRIVATE = re.compile(
    # Google
    r"docs\.google\.com/(?:\w+/)?(?:document|spreadsheets|presentation|forms"
    r"|drawings)/(?:u/\d+/)?d/(?!e/)[^/]+"
    r"(?:/(?:edit|copy|comment|htmlview|mobilebasic)\b.*|/?)"
    r"|(?:mail|calendar|keep|contacts|analytics|search\.google|admin|console\.cloud)\.google\.com/.*"
    r"|drive\.google\.com/(?:drive/(?:u/\d+/)?(?:my-drive|home|recent|shared-with-me|folders/.*)"
    r"|open|file/d/[^/]+/edit)\b.*"
    r"|(?:script|sites)\.google\.com/(?:.*/)?(?:edit|d/.*/edit)\b.*|meet\.google\.com/.*"
    # Microsoft
    r"|[\w-]+\.sharepoint\.com/(?!sites/[^/]+/?$).*|[\w-]+-my\.sharepoint\.com/.*|(?:onedrive"
    r"|office)\.live\.com/(?:edit|view|.*)"
    r"|(?:[\w-]+\.)?(?:officeapps\.live|office|office365|outlook)\.com/(?:mail|owa|calendar"
    r"|launch|edit|we|x|p)\b.*"
    r"|teams\.(?:microsoft|live)\.com/.*|1drv\.ms/.*|loop\.microsoft\.com/.*|(?:www\.)?onenote\.com/.*"
    # editors and project tools
    r"|(?:www\.)?dropbox\.com/(?:home|work|personal|preview|scl/fi/.*/edit).*|paper\.dropbox\.com/.*"
    r"|(?:www\.)?notion\.so/(?!(?:product|blog|help|templates|pricing|about|customers)\b).+"
    r"|app\.asana\.com/.*|trello\.com/[bc]/.*"
    r"|[\w-]+\.atlassian\.net/.*|app\.clickup\.com/.*|[\w-]+\.monday\.com/boards/.*"
    r"|linear\.app/.+/issue/.*|airtable\.com/(?:app|tbl|viw).*"
    r"|(?:www\.)?figma\.com/(?:file|design|board|proto)/.*|(?:www\.)?canva\.com/design/.+/(?:edit"
    r"|view)?.*|miro\.com/app/.*"
    r"|app\.mural\.co/.*|(?:www\.)?overleaf\.com/project/.*|app\.datawrapper\.de/(?:edit|chart"
    r"|table|map)/.*|app\.flourish\.studio/.*"
    r"|(?:public\.)?tableau\.com/.*/edit.*|coda\.io/d/.*|quip\.com/.*|app\.grammarly\.com/.*"
    r"|(?:www\.)?evernote\.com/(?:client|shard)/.*"
    r"|app\.slack\.com/.*|[\w-]+\.slack\.com/(?:archives|files|team)\b.*|discord\.com/channels/.*"
    r"|[\w-]+\.zoom\.us/(?:j|w|s)/.*"
    r"|(?:www\.)?icloud\.com/(?:pages|numbers|keynote|iclouddrive|photos)\b.*"
    r"|web\.whatsapp\.com/.*|hackmd\.io/.*\?(?:edit|both).*"
    r"|github\.com/[^/]+/[^/]+/(?:edit|settings|new|upload)\b.*|gitlab\.com/.*/-/(?:edit|ide"
    r"|settings)\b.*|[\w-]+\.github\.dev/.*"
    r"|github\.dev/.*|vscode\.dev/.*|(?:www\.)?codesandbox\.io/p/.*|colab\.research\.google\.com/drive/.*"
    # publishing and mailing services
    r"|[\w-]+\.admin\.mailchimp\.com/.*|admin\.mailchimp\.com/.*|app\.(?:beehiiv|kit|convertkit"
    r"|mailerlite|hubspot|sendgrid|brevo|klaviyo)\.com/.*"
    r"|(?:[\w-]+\.)?substack\.com/publish/.*|(?:www\.)?medium\.com/(?:p/[^/]+/(?:edit|submission)"
    r"|new-story|me/.*)|buttondown\.com/(?:emails|archive)/[^/]+/edit.*"
    r"|studio\.youtube\.com/.*|(?:business|adsmanager)\.facebook\.com/.*"
    r"|(?:www\.)?facebook\.com/(?:messages|groups/[^/]+/pending)\b.*|ads\.twitter\.com/.*"
    r"|(?:www\.)?linkedin\.com/(?:messaging|feed/update/urn:li:draft|post/edit|in/me)\b.*|(?:web"
    r"|open)\.spotify\.com/user/.*/edit.*"
    r"|chatgpt\.com/(?:c|g)/.*|chat\.openai\.com/(?:c|g)/.*|claude\.ai/(?:chat|project)/.*"
    r"|gemini\.google\.com/app/.*|(?:www\.)?perplexity\.ai/search/.*",
    re.IGNORECASE,
)
# Paths of editors, previews and drafts on any host.
_BACKSTAGE = re.compile(
    r"/(?:wp-admin|wp-login\.php|ghost/?#?/|user/login|administrator|typo3|umbraco|craft/admin"
    r"|_preview|__preview)(?:/|$|\?)"
    r"|/node/\d+/edit\b|/(?:admin|cms|backend|editor)/(?!.*\.html)[\w/-]*(?:edit|post|draft"
    r"|content)\b|/config/pages\b",
    re.IGNORECASE,
)
_PREVIEW_NAMES = frozenset(
    "preview preview_id preview_nonce _thumbnail_id draft is_draft previewtoken preview_token".split()
)


def is_private(url: str) -> str:
    """Return why only the editors can open an address, as a noun phrase, or an empty string."""
    parts = _parts(url)
    if parts is None:
        return ""
    host, path, query, fragment = parts
    if _PRIVATE.fullmatch(f"{host}{path}{'?' + query if query else ''}") or _PRIVATE.fullmatch(
        host + path
    ):
        return "Link to a private editing page"
    behind = f"{path}{'#' + fragment if fragment else ''}"
    names = {
        name.lower()
        for name, value in parse_qsl(query, keep_blank_values=True)
        if value not in ("0", "false")
    }
    if _BACKSTAGE.search(behind) or names & _PREVIEW_NAMES:
        return "Link to an unpublished page"
    return ""


# --- hosts that exist only on this machine or in this office --------------------------------------

_LOCAL_ENDS = (
    ".local",
    ".localhost",
    ".internal",
    ".intranet",
    ".lan",
    ".corp",
    ".home",
    ".test",
    ".invalid",
    ".localdomain",
    ".home.arpa",
)
_STAGING = re.compile(
    r"(?:stag(?:e|ing)|stg|preprod|pre-prod|preproduction|uat|qa|test|testing|sandbox|preview"
    r"|draft|dev|develop|acceptance|acc|demo-staging|wip)\d*"
)
_DEVELOPERS = re.compile(  # pages for developers, not of developers
    r"(?:dev\.(?:to|chromium|twitch|evernote|solidproject|java|mysql|azure|twitter|x|epicgames|office|outlook|bandcamp|bitly|fitbit"
    r"|freeagent|wix|maxmind|"
    r"socrata|cloudflare|elrond|opera|vk|w3|events|amazon|fandom|hubspot|tube|yandex|deezer)\b.*"
    r"|test\.(?:de|org|com)|(?:testing|research|opensource)\.googleblog\.com|qa\.com|preview\.redd\.it)"
)
# Addresses of individual deployments, tunnels and development machines of hosting services.
_DEPLOYMENTS = re.compile(
    r"deploy-preview-\d+--[\w-]+\.netlify\.app|[\w-]+--[\w-]+\.netlify\.app"
    r"|[\w-]+-git-[\w-]+\.vercel\.app|[\w-]+-[a-z0-9]{9}-[\w-]+\.vercel\.app"
    r"|[a-f0-9]{7,8}\.[\w-]+\.pages\.dev|[\w-]+\.(?:ngrok(?:-free)?\.(?:io|app|dev)"
    r"|trycloudflare\.com|loca\.lt|localhost\.run|serveo\.net"
    r"|gitpod\.io|app\.github\.dev|githubpreview\.dev|csb\.app|webcontainer\.io|stackblitz\.io"
    r"|repl\.co|replit\.dev|preview\.app\.github\.dev"
    r"|wpengine(?:powered)?\.com|kinsta\.cloud|flywheelsites\.com|flywheelstaging\.com"
    r"|cloudwaysapps\.com|wpcomstaging\.com|myftpupload\.com"
    r"|instawp\.xyz|webflow\.io|preview-domain\.com|temp-?url\.host)|(?:dev|test"
    r"|live)-[\w-]+\.pantheonsite\.io|[\w-]+\.lndo\.site|[\w-]+\.ddev\.site",
    re.IGNORECASE,
)


def is_local(url: str) -> bool:
    """Return whether an address is on this machine or the local network."""
    parts = _parts(url)
    if parts is None:
        return url.lower().startswith("file:")
    host = parts[0].strip("[]")
    if host in ("localhost", "localdomain") or host.endswith(_LOCAL_ENDS):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not address.is_global


def is_staging(url: str) -> bool:
    """Return whether an address's host name is that of a non-public copy of a site."""
    parts = _parts(url)
    if parts is None:
        return False
    host = parts[0]
    labels = host.split(".")
    if _DEPLOYMENTS.fullmatch(host):
        return True
    if len(labels) < 3 or _DEVELOPERS.fullmatch(host):
        return False
    words = [word for label in labels[:-2] for word in label.split("-")]
    return any(map(_STAGING.fullmatch, (*words, *labels[:-2])))


# --- addresses that expire ------------------------------------------------------------------------

_SIGNATURES = (
    ({"x-amz-signature"}, "Amazon S3"),
    ({"awsaccesskeyid", "signature"}, "Amazon S3"),
    ({"x-goog-signature"}, "Google Cloud Storage"),
    ({"googleaccessid", "signature"}, "Google Cloud Storage"),
    ({"sig", "se"}, "Azure Storage"),
    ({"signature", "key-pair-id"}, "Amazon CloudFront"),
    ({"policy", "signature"}, "Amazon CloudFront"),
    ({"ossaccesskeyid", "signature"}, "Alibaba Cloud"),
    ({"q-signature"}, "Tencent Cloud"),
    ({"oh", "oe"}, "Facebook's image server"),
    ({"ex", "is", "hm"}, "Discord's file server"),
    ({"hdnea"}, "Akamai"),
    ({"hdnts"}, "Akamai"),
    ({"__token__"}, "Akamai"),
    ({"wmsauthsign"}, "Wowza"),
    ({"temp_url_sig"}, "OpenStack"),
    ({"expires", "signature"}, "its server"),
    ({"expires", "token"}, "its server"),
    ({"expires", "hash"}, "its server"),
    ({"expires", "sig"}, "its server"),
    ({"expires", "hmac"}, "its server"),
    ({"exp", "sig"}, "its server"),
    ({"verify", "expires"}, "its server"),
    ({"e", "v", "t"}, "LinkedIn's image server"),
)
# Parameters that grant access to one person, or identify one visit.
_SESSIONS = frozenset(
    "access_token id_token auth_token authtoken jwt sessionid session_id phpsessid jsessionid"
    " sid_token aspsessionid "
    "cfid cftoken magic_token login_token otp one_time_token password_reset_token api_key apikey".split()
)
_SERVERS = re.compile(
    r"(?:lh\d|docs)\.googleusercontent\.com/(?:docs|docsz|fife)/.*|[\w-]+\.googleusercontent\.com/docsz/.*"
    r"|files\.slack\.com/.*|prod-files-secure\.s3[\w.-]*/.*|secure\.notion-static\.com/.*"
    r"|[\w.-]+\.fbcdn\.net/.*|[\w.-]+\.cdninstagram\.com/.*"
    r"|media\.licdn\.com/dms/.*|uc[\w-]+\.(?:previews|dl)\.dropboxusercontent\.com/.*"
    r"|dl\.dropboxusercontent\.com/apitl/.*"
    r"|private-user-images\.githubusercontent\.com/.*|we\.tl/.*|wetransfer\.com/downloads/.*"
    r"|(?:www\.)?transfernow\.net/.*|send\.\w+\.\w+/download/.*|fromsmash\.com/.*",
    re.IGNORECASE,
)


def expires(url: str) -> str:
    """Return whose signature or session makes an address expire, or an empty string."""
    parts = _parts(url)
    if parts is None:
        return ""
    host, path, query, _ = parts
    names = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    for signature, service in _SIGNATURES:
        linkedin = service.startswith("LinkedIn") and "licdn" not in host
        if signature <= names and not linkedin:
            return f"signed by {service}"
    if _SERVERS.fullmatch(host + path):
        return f"from {host}"
    if names & _SESSIONS or ";jsessionid=" in path.lower():
        return "with a session or access key"
    return ""


# --- placeholders ---------------------------------------------------------------------------------

_PLACEHOLDER_HOSTS = re.compile(
    r"(?:[\w-]+\.)*example\.(?:com|net|org|edu)"  # RFC 2606
    r"|(?:[\w-]+\.)*(?:your-?(?:domain|website|site|company|publication|newsletter|blog|brand"
    r"|link|name|org|host|url|username)"
    r"|my-?(?:domain|website|company|newsletter)|(?:domain|website|mysite|yoursite|url|link"
    r"|placeholder|sample|foo|bar|test|acme|company)"
    r"(?:name)?)\.(?:com|net|org|xyz)|(?:www\.)?link\.(?:here|com)|(?:via\.placeholder|placehold"
    r"|placeholder|dummyimage|placekitten|loremflickr|picsum)\.(?:com|co|it|photos|it)",
    re.IGNORECASE,
)
_PLACEHOLDER_PATHS = re.compile(
    r"/(?:tk+|todo|xxx+|insert[-_]?\w*|your[-_]\w+|path/to/\w*|replace[-_]?me"
    r"|placeholder|slug-here|link-here)/?",
    re.IGNORECASE,
)


def is_placeholder(url: str) -> bool:
    """Return whether an address is a placeholder: a host reserved by RFC 2606, or a template's."""
    address = url.removeprefix("mailto:").partition("?")[0]
    if url.lower().startswith("mailto:"):
        name, _, host = address.partition("@")
        generic = name.lower() in ("you", "your.name", "yourname", "your-name", "nobody", "someone")
        return bool(_PLACEHOLDER_HOSTS.fullmatch(host)) or generic
    parts = _parts(url)
    if parts is None:
        return False
    return bool(_PLACEHOLDER_HOSTS.fullmatch(parts[0]) or _PLACEHOLDER_PATHS.fullmatch(parts[1]))


def _parts(url: str) -> tuple[str, str, str, str] | None:
    """Return host, path, query and fragment of a web address."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return None
    return host, parts.path or "/", parts.query, parts.fragment
