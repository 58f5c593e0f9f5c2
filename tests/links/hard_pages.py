"""Pages classified by their text: walls, redirects, script-filled or missing pages, odd headers."""

from __future__ import annotations

from tests.links.case import Case
from tests.links.servers import PAGE, moves, only, raw, refreshes, says, titled

_ARTICLE = f"<p>{'The pilots wait for the tide, and the tide waits for nobody. ' * 60}</p>"
_CHALLENGE = (
    "<script>window._cf_chl_opt={}</script><p>Enable JavaScript and cookies to continue</p>"
)
_NOSCRIPT = f"<noscript>You need to enable JavaScript to run this app. {'Please. ' * 50}</noscript>"
_SHELL = (
    f'<title>Harbour Desk</title><div id="root">{_NOSCRIPT}</div><script src="/app.js"></script>'
)
_MODULES = (
    '<title>Harbour Desk</title><app-root></app-root><script type="module" src="/a.js"></script>'
)
_LAZY = f'<title>harbour/log</title><include-fragment src="/tree"></include-fragment>{_ARTICLE}'
_FRAME = f'<title>log</title><turbo-frame id="notes" src="/notes"></turbo-frame>{_ARTICLE}'
_ANCHORS = f'<title>Log</title><h2 id="noon">Noon</h2>{_ARTICLE}'
_DOWN, _FOUND = "503 Service Unavailable", "200 OK"

WALLS = (  # whatever the status: never broken, because a person may get through
    *(
        Case(f"refuses-{status}", "blocked", says("", f"{status} No"), reason=str(status))
        for status in (409, 418, 420, 423, 428, 430, 431, 444, 460, 463, 498, 499, 529, 561)
    ),
    Case("wall-503", "blocked", titled("Just a moment...", status=_DOWN)),
    Case("wall-503-script", "blocked", says(_CHALLENGE, _DOWN)),
    Case("wall-503-words", "blocked", says("<p>To discuss automated access, write to us.", _DOWN)),
    Case("wall-500", "blocked", titled("Pardon Our Interruption", status="500 Oh")),
    Case("wall-400", "blocked", says("<p>Request blocked. Incident ID: 7", "400 Bad Request")),
    Case("wall-404", "blocked", titled("Attention Required! | Cloudflare", status="404 Not Found")),
    Case("wall-bot", "blocked", titled("Making sure you&#39;re not a bot!")),
    Case("wall-bot-anchor", "blocked", titled("Making sure you're not a bot!"), fragment="noon"),
    Case("wall-german", "blocked", titled("Nur einen Moment…")),
    Case("wall-japanese", "blocked", titled("しばらくお待ちください...")),
    Case("wall-script", "blocked", says(_CHALLENGE)),
    Case("wall-refresh", "blocked", refreshes("/x", page=f"{{refresh}}{_CHALLENGE}")),
    Case("maintenance", "timeout", titled("Scheduled maintenance", status=_DOWN)),
    Case("captcha-essay", "ok", titled("Captcha", body=_ARTICLE)),
    Case("blocked-essay", "ok", titled("Access denied", body=_ARTICLE)),
    Case(
        "gone-with-captcha",
        "broken",
        says("<script src=https://captcha.example/recaptcha/api.js></script>", "404 Not Found"),
    ),
)

_DEEP = "http://{host}:{http}/news/2019/ports"
REDIRECTS = (
    Case("to-parent", "suspect", moves("/news/2019/"), _DEEP, reason="a parent folder"),
    Case("to-grandparent", "suspect", moves("/news"), _DEEP, reason="a parent folder"),
    Case("to-home-lost", "suspect", moves("/?redirected=1"), _DEEP, reason="the home page"),
    Case("post-to-home", "suspect", moves("/"), "http://{host}:{http}/?p=12"),
    Case("to-plain-folder", "moved", moves("/news/"), "http://{host}:{http}/news/index.html"),
    Case("to-slash", "moved", moves("/news/2019/ports/"), _DEEP, ends="/ports/"),
    Case("from-amp", "moved", moves("/news/x"), "http://{host}:{http}/news/x/amp", ends="/news/x"),
    Case("home-by-language", "ok", moves("/en/", status="302 Found"), "http://{host}:{http}/?x=1"),
    Case("to-consent", "blocked", moves("/consent?continue=%2Fpage"), reason="a consent page"),
    Case("to-consent-host", "blocked", moves("http://consent.quay.test:{http}/m?c=x")),
    Case("to-login", "blocked", moves("/wp-login.php?redirect_to=x"), reason="a sign-in page"),
    Case("to-sso", "blocked", moves("http://login.quay.test:{http}/x?y=1")),
    Case("to-session", "ok", moves("/page;jsessionid=0AF7")),
    Case("to-php-session", "ok", moves("/page/?PHPSESSID=77aa")),
    Case("to-signed", "ok", moves("/file.pdf?X-Amz-Signature=ab&X-Amz-Expires=60")),
    Case("to-expiring", "ok", moves("/file.pdf?Expires=1767225600&Signature=x&Key-Pair-Id=K")),
    Case("to-tracked", "ok", moves("/page?utm_source=old&utm_medium=301"), ends="utm_medium=301"),
    Case("to-tracked-place", "moved", moves("/new?a=1&utm_source=old"), ends="/new?a=1"),
    Case(
        "keeps-own-tracking",
        "moved",
        moves("/new?utm_source=letter"),
        "http://{host}:{http}/old?utm_source=letter",
        ends="/new?utm_source=letter",
    ),
    Case("refresh", "ok", refreshes("/there"), ends="/there"),
    Case("refresh-header", "ok", says(PAGE, _FOUND, "Refresh: 0; url=/else")),
    Case("refresh-gone", "broken", refreshes("/there", says("", "404 Not Found"))),
    Case("refresh-home", "suspect", refreshes("/"), reason="the home page"),
    Case("refresh-soft", "suspect", refreshes("/x", titled("Page not found"))),
    Case("refresh-itself", "ok", refreshes("/page")),
    Case("refresh-late", "ok", says('<meta http-equiv=refresh content="300; url=/gone">')),
    Case(
        "refresh-noscript",
        "ok",
        refreshes("/gone", says("", "404 No"), "<noscript>{refresh}</noscript>"),
    ),
)

