"""Eightfold: the API of a careers site, a list in pages and a reply a posting."""

import html
import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from scraper.crawl.board import Board, Found
from scraper.page import Closed, Page, PageError, PageRequest, Total, rows_of, take
from scraper.posting import RawPosting

DOMAIN = re.compile(r"""(?:_EF_GROUP_ID\s*=|["']domain["']\s*:)\s*["']([\w-]+(?:\.[\w-]+)+)["']""")
PATHS = {"new": "/api/pcsx/search", "old": "/api/apply/v2/jobs"}
PAGE = 10


class Eightfold(Board):
    """A careers site. A host answers one generation of the API and refuses the other, as it does when it is hurried."""

    name = "eightfold"
    title = "Eightfold"
    docs = "https://apidocs.eightfold.ai"
    target = "eightfold:HOST/DOMAIN"
    doors = ("json api", "json api of old")
    publishes = ("description", "locations", "workplace", "departments", "published", "updated", "language")
    urls = (
        r"(?P<employer>[^/?#]+)/(?:careers(?:/[\w/-]*)?|api/(?:apply/v2/jobs|pcsx/\w+)[\w/]*)\?(?:.*&)?domain=[\w.-]+",
        r"(?!(?:www|app|static|docs|api)\.)(?P<employer>[a-z0-9-]+\.eightfold\.ai)(?:/|\?|$)",
    )
    options = {"generation": "`new` or `old`, of the host's API (new, and old where that is missing)"}
    date_order = None
    generation = ""

    @classmethod
    def employer_of(cls, url: str) -> str | None:
        host, domain = super().employer_of(url), parse_qs(urlsplit(url).query).get("domain")
        return f"{host}/{domain[0]}" if host and domain else host

    @classmethod
    def home(cls, employer: str) -> str:
        host, _, domain = employer.partition("/")
        return f"https://{host}/careers" + (f"?domain={domain}" if domain else "")

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        host, _, domain = (employer or "").partition("/")
        yield self.search(host, domain) if domain else PageRequest(self.home(host), carried={"site": True})

    def jobs(self, page: Page) -> Iterable[Found]:
        host, _, domain = (page.employer or "").partition("/")
        domain = domain or page.carried.get("domain", "")
        if page.carried.get("site"):
            found = DOMAIN.search(html.unescape(page.text))
            if not found:
                raise PageError("moved", f"{page.url}: no careers site of Eightfold")
            yield self.search(host, found[1])
            return
        reply = page.json() if page.status < 400 else {}
        generation = "new" if isinstance(reply, dict) and "data" in reply else "old"
        data = take(reply, "data") if generation == "new" else reply
        if not data:
            raise PageError("refused", f"{page.url}: the host refuses this API, or wants it slower")
        rows, count = rows_of(page, data, "positions", "id"), take(data, "count")
        for row in rows:
            key = str(row.get("id") or "") if isinstance(row, dict) else ""
            if key and take(row, "isPrivate"):
                yield Closed(key, "the board says it is private")
            elif key and page.kind != "detail" and not (row.get("job_description") or row.get("jobDescription")):
                url = f"https://{host}{PATHS['old']}/{key}?domain={domain}"
                yield PageRequest(url, kind="detail", key=key, carried={"row": row})
            elif key:
                yield {**deepcopy(page.carried.get("row", {})), **{name: row[name] for name in row if row[name]}}
            else:
                yield row
        if page.kind != "detail" and isinstance(count, int):
            yield Total(count)
            start = page.carried.get("start", 0)
            if count > start and not rows:
                raise PageError("refused", f"{page.url}: {count} postings are told of and none is shown")
            if count > start + len(rows):
                yield self.page_of(host, domain, generation, start + len(rows))

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        host, key = (page.employer or "").partition("/")[0], take(row, "id")
        path = take(row, "positionUrl") or f"/careers/job/{key}"
        one = take(row, "location")
        modes = take(row, "workLocationOption"), take(row, "work_location_option")
        return self.raw(
            page,
            key=key,
            url=take(row, "canonicalPositionUrl") or take(row, "publicUrl") or urljoin(f"https://{host}/", path),
            title=take(row, "name") or take(row, "posting_name"),
            description=take(row, "job_description") or take(row, "jobDescription") or "",
            locations=take(row, "locations") or one,
            workplace=next(filter(None, modes), None),
            departments=take(row, "department"),
            published=take(row, "postedTs") or take(row, "t_create"),
            updated=take(row, "t_update"),
            language=take(row, "locale"),
        )

    def search(self, host: str, domain: str) -> PageRequest:
        """The first page of the list."""
        old = self.page_of(host, domain, "old")
        return old if self.generation == "old" else self.page_of(host, domain, "new", otherwise=old)

    def page_of(
        self, host: str, domain: str, generation: str, start: int = 0, otherwise: PageRequest | None = None
    ) -> PageRequest:
        """A page of the list; the newest first, so that rows do not change places between pages."""
        query = f"domain={domain}&query=&start={start}&num={PAGE}&sort_by=timestamp"
        carried = {"start": start, "domain": domain}
        return PageRequest(f"https://{host}{PATHS[generation]}?{query}", carried=carried, otherwise=otherwise)
