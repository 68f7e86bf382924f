"""Career pages of any site: its sitemaps and lists; on each page a JobPosting, the page's data, or what it shows."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from scrapy import Request
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from scraper.crawl.board import Board, Found, Rejected
from scraper.crawl.report import TargetReport
from scraper.jsonld import job_postings, posting_slots, text_of
from scraper.page import Closed, Page, PageError, PageRequest
from scraper.paths import is_list, is_post, joined, key_of, same_site, speaks_of_jobs
from scraper.posting import RawPosting
from scraper.state import first, state_postings, state_slots
from scraper.visible import headings, pasted_post, says_closed, visible_post

SITEMAP_LEVELS = 3
TEASER = 200
"""Characters of text below which a post in a list is only announced there."""
SITE_NAME = "//meta[@property='og:site_name']/@content"


class Careers(Board):
    """Every page that reads like a post is read; a page that does not gives nothing."""

    name = "careers"
    title = "Career pages"
    docs = "https://schema.org/JobPosting"
    target = "careers:URL"
    doors = ("sitemap and pages",)
    publishes = (
        *("employer_name", "employer_url", "description", "locations", "workplace", "employment", "departments"),
        *("tags", "salary", "published", "expires", "experience"),
    )
    options = {
        "pages": "most pages that are asked for (200)",
        "depth": "how many links deep lists are followed (3)",
    }
    date_order = None
    guesses = True
    pages, depth = "200", "3"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rules: dict[str | None, RobotParser] = {}
        self.no_posts: set[tuple[str | None, str]] = set()

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        start = joined(employer or "", "")
        if start is None or not (self.pages.isdigit() and self.depth.isdigit()):
            raise PageError("broken", "a target is careers:https://…; pages and depth are numbers")
        yield PageRequest(urljoin(start, "/robots.txt"), kind="robots", otherwise=usual_sitemap(start))

    def jobs(self, page: Page) -> Iterable[Found]:
        if page.kind == "robots":
            yield from self.named_sitemaps(page)
        elif page.kind == "sitemap":
            yield from self.sitemap(page)
        else:
            found = list(self.posts(page))
            yield from found
            key = page.carried.get("key")
            if not (key and found):
                yield from self.links(page)
            if key and not found and says_closed(page.tree):
                yield Closed(key, "the page says so")
            elif key and not found and key != key_of(page.url, start_of(page)):
                yield Closed(key, f"its address leads to {page.url}")

    def posting(self, page: Page, piece: Any) -> RawPosting:
        how, key, url = (piece.pop(name) for name in ("@how", "@key", "@url"))
        slots = posting_slots(piece) if how == "jsonld" else state_slots(piece) if how == "data" else piece.pop("slots")
        site = page.tree.xpath(SITE_NAME).get() if "<" in page.text else None
        if not slots.get("description") and (shown := visible_post(page.tree, page.url)):
            slots["description"] = shown["description"]
        apply_url = joined(url, slots.pop("apply_url", None) or "")
        facts = {"key": key, "url": url, "apply_url": apply_url if apply_url != url else None}
        return self.raw(page, **{"employer_name": site} | slots | facts)

    # -- ways to the posts --------------------------------------------------------------------------------------------

    def named_sitemaps(self, page: Page) -> Iterable[Found]:
        """The sitemaps that robots.txt names, or the usual one; then the start page."""
        if not hasattr(self, "settings") or self.settings.getbool("ROBOTSTXT_OBEY"):  # read offline, it has none
            self.rules[page.employer] = ProtegoRobotParser(page.text.encode(), None)
        named = re.findall(r"^\s{0,9}sitemap\s{0,9}:\s{0,9}(\S{4,2000})", page.text, re.IGNORECASE | re.MULTILINE)
        urls = [url for url in (joined(page.url, name) for name in dict.fromkeys(named)) if url]
        yield from (PageRequest(url, kind="sitemap") for url in urls)
        yield PageRequest(start_of(page)) if urls else usual_sitemap(start_of(page))

    def sitemap(self, page: Page) -> Iterable[Found]:
        """The posts of a sitemap, and the sitemaps of an index: those that speak of jobs where any does."""
        if page.carried.get("guessed"):
            yield PageRequest(start_of(page))
        if page.text.lstrip()[:1] != "<":
            yield from self.follow_posts(page, ((line.strip(), None) for line in page.text.splitlines()), 1)
            return
        tree, level = page.xml(), page.carried.get("level", 0) + 1
        if not tree.xpath("self::urlset | self::sitemapindex"):
            raise PageError("broken", f"{page.url}: no sitemap")
        rows = [
            [row.xpath(f"normalize-space({name})").get() or "" for name in ("loc", "lastmod")]
            for row in tree.xpath("url")
        ]
        yield from self.follow_posts(page, ((loc, changed) for loc, changed in rows), 1)
        inner = [url for url in (joined(page.url, loc) for loc in tree.xpath("sitemap/loc/text()").getall()) if url]
        if level <= SITEMAP_LEVELS:
            wanted = [url for url in inner if speaks_of_jobs(url)] or inner
            yield from (PageRequest(url, kind="sitemap", carried={"level": level}) for url in wanted)

    def links(self, page: Page) -> Iterable[Found]:
        """The posts and further lists that a page links."""
        step = page.carried.get("step", 0) + 1
        if step > int(self.depth) or "<" not in page.text:
            return
        found = page.tree.xpath("//a/@href | //area/@href | //link[@rel='next']/@href").getall()
        urls = dict.fromkeys(url for url in (joined(page.url, href) for href in found) if url)
        yield from self.follow_posts(page, ((url, None) for url in urls), step)
        for url in urls:
            if self.may_read(page, url) and not is_post(url, start_of(page)) and is_list(url, start_of(page), page.url):
                yield PageRequest(url, kind="links", carried={"step": step})

    def follow_posts(self, page: Page, rows: Iterable[tuple[str, str | None]], step: int) -> Iterator[PageRequest]:
        """Requests for the addresses that look like posts, with what the list says of their state."""
        start = start_of(page)
        for loc, changed in rows:
            url = joined(page.url, loc)
            if url and same_site(url, start) and is_post(url, start):
                key = key_of(url, start)
                yield PageRequest(url, "detail", key, {"key": key, "step": step}, version=changed or None)

    def may_read(self, page: Page, url: str) -> bool:
        """Whether a list is of the same site, and robots.txt lets it be read. A post that it keeps back is a loss."""
        rules = self.rules.get(page.employer)
        return same_site(url, start_of(page)) and (rules is None or rules.allowed(url, "rolecall"))

    # -- what a page holds --------------------------------------------------------------------------------------------

    def posts(self, page: Page) -> Iterator[dict[str, Any] | PageRequest]:
        """The posts of a page: its JobPostings, else those of its data, else the one that it shows.

        Of a post's own page only that post is read; a list's teasers are followed to their pages.
        """
        own = {"@key": page.carried.get("key") or key_of(page.url, start_of(page)), "@url": page.url}
        if "<" not in page.text:
            if post := pasted_post(page.text):
                yield {"@how": "shown", "slots": post, **own}
            return
        found = [("jsonld", node) for node in job_postings(page.tree)]
        found = found or [("data", node) for node in state_postings(page.tree)]
        about = [(how, node) for how, node in found if is_about(page, how, node)]
        if "key" in page.carried:
            for how, node in (found if len(found) == 1 else about)[:1]:
                yield {**node, "@how": how, **own}
                return
        if not found and (post := visible_post(page.tree, page.url)):
            yield {"@how": "shown", "slots": post, **own}
        for how, node in found:
            yield from self.listed(page, how, node, alone=len(found) == 1)

    def listed(self, page: Page, how: str, node: dict[str, Any], alone: bool) -> Iterator[dict[str, Any] | PageRequest]:
        """A post that a list holds, whole or as a teaser; one alone that has no page of its own is the page's."""
        start, url = start_of(page), joined(page.url, url_of(how, node) or "")
        here = key_of(page.url, start)
        if url and same_site(url, start) and (key := key_of(url, start)) != here:
            text = text_of(node.get("description")) or ""
            teaser = how == "jsonld" and len(text) < TEASER and page.url.startswith("http")
            if teaser or "key" in page.carried:
                yield PageRequest(url, "detail", key, {"key": key, "step": page.carried.get("step", 0) + 1})
            else:
                yield {**node, "@how": how, "@key": key, "@url": url}
        elif "key" not in page.carried:
            key = here if alone else f"{here}#{name_of(how, node)}"
            yield {**node, "@how": how, "@key": key, "@url": page.url}

    # -- what the crawl counts ----------------------------------------------------------------------------------------

    def follow(
        self, asked: PageRequest, report: TargetReport, employer: str | None, before: str = ""
    ) -> Iterator[Request]:
        """As every board, within the budget of pages; a page that proved to be no post is not listed again."""
        if (employer, asked.key) in self.no_posts:
            return
        for request in super().follow(asked, report, employer, before):
            if report.requests > int(self.pages):
                report.requests -= 1
                self.count_lost(report, asked, f"{asked.url}: beyond {self.pages} pages; -a pages=N reads more")
            else:
                yield request

    def count_found(
        self, found: list[Any], report: TargetReport, asked: PageRequest, employer: str | None, before: str
    ) -> Iterator[Any]:
        """As every board; a page that looked like a post's and is none is not counted as one."""
        if asked.key and not any(isinstance(item, RawPosting | Rejected | Closed) for item in found):
            self.no_posts.add((employer, asked.key))
            report.keys.discard(asked.key)
            report.found -= 1
        yield from super().count_found(found, report, asked, employer, before)

    def drop_request(self, request: Request) -> None:
        """As every board; a post whose address leads to a page that was read before is over."""
        asked, employer = request.cb_kwargs["asked"], request.cb_kwargs["employer"]
        if request.meta.get("redirect_times") and asked.key and request.url != asked.url:
            self.reports[employer].answered += 1
            self.count_closed(asked.key, f"its address leads to {request.url}", self.reports[employer], employer)
        else:
            super().drop_request(request)


