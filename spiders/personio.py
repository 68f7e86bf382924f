"""Personio: the XML feed of a careers site, its JSON search, or its pages."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Page, PageError, PageRequest, headed, take, taken
from scraper.posting import RawPosting


class Personio(Board):
    """A company's careers site. Where the feed is off or lacks a text, its search and its pages are read."""

    name = "personio"
    title = "Personio"
    docs = "https://developer.personio.de/docs/retrieving-open-job-positions"
    target = "personio:EMPLOYER"
    doors = ("xml feed", "json search", "pages")
    publishes = (
        *("employer_name", "description", "locations", "employment", "seniority", "experience", "tags"),
        *("departments", "published"),
    )
    urls = (r"(?P<employer>[a-z0-9-]+)\.jobs\.personio\.(?:de|com)(?:/|\?|$)",)
    options = {"language": "language of the posts of a company that writes in several (en)"}
    date_order = "YMD"
    language = "en"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://{employer}.jobs.personio.de/"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        german, other = (f"https://{employer}.jobs.personio.{end}" for end in ("de", "com"))
        asked = f"?language={self.language}"
        pages = PageRequest(f"{german}/{asked}")
        search = PageRequest(f"{other}/search.json{asked}", otherwise=pages)
        feed = PageRequest(f"{other}/xml{asked}", otherwise=search)
        yield PageRequest(f"{german}/xml{asked}", otherwise=feed)

    def jobs(self, page: Page) -> Iterable[Found]:
        text = page.text.lstrip("\ufeff \r\n\t")
        rows: Iterable[Any]
        if text[:1] in ("[", "{"):
            rows = page.rows("positions", "name")
        elif "<workzag-jobs" in text[:1000]:
            rows = positions(page, text)
        elif page.kind == "detail":
            rows = [{"node": next(iter(job_postings(page.tree)), {}), **deepcopy(page.carried.get("row", {}))}]
        else:
            rows = links(page)
        known = set()
        for row in rows:
            key = str(row.get("id") or "") if isinstance(row, dict) else ""
            if key and key in known:
                continue
            if key and page.kind != "detail" and not row.get("description"):
                url = f"{urljoin(page.url, '/job/')}{key}?language={self.language}"
                yield PageRequest(url, kind="detail", key=key, carried={"row": row})
            else:
                yield row
            known.add(key)

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        seen = posting_slots(row.get("node") or {})
        key = take(row, "id") or (urlsplit(page.url).path.rpartition("/")[2] if "node" in row else None)
        text, words = take(row, "description"), take(row, "keywords")
        places = [take(row, "office"), *(take(row, "offices") or [])]
        kinds = [take(row, "employmentType|employment_type"), take(row, "schedule")]
        own = {
            **taken(row, title="name", employer_name="subcompany", seniority="seniority", published="createdAt"),
            **taken(row, experience="yearsOfExperience"),
            "description": text,
            "description_type": text and ("html" if "<" in text else "text"),
            "locations": list(dict.fromkeys(filter(None, places))),
            "employment": list(filter(None, kinds)),
            "tags": words.split(",") if isinstance(words, str) and words else words,
            "departments": [take(row, name) for name in ("department", "recruitingCategory", "category")],
            "key": key,
            "url": urljoin(page.url, f"/job/{key}"),
        }
        return self.raw(page, **seen | {name: value for name, value in own.items() if value})


def positions(page: Page, text: str) -> list[dict[str, Any]]:
    """The positions of the feed, by the names that their parts have there. Raises `PageError` where it is cut off."""
    if not text.rstrip().endswith(("</workzag-jobs>", "/>")):
        raise PageError("broken", f"{page.url}: the feed is cut off")
    return [row_of(position.root) for position in Selector(text=text, type="xml").xpath("//position")]


def row_of(position: etree._Element) -> dict[str, Any]:
    """A position as plain data: single texts, the further offices, and the headed parts of the description."""
    row: dict[str, Any] = {str(part.tag): (part.text or "").strip() for part in position if not len(part)}
    parts = [(part.findtext("name"), part.findtext("value")) for part in position.iterfind(".//jobDescription")]
    offices = [office.text for office in position.iterfind("additionalOffices/office")]
    return row | {"offices": offices, "jobDescriptions": None, "description": headed(*parts)}


def links(page: Page) -> Iterator[dict[str, Any]]:
    """The jobs that a careers page links to. Raises `PageError` where it is none, or shows none."""
    jobs = page.tree.css("a[href*='/job/']")
    if ".jobs.personio." not in urlsplit(page.url).netloc:
        raise PageError("moved", f"{page.url}: no careers site of Personio")
    if not jobs:
        raise PageError("broken", f"{page.url}: no feed, and no job on the page")
    for job in jobs:
        path = urlsplit(job.attrib["href"]).path
        yield {"id": path.rpartition("/")[2], "name": job.xpath("normalize-space(.//h3)").get()}
