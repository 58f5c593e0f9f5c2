"""Addresses that wrap another one.

Covers redirects of search engines, office suites, social networks and mail filters, in the formats
of the services' own redirect pages. Wrappers that contain only an ID (click trackers of mailing
services) are recognized by host but cannot be unwrapped.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

_WEB = re.compile(r"https?://[^/?#\s]+", re.IGNORECASE)
_GOOGLE = r"(?:www\.|news\.|maps\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?"
# Pages for sharing a link (`facebook.com/sharer`, `x.com/intent/post`) are not wrappers: nothing is redirected.
# Host and path of the page that redirects -> names of the parameter with the address.
_PARAMETERS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), tuple(names.split()))
    for pattern, names in (
        # search engines
        (rf"{_GOOGLE}/(?:url|imgres)", "q url imgrefurl"),
        (r"(?:www\.)?duckduckgo\.com/l/?", "uddg"),
        (r"(?:www\.)?ecosia\.org/redirect", "url"),
        (r"(?:www\.)?startpage\.com/rd", "url"),
        (r"yandex\.[a-z.]+/(?:clck|redir)\S*", "url to"),
        (r"(?:www\.)?qwant\.com/redirect\S*", "url"),
        # office suites and mail filters
        (r"[\w-]+\.safelinks\.protection\.(?:outlook\.com|office365\.us)/?.*", "url"),
        (r"statics\.teams\.cdn\.office\.net/evergreen-assets/safelinks/.*", "url"),
        (r"safelinks\.protection\.outlook\.com/?.*", "url"),
        (r"linkprotect\.cudasvc\.com/url", "a"),
        (r"clicktime\.symantec\.com/.*", "u"),
        (r"(?:[\w-]+\.)?mimecast(?:protect)?\.com/.*", "url"),
        (r"slack-redir\.net/link", "url"),
        (r"(?:www\.)?evernote\.com/OutboundRedirect\.action", "dest"),
        (r"(?:app\.)?(?:clickup|asana)\.com/(?:redirect|link)", "url u"),
        # social networks
        (r"(?:l|lm|m)\.facebook\.com/(?:l|flx/warn)(?:\.php)?/?", "u"),
        (r"(?:www\.)?facebook\.com/(?:l|flx/warn)(?:\.php)?/?", "u"),
        (r"l\.(?:instagram|messenger|whatsapp|workplace)\.com/.*", "u"),
        (r"l\.threads\.(?:net|com)/.*", "u"),
        (r"(?:www\.|m\.)?youtube\.com/redirect", "q"),
        (r"(?:www\.)?youtube\.com/attribution_link", "u"),
        (
            r"(?:www\.)?linkedin\.com/(?:redir/redirect|redir/general-malware-page|safety/go)",
            "url",
        ),
        (
            r"(?:www\.)?(?:twitter|x)\.com/safety/unsafe_link_warning",
            "unsafe_link",
        ),
        (r"out\.reddit\.com/.*", "url"),
        (r"(?:www\.)?reddit\.com/out", "url"),
        (r"t\.umblr\.com/redirect", "z"),
        (r"(?:www\.)?tumblr\.com/(?:safe-mode|logout)", "url"),
        (r"(?:www\.)?pinterest\.[a-z.]+/(?:offsite/?)", "url"),
        (r"(?:www\.|m\.)?vk\.(?:com|ru)/(?:away\.php|share\.php)", "to url"),
        (r"away\.vk\.com/(?:away\.php)?", "to"),
        (r"(?:www\.)?steamcommunity\.com/linkfilter/?", "url u"),
        (r"(?:www\.)?deviantart\.com/users/outgoing", "url"),
        (r"(?:exit\.sc|gate\.sc)/?", "url"),
        (r"disq\.us/(?:url|\?url)", "url"),
        (r"t\.me/iv", "url"),
        (r"(?:www\.)?quora\.com/_/redirect", "url"),
        (r"(?:www\.)?flipboard\.com/redirect|(?:www\.)?getpocket\.com/redirect", "url"),
        (r"(?:www\.)?medium\.com/r/?", "url"),
        (r"link\.(?:zhihu|juejin|csdn)\.(?:com|cn|net)/?", "target"),
        (r"link\.jianshu\.com/?|(?:www\.)?jianshu\.com/go-wild", "t url"),
        (r"c\.pc\.qq\.com/.*", "url pfurl"),
        (r"gitee\.com/link", "target"),
        (r"(?:www\.)?douban\.com/link2/?", "url"),
        # affiliates
        (r"(?:go\.redirectingat\.com|go\.skimresources\.com)/?", "url"),
        (r"click\.linksynergy\.com/(?:deeplink|link)", "murl"),
        (r"(?:www\.)?awin1\.com/(?:cread|awclick)\.php", "ued p"),
        (r"(?:www\.)?shareasale\.com/r\.cfm", "urllink"),
        (r"(?:www\.)?(?:anrdoezrs|dpbolvw|jdoqocy|kqzyfj|tkqlhce)\.(?:net|com)/.*", "url"),
        (r"(?:clk|clkde|clkuk)\.tradedoubler\.com/click", "url"),
        (r"viglink\.com/.*|redirect\.viglink\.com/?", "u"),
        # others
        (r"(?:www\.)?href\.li/?|anonym\.to/?|nullrefer\.com/?", ""),
        (r"(?:www\.)?translate\.google\.[a-z.]+/(?:translate|website)", "u"),
        (r"(?:www\.)?google\.[a-z.]+/(?:interstitial|amp)", "url"),
        (r"googleads\.g\.doubleclick\.net/.*|adclick\.g\.doubleclick\.net/.*", "adurl url"),
        (r"googleweblight\.com/i", "u"),
        (r"(?:www\.)?inoreader\.com/.*|feedly\.com/.*", "url"),
        (r"outgoing\.prod\.webservices\.mozgcp\.net/.*", ""),
    )
)
# Pages on any host whose name indicates a redirect.
_REDIRECTS = re.compile(
    r"/(?:redirect|redir|away|exit|outbound|outgoing|leave|leaving|goto|jump|click|track|linkfilter|out|r)"
    r"(?:\.\w{2,4})?/?$",
    re.IGNORECASE,
)
_TARGETS = frozenset(
    "url u to target dest destination link href q goto redirect redirect_url out".split()
)


def unwrap_address(url: str) -> str | None:
    """Return the final address behind a known wrapper; `None` for all other addresses."""
    inner = _unwrap_once(url)
    for _ in range(4):
        deeper = _unwrap_once(inner) if inner else None
        if deeper is None:
            return inner
        inner = deeper
    return inner


def looks_wrapped(url: str) -> bool:
    """Return whether an address of an unknown service appears to redirect to one in its query."""
    parts = _split(url)
    if parts is None or not _REDIRECTS.search(parts[1]):
        return False
    return any(
        name.lower() in _TARGETS and _WEB.match(value) for name, value in parse_qsl(parts[2])
    )


def _unwrap_once(url: str) -> str | None:
    parts = _split(url)
    if parts is None:
        return None
    host, path, query, after_host = parts
    for pattern, names in _PARAMETERS:
        if pattern.fullmatch(host + path):
            values = {name.lower(): value for name, value in parse_qsl(query)}
            target = next(
                (values[name] for name in names if _WEB.match(values.get(name, ""))), None
            )
            if target:
                return target
    for decode in _DECODERS.values():
        if inner := decode(host, path, query, after_host):
            return inner
    return None


def _split(url: str) -> tuple[str, str, str, str] | None:
    """Return host, path, query and all text after the host; `None` for non-web addresses."""
    if not _WEB.match(url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    after_host = url.split("://", 1)[1].partition("/")[2]
    return host, parts.path or "/", parts.query, after_host


# --- wrappers with a code of their own ------------------------------------------------------------


def _proofpoint(host: str, path: str, query: str, after_host: str) -> str | None:
    """Decode Proofpoint's URL Defense, versions 2 and 3."""
    if not re.fullmatch(r"(?:urldefense\.proofpoint|urldefense)\.(?:com|us)", host):
        return None
    if version_3 := re.match(r"v3/__(.+?)__;", after_host):
        return _web(
            version_3[1].replace(":/", "://", 1) if "://" not in version_3[1] else version_3[1]
        )
    value = dict(parse_qsl(query)).get("u", "")
    return _web(unquote(value.replace("-", "%").replace("_", "/")))