SCRIPTED = (  # nothing is reported missing on a page that scripts fill
    Case("shell-noscript", "ok", says(_SHELL), fragment="faq"),
    Case("shell-modules", "ok", says(_MODULES), fragment="faq"),
    Case("lazy-fragment", "ok", says(_LAZY), fragment="readme-tides"),
    Case("lazy-frame", "ok", says(_FRAME), fragment="note-7"),
    *(
        Case(f"route-{number}", "ok", says(_ANCHORS), fragment=fragment)
        for number, fragment in enumerate(
            ("narrow/stream/7-log", "inbox/2026", "?tab=tides", "a%2Fb", "page=2")
        )
    ),
    *(
        Case(f"code-host-{number}", "ok", says(_ANCHORS), fragment=fragment)
        for number, fragment in enumerate(
            ("issuecomment-188", "discussion_r77", "note_12", "diff-0a1b2c", "pullrequestreview-5")
        )
    ),
    Case(
        "script-and-text",
        "suspect",
        says(f"{_ANCHORS}<script src=/count.js></script>"),
        fragment="midnight",
        reason="no anchor #midnight",
    ),
)

MISSING = (
    *(
        Case(f"soft-{number}", "suspect", titled(title), reason="the page says")
        for number, title in enumerate(
            (
                "Event not found | Quay",
                "This product is no longer available",
                "User not found",
                "Profile unavailable",
                "Job has expired",
                "Video unavailable",
                "This account has been suspended",
                "Error 404: page not found",
                "Ez da orririk aurkitu | Kaia",
                "Síða fannst ekki",
                "ไม่พบหน้านี้",
                "Artikel nicht mehr verfügbar",
                "Produit introuvable",
            )
        )
    ),
    Case(
        "removed-video",
        "suspect",
        titled("Quay TV", "Watch", "<p>This video has been removed by the uploader."),
    ),
    Case("parked", "suspect", titled("quay.example is parked"), reason="parked"),
    Case("parked-host", "suspect", titled("Account Suspended"), reason="parked"),
    Case("nginx", "suspect", titled("Welcome to nginx!"), reason="parked"),
    Case(
        "soft-number-in-address",
        "suspect",
        titled("Page not found"),
        "http://{host}:{http}/n/14045",
    ),
    Case(
        "missing-in-address",
        "suspect",
        titled("Page not found"),
        "http://{host}:{http}/missing-ships",
    ),
    *(
        Case(f"work-{number}", "ok", titled(title, body=_ARTICLE))
        for number, title in enumerate(
            (
                "Not Found: a novel",
                "Page Not Found: A Memoir",
                "Not Found",
                "Missing: how a port vanished",
                "Boeing 1404 | Quay",
                "Removed",
            )
        )
    ),
)

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
LENIENT = (
    Case("length-twice", "ok", raw(_HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi")),
    Case("length-list", "ok", raw(_HEAD + b"Content-Length: 2, 2\r\n\r\nhi")),
    Case(
        "length-and-chunks",
        "ok",
        raw(_HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
    ),
    Case("no-colon", "ok", raw(_HEAD + b"Content Length 5\r\n: x\r\nX Y: z\r\n\r\nhi")),
    Case("folded", "ok", raw(_HEAD + b"X-Long: a\r\n  b\r\n\tc\r\n\r\nhi")),
    Case("space-before-colon", "ok", raw(_HEAD + b"Server : quay\r\n\r\nhi")),
    Case("control-in-value", "ok", raw(_HEAD + b"X-A: a\x00\x01b\r\n\r\nhi")),
    Case("length-nonsense", "ok", raw(_HEAD + b"Content-Length: many\r\n\r\nhi")),
    *(
        Case(f"head-{number}", "ok", raw(head))
        for number, head in enumerate(
            (
                b"\r\n\r\n" + _HEAD + b"\r\nhi",
                b"HTTP/1.1 200OK\r\n\r\nhi",
                b"HTTP/2 200\r\n\r\nhi",
                b"http/1.1 200 ok\r\n\r\nhi",
                b"ICY 200 OK\r\nContent-Type: audio/mpeg\r\n\r\nhi",
                _HEAD,
                _HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
                _HEAD + b"Transfer-Encoding: chunked\r\n\r\n2 \r\nhi\r\n",
                _HEAD + b"Content-Encoding: utf-8\r\n\r\nhi",
            )
        )
    ),
    Case("bare-query", "ok", only("/page?"), "http://{host}:{http}/page?"),
    Case("bare-query-redirect", "ok", moves("/there?", only("/there?"), "302 Found")),
)

HARD_PAGES = (*WALLS, *REDIRECTS, *SCRIPTED, *MISSING, *LENIENT)
