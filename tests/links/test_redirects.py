"""Where a permanent redirect leads, and whether an editor would write that address instead."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from yarl import URL

from newsletter.links.classify import Classification, classify
from newsletter.links.fetch import HttpReply
from newsletter.links.page_text import PageText
from newsletter.links.redirect_words import redirect_words

QUAY = "https://quay.example"
STORY = "/news/2019/quiet-ports-of-europe"
SHOWN = PageText(b"<title>The quiet port</title><p>Tides.", "text/html")


def url_of(address: str) -> URL:
    return URL(address if "://" in address else QUAY + address)


def redirected(link: str, goal: str, *hops: int) -> Classification:
    reply = HttpReply(url_of(goal), 200, {}, SimpleCookie(), SHOWN)
    return classify(url_of(link), reply, hops or (301,), "")


def found(goals: str, *hops: int) -> dict[str, str]:
    """Return goal -> verdict and the kind of its reason, for a link to a story."""
    return {goal: redirected(STORY, goal, *hops).verdict for goal in goals.split()}


CHALLENGES = """
/captcha /challenge /verify-human /human_verification.php /cdn-cgi/l/chk_captcha /distil_r_captcha.html
/errors/validateCaptcha /sorry/index?continue=/x /are-you-a-robot /security-check /verify /en/verify
https://validate.perfdrive.com/x https://geo.captcha-delivery.com/captcha/
https://challenges.cloudflare.com/x https://captcha.quay.example/x /sicherheitsabfrage
/je-ne-suis-pas-un-robot /nejsem-robot /验证码 /_sec/cp_challenge/x /blocked/captcha"""
QUEUES = """
https://quay.queue-it.net/?c=x https://queue.quay.example/x https://waitingroom.quay.example/x /queue
/waiting-room /warteraum /file-d-attente /sala-de-espera /wachtrij /poczekalnia /väntrum
/en/waiting-room /待合室"""
SIGN_IN = """
/prihlaseni /zaloguj /logowanie /giris /kirjaudu /bejelentkezes /aanmelden /tilmeld /identificarse
/autenticazione /ログイン /přihlášení /vhod /войти /увійти /giriş /kirjaudu-sisään /kirjaudu-sisaan
/logga-in /log-ind /logg-inn /inicia-sessió /iniciar-sesion /entrar /accedi /anmelden /σύνδεση /התחברות
/تسجيل-الدخول /ورود /लॉगिन /masuk /đăng-nhập /dang-nhap /เข้าสู่ระบบ /로그인 /登录 /prijava /autentificare
/innskraning /вход-и-регистрация /registrieren /fr/inscription /registrace /kayıt-ol /Account/LogOn.aspx
/site/login.jsp /member-login /user/login /my-account/login/?next=1
/auth/realms/x/auth?client_id=a&response_type=code /x?SAMLRequest=abc /x?wa=wsignin1.0
https://quay.auth0.com/u/x https://login.microsoftonline.com/common https://sso.quay.example/x"""
CONSENT = """
/consentement /datenschutz-zustimmung /zustimmung /cookie-samtykke /samtycke-cookies
/cookies-toestemming /souhlas /zgoda /hozzajarulas /onay /согласие /συγκατάθεση /同意 /동의 /suostumus
/consenso /consentimiento /age-verification /leeftijdscontrole /verificacion-de-edad
/вперед?return=/news/2019/quiet-ports-of-europe /gestion-des-cookies /evästeasetukset /çerez-onayı
/süti-beállítások /cookie-instellingen /over18 /altersprüfung /altersprufung /alterspruefung /年齢確認
/cookie-policy /cookie_consent.html /privacy/consent /geo/blocked"""


@pytest.mark.parametrize("status", [301, 302])
@pytest.mark.parametrize(
    ("kind", "goals"),
    [("challenge", CHALLENGES), ("queue", QUEUES), ("sign-in", SIGN_IN), ("consent", CONSENT)],
)
def test_forms_and_notices_in_front_of_a_page(kind: str, goals: str, status: int) -> None:
    results = {goal: redirected(STORY, goal, status) for goal in goals.split()}
    reasons = {
        goal: result.reason
        for goal, result in results.items()
        if result.verdict != "blocked" or f"redirects to a {kind} page" not in result.reason
    }
    assert reasons == {}


