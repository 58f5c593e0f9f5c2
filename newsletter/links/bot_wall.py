"""Pages that block automated requests: challenges, captchas, firewalls."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.links.page_text import PageText

SHORT = 800  # letters of text; challenge pages are short
# Sent by Cloudflare and Amazon's firewall with a challenge, whatever the status.
_HEADERS = ("cf-mitigated", "x-amzn-waf-action")
# Titles of Cloudflare (in its languages), Akamai, Imperva, Amazon, DDoS-Guard, HUMAN, Sucuri,
# Vercel, Anubis, Radware, SiteGround, Kasada, F5, StackPath.
_TITLE = re.compile(
    r"just a moment|attention required!?(?: \| cloudflare)?|access (?:to this page has been )?denied|error 1020.*"
    r"|(?:sorry,? )?you have been blocked.*|(?:your )?request (?:has been )?(?:blocked|rejected)|blocked"
    r"|(?:error )?403(?: -)? forbidden|forbidden|pardon our interruption|the request could not be satisfied"
    r"|(?:robot|bot|browser|human|security|ddos) ?(?:check|challenge|verification|protection|checkpoint)"
    r"(?: screen| required| page)?|are you (?:a )?(?:robot|human|bot)|prove you(?:['’]| a)?re (?:a )?human"
    r"|(?:making|checking)(?: if| that| sure)? you(?:['’]| a)re (?:not )?(?:an? )?(?:robot|human|bot)"
    r"|(?:checking|validating|verifying) (?:your |the )?(?:browser|connection).*|ddos-guard|captcha|recaptcha"
    r"|(?:please )?verify(?:ing)? (?:that )?you(?:['’]| a)re (?:not )?(?:a )?(?:human|robot|bot)"
    r"|one moment,? please|please (?:wait|stand by)|performing security verification|unusual traffic.*"
    r"|radware (?:bot manager )?captcha(?: page)?|sucuri website firewall.*|vercel security checkpoint"
    r"|client challenge|challenge validation|too many requests"
    r"|nur einen moment|einen moment(?:,? bitte)?|un instant|un momento|um momento|een moment geduld"
    r"|bir dakika lütfen|ett ögonblick|et øjeblik|hetkinen|jeszcze chwila|chwileczkę|один момент|минуточку"
    r"|しばらくお待ちください|请稍候|請稍候|잠시만 기다리십시오",
    re.IGNORECASE,
)
# URLs and variables of challenge scripts; only in short pages, as ordinary pages contain some too.
_SCRIPT = re.compile(
    r"_cf_chl_opt|challenge-platform/h/\w/orchestrate|_Incapsula_Resource|captcha-delivery\.com|px-captcha"
    r"|/\.within\.website/x/cmd/anubis|AwsWafIntegration|gokuProps|ddos-guard|sgcaptcha|/\.basedflare/|kpsdk",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"enable (?:javascript and cookies|cookies and javascript)|automated (?:access|requests|queries)"
    r"|unusual (?:traffic|activity)|suspicious activity|(?:not|are you) an? (?:robot|bot)"
    r"|verify(?:ing)? (?:that )?you(?:['’]| a)re (?:a )?human|bot (?:detection|protection|traffic)"
    r"|security service to protect (?:itself|against)|(?:has|have|been|was) blocked|request blocked"
    r"|checking your browser|ddos protection|incident id|complete the (?:captcha|security check)"
    r"|rate limit|too many requests|access (?:is |has been )?denied",
    re.IGNORECASE,
)
_CERTAIN = (404, 410)  # their pages mention scripts and access for other reasons


def is_bot_wall(status: int, headers: Mapping[str, str], page: PageText) -> bool:
    """Return whether the response is a page that blocks automated requests but not people.

    Pages with an error status count too; those with 404 and 410 only by their title.
    """
    if any(name in headers for name in _HEADERS):
        return True
    if len(page.words) >= SHORT:  # an article, whatever its title: "Captcha", "Access Denied"
        return False
    title = page.title.strip(" .…!?")
    if title and _TITLE.fullmatch(title):
        return True
    if status in _CERTAIN:
        return False
    if _SCRIPT.search(page.source):
        return True
    return status >= 400 and bool(_PHRASE.search(f"{page.title} {page.words}"))
