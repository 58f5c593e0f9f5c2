"""Parameters that services add to URLs to track readers; no page needs them.

The names are from the services' own documentation, compared with the lists of browsers and
blockers: Firefox (`query-stripping` of remote settings), Brave (`query_filter`), AdGuard
(TrackParamFilter), ClearURLs (`data.min.json`). Names with a meaning on other sites are omitted:
`ref`, `source`, `campaign`, `cid`, `id`, `s`, `t`, `si`, `lang`.
Names are compared without regard to case.
"""

from __future__ import annotations

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

NAMES = frozenset(name.lower() for names in TRACKING_PARAMETERS.values() for name in names.split())


def is_tracking(name: str) -> bool:
    """Return whether a parameter only tracks readers and has no meaning for the page."""
    name = name.lower()
    return name in NAMES or name.startswith(PREFIXES)
