"""Wantapply: a job board for technology and start-ups, in English and Russian."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from scraper.crawl.board import Board, Found
from scraper.jsonld import job_postings, posting_slots
from scraper.page import Closed, Page, PageError, PageRequest, take
from scraper.posting import RawPlace, RawPosting, RawSalary

NOT_POSTS = {"create", "sign-in", "sign-up", "privacy-policy", "terms-of-service"}
DESCRIPTION = "div.Description"
TAG_LINE = (
    "//h1/following::text()[following::div[contains(@class, 'Description')]][not(parent::script or parent::style)]"
)
DECOYS = ("decoyApplyUrl", "decoyContactEmail")


class Wantapply(Board):
    """The site (sitemap, then a page a post) or its JSON catalogue."""

    name = "wantapply"
    title = "Wantapply"
    docs = "https://wantapply.com"
    target = "wantapply"
    doors = ("sitemap and pages", "json api")
    publishes = (
        *("employer_name", "description", "locations", "workplace", "employment", "seniority", "tags", "salary"),
        *("relocation", "published", "updated", "expires"),
    )
    options = {
        "door": "`site` or `api` (site)",
        "host": "host or origin of the site or of the operator's mirror of it (wantapply.com)",
        "search": "words that a post must hold, api only",
    }
    date_order = "MDY"
    door, host, search = "site", "wantapply.com", ""

    def first(self, employer: str | None) -> Iterable[PageRequest]:
        if self.door not in ("site", "api"):
            raise PageError("broken", f"door is {self.door!r}; it is site or api")
        if self.door == "site":
            yield PageRequest(f"{self.origin()}/sitemap.xml")
        else:  # what a search should narrow is asked for first
            yield self.catalogue(1, "baseline" if self.search else "list", {})

    def jobs(self, page: Page) -> Iterable[Found]:
        text = page.text.lstrip()
        if text[:1] in ("[", "{"):
            yield from self.rows(page)
        elif page.kind == "detail":
            yield from self.post(page)
        elif not (urls := page.xml().xpath("/urlset")):
            raise PageError("broken", f"{page.url}: no sitemap")
        else:
            for entry in urls.xpath("url"):
                slug = urlsplit(entry.xpath("normalize-space(loc)").get() or "").path.strip("/")
                if slug and "/" not in slug and slug not in NOT_POSTS:
                    changed = entry.xpath("lastmod/text()").get()
                    yield PageRequest(f"{self.origin()}/{slug}", kind="detail", key=slug, version=changed)

    def posting(self, page: Page, piece: Any) -> RawPosting:
        if page.kind != "detail":
            return self.row(page, piece)
        slots = (
            pasted(piece.pop("pasted")) if "pasted" in piece else visible(page) | posting_slots(piece) | formatted(page)
        )
        return self.raw(page, **slots | {"key": slug_of(page.url), "url": page.url, "apply_url": None})

    # -- the site -----------------------------------------------------------------------------------------------------

    def post(self, page: Page) -> Iterable[Found]:
        """A post's page, or its text as a person copies it from a browser."""
        if "<" not in page.text:
            yield {"pasted": page.text}
        elif nodes := job_postings(page.tree):
            yield nodes[0]
        elif page.tree.css(DESCRIPTION):
            yield {}
        elif "ld+json" in page.text:
            raise PageError("broken", f"{page.url}: neither a readable JobPosting nor a description")
        else:
            yield Closed(slug_of(page.url), "the page has no JobPosting")

    # -- the catalogue ------------------------------------------------------------------------------------------------

    def rows(self, page: Page) -> Iterable[Found]:
        """A page of the catalogue: published rows and the next page."""
        reply = page.json()
        rows = reply if isinstance(reply, list) else reply["data"]
        total = None if isinstance(reply, list) else reply.get("total")
        if page.kind == "baseline":
            yield self.catalogue(1, "list", {"all": total})
            return
        if total and total == page.carried.get("all"):
            raise PageError(
                "refused", f"{page.url}: the site ignores search={self.search!r}: {total} rows with it or without"
            )
        yield from (row for row in rows if row.get("status", "published") == "published")
        if isinstance(reply, dict) and reply.get("hasNextPage"):
            number = page.carried.get("number", 1) + 1
            yield self.catalogue(number, "list", {**page.carried, "number": number})

    def row(self, page: Page, row: dict[str, Any]) -> RawPosting:
        """A row of the catalogue. Its apply link and e-mail are decoys for robots and are thrown away."""
        for decoy in DECOYS:
            row.pop(decoy, None)
        slug = slug_of(take(row, "url") or "")
        regions = take(row, "jobRegions") or []
        return self.raw(
            page,
            key=slug,
            url=f"{self.origin()}/{slug}",
            title=take(row, "title"),
            employer_name=take(row, "companyName") or take(row, "company.name"),
            description=take(row, "description") or "",
            locations=[
                RawPlace(text=take(place, "name_en"), country=take(place, "iso2") or take(place, "iso3"))
                for place in take(row, "jobLocations") or []
            ],
            workplace=", ".join(take(row, "workplaceTypes") or []),
            employment=take(row, "employmentTypes"),
            seniority=take(row, "levels"),
            tags=[take(region, "name_en") for region in regions] + (take(row, "tags") or []),
            salary=RawSalary(
                text=take(row, "salary") or None,
                min=take(row, "salaryMin"),
                max=take(row, "salaryMax"),
                currency=take(row, "salaryCurrency"),
                period=take(row, "salaryUnit"),
            ),
            relocation=take(row, "relocationSupport") or None,  # false is the form's default, not a refusal
            published=take(row, "publishedAt") or take(row, "createdAt"),
            updated=take(row, "updatedAt"),
            expires=take(row, "validThrough") or take(row, "expirationDate"),
        )

    def catalogue(self, number: int, kind: str, carried: dict[str, Any]) -> PageRequest:
        """The request for a page of the catalogue."""
        url = f"{self.origin()}/api/jobs?page={number}"
        if self.search and kind == "list":
            url += f"&filters={quote(json.dumps({'search': self.search}, ensure_ascii=False))}"
        return PageRequest(url, kind=kind, carried=carried)

    def origin(self) -> str:
        """The site's address without a path."""
        return self.host.rstrip("/") if "://" in self.host else f"https://{self.host}"