LOST = """
https://sedoparking.com/quay https://www.hugedomains.com/domain_profile.cfm?d=quay /lander
/account-suspended https://ww25.quay.example/?subid1=7 /cgi-sys/suspendedpage.cgi /unsubscribe /abmelden
/désinscription /uitschrijven /odhlasit /отписаться /seite-nicht-gefunden /page-introuvable /fehlerseite
/p/deleted /Errors/GeneralError.aspx /?page=notfound /?error=404 /pagina-no-encontrada
/stranka-nenalezena /sivua-ei-loydy /ヘルプ/ページが見つかりません /fehler-404 /error/index /_layouts/15/error.aspx
/पृष्ठ-नहीं-मिला /fejl /feilside /virhe /blad /chyba /hata /ошибка /oops /error/404 /portal/
/strona-glowna /hlavni-stranka /etusivu /beranda /anasayfa /главная /首页 /nyheder /nyheter /uutiset
/zpravy /wiadomosci /haberler /hirek /stiri /новости /ειδήσεις /أخبار /berita /tin-tuc /ニュース /新闻 /뉴스
/wiki/Main_Page /web/guest/home /home/en /archive/2019 /news/page/2 /rubriques/europe
/blog/category/europe /vyhledavani /szukaj /haku /検索"""
UNUSABLE = """
https://staging.quay.example/x https://dev.quay.example/x https://deploy-preview-7--quay.netlify.app/x
https://example.com/x https://your-domain.com/ http://quay.local/x http://localhost/x /x?preview=true
/wp-admin/post.php?post=7 /tk"""


def test_pages_that_are_not_the_one_requested() -> None:
    verdicts = found(LOST) | found(UNUSABLE)
    assert {goal for goal, verdict in verdicts.items() if verdict != "suspect"} == set()


KEPT = """
https://quay-example.translate.goog/x https://webcache.googleusercontent.com/search?q=x
https://bit.ly/3xYz https://quay.us1.list-manage.com/track/click?u=1
https://www.google.com/url?q=https://quay.example/x /x?_sid=12 /x?sid=1 /x?phpsessid=2
/x?login_challenge=8 /x?execution=e1s1 /x?valid_until=1 /x?q-signature=3 /x?x-oss-signature=4
/x?oh=1&oe=2 /x?ASP.NET_SessionId=5 https://docs.google.com/document/d/1aB2/edit
https://quay-example.ezproxy.uni.example/x https://quay.example.proxy.uni.example/x
https://files.slack.com/x /s/1700000000/0123456789abcdef0123456789abcdef/x.pdf
/0123456789abcdef0123456789abcdef/1700000000/x.pdf /secure/aZ09bC8dE7fG6hI5jK4lM3,1700000000/x.pdf
/exp=1700000000~acl=x~hmac=0123456789/x.mp4 /token/aZ09bC8dE7fG6hI5jK4lM3 /x;token=1/y"""


def test_an_editor_keeps_the_link_where_the_other_address_expires_or_only_redirects() -> None:
    assert {goal for goal, verdict in found(KEPT).items() if verdict != "ok"} == set()


@pytest.mark.parametrize(
    ("link", "goal"),
    [
        ("/docs", "https://docs.quay.example/"),
        ("/en/docs/", "https://docs.quay.example/en/"),
        ("/company/products/quayapp", "https://quayapp.example/"),
        ("/~mira/", "https://mira.quay.example/"),
        ("/accounts", "https://accounts.quay.example/"),
        ("/2019/recipes/cookies", "/recipes/cookies"),
        ("/2019/cookies-with-oats", "/recipes/cookies"),
        ("/2019/cars/premium", "/cars/premium"),
        ("/old/register-of-ships", "/essays/register"),
        ("/novels/not-found", "/books/not-found"),
        ("/help/unsubscribe", "/support/unsubscribe"),
        ("/plays/2019/queue", "/plays/queue"),
        ("/old/captcha-history", "/essays/captcha"),
        ("/a/challenge", "/b/challenge"),
        ("/films/forbidden", "/film/forbidden"),
        ("/a/404", "/b/404"),
        ("/law/consent", "/essays/consent"),
        ("/en/login", "/login"),
        ("/manual/timeout", "/docs/errors/timeout"),
        ("/p/deleted-scenes", "/articles/deleted-scenes"),
        ("/catalogue/gone", "/books/gone"),
        ("/news/the-ports-of-europe", "/news/1700000000/the-ports-of-europe-in-2019"),
        ("/reports/7", "/reports/0123456789abcdef0123456789abcdef"),
        ("/food/7", "/cookies/oat"),
        ("/magazine/ports-of-europe", "/premium/ports-of-europe"),
        ("/news/20190412", "/news/20190412-ports"),
        ("/tv", "/my/tv/guide"),
        ("/a/b", "/c"),
        ("/2019/04/ports", "/b"),
        ("/archive/2019/1234", "/stories/a-quiet-port"),
        ("/wiki/Ports", "/wiki/Ports_of_Europe"),
        ("/about", "/about-us"),
        ("/en/login", "/sign-in"),
        ("/privacy", "/privacy-policy"),
        ("/articles/1234", "/articles/cookie-consent-explained"),
        ("https://staging.quay.example/x", "https://staging.quay.example/y"),
        ("http://quay.local/x", "http://quay.local/y"),
        ("https://example.com/x", "https://example.com/y"),
    ],
)
def test_pages_that_only_resemble_a_form_an_error_or_a_home_page(link: str, goal: str) -> None:
    result = redirected(link, goal)
    assert (result.verdict, result.moved_to, result.fixable) == ("moved", str(url_of(goal)), True)


