"""The least that Scrapy does with the replies of `load.py`: python bare.py URL TARGETS lists|pages FILE"""

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import TextResponse

GREENHOUSE = "boards-api.greenhouse.io/v1/boards/t{}/jobs"
SMARTRECRUITERS = "api.smartrecruiters.com/v1/companies/t{}/postings"


class Bare(scrapy.Spider):
    """Yields the JSON of every posting."""

    name = "bare"

    async def start(self) -> AsyncIterator[Any]:
        for number in range(int(sys.argv[2])):
            if sys.argv[3] == "lists":
                yield scrapy.Request(f"{sys.argv[1]}/{GREENHOUSE.format(number)}", self.rows)
            else:
                yield scrapy.Request(f"{sys.argv[1]}/{SMARTRECRUITERS.format(number)}", self.listed)

    def rows(self, response: TextResponse) -> Iterator[Any]:
        yield from response.json()["jobs"]

    def listed(self, response: TextResponse) -> Iterator[Any]:
        for row in response.json()["content"]:
            yield scrapy.Request(f"{response.url}/{row['id']}", self.page, priority=1)

    def page(self, response: TextResponse) -> Iterator[Any]:
        yield response.json()


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "FEEDS": {sys.argv[4]: {"format": "jsonlines"}},
            "ROBOTSTXT_OBEY": True,
            "COOKIES_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    process.crawl(Bare)
    process.start()
