"""Blocks are recognised, never evaded."""

import re
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class Forbidden(IgnoreRequest):
    """A page that may not be asked for, or not be read. `outcome` is that of a target whose list it is; `whole` says
    that the target is over, whichever page it was.
    """

    def __init__(self, why: str, outcome: str = "blocked", whole: bool = False) -> None:
        super().__init__(why)
        self.outcome = outcome
        self.whole = whole

    def ends(self, is_list: bool) -> bool:
        """Whether the target ends with this page; a spent budget only loses it."""
        return self.whole or (is_list and self.outcome != "partial")


MARKS = {
    b"_cf_chl_opt": "Cloudflare challenge",
    b"<title>just a moment...</title>": "Cloudflare challenge",
    b"attention required! | cloudflare": "Cloudflare refusal",
    b"geo.captcha-delivery.com": "DataDome captcha",
    b"ct.captcha-delivery.com": "DataDome captcha",
    b'id="px-captcha"': "HUMAN captcha",
    b"px-captcha-wrapper": "HUMAN captcha",
    b"access to this page has been denied": "HUMAN refusal",
    b"_incapsula_resource?swudnsai": "Imperva challenge",
    b"_incapsula_resource?cwudnsai": "Imperva challenge",
    b"incapsula incident id": "Imperva refusal",
    b"<title>pardon our interruption": "Imperva refusal",
    b"gokuprops": "AWS WAF challenge",
    b"awswafcaptcha.rendercaptcha": "AWS WAF captcha",
    b"awswafintegration.checkforcerefresh": "AWS WAF challenge",
    b"errors.edgesuite.net": "Akamai refusal",
    b"sec-if-cpt-container": "Akamai challenge",
    b"/_sec/cp_challenge/": "Akamai challenge",
    b"?bm-verify=": "Akamai challenge",
    b"window.kpsdk={}": "Kasada challenge",
    b"/ips.js?kp_uidz=": "Kasada challenge",
    b"sucuri_cloudproxy_js": "Sucuri challenge",
    b"sucuri website firewall - access denied": "Sucuri refusal",
    b"validate.perfdrive.com": "Radware captcha",
    b"shieldsquare captcha": "Radware captcha",
    b"<title>radware bot manager captcha": "Radware captcha",
    b"/tspd/?type=": "F5 challenge",
    b"the requested url was rejected. please consult with your administrator": "F5 refusal",
    b"check.ddos-guard.net": "DDoS-Guard check",
    b"<title>ddos-guard</title>": "DDoS-Guard check",
    b"<title>vercel security checkpoint</title>": "Vercel challenge",
    b'id="anubis_challenge"': "Anubis challenge",
    b"/_____tmd_____/punish": "Alibaba captcha",
    b"smartcaptcha.yandexcloud.net/captcha.js?render=onload&showcaptcha": "Yandex captcha",
    b"/showcaptcha?": "Yandex captcha",
    b"our systems have detected unusual traffic from your computer network": "Google captcha",
    b"your access to this site has been limited by the site owner": "Wordfence refusal",
}
"""Marks of the pages that vendors show in place of the one that was asked for, in small letters (seen in public
reports). None is on a page merely because its site uses the vendor.
"""

WIDGETS = (b"cf-turnstile", b"challenges.cloudflare.com/turnstile", b"g-recaptcha", b"/recaptcha/api.js", b"h-captcha")
"""Captchas that forms use too: a page is a challenge only where it says so and shows nothing else."""

ASKS = re.compile(
    rb"(?:verify|verifying|confirm|prove|check|checking)\b[^.<]{0,40}\b(?:human|not a robot|not a bot)\b"
    rb"|are you (?:a robot|human)\b|i(?:'|&#39;|\xe2\x80\x99)?m not a robot|unusual traffic"
    rb"|checking your browser|security (?:check|verification)"
)

HEADERS = {
    b"cf-mitigated": (re.compile(rb"challenge"), "Cloudflare challenge"),
    b"x-amzn-waf-action": (re.compile(rb"challenge|captcha"), "AWS WAF challenge"),
    b"x-vercel-mitigated": (re.compile(rb"challenge|deny"), "Vercel challenge"),
}
"""Headers that come with a challenge only."""

MOST_BYTES = 100_000
"""Bytes of a page in which a mark is looked for."""

MOST_WORDS = {True: 150, False: 60}
"""Words that a challenge shows, with a vendor's mark and with a captcha that forms use too."""

SILENT = re.compile(rb"<(?:script|style|svg)\b")
SILENT_END = re.compile(rb"</(?:script|style|svg)\b")
TAGS = re.compile(rb"<[^<>]*>")


SEEN: WeakKeyDictionary[Response, str | None] = WeakKeyDictionary()
"""Whose each reply is: the search is a millisecond of a large page, and is asked for on the way and at the end."""


def block_seen(response: Response) -> str | None:
    """What says that the site does not want us, in one line; None where nothing does."""
    if response not in SEEN:
        SEEN[response] = vendor_of(response)
    vendor = SEEN[response]
    if vendor is None and response.status not in (403, 429):
        return None
    seen = f"HTTP {response.status}" + (f" with a {vendor}" if vendor else "")
    return f"{response.url}: {seen}; crawl slower or later, use the site's API, or ask its owner for leave"


def vendor_of(response: Response) -> str | None:
    """Whose challenge or refusal a reply is; None where it is none."""
    for name, (pattern, sender) in HEADERS.items():
        if (said := response.headers.get(name)) and pattern.search(said.lower()):
            return sender
    if response.body[:200].lstrip()[:1] != b"<":
        return None
    page = response.body[:MOST_BYTES].lower()
    rich = b"jobposting" in page or len(response.body) > MOST_BYTES  # a challenge is a short page
    if rich and response.status in (200, 202):
        return None
    vendor = next((vendor for mark, vendor in MARKS.items() if mark in page), None)
    if vendor and response.status not in (200, 202):
        return vendor
    if rich or (vendor is None and not any(widget in page for widget in WIDGETS)):
        return None
    first, *rest = SILENT.split(page)
    shown = TAGS.sub(b" ", first + b" ".join(SILENT_END.split(part, maxsplit=1)[-1] for part in rest))
    if len(shown.split()) > MOST_WORDS[vendor is not None]:
        return None
    return vendor or ("captcha" if ASKS.search(shown) else None)


LOGIN_PATH = re.compile(
    r"/(?:log[-_]?in|sign[-_]?in|logon|sso|authwall|saml2?|oauth2?/authorize|adfs/ls|cas/login|users/sign_in|"
    r"(?:auth|account|accounts|session|sessions|user|members?)/(?:log[-_]?in|sign[-_]?in|new))(?:[/.]|$)",
    re.IGNORECASE,
)
LOGIN_HOST = re.compile(
    r"(?:^|\.)(?:accounts\.google\.com|login\.microsoftonline\.com|login\.live\.com|okta\.com|auth0\.com|onelogin\.com"
    r"|b2clogin\.com|pingidentity\.com)$|^(?:login|signin|sso|auth)\.",
    re.IGNORECASE,
)


def login_seen(request: Request) -> str | None:
    """The login that another page leads to; None where a request is no redirect to one."""
    first = next(iter(request.meta.get("redirect_urls") or ()), None)
    if first is None or is_login(first) or not is_login(request.url):
        return None
    return f"{first} leads to {request.url.partition('?')[0]}"


def is_login(url: str) -> bool:
    """Whether an address is that of a login."""
    parts = urlsplit(url)
    return bool(LOGIN_PATH.search(parts.path) or LOGIN_HOST.search(parts.hostname or ""))
