"""NEOGOV: the RSS feed of a public agency on governmentjobs.com, texts inside."""

from collections.abc import Iterable
from typing import Any

from scraper.crawl.board import Board, Found
from scraper.jsonld import mended
from scraper.page import Page, PageError, PageRequest, headed, take
from scraper.posting import RawPlace, RawPosting, RawSalary

NOTHING = ("Not Displayed", "Invalid Date", "Continuous")


class Neogov(Board):
    """An agency's feed. Its `pubDate` moves when a post is changed; `advertiseFromDate` is when it was opened."""

    name = "neogov"
    title = "NEOGOV"
    docs = "https://www.governmentjobs.com"
    target = "neogov:AGENCY"
    doors = ("rss feed",)
    publishes = (
        *("employer_name", "description", "locations", "employment", "departments", "salary", "published"),
        *("updated", "expires", "language"),
    )
    urls = (
        r"(?:www\.)?(?:governmentjobs|schooljobs)\.com/careers/(?!home(?:[/?#]|$))(?P<employer>[^/?#]+)",
        r"(?:www\.)?governmentjobs\.com/SearchEngine/JobsFeed\?agency=(?P<employer>[^&#]+)",
        r"agency\.governmentjobs\.com/(?P<employer>[^/?#]+)",
    )
    date_order = "YMD"

    @classmethod
    def home(cls, employer: str) -> str:
        return f"https://www.governmentjobs.com/careers/{employer}"

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        yield PageRequest(f"https://www.governmentjobs.com/SearchEngine/JobsFeed?agency={employer}")

    def jobs(self, page: Page) -> Iterable[Found]:
        feed = page.xml()
        if not (channel := feed.xpath("/rss/channel")):
            raise PageError("moved", f"{page.url}: no feed")
        shared = {"agency": text_of(channel, "title"), "language": text_of(channel, "language")}
        for item in channel.xpath("item"):
            parts = {part.root.tag: text_of(part, ".") for part in item.xpath("*[not(*)]")}
            groups = item.xpath(".//categories//*[self::Category or self::category][not(*)]/text()").getall()
            yield {**shared, **parts, "categories": groups}

    def posting(self, page: Page, row: dict[str, Any]) -> RawPosting:
        url, mark = take(row, "link"), take(row, "guid")
        opened = said(take(row, "advertiseFromDate")) or utc(take(row, "advertiseFromDateUTC"))
        until = said(take(row, "advertiseToDateTime")) or utc(take(row, "advertiseToDateTimeUTC"))
        changed = take(row, "pubDate")
        take(row, "advertiseFromDateUTC|advertiseToDateTimeUTC")
        return self.raw(
            page,
            key=take(row, "jobId") or mark,
            url=url or mark,
            title=take(row, "title"),
            employer_name=take(row, "agency"),
            language=take(row, "language"),
            description=headed(
                (None, text(row, "description")),
                ("Examples of Duties", text(row, "examplesofduties")),
                ("Qualifications", text(row, "qualifications")),
                ("Supplemental Information", text(row, "supplementalinformation")),
                ("Benefits", text(row, "benefits")),
            ),
            locations=RawPlace(text=take(row, "location"), region=take(row, "state")),
            employment=take(row, "jobType"),
            departments=list(dict.fromkeys([take(row, "department"), *take(row, "categories")])),
            salary=RawSalary(
                min=said(take(row, "minimumSalary")),
                max=said(take(row, "maximumSalary")),
                currency=take(row, "salaryCurrency"),
                period=take(row, "salaryInterval"),
            ),
            published=opened or changed,
            updated=changed if opened else None,
            expires=until,
        )


def text_of(node: Any, path: str) -> str:
    """The words of a node."""
    return (node.xpath(f"string({path})").get() or "").strip()


def text(row: dict[str, Any], name: str) -> str:
    """A part of the text; some agencies escape its markup twice."""
    return mended(take(row, name) or "")


def said(value: Any) -> str | None:
    """A value, unless it is the feed's word for none."""
    return None if value in NOTHING else value


def utc(value: Any) -> str | None:
    """A time of the feed that is in UTC and does not write it; some end in a stray `:0`."""
    return f"{value.removesuffix(':0')} UTC" if value and said(value) else None
