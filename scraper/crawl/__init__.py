"""The crawl: the only folder beside `spiders/` that imports Scrapy."""
