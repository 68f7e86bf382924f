"""SAP SuccessFactors: the sitemap of a careers site and a page a posting, its feed, or its search."""

import html
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, Total, take
from scraper.posting import RawPosting

NUMBER = re.compile(r"/(?:job|apply)/(?:.*/)?(\d+)(?:-([a-z]{2}_[A-Z]{2}))?/?$")
OWN_URLS = "link[rel=canonical]::attr(href), meta[property='og:url']::attr(content), a.dialogApplyBtn::attr(href)"
SITE = re.compile(r"successfactors|jobs2web|job-tile|searchresults", re.IGNORECASE)
OWN_LABELS = ("title", "description", "location", "date")


class Successfactors(Board):
    """A careers site, known by its host and sometimes a brand. A page a language is the same posting."""

    name = "successfactors"
    title = "SAP SuccessFactors"
    docs = "https://help.sap.com/docs/successfactors-recruiting"
    target = "successfactors:HOST"
    doors = ("sitemap and pages", "xml feed", "search and pages")
    publishes = (
        *("employer_name", "description", "locations", "employment", "departments", "published", "updated"),
        *("expires", "language", "apply_url"),
    )
    urls = (
        r"(?P<employer>[^/?#]+(?:/(?!job/)[\w-]+)?)/job/[^/?#]+/\d+(?:-[a-z]{2}_[A-Z]{2})?/?(?:\?|$)",
        r"(?P<employer>[^/?#]+(?:/[\w-]+)?)/(?:tile-search-results/|search/\?createNewAlert=)",
        r"(?P<employer>[^/?#]+)/(?:job_sitemap|googlefeed)\.xml",
    )
    date_order = None

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer}/search/?createNewAlert=false"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        host = (employer or "").partition("/")[0]
        search = PageRequest(f"https://{employer}/tile-search-results/?startrow=0")
        feed = PageRequest(f"https://{host}/googlefeed.xml", otherwise=search)
        yield PageRequest(f"https://{host}/job_sitemap.xml", otherwise=feed)

    def jobs(self, page: Page) -> Iterable[Found]:
        listed = deepcopy(page.carried.get("row", {}))
        if page.text.lstrip("\ufeff \r\n\t").startswith(("<?xml", "<rss", "<urlset", "<sitemapindex")):
            yield from entries(page)
        elif nodes := job_postings(page.tree):
            yield {**listed, "node": nodes[0]}
        elif page.tree.css("[data-careersite-propertyid=description], .jobdescription"):
            yield {**listed, "node": {}}
        elif listed and SITE.search(page.text):
            yield Closed(listed["key"], "its page has no posting")
        else:
            yield from tiles(page)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url = take(row, "url") or page.url
        urls = [url, *(page.join(own) for own in page.tree.css(OWN_URLS).getall())] if "node" in row else [url]
        found = next(filter(None, (NUMBER.search(own.partition("?")[0]) for own in urls)), None)
        key, language = found.groups() if found else (take(row, "key"), None)
        given = {
            "title": take(row, "title"),
            "employer_name": take(row, "employer"),
            "description": take(row, "description"),
            "locations": take(row, "place"),
            "employment": take(row, "job_type"),
            "departments": take(row, "job_function"),
            "published": take(row, "date"),
            "updated": take(row, "lastmod"),
            "expires": take(row, "expiration_date"),
            "language": language,
        }
        shown = visible(page) if "node" in row else {}
        seen = posting_slots(row.get("node") or {})
        seen["description"] = shown.pop("labels", "") + (seen.get("description") or shown.pop("description", ""))
        kept = {name: value for name, value in {**shown, **seen}.items() if value}
        return self.raw(page, **given | kept | {"key": key or seen.get("key") or url.rpartition("/")[2], "url": url})