@pytest.mark.parametrize(
    ("link", "goal"),
    [
        (STORY, "/recipes/cookies"),
        (STORY, "/cars/premium"),
        (STORY, "/essays/register"),
        (STORY, "/privacy-policy"),
        (STORY, "/articles/captcha"),
        (STORY, "/2019/age-verification"),
        (STORY, "/plays/waiting-room"),
        (STORY, "/pricing"),
        (STORY, "/robot"),
        ("/catalogue/12", "/books/gone"),
        ("/p/77", "/blog/unsubscribe"),
        ("/p/77", "/research/errors"),
        (STORY, "/vérifiez-que-vous-êtes-humain"),
        (STORY, "https://www.registrar.example/domains/order"),
        (STORY, "/de/ruhige-haefen-europas"),
        ("/news/2019/ports", "/firewall"),
        ("/news/2019/ports", "https://quay.example:8443/news/2019/ports"),
        ("/news/2019/ports", "https://beta.quay.example/news/2019/ports"),
        ("/news/2019/ports", "https://quay.herokuapp.com/news/2019/ports"),
        (STORY, "https://93.184.215.14/x"),
        (STORY, "/impressum"),
        (STORY, "/x?ref=main"),
        (STORY, "/x?source=abc"),
        ("/news/login-walls-explained", "/login"),
        ("https://quay.com/a/b", "https://quay.de/a/b"),
        ("https://quay.com/a/b", "https://quay.co.uk/a/b"),
        ("https://quay.example/a/b", "https://de.quay.example/a/b"),
        ("https://en.quay.example/wiki/Pelabuhan", "https://id.quay.example/wiki/Pelabuhan"),
    ],
)
def test_where_unsure_a_person_decides(link: str, goal: str) -> None:
    result = redirected(link, goal)
    assert (result.verdict, result.fixable) == ("moved", False)


ADDED = """
cmp=x cmpid=x CMP=x ocid=x spm=a.b ns_campaign=a&ns_mchannel=b intcmp=x wprov=sfti1
__twitter_impression=true ncid=x icid=x ito=x trk=x share=x tag=quay-20&linkCode=ll1 utm_source=x
redirected=1 from=redirect ref=old referrer=x clickid=7 subid=8 affid=9 emc=rss mod=x hpid=x"""


@pytest.mark.parametrize("query", ADDED.split())
def test_what_a_redirect_adds_to_count_its_visitors_is_not_written(query: str) -> None:
    moved = redirected(STORY, f"/ports?{query}")
    assert (moved.verdict, moved.moved_to, moved.fixable) == ("moved", f"{QUAY}/ports", True)
    assert redirected(STORY, f"{STORY}?{query}").verdict == "ok"
    between = redirected(STORY, f"/ports?a=1&{query}&b=2")
    assert between.moved_to == f"{QUAY}/ports?a=1&b=2"
    own = redirected(f"/old?{query}", f"/ports?{query}")
    assert own.moved_to == f"{QUAY}/ports?{query}", "the link has it too"


def test_each_table_of_forms_covers_at_least_25_languages() -> None:
    table = redirect_words()
    tables = (table.home, table.section, table.search, table.sign_in, table.consent, table.error)
    assert all(len(languages) >= 25 for languages in tables)
