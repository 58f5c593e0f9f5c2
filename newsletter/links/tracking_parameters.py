"""Parameters that services add to URLs to track readers; no page needs them.

The names are from the services' own documentation, compared with the lists of browsers and
blockers: Firefox (`query-stripping` of remote settings), Brave (`query_filter`), AdGuard
(TrackParamFilter), ClearURLs (`data.min.json`). Names with a meaning on other sites are dropped on
their own sites only, as by ClearURLs: `ref`, `source`, `feature`, `s`, `si`, `t`.
Names are compared without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Prefixes of parameters: Google's and Matomo's campaign parameters, HubSpot's, Piano's, Omeda's.
# `pk_` is not included: elsewhere it is a primary key.
PREFIXES = (
    "utm_",
    "mtm_",
    "matomo_",
    "piwik_",
    "hsa_",
    "at_custom",
    "oly_",
    "vero_",
    "itm_",
)

TRACKING_PARAMETERS: Mapping[str, str] = {
    "Google Analytics": (
        "utm_source utm_medium utm_campaign utm_term utm_content utm_id utm_name utm_reader utm_place utm_brand "
        "utm_social utm_social-type utm_cid utm_pubreferrer utm_swu utm_viz_id utm_source_platform "
        "utm_creative_format utm_marketing_tactic _ga _gl ga_source ga_medium ga_term ga_content ga_campaign ga_place"
    ),
    "Google Ads": "gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid gcl_au srsltid",
    "Meta (Facebook, Instagram)": (
        "fbclid fb_action_ids fb_action_types fb_source fb_ref fb_comment_id igshid igsh mibextid __tn__ __xts__[0] "
        "__cft__[0] fbadid"
    ),
    "Microsoft Advertising": "msclkid",
    "X (Twitter)": "twclid ref_src",
    "LinkedIn": "li_fat_id lipi midtoken midsig eblid otptoken",
    "TikTok": "ttclid tt_medium tt_content _ttp ",
    "Pinterest": "epik pp_src",
    "Snapchat": "sccid sc_click_id sc_campaign sc_channel sc_content sc_medium sc_outcome",
    "Reddit": "rdt_cid",
    "Quora": "qclid",
    "Yandex": "yclid ymclid ysclid ybaip _openstat yadclid yadordid",
    "Yahoo": "yj_r soc_src soc_trk guccounter guce_referrer guce_referrer_sig",
    "Mailchimp": "mc_cid mc_eid mc_tc",
    "HubSpot": (
        "_hsenc _hsmi __hssc __hstc __hsfp hsctatracking hsa_cam hsa_grp hsa_mt hsa_src hsa_ad hsa_acc hsa_net "
        "hsa_kw hsa_tgt hsa_ver"
    ),
    "Marketo": "mkt_tok",
    "Klaviyo": "_kx _ke",
    "Omeda (Olytics)": "oly_enc_id oly_anon_id",
    "Vero": "vero_id vero_conv",
    "Drip": "__s",
    "Kit (ConvertKit)": "ck_subscriber_id",
    "MailerLite": "ml_subscriber ml_subscriber_hash",
    "ActiveCampaign": "vgo_ee",
    "Sailthru": "sailthru_mid",
    "Listrak": "trk_contact trk_msg trk_module trk_sid",
    "Salesforce Marketing Cloud, Pardot": "sfmc_id sfmc_sub sfmc_activityid pi_list_email",
    "Oracle Eloqua, Responsys": "elqtrackid elqtrack elqaid elqat elqcampaignid _ri_ _ei_",
    "Adobe": "s_cid adobe_mc adobe_mc_sdid adobe_mc_ref s_kwcid ef_id",
    "dotdigital": "dm_i",
    "Bloomreach, Exponea": "xnpe_tifc",
    "Emarsys": "sc_src sc_lid sc_uid sc_llid sc_customer sc_eh",
    "Acoustic, IBM": "spmailingid spuserid spjobid spreportid",
    "Matomo, Piwik": (
        "mtm_campaign mtm_keyword mtm_source mtm_medium mtm_content mtm_cid mtm_group mtm_placement matomo_campaign "
        "matomo_keyword pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid piwik_campaign piwik_kwd "
        "piwik_keyword"
    ),
    "AT Internet, Piano": (
        "at_campaign at_medium at_recipient_id at_recipient_list at_link at_link_id at_link_type at_link_origin "
        "at_bbc_team at_ptr_name at_ptr_type at_format xtor"
    ),
    "Webtrekk, Mapp": "wt_mc wt_zmc wt.mc_id wt.tsrc wt.nav",
    "etracker": "etcc_cmp etcc_med etcc_grp etcc_par etcc_ctv",
    "Econda": "emsrc emcs0 emcs1 emcs2 emcs3 emcc",
    "Branch": "_branch_match_id _branch_referrer",
    "Adjust, AppsFlyer": "adj_t adj_campaign adj_adgroup adj_creative",
    "Awin": "awc",
    "CJ Affiliate": "cjevent cjdata",
    "Impact": "irclickid irgwc",
    "Rakuten": "ranmid raneaid ransiteid",
    "ShareASale": "sscid",
    "Tradedoubler": "tduid",
    "Everflow": "_ef_transaction_id",
    "Wicked Reports": "wickedid wickedsource",
    "Rockerbox, Northbeam, Triple Whale": "rb_clickid nb_adtype tw_source tw_campaign tw_adid",
    "Outbrain, Taboola": "obclid ob_click_id tblci tblgclid dicbo",
    "Criteo": "cto_pld",
    "Zanox": "zanpid",
    "Publishers (newsletters and apps)": (
        "nl_key bxid cndid smid smtyp "
        "action_object_map action_type_map action_ref_map ceneo_spo mkevt mkcid mkrid "
        "guc_ref gs_l sxsrf"
    ),
}

# On these sites and their subdomains only. Keys of gift links are kept: they open the page.
ON_SITES: Mapping[str, str] = {
    "youtube.com youtu.be youtube-nocookie.com": "feature si pp kw",
    "spotify.com": "si",
    "twitter.com x.com": "s t src ref_url cn",
    "reddit.com": "share_id correlation_id ref_campaign ref_source rdt $deep_link $3p",
    "facebook.com": "ref fref hc_ref hc_location comment_tracking eav paipv sfnsn rdr _rdr idorvanity",
    "linkedin.com": "trk trackingid refid",
    "tiktok.com": "_d _r _t u_code share_app_name share_iid preview_pb",
    "snapchat.com": "sc_referrer sc_ua",
    "bilibili.com": (
        "spm_id_from vd_source seid share_source share_medium share_plat share_tag share_session_id msource refer_from "
        "share_from unique_k plat_id buvid is_story_h5"
    ),
    "medium.com": "source",
    "github.com": "email_token email_source",
    "www.google.com": (
        "ved vet ei sei oq esrc uact cd cad aqs dpr sourceid iflsig gs_lcp gs_lcrp gs_lp sca_esv sca_upv cshid"
    ),
    (
        "amazon.com amazon.co.uk amazon.de amazon.fr amazon.it amazon.es amazon.nl amazon.se amazon.pl amazon.com.be "
        "amazon.ca amazon.com.mx amazon.com.br amazon.in amazon.co.jp amazon.com.au amazon.com.tr amazon.ae amazon.sg"
    ): (
        "ref ref_ qid sr srs sprefix crid refrid colid coliid spia ms3_c dib dib_tag content-id social_share starsleft "
        "skiptwisterog dchild aaxitk pd_rd_i pd_rd_p pd_rd_r pd_rd_w pd_rd_wg pf_rd_i pf_rd_m pf_rd_p pf_rd_r pf_rd_s "
        "pf_rd_t"
    ),
    "imdb.com": "ref_ pf_rd_i pf_rd_m pf_rd_p pf_rd_r pf_rd_s pf_rd_t",
    "goodreads.com": "from_search from_srp qid rank ac",
    "ebay.com ebay.co.uk ebay.de": "_trkparms _trksid",
    "etsy.com": "click_key click_sum organic_search_click",
    "steampowered.com": "snr",
    "change.org": "source_location psf_variant share_intent",
    "meetup.com": "rv _xtd",
    "academic.oup.com": "redirectedfrom",
    "theguardian.com": "cmp",
    "newyorker.com": "esrc mbid source",
    "wired.com": "intcid",
    "reuters.com": "taid",
    "forbes.com": "sh",
    "cnbc.com": "__source",
}

# Dropped where a redirect adds them to a link that lacks them. In an address that an author wrote,
# some of these identify a page on some site.
ADDED_BY_REDIRECTS: Mapping[str, str] = {
    "campaigns of publishers": (
        "cmp cmpid cmpgn campaign campaignid campaign_id campid icid ncid ito ocid intcmp intcid int_cmp int_camp "
        "ext_cmp extcmp mkt_source wt_cmp wtcmp ecid"
    ),
    "single publishers (NYT, WaPo, WSJ, Time, CNN, Bloomberg, Forbes, FT, Elsevier)": (
        "emc smprod _r referringsource referring_source hpid wpisrc wpmm itid postshare mod reflink xid iid hpt eref "
        "srnd sref leadsource ftcamp dgcid needaccess tsrc .tsrc link_source share_type algtrack sr_share curator rss"
    ),
    "comScore (BBC, ITV)": "ns_campaign ns_mchannel ns_source ns_linkname ns_fee ns_mail_uid ns_ob",
    "Alibaba": "spm scm pvid algo_pvid algo_expid",
    "Wikipedia": "wprov",
    "AMP and apps": "__twitter_impression amp_js_v amp_gsa usqp amp_lite isamp",
    "how a visitor arrived": (
        "trk trkid trkinfo trackingid share shared shareid share_id sharetype sharesource refsrc ref_source ref_type "
        "referrer referer sourceid origin_source from_redirect redirected redirect_from redirectedfrom redirected_from "
        "redirect_source rdr _rdr redir wasredirected newsletterid nlid nl_id mailingid smcid socialid xing_share fbref "
        "igsource"
    ),
    "affiliates": (
        "linkcode linkid ascsubtag creativeasin affid aff_id affiliate affiliateid affiliate_id afid subid subid1 subid2 "
        "sub_id clickref click_id clickid pubref"
    ),
    "advertising": "adid ad_id adset adsetid adgroupid adname creativeid mkwid pcrid pgrid ptaid",
    "analytics": (
        "trackid trkcampaign utmsource utmmedium utmcampaign _gac _gcl cvosrc cvo_campaign cvo_cid elqcst elq esrc "
        "cm_mmc cm_sp cm_re cm_ven cm_cat"
    ),
}
# These may track or identify a page, which only the value tells, if at all.
_DOUBTFUL = frozenset(
    "ref ref_ refer source src via from origin o r redirect rd moved old tag cid pid channel entry medium partner "
    "promo promocode track tracking mail nl newsletter sm sc sh creative camp network device placement aff".split()
)
_ARRIVED = frozenset(
    "redirect redirected redir 301 302 308 old oldsite old-site old_site oldurl legacy migration moved move true yes "
    "newsletter email mail rss feed social share app web www amp mobile homepage home twitter facebook".split()
)
_AMAZON = frozenset("tag camp creative".split())  # next to `linkCode`, or on Amazon's own sites

NAMES = frozenset(name.lower() for names in TRACKING_PARAMETERS.values() for name in names.split())
_ADDED = frozenset(name for names in ADDED_BY_REDIRECTS.values() for name in names.split())
_ON_SITES = {
    site: frozenset(names.split()) for sites, names in ON_SITES.items() for site in sites.split()
}


def is_tracking(name: str, host: str = "") -> bool:
    """Return whether a parameter only tracks readers and has no meaning for the page at `host`."""
    name = name.lower()
    return name in NAMES or name.startswith(PREFIXES) or name in _of_site(host.lower())


def added_by_redirect(parameters: Mapping[str, str], host: str = "") -> frozenset[str]:
    """Return which of the parameters that a redirect added only tell where its visitors came from.

    `parameters` are names in lower case and their values.
    """
    names = {
        name
        for name, value in parameters.items()
        if is_tracking(name, host)
        or name in _ADDED
        or (name in _DOUBTFUL and value.lower() in _ARRIVED)
    }
    if "linkcode" in parameters or re.search(r"(?:^|\.)amazon\.[a-z.]+$", host):
        names |= _AMAZON & parameters.keys()
    return frozenset(names)


def is_doubtful_parameter(name: str) -> bool:
    """Return whether a parameter that a redirect added may track as well as identify a page."""
    return name.lower() in _DOUBTFUL


def _of_site(host: str) -> frozenset[str]:
    """Return the names of the site that a host is, or is a subdomain of."""
    while host:
        if host in _ON_SITES:
            return _ON_SITES[host]
        host = host.partition(".")[2]
    return frozenset()
