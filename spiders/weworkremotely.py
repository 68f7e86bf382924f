"""We Work Remotely: an RSS feed of the latest posts, texts inside."""

from collections.abc import Iterable
from typing import Any

from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.page import Page, PageError, PageRequest, take, taken
from scraper.posting import RawPosting

HEAD = "<strong>Headquarters:</strong>"
FOOT = "<p><strong>To apply:</strong>"


class Weworkremotely(Board):
    """The latest posts of all employers, or of one category."""

    name = "weworkremotely"
    title = "We Work Remotely"
    docs = "https://weworkremotely.com/remote-job-rss-feed"
    target = "weworkremotely"
    doors = ("rss",)
    publishes = (
        *("employer_name", "employer_url", "description", "remote_from", "employment", "skills", "departments"),
        *("published", "expires", "apply_url"),
    )
    options = {"category": "slug of a category, e.g. `remote-programming-jobs` (all)"}
    date_order = None
    stream = True  # the newest posts only: what slides out of the window is not gone
    category = ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        path = f"categories/{self.category}" if self.category else "remote-jobs"
        yield PageRequest(f"https://weworkremotely.com/{path}.rss")

    def jobs(self, page: Page) -> Iterable[Found]:
        feed = page.xml()
        if not feed.xpath("/rss/channel"):
            raise PageError("broken", f"{page.url}: no feed")
        for item in feed.xpath("//item"):
            yield {node.root.tag: node.xpath("string()").get() for node in item.xpath("*")}

    def posting(self, page: Page, item: dict[str, Any]) -> RawPosting:
        url = (take(item, "link|guid") or "").strip()
        employer, colon, role = (take(item, "title") or "").partition(": ")
        text, site, apply_url = unframed(take(item, "description") or "")
        return self.raw(
            page,
            key=url.rstrip("/").rpartition("/")[2],
            url=url,
            apply_url=apply_url if apply_url != url else None,
            title=role if colon else employer,
            employer_name=employer if colon else None,
            employer_url=site,
            description=text,
            remote_from=take(item, "region"),  # country and state are those of the headquarters
            skills=(take(item, "skills") or "").replace(" and ", ",").split(","),
            **taken(item, employment="type", departments="category", published="pubDate", expires="expires_at"),
        )


def unframed(text: str) -> tuple[str, str | None, str | None]:
    """A text without the board's own first and last paragraph, and their links: the employer's site, where to apply."""
    before, head, rest = text.partition(HEAD)
    top, _, body = rest.partition("</p>") if head else ("", "", before)
    body, _, bottom = body.rpartition(FOOT) if FOOT in body else (body, "", "")
    links = [Selector(text=part or " ").css("a::attr(href)").get() for part in (top, bottom)]
    return body, links[0], links[1]
