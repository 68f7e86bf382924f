"""When two requests are the same."""

import hashlib

from scrapy import Request
from scrapy.utils.request import RequestFingerprinter


class TargetFingerprinter(RequestFingerprinter):
    """Scrapy's fingerprints, by target: two targets on one host ask for the same robots.txt, sitemap or list each."""

    def fingerprint(self, request: Request) -> bytes:
        same: bytes = super().fingerprint(request)
        employer = request.cb_kwargs.get("employer")
        return hashlib.sha1(same + employer.encode(), usedforsecurity=False).digest() if employer else same
