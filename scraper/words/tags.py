"""Free labels, one word or several run together (`SpainHybridSenior`), split by the vocabularies."""

import re
from functools import cache, lru_cache

from scraper.words import load
from scraper.words.cues import phrases
from scraper.words.places import country_of, macro_of

# A new word begins with a capital: `SpainHybrid`, `USAHybrid`, `On-siteLead`; never after a space or a hyphen.
SEAM = re.compile(r"(?<=[^\W\d_])(?=[^\W\d_])")
CODES = frozenset(("UK", "US", "EU"))
LONGEST = 400


def split_tags(tags: list[str]) -> list[str]:
    """Labels apart. One that is no run of known words (countries, regions, levels, modes, kinds) stays as it is.

    >>> split_tags(["EuropeSpainUnited KingdomHybridLeadSenior", "JavaScript"])
    ['Europe', 'Spain', 'United Kingdom', 'Hybrid', 'Lead', 'Senior', 'JavaScript']
    """
    return [word for tag in tags for word in _words(tag.strip()) or [tag]]


def _words(tag: str) -> list[str]:
    """The known words that a tag runs together, the longest first from the left; none where it does not divide so."""
    if not tag or len(tag) > LONGEST or tag.islower() or tag.isupper():
        return []
    cuts = [0, *(seam.start() for seam in SEAM.finditer(tag) if _begins(tag, seam.start())), len(tag)]
    # For each cut, the fewest words that reach it, as the cut where the last of them begins.
    reached: dict[int, tuple[int, int]] = {0: (0, 0)}
    for index, end in enumerate(cuts[1:], 1):
        starts = [start for start in cuts[max(0, index - 4) : index] if start in reached and _known(tag[start:end])]
        if starts:
            best = min(starts, key=lambda start: (reached[start][0], start))
            reached[end] = (reached[best][0] + 1, best)
    if len(tag) not in reached:
        return []
    words: list[str] = []
    end = len(tag)
    while end:
        start = reached[end][1]
        words.append(tag[start:end].strip())
        end = start
    return words[::-1]


def _begins(tag: str, at: int) -> bool:
    before, after = tag[at - 1], tag[at : at + 2]
    return after[0].isupper() and (before.islower() or after[1:].islower())


@lru_cache(maxsize=4096)
def _known(word: str) -> bool:
    if not word[0].isupper():
        return False
    if len(word) <= 2:
        return word in CODES
    return word.lower() in _labels() or bool(
        country_of(word) or country_of(word.replace(" and ", " & ")) or macro_of(word)
    )


@cache
def _labels() -> frozenset[str]:
    levels, modes, kinds = (load(name) for name in ("seniority", "workplace", "employment"))
    tables = [*phrases(levels["title"]), *phrases(levels["slot"]), *phrases(modes["slot"]), *phrases(kinds["slot"])]
    return frozenset(
        form
        for phrase, code in tables
        if code not in ("none", "occupation")
        for form in (phrase, phrase.replace(" ", "-"))
    )
