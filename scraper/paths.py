"""What an address on an employer's own site is: a post, a list of posts, or neither. From its spelling alone."""

import re
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from scraper.document import fold
from scraper.visible import phrases

TRACKING = re.compile(r"utm_|gclid=|fbclid=|mc_[ce]id=")
FILE = re.compile(r"\.(?!html?$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$", re.IGNORECASE)


def joined(base: str, link: str) -> str | None:
    """A link made absolute, without its fragment and what only tracks; None where it leads to no web page."""
    try:
        url = urljoin(base, link.strip())
        parts = urlsplit(url)
        named = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not named or re.search(r"[\s\\]", url):
        return None
    query = "&".join(pair for pair in parts.query.split("&") if not TRACKING.match(pair))
    return parts._replace(query=query, fragment="").geturl()


def same_site(url: str, start: str) -> bool:
    """Whether two addresses are of one site: the same host, or a host below the other; a file is of any site."""
    here, there = ((urlsplit(one).hostname or "").lower().removeprefix("www.") for one in (url, start))
    if urlsplit(url).port != urlsplit(start).port and "." not in here:
        return False
    return bool(here) and (not there or here == there or here.endswith(f".{there}") or there.endswith(f".{here}"))


def key_of(url: str, start: str) -> str:
    """The key of a post: its path and the parameters that name it, after the host where that is not the start's."""
    parts = urlsplit(url)
    naming = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() in phrases("path", "ids")]
    path = parts.path.rstrip("/") or "/"
    host = "" if parts.netloc.lower() == urlsplit(start).netloc.lower() else parts.netloc.lower()
    return host + path + (f"?{urlencode(sorted(naming))}" if naming else "")


def is_post(url: str, start: str) -> bool:
    """Whether an address looks like one post's: below a word of jobs or below the start page."""
    found = words(url)
    if not found or key_of(url, start) == key_of(start, start) or set(found) & phrases("path", "never"):
        return False
    last = found[-1]
    if "?" in key_of(url, start):
        return speaks_of_jobs(url) or below(url, start)
    if FILE.search(last) or last in phrases("path", "others") or last in phrases("path", "jobs"):
        return False
    named = any(word in phrases("path", "jobs") for word in re.split(r"[-_.]", last)) and bool(
        re.search(r"[-_.]", last)
    )
    return named or below(url, start) or any(names_jobs(word) for word in found[:-1])


def is_list(url: str, start: str, page: str) -> bool:
    """Whether an address looks like a list of posts: a word of jobs at its end, or the next page of `page`."""
    found = words(url)
    if set(found) & phrases("path", "never"):
        return False
    turned = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)} & phrases("path", "pages")
    if turned:
        return urlsplit(url).path.rstrip("/") == urlsplit(page).path.rstrip("/")
    return bool(found) and names_jobs(found[-1]) and key_of(url, start) != key_of(start, start)


def below(url: str, start: str) -> bool:
    """Whether an address lies below the start page, which is no home page."""
    path = urlsplit(start).path.rstrip("/")
    return bool(path) and urlsplit(url).path.startswith(f"{path}/")


def speaks_of_jobs(url: str) -> bool:
    """Whether any segment of the path does."""
    return any(names_jobs(word) for word in words(url))


def names_jobs(segment: str) -> bool:
    """Whether a segment of a path is a word of jobs, or has one between dashes."""
    return segment in phrases("path", "jobs") or not phrases("path", "jobs").isdisjoint(re.split(r"[-_.]", segment))


def words(url: str) -> list[str]:
    """The segments of an address's path, folded."""
    return [fold(unquote(segment)) for segment in urlsplit(url).path.split("/") if segment]