def usual_sitemap(start: str) -> PageRequest:
    """The sitemap that nobody has named. The start page is read after it, or where it is missing."""
    url = urljoin(start, "/sitemap.xml")
    return PageRequest(url, kind="sitemap", carried={"guessed": True}, otherwise=PageRequest(start))


def start_of(page: Page) -> str:
    """The start page of the target."""
    return joined(page.employer or page.url, "") or page.url


def is_about(page: Page, how: str, node: dict[str, Any]) -> bool:
    """Whether one of several posts of a page is the one that the page is about: by its address or its title."""
    start, own = start_of(page), url_of(how, node)
    url = joined(page.url, own) if own else None
    if url and key_of(url, start) in (key_of(page.url, start), page.carried.get("key")):
        return True
    title = text_of(node.get("title") if how == "jsonld" else first(node, "title"))
    return title is not None and " ".join(title.casefold().split()) in headings(page.tree)


def url_of(how: str, node: dict[str, Any]) -> str | None:
    """The address that a post gives itself."""
    url = node.get("url") if how == "jsonld" else first(node, "url")
    return url if isinstance(url, str) and url.strip() else None


def name_of(how: str, node: dict[str, Any]) -> str | None:
    """What tells a post from its neighbours on one page: its id, else its title."""
    if how == "data":
        return text_of(first(node, "id")) or text_of(first(node, "title"))
    return text_of(node.get("identifier")) or text_of(node.get("title"))
