"""Blocks are recognised, never evaded."""

from scrapy.http import Response

CHALLENGES = {
    b"/challenge-platform/h/": "Cloudflare challenge",
    b"<title>Just a moment...</title>": "Cloudflare challenge",
    b"captcha-delivery.com": "DataDome captcha",
    b"px-captcha": "HUMAN captcha",
    b"_Incapsula_Resource": "Imperva challenge",
    b"awswaf.com": "AWS WAF challenge",
    b"errors.edgesuite.net": "Akamai refusal",
    b"check.ddos-guard.net": "DDoS-Guard check",
}
"""Marks that challenge pages of the known vendors carry in their first kilobytes (seen in public reports)."""


def block_seen(response: Response) -> str | None:
    """What says that the site does not want us, in one line; None where nothing does."""
    challenged = response.headers.get(b"cf-mitigated") == b"challenge"
    head = response.body[:20_000] if response.body.lstrip()[:1] == b"<" else b""
    if response.status == 200 and len(response.body) > 20_000:
        head = b""  # a challenge is a short page
    vendor = "Cloudflare challenge" if challenged else next((v for m, v in CHALLENGES.items() if m in head), None)
    if vendor is None and response.status not in (403, 429):
        return None
    if vendor is not None and response.status == 200 and b"JobPosting" in head:
        return None
    seen = f"HTTP {response.status}" + (f" with a {vendor}" if vendor else "")
    return f"{response.url}: {seen}; crawl slower or later, use the site's API, or ask its owner for leave"
