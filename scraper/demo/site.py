"""The demo site: a small invented job board over real HTTP on this machine, in the shape of wantapply.com.

`python -m scraper.demo.site [PORT]` serves it until Ctrl-C. Same address, same bytes.
"""

import json
import re
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import escape, unescape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32

from scraper.demo.posts import Employer, Post, load_posts, read_parts

SITE = "Lantern Jobs"
SLOW_SECONDS = 1.5
ROWS_A_PAGE = 20
HTML, JSON = "text/html; charset=utf-8", "application/json; charset=utf-8"
SCHEMA_KIND = {
    "full": ["FULL_TIME"],
    "part": ["PART_TIME"],
    "contract": ["FULL_TIME", "CONTRACTOR"],
    "intern": ["INTERN"],
}
API_KIND = {"full": "fulltime", "part": "parttime", "contract": "contract", "intern": "internship"}
STATIC = {
    "sign-in": "Sign in to apply and to keep a list of roles.",
    "create": "Post a job: the first lantern is free.",
    "privacy-policy": "This site is invented, keeps nothing and knows nobody.",
}


@dataclass(frozen=True)
class Reply:
    """What the site answers: body, content type, HTTP status and seconds to wait before it."""

    body: str
    kind: str = HTML
    status: HTTPStatus = HTTPStatus.OK
    wait: float = 0


class DemoSite:
    """The site on 127.0.0.1 while the context lasts; port 0 takes a free one. Raises `OSError` where it is taken."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.url = ""

    def __enter__(self) -> Self:
        self.server = DemoServer(("127.0.0.1", self.port), DemoHandler)
        self.url = self.server.url
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,), name="demo-site", daemon=True)
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class DemoServer(ThreadingHTTPServer):
    """A thread a request, all of them ended when it closes."""

    daemon_threads = False
    request_queue_size = 64  # the default of 5 refuses a crawler's first burst

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class DemoHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD, silently."""

    server: DemoServer
    timeout = 5  # so that a client which connects and says nothing does not keep the server from closing

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        reply = answer(self.path, self.server.url)
        time.sleep(reply.wait)
        body = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """No line a request on stderr."""


def answer(target: str, base: str) -> Reply:
    """The reply to a request target such as `/api/jobs?page=2`; `base` is the site's own address."""
    parts = urlsplit(target)
    match unquote(parts.path).strip("/").split("/"):
        case ["robots.txt"]:
            return Reply(
                f"User-agent: *\nDisallow: /sign-in\n\nSitemap: {base}/sitemap.xml\n", "text/plain; charset=utf-8"
            )
        case ["sitemap.xml"]:
            return Reply(sitemap(base), "application/xml; charset=utf-8")
        case ["api", "jobs"]:
            return api_page(parse_qs(parts.query).get("page", ["1"])[0])
        case [""]:
            return Reply(list_page(SITE, "Jobs that somebody lit a lamp for.", listed()))
        case [name] if name in STATIC:
            return Reply(shell(SITE, f"<main><h1>{SITE}</h1><p>{STATIC[name]}</p></main>"))
        case [slug] if slug in by_slug():
            return vacancy(by_slug()[slug])
        case ["company", slug] if posts := [post for post in load_posts() if post.employer.slug == slug]:
            employer = posts[0].employer
            return Reply(list_page(employer.name, employer.tagline, jobs_at(employer)))
        case ["jobs", category] if posts := [post for post in listed() if post.category == category]:
            return Reply(list_page(f"Jobs in {category}", "Newest first.", posts))
    return Reply(shell("Not found", "<main><h1>Nothing here</h1></main>"), status=HTTPStatus.NOT_FOUND)


# -- lists ------------------------------------------------------------------------------------------------------------


@cache
def by_slug() -> dict[str, Post]:
    return {post.slug: post for post in load_posts()}


def listed() -> list[Post]:
    """The posts that the site's own lists show."""
    return [post for post in load_posts() if post.state in ("open", "slow", "broken")]


def jobs_at(employer: Employer) -> list[Post]:
    return [post for post in listed() if post.employer == employer]


