"""Addresses made for one visit: with a session, a signature, a token or a time in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import unquote

from yarl import URL

from newsletter.links.tracking_parameters import added_by_redirect
from newsletter.links.unreachable import expires

# Sessions in a path: Java (`;jsessionid=`), ASP.NET (`(S(…))`). In queries: PHP, ColdFusion etc.
_SESSION_PATH = re.compile(
    r";(?:jsessionid|sid|phpsessid|session\w*|token|sig)=|/\([A-Z]\([^)]*\)\)", re.IGNORECASE
)
_SESSION = re.compile(
    r"[\w.-]*sess(?:ion)?[-_]?(?:id\w*|key|data|token)?|gaa_\w+|aspxautodetectcookiesupport|_*(?:[a-z]{1,4}_?)?sid|s_id|cfid|cftoken|zenid|__cf_chl_\w+|nonce|state"
    r"|ticket|(?:request|visitor|correlation|trace|transaction|client|device|visit|flow|login|login_?challenge)"
    r"[-_]?(?:id)?|csrf\w*|xsrf\w*|saml(?:request|response|art)|relaystate|wctx|wresult|execution|sso_?\w*"
    r"|cookies?|cookie[-_]?\w+|_|rnd|rand|random|cb|cachebuster|nocache|ts|timestamp|time|tstamp|unixtime",
    re.IGNORECASE,
)
# Signed URLs expire after minutes or hours: Amazon, Google, Azure, CloudFront, Akamai, and plain
# tokens.
_SIGNATURE = re.compile(
    r"x-(?:amz|goog|ms|oss|cos)-\w[\w-]*|awsaccesskeyid|googleaccessid|ossaccesskeyid|[\w.-]*signature|sig|sign|sgn|q-sign\w*"
    r"|q-signature|key-pair-id|policy|expires?|expires?_?(?:at|in|on|time)|expiry|expiration|exp|[\w.-]*token|bearer|auth|authkey"
    r"|auth_key|hdnea|hdnts|__gda__|__token__|hmac|st|se|sv|sp|sr|spr|hash|h?mac|valid_?(?:until|to|from|through)"
    r"|ttl|deadline|jwt|otp|code|cookieset|verify|md5|sha\d*|(?:api|access|secret)?_?key|wmsauthsign|temp_url_\w+",
    re.IGNORECASE,
)
# Values that are made for one visit: times in seconds or milliseconds, UUIDs, web tokens, digests.
_ONE_VISIT = re.compile(
    r"1[5-9]\d{8}(?:\d{3})?|0\.\d{4,}|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}"
    r"|eyj[\w-]+\.[\w-]+\.?[\w-]*|(?=[a-z\d_-]*\d)(?=\d*[a-z])[a-z\d_-]{20,}=*",
    re.IGNORECASE,
)
_WEB_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*")
# In a path: seconds since 1970, or in hexadecimal; a digest or token; and a parameter with either
# (Akamai's `exp=…~hmac=…`, nginx's `secure_link`, Wowza, Bunny, KeyCDN).
_PATH_TIME = re.compile(r"(?:e|exp|expires?|ts?|t)?[-_=]?(?:1[5-9]\d{8}(?:\d{3})?|[56][\da-f]{7})")
_PATH_TOKEN = re.compile(
    r"(?:[\da-f]{16,}|(?=[^\W_]*\d)[^\W_]{20,}|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{20,})={0,2}"
)
_PATH_PARAMETER = re.compile(
    r"(?:.*[~;,&])?(?:hmac|exp|expires|st|sig|signature|token|hdnts|hdnea|bcdn_token|policy|jwt|sid|session(?:id)?"
    r"|auth|hash|md5|key)=.{6,}",
    re.IGNORECASE,
)
_PATH_NAME = re.compile(
    r"s|sid|sess|session|sessions|sessionid|token|tokens|sig|signed|signature|secure|secure_link|expires?|exp|tmp|temp"
    r"|temporary|hmac|auth|jwt|dl-token|download-token|one-time|onetime|otp|private|protected",
    re.IGNORECASE,
)


def is_for_one_visit(requested: URL, final: URL) -> bool:
    """Return whether a URL has a session or signature, unlike the link, and so will expire."""
    path = unquote(final.raw_path)
    if _SESSION_PATH.search(path) or _WEB_TOKEN.search(path):
        return True
    if _has_token_in_path(requested, final):
        return True
    if expires(str(final)) and not expires(str(requested)):
        return True
    return any(
        _SESSION.fullmatch(name) or _SIGNATURE.fullmatch(name) or _ONE_VISIT.fullmatch(value)
        for name, value in added_parameters(requested, final).items()
    )


def added_parameters(requested: URL, final: URL) -> Mapping[str, str]:
    """Return the parameters that a redirect added, in lower case, except those that only track."""
    before = {name.lower() for name in requested.query}
    added = {name.lower(): value for name, value in final.query.items()}
    added = {name: value for name, value in added.items() if name not in before}
    tracking = added_by_redirect(added, final.host or "")
    return {name: value for name, value in added.items() if name not in tracking}


def _has_token_in_path(requested: URL, final: URL) -> bool:
    """Return whether a redirect put a token into the path, with a time or after its name."""
    before = set(unquote(requested.raw_path).split("/"))
    parts = unquote(final.raw_path).strip("/").split("/")
    added = [part for part in parts if part not in before]
    if any(map(_PATH_PARAMETER.fullmatch, added)):
        return True
    pieces = [piece for part in added for piece in (part, *re.split("[,_~-]", part))]
    tokens = [piece for piece in pieces if _PATH_TOKEN.fullmatch(piece)]
    times = [piece for piece in pieces if _PATH_TIME.fullmatch(piece)]
    if set(tokens) - set(times) and times:
        return True
    return any(_PATH_NAME.fullmatch(name) and part in tokens for name, part in pairwise(parts))
