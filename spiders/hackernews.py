"""Hacker News: the comments of the monthly thread `Who is hiring?`, by the search API of Algolia."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector

from scraper.crawl.board import Board, Found
from scraper.document import read_document
from scraper.page import Page, PageError, PageRequest, rows_of, take
from scraper.posting import RawPosting, RawSalary
from scraper.words.firstline import read_jobs

API = "https://hn.algolia.com/api/v1"
NAMES = {"id": "objectID", "text": "comment_text", "created_at": "created_at_i|time"}
"""How search results and the site's own API name what a thread has under the first of these."""


class Hackernews(Board):
    """The posts of one thread, a posting a role. Replies, questions and searches for work are left out."""

    name = "hackernews"
    title = "Hacker News"
    docs = "https://hn.algolia.com/api"
    target = "hackernews"
    doors = ("json api",)
    publishes = (
        *(
            "employer_name",
            "employer_url",
            "description",
            "locations",
            "workplace",
            "employment",
            "salary",
            "published",
        ),
        "apply_url",
    )
    options = {"thread": "id of a thread (the newest)"}
    date_order = "YMD"
    stream = True  # the newest posts only: what slides out of the window is not gone
    thread = ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        newest = f"{API}/search_by_date?tags=story,author_whoishiring&hitsPerPage=20"
        yield PageRequest(f"{API}/items/{self.thread}" if self.thread else newest)

    def jobs(self, page: Page) -> Iterable[Found]:
        reply = page.json()
        if isinstance(reply, dict) and "children" in reply:
            comments = take(reply, "children") or []
        else:
            comments = rows_of(page, reply, "hits" if isinstance(reply, dict) and "hits" in reply else "jobs", "text")
        stories = [row for row in comments if isinstance(row, dict) and row.get("title")]
        if stories:
            threads = [row for row in stories if "who is hiring" in str(row["title"]).lower()]
            if not threads:
                raise PageError("moved", f"{page.url}: none of {len(stories)} stories is a thread of this name")
            yield PageRequest(f"{API}/items/{max(threads, key=lambda row: str(row.get('created_at')))['objectID']}")
        yield from (piece for row in comments if row not in stories for piece in roles(row))

    def posting(self, page: Page, piece: dict[str, Any]) -> RawPosting:
        number, text, identity = take(piece, "number"), take(piece, "text"), take(piece, "id")
        job = {name: take(piece, f"job.{name}") for name in list(piece["job"])}
        links = Selector(text=text.partition("<p>")[0] or " ").css("a::attr(href)").getall()
        homes = [link for link in links if not urlsplit(link).path.strip("/")]
        return self.raw(
            page,
            key=f"{identity}-{number}" if number > 1 else identity,
            url=f"https://news.ycombinator.com/item?id={identity}",
            apply_url=next((link for link in links if link not in homes), None),
            title=job["title"],
            employer_name=job["employer"],
            employer_url=next(iter(homes), None),
            description=text,
            locations=list(job["locations"]),
            workplace=job["workplace"],
            employment=list(job["employment"]),
            salary=RawSalary(text=job["pay"]),
            published=take(piece, "created_at"),
        )


def roles(row: Any) -> Iterator[dict[str, Any]]:
    """The roles of a comment, each with the whole comment; none where it is a reply, deleted or no post."""
    if not isinstance(row, dict) or row.get("parent_id") != row.get("story_id"):
        return
    row.pop("_highlightResult", None)
    comment = {name: take(row, f"{name}|{other}") for name, other in NAMES.items()} | row
    # A line break is only a space on the site, but writers mean it.
    comment["text"] = (comment["text"] or "").replace("\n", "<br>")
    lines = read_document(comment["text"]).text.split("\n")
    for number, job in enumerate(read_jobs(lines), 1):
        yield {**comment, "job": asdict(job), "number": number}