def _bing(host: str, path: str, query: str, after_host: str) -> str | None:
    """Decode Bing's click address: `u` is `a1` and the address in base64."""
    if not (host.endswith("bing.com") and path.startswith("/ck/")):
        return None
    code = dict(parse_qsl(query)).get("u", "")[2:]
    try:
        data = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except (binascii.Error, ValueError):
        return None
    return _web(data.decode("utf-8", "ignore"))


def _yahoo(host: str, path: str, query: str, after_host: str) -> str | None:
    """Decode Yahoo's search results: `…/RU=<address>/RK=…`."""
    match = re.search(r"/RU=([^/]+)", path) if host.endswith("search.yahoo.com") else None
    return _web(unquote(match[1])) if match else None


def _in_path(host: str, path: str, query: str, after_host: str) -> str | None:
    """Decode an address in the path: Amazon's mail tracking, Cisco's filter, href.li."""
    known = re.fullmatch(
        r".*\.awstrack\.me|secure-web\.cisco\.com|href\.li|anonym\.to|nullrefer\.com|prf\.hn"
        r"|outgoing\.prod\.webservices\.mozgcp\.net|via\.hypothes\.is|(?:www\.)?12ft\.io|r\.jina\.ai",
        host,
    )
    match = (
        re.search(r"https?(?:%3A|:)(?:%2F|/){2}\S+", after_host, re.IGNORECASE) if known else None
    )
    if match is None:
        return None
    inner = unquote(match[0])
    return _web(inner.split("/1/", 1)[0] if host.endswith("awstrack.me") else inner)


