"""Scrapy's settings for our spiders."""

from importlib.metadata import version

SPIDER_MODULES = ["crawler.spiders"]
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
USER_AGENT = f"wildfree/{version('wildfree')} (public-interest monitoring of wildlife trade)"

# Nothing listens while we crawl.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# The archive, not Scrapy, remembers; nothing is stored or sent that a page did not need.
COOKIES_ENABLED = False
HTTPERROR_ALLOW_ALL = True  # a 404 is an answer
DOWNLOAD_HANDLERS = {"http": "crawler.handler.Handler", "https": "crawler.handler.Handler"} | dict.fromkeys(
    ("data", "file", "ftp", "s3")  # these would go past the guard
)
HTTPPROXY_ENABLED = False  # the one proxy is our guard
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # lets requests through: see robots.py
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # a page's words, not the server's
    "crawler.robots.Robots": 100,
    "crawler.packing.Packing": 595,  # before Scrapy's HttpCompressionMiddleware at 590 unpacks
    "crawler.api_key.Keyed": 940,
    "crawler.manners.Manners": 950,  # nearest to the network: redirects, retries and robots.txt wait too
}
# It warns of what we set on purpose: how many redirects a request may follow.
SPIDER_MIDDLEWARES = {"scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None}
ROBOTSTXT_OBEY = False  # crawler.robots.Robots does

# One request at a time a platform; its delay is the lane's (crawler/manners.py).
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0
RETRY_TIMES = 1
RETRY_HTTP_CODES = [500, 502, 503, 504]  # not 429: who asks us to slow is left in peace

# Bounds on what a page can throw at us, where a workspace's own ([limits]) do not come with the request.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 30  # the most that a workspace can set

LOG_LEVEL = "WARNING"