def entries(page: Page) -> Iterator[Found]:
    """The postings of a sitemap or of a feed. Raises `PageError` where it is neither."""
    tree, brand = page.xml(), (page.employer or "").partition("/")[2]
    for item in tree.xpath("/rss//item"):
        row: dict[str, Any] = {part.root.tag: (part.xpath("string()").get() or "").strip() for part in item.xpath("*")}
        place = row.pop("location", "")
        text = row.get("description") or ""
        yield row | {
            "url": row.pop("link", None),
            "title": row.get("title", "").removesuffix(f"({place})"),
            "place": place,
            "description": text if "<" in text else html.unescape(text),
            "date": row.pop("pubDate", None) or row.pop("publish_date", None),
        }
    for entry in tree.xpath("/sitemapindex/sitemap/loc"):
        yield PageRequest(entry.xpath("normalize-space()").get() or "")
    for entry in tree.xpath("/urlset/url"):
        url, changed = entry.xpath("normalize-space(loc)").get() or "", entry.xpath("lastmod/text()").get()
        key = NUMBER.search(url.partition("?")[0])
        if key and (not brand or f"/{brand}/job/" in url):
            row = {"key": key[1], "lastmod": changed}
            yield PageRequest(url, kind="detail", key=key[1], carried={"row": row}, version=changed)
    if not tree.xpath("/rss | /urlset | /sitemapindex"):
        raise PageError("broken", f"{page.url}: neither a sitemap nor a feed")


def tiles(page: Page) -> Iterator[Found]:
    """The postings of a page of the search, and the next page. Raises `PageError` where it is none."""
    start, found = page.carried.get("start", 0), {}
    for tile in page.tree.css("li.job-tile, tr.data-row"):
        url = page.join(tile.css("a.jobTitle-link::attr(href)").get() or tile.attrib.get("data-url") or "")
        if key := NUMBER.search(url.partition("?")[0]):
            found[key[1]] = (
                url,
                {
                    "key": key[1],
                    "title": tile.xpath("normalize-space((.//a[contains(@class, 'jobTitle-link')])[1])").get(),
                    "place": words(tile, ".jobLocation, [id*=location-value]"),
                    "date": words(tile, ".jobDate, [id*=date-value]"),
                },
            )
    for number, (url, row) in found.items():
        yield PageRequest(url, kind="detail", key=number, carried={"row": row})
    figures = re.findall(r"\d+", words(page.tree, "#tile-search-results-label, .paginationLabel").replace(",", ""))
    if figures:
        yield Total(int(figures[-1]))
    if not found and not (start and page.kind == "list") and not SITE.search(page.text):
        raise PageError("moved", f"{page.url}: no careers site of SuccessFactors")
    total = int(figures[-1]) if figures else page.carried.get("total")
    following = start + len(found)
    if found and (total is None or following < total):
        url = f"{page.url.partition('?')[0]}?startrow={following}"
        yield PageRequest(url, carried={"start": following, "total": total})


def words(tree: Any, selector: str) -> str:
    """The text of the first element of these, without what is inside it in small print."""
    found = tree.css(selector)
    return " ".join(" ".join(found[0].xpath(".//text()[not(ancestor::small)]").getall()).split()) if found else ""


def visible(page: Page) -> dict[str, Any]:
    """What a posting's page shows around its microdata: place, labelled lines, apply link, and what these lack."""
    lines = []
    for token in page.tree.css(".joblayouttoken"):
        label, value = words(token, ".joblayouttoken-label"), token.css("[data-careersite-propertyid]")
        if label and value and value[0].attrib["data-careersite-propertyid"] not in OWN_LABELS:
            text = words(token, "[data-careersite-propertyid]")
            lines += [f"<p>{html.escape(f'{label} {text}', quote=False)}</p>"] if text else []
    apply_url = page.tree.css("a.dialogApplyBtn::attr(href)").get()
    return {
        "title": page.tree.css("meta[property='og:title']::attr(content)").get() or words(page.tree, "h1"),
        "locations": words(page.tree, ".jobGeoLocation"),
        "description": page.tree.css("[data-careersite-propertyid=description], .jobdescription").get() or "",
        "labels": "".join(lines),
        "apply_url": page.join(apply_url) if apply_url else None,
        "published": words(page.tree, "[data-careersite-propertyid=date]"),
    }