def _amp(host: str, path: str, query: str, after_host: str) -> str | None:
    """Decode Google's copies of AMP pages."""
    cached = re.match(r"(?:amp/)?(?:c|v|i)?/?s/(.+)", after_host)
    if (
        re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host)
        and after_host.startswith("amp/s/")
        and cached
    ):
        return _web(f"https://{cached[1]}")
    if host.endswith(".cdn.ampproject.org") and cached:
        return _web(f"https://{cached[1]}")
    return None


_DECODERS: Mapping[str, Callable[[str, str, str, str], str | None]] = {
    "Proofpoint": _proofpoint,
    "Bing": _bing,
    "Yahoo": _yahoo,
    "path": _in_path,
    "AMP": _amp,
}


def _web(url: str) -> str | None:
    return url if _WEB.match(url) else None


# Click trackers of mailing services: the target is in their database and only known after a
# request.
_TRACKERS = re.compile(
    r"(?:[\w-]+\.)*list-manage\d*\.com/track/.*|[\w.-]+\.sendgrid\.net/(?:ls|wf|uni)/.*"
    r"|mandrillapp\.com/track/.*"
    r"|(?:[\w-]+\.)?mailgun\.(?:org|net)/c/.*|r\d*\.rs6\.net/tn\.jsp"
    r"|[\w.-]+\.createsend\d*\.com/t/.*|cmail\d+\.com/t/.*"
    r"|clicks\.aweber\.com/.*|click\.convertkit-mail\d*\.com/.*|[\w.-]+\.hubspotlinks\.com/.*"
    r"|hs-\w+\.s\.hubspotemail\.net/.*"
    r"|link\.mail\.beehiiv\.com/.*|(?:[\w-]+\.)?substack\.com/redirect/.*|email\.mg\d*\.substack\.com/c/.*"
    r"|click\.(?:mlsend|mailerlite|pstmrk|mail)\.(?:com|it)/.*|[\w.-]+\.klclick\d*\.com/.*"
    r"|trk\.klclick\d*\.com/.*"
    r"|[\w.-]+\.exct\.net/.*|click\.e\.[\w.-]+/.*|links?\.e?mail\.[\w.-]+/(?:ls/click|u/click"
    r"|c/).*|[\w.-]+\.emlnk\d*\.com/.*"
    r"|[\w.-]+\.acemln[abc]?\.com/.*|[\w.-]+\.sendibm\d*\.com/.*|[\w.-]+\.sendinblue\.com/.*"
    r"|tracking\.tldrnewsletter\.com/.*",
    re.IGNORECASE,
)


def is_mail_tracker(url: str) -> bool:
    """Return whether an address is a click tracker of a mailing service."""
    parts = _split(url)
    return parts is not None and bool(_TRACKERS.fullmatch(parts[0] + parts[1]))


# --- short links ----------------------------------------------------------------------------------

# URL shorteners, and the short domains of publishers.
SHORTENERS = frozenset(
    "0rz.tw 0x.co 4sq.com a.co abcn.ws adf.ly adobe.ly aka.ms amzn.eu amzn.to apne.ws "
    "apple.co b.link bbc.in bit.do bit.ly bitly.com bl.ink bloom.bg budurl.com buff.ly "
    "cbsn.ws chng.it clck.ru cli.gs cnb.cx cnn.it cutt.ly cutt.us da.gd dlvr.it dub.co dub.sh "
    "dwz.cn ebay.to econ.st eepurl.com etsy.me fb.me fb.watch flip.it for.tn fxn.ws g.co "
    "gg.gg git.io goo.gl goo.su gu.com hubs.la hubs.ly huff.to hyp.ae hyperurl.co ibm.co "
    "ift.tt intel.ly is.gd j.mp kutt.it lat.ms lc.chat lnk.bio lnk.fi lnk.to lnkd.in mck.co "
    "msft.it n.pr nbcnews.to nyp.st nyti.ms on.ft.com on.wsj.com oreil.ly ouo.io ow.ly "
    "pewrsr.ch po.st politi.co q.gs qr.ae rb.gy rebrand.ly rebrandly.com redd.it reut.rs s.id "
    "shor.by short.gy short.io shorte.st shorturl.at shorturl.gg shrtco.de slate.me "
    "smarturl.it snip.ly sniply.io snipurl.com soo.gd spoti.fi spr.ly t.cn t.co t.ly "
    "theatln.tc ti.me tiny.cc tiny.one tinyurl.com tmblr.co tny.im tny.sh tr.im trib.al u.to "
    "url.cn urlz.fr urlzs.com usat.ly v.gd vk.cc wapo.st wp.me wrd.cm x.co xurl.es yhoo.it "
    "zpr.io".split()
)


def is_shortened(url: str) -> bool:
    """Return whether an address is a short link: one of a shortener's, but not its home page."""
    parts = _split(url)
    if parts is None:
        return False
    name = parts[0].removeprefix("www.").rstrip(".")
    return name in SHORTENERS and bool(parts[1].strip("/"))