def stamp(moment: datetime) -> str:
    """UTC with milliseconds and a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def sitemap(base: str) -> str:
    """Vacancies, the closed and the gone one among them, and pages that are no vacancies."""
    posts = [post for post in load_posts() if post.state != "archived"]
    others = [f"company/{slug}" for slug in dict.fromkeys(post.employer.slug for post in posts)]
    others += [f"jobs/{category}" for category in dict.fromkeys(post.category for post in posts)]
    newest = max(post.published for post in posts)
    rows = [(post.slug, post.published + timedelta(hours=36)) for post in posts]
    rows += [(path, newest) for path in [*others, *STATIC]]
    urls = "".join(
        f"<url><loc>{base}/{quote(path)}</loc><lastmod>{stamp(when)}</lastmod></url>\n" for path, when in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def api_page(number: str) -> Reply:
    """A page of the JSON list, counted from 1; archived rows stand among the published ones."""
    if not number.isdecimal() or int(number) < 1:
        return Reply('{"error":"page is a number from 1"}', JSON, HTTPStatus.BAD_REQUEST)
    posts = [post for post in load_posts() if post.state != "gone"]
    end = int(number) * ROWS_A_PAGE
    rows = [api_row(post) for post in posts[end - ROWS_A_PAGE : end]]
    body = {"data": rows, "hasNextPage": end < len(posts), "total": len(posts)}
    return Reply(json.dumps(body, ensure_ascii=False), JSON)


def api_row(post: Post) -> dict[str, Any]:
    """A row of the JSON list. The two decoys are traps: nothing that reads them may publish them."""
    regions = read_parts("employers")["regions"]
    countries = {place.code: place for place in post.places}
    return {
        "id": str(uuid5(NAMESPACE_URL, post.slug)),
        "title": post.title,
        "description": post.description,
        "companyName": post.employer.name,
        "company": {"name": post.employer.name, "slug": post.employer.slug, "tagline": post.employer.tagline},
        "url": post.slug,
        "levels": list(post.levels),
        "workplaceTypes": [post.workplace],
        "jobLocations": [
            {"iso2": code, "name_en": place.country, "name_ru": place.country_ru} for code, place in countries.items()
        ],
        "jobRegions": [{"name_en": region, "name_ru": regions[region]} for region in post.regions],
        "employmentTypes": [API_KIND[post.kind]],
        "relocationSupport": post.relocation,
        "remote": post.workplace == "remote",
        "salary": post.pay,
        "salaryCurrency": None,
        "salaryMin": None,
        "salaryMax": None,
        "salaryUnit": None,
        "validThrough": None,
        "status": "archived" if post.state in ("closed", "archived") else "published",
        "tags": [],
        "publishedAt": stamp(post.published),
        "isPlus": crc32(post.slug.encode()) % 5 == 0,
        "isCreatedByRecruiter": crc32(post.slug.encode()) % 2 == 0,
        "decoyApplyUrl": f"https://decoy.example/apply/{quote(post.slug)}",
        "decoyContactEmail": f"decoy+{crc32(post.slug.encode()):08x}@decoy.example",
    }


# -- pages ------------------------------------------------------------------------------------------------------------


def vacancy(post: Post) -> Reply:
    """The page of a post, as its state has it."""
    match post.state:
        case "gone":
            return Reply(shell("Not found", "<main><h1>Nothing here</h1></main>"), status=HTTPStatus.NOT_FOUND)
        case "closed" | "archived":
            body = f"<main><h1>{escape(post.title)}</h1><p>This role has been filled.</p>{company_block(post)}</main>"
            return Reply(shell(post.title, body))
        case "broken":
            half = script(job_posting(post)).partition('"title"')[0]
            return Reply(f'<!doctype html>\n<html lang="{post.language}"><head>{half}')
    return Reply(vacancy_page(post), wait=SLOW_SECONDS if post.state == "slow" else 0)


def vacancy_page(post: Post) -> str:
    """A vacancy: JobPosting in the head; tags, text, date and employer in the body."""
    tags = "".join(f'<span class="Tag">{escape(tag)}</span>' for tag in post.tags)
    employer = escape(post.employer.name)
    body = (
        f'<main>\n<h1>{escape(post.title)}</h1>\n<div class="Tags">{tags}</div>\n'
        f'<div class="Description">\n{post.description}\n</div>\n<a class="Apply" href="/sign-in">Apply</a>\n'
        f'<p class="Published">Published on: {post.published:%m/%d/%Y}</p>\n{company_block(post)}\n'
        f"<p>Writing to {employer}? Mention {SITE}; that keeps our lamp burning.</p>\n</main>"
    )
    return shell(f"{post.title} at {post.employer.name}", body, post.language, script(job_posting(post)))


def company_block(post: Post) -> str:
    """The employer at the foot of a vacancy."""
    slug, name = post.employer.slug, escape(post.employer.name)
    return (
        f'<section class="Company"><img src="/logo.svg" alt="{name}"><h2><a href="/company/{slug}">{name}</a></h2>'
        f"<p>{escape(post.employer.tagline)}</p>"
        f'<a href="https://{slug}.example" rel="nofollow">Website</a> '
        f'<a href="/company/{slug}">See all {len(jobs_at(post.employer))} jobs at {name}</a></section>'
    )


def job_posting(post: Post) -> dict[str, Any]:
    """The schema.org block of a vacancy: the description flattened and escaped, the city seldom there."""
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", post.description)).split())
    places = {place.code: {"addressCountry": place.country} for place in post.places}
    if crc32(post.slug.encode()) % 3 == 0:
        places = {
            f"{place.city} {place.code}": {"addressLocality": place.city, "addressCountry": place.code}
            if place.city
            else {"addressCountry": place.code}
            for place in post.places
        }
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": post.title,
        "description": escape(text),
        "datePosted": stamp(post.published),
        "employmentType": SCHEMA_KIND[post.kind],
        **({"jobLocationType": "TELECOMMUTE"} if post.workplace == "remote" else {}),
        "hiringOrganization": {"@type": "Organization", "name": post.employer.name},
        "jobLocation": [
            {"@type": "Place", "address": {"@type": "PostalAddress", **address}} for address in places.values()
        ],
    }


def script(data: dict[str, Any]) -> str:
    """A JSON-LD block; `</` is escaped so that no text can end it early."""
    block = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{block}</script>'


def list_page(title: str, line: str, posts: list[Post]) -> str:
    """A heading, a line and links to vacancies."""
    links = "".join(f'<li><a href="/{quote(post.slug)}">{escape(post.title)}</a></li>\n' for post in posts)
    return shell(title, f"<main>\n<h1>{escape(title)}</h1>\n<p>{escape(line)}</p>\n<ul>\n{links}</ul>\n</main>")


def shell(title: str, body: str, language: str = "en", head: str = "") -> str:
    """A whole HTML document around a body."""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)} | {SITE}</title>\n{head}\n</head>\n<body>\n"
        f'<header><a href="/">{SITE}</a> <a href="/create">Post a job</a></header>\n{body}\n'
        f'<footer><a href="/privacy-policy">Privacy</a></footer>\n</body>\n</html>\n'
    )


if __name__ == "__main__":
    with suppress(KeyboardInterrupt), DemoSite(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as site:
        print(site.url, flush=True)
        Event().wait()
