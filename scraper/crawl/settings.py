"""Scrapy settings. Each one that is off Scrapy's default says why."""

import os
from importlib.util import find_spec

BOT_NAME = "rolecall"
SPIDER_MODULES = ["spiders"] if find_spec("spiders") else []
SPIDER_LOADER_CLASS = "scraper.crawl.run.BoardLoader"  # one file that cannot be imported hides no other board

# Who we are: a site's owner must be able to reach the operator.
ROLECALL_CONTACT = os.environ.get("ROLECALL_CONTACT", "")

# Politeness: a site serves people first.
ROBOTSTXT_OBEY = True
ROLECALL_USES = ["search"]  # what a crawl is for, in the words of `Content-Signal`; add ai-input, ai-train if it is
ROLECALL_HONOUR_CONTENT_SIGNAL = True  # a `no` to one of these uses is a no
ROLECALL_HONOUR_TDM = True  # reading posts into records is text and data mining
ROLECALL_HONOUR_NOINDEX = True  # a list of jobs is an index
ROLECALL_HONOUR_CRAWL_DELAY = True
ROLECALL_CRAWL_DELAY_MAX = 60  # seconds; a site that asks for more would take days, and is left alone
ROLECALL_HOST_BUDGET = 0  # requests to one host in one run; 0: as many as its targets need
CONCURRENT_REQUESTS_PER_DOMAIN = 2
DOWNLOAD_DELAY = 0.5
DOWNLOAD_DELAY_JITTER = 0.3
AUTOTHROTTLE_ENABLED = True  # a site that answers slowly is asked more slowly, never faster than DOWNLOAD_DELAY
AUTOTHROTTLE_MAX_DELAY = 20  # seconds; slower than that, a target would not be done in its time
COOKIES_ENABLED = False  # a crawl has no session, and sends nobody's
REFERRER_POLICY = "no-referrer"  # what led us to a page is nobody's business
ROLECALL_RETRY_AFTER_MAX = 300  # seconds; a site that asks for more is left alone this time

# Safety: what a page may make us do.
DOWNLOAD_HANDLERS = dict.fromkeys(["file", "data", "ftp", "s3"]) | {  # a link never reads a local file
    "http": "scraper.crawl.fetch.Fetch",
    "https": "scraper.crawl.fetch.Fetch",
}
DOWNLOAD_VERIFY_CERTIFICATES = True
TWISTED_DNS_RESOLVER = "scraper.crawl.guard.Resolver"
REACTOR_THREADPOOL_MAXSIZE = 32  # names are looked up in these: those that hang must leave room for those that answer
ROLECALL_ALLOW_PRIVATE = os.environ.get("ROLECALL_ALLOW_PRIVATE") or False  # the operator's own network is no target
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # a whole board in one reply stays below; Scrapy's 1 GiB is no limit
DOWNLOAD_WARNSIZE = 0  # large replies are usual here
DOWNLOAD_TIMEOUT = 60
CONCURRENT_ITEMS = 1  # reading awaits nothing, and Scrapy starts a task for each of its 100 at every page
URLLENGTH_LIMIT = 0  # a long address is an address
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # challenge pages use it to go round for ever
REMOTE_CONTROL_ENABLED = False  # it runs code that is sent to it
TELNETCONSOLE_ENABLED = False  # so does that

# Failures.
RETRY_TIMES = 3
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the target's report names each lost page once
DOWNLOADER = "scraper.crawl.grace.GraceDownloader"  # ends what is in flight when the grace is over
ROLECALL_GRACE_SECONDS = 30  # for what is in flight when a run is told to end; a CronJob's kill comes at 30 or later
ROLECALL_TARGET_SECONDS = 12 * 3600  # one target's time: 80,000 polite pages, and done before tomorrow's crawl
ROLECALL_MAX_PAGES = 20_000  # list pages of one target; more is a loop

# A browser: only for pages that are empty without one, and only where it is asked for.
ROLECALL_BROWSER = False
ROLECALL_RENDER_SECONDS = 45  # for one page, all in all

# State that survives a kill; a board is read in its own order.
REQUEST_FINGERPRINTER_CLASS = "scraper.crawl.fingerprint.TargetFingerprinter"  # a page may serve several targets
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
SCHEDULER_DISK_QUEUE = "scrapy.squeues.PickleFifoSQLiteQueue"

# Memory: off until paths are given; `rolecall crawl` gives both.
ROLECALL_STORE = None
ROLECALL_ARCHIVE = None
ROLECALL_MASK_ARCHIVE = os.environ.get("ROLECALL_MASK_ARCHIVE") or False  # masked words are gone: no reader gets them
ROLECALL_MAX_AGE_DAYS = 30  # a known posting's page is read again after so long, whatever the list says
ROLECALL_REFRESH = False
ROLECALL_RUNS_KEPT = 1000  # reports and audit logs of runs; more than a month of hourly ones. 0: all

# The line.
ITEM_PIPELINES = {"scraper.crawl.pipelines.ReadPostings": 100}
DOWNLOADER_MIDDLEWARES = {
    "scraper.crawl.guard.Guard": 80,
    "scraper.crawl.middlewares.StopTarget": 90,
    "scraper.crawl.permission.Leave": 100,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # takes a 404 page for rules, and 5xx for leave
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scraper.crawl.memory.Revalidate": 540,
    "scraper.crawl.middlewares.PatientRetry": 550,
    "scraper.crawl.render.Render": 587,
    "scraper.crawl.archiving.Archive": 605,
    "scraper.crawl.permission.Reserved": 607,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scraper.crawl.fetch.Unpack": 610,  # the archive keeps bodies unpacked
}
SPIDER_MIDDLEWARES = {"scraper.crawl.permission.Unindexed": 900}
EXTENSIONS = {
    "scraper.crawl.memory.Remember": 0,
    "scraper.crawl.measure.Measure": 0,
    "scrapy.extensions.throttle.AutoThrottle": None,  # a board of 304s would only ever slow down
    "scraper.crawl.throttle.Throttle": 0,
}
FEED_EXPORTERS = dict.fromkeys(["jsonl", "jsonlines", "jl"], "scraper.crawl.feeds.PostingLines") | {
    "json": "scraper.crawl.feeds.PostingJson",
    "csv": "scraper.crawl.feeds.PostingCsv",
}
FEED_EXPORT_ENCODING = "utf-8"

# Logs are read by people.
LOG_LEVEL = "INFO"
STATS_DUMP = False  # every target's report says it shorter
LOG_FORMATTER = "scraper.crawl.feeds.QuietItems"