def slug_of(url: str) -> str:
    """The last segment of an address: the key of a post."""
    return urlsplit(url).path.strip("/").rpartition("/")[2]


def visible(page: Page) -> dict[str, Any]:
    """What the page shows around the description: title, tag line, employer, date."""
    tags = page.tree.xpath(TAG_LINE).getall()
    dated = page.tree.xpath("//text()[contains(., 'Published on:')]/ancestor::*[1]//text()").getall()
    return {
        "title": page.tree.xpath("normalize-space(//h1)").get(),
        "employer_name": page.tree.xpath("normalize-space(//a[starts-with(@href, '/company/')])").get(),
        "tags": [tag.strip() for tag in tags if len(tag) < 300],
        "published": "".join(dated).partition("Published on:")[2].strip(),
    }


def formatted(page: Page) -> dict[str, Any]:
    """The visible description: the copy in the JobPosting has lost its headings and lists."""
    block = page.tree.css(DESCRIPTION).get()
    return {"description": block, "description_type": "html"} if block else {}


def pasted(text: str) -> dict[str, Any]:
    """The slots of a page that was copied as text: title, tag line, description, date, employer."""
    body, _, rest = text.partition("Published on:")
    title, _, body = body.strip().partition("\n")
    tags, _, body = body.strip().partition("\n")
    after = [line.strip() for line in rest.splitlines() if line.strip()]
    return {
        "title": title,
        "tags": [tags],
        "description": body.strip(),
        "description_type": "text",
        "published": after[0] if after else None,
        "employer_name": after[1] if len(after) > 1 else None,
    }
