"""Language of the text, ISO 639-1."""

import re
from functools import cache
from itertools import islice
from typing import Any

from scraper.document import Document
from scraper.posting import RawPosting, SectionKind
from scraper.reading import Reading, Span
from scraper.words import load

# Languages that posts are written in; among all that the model knows, short texts go astray.
LANGUAGES = (
    "en de fr es pt it pl nl ru uk cs sk sv da no fi ro hu tr el zh ja ko he ar bg hr sr sl lt lv et ca vi id th hi"
).split()
# Letters below which a text is too short to tell, and from which it is clear enough to doubt the board.
FEWEST_LETTERS, CLEAR_LETTERS = 40, 200
LEAST_SURE, SURE = 0.5, 0.9
# Function words that make a text clear: how many, how many times those of the next language, and of all words.
FEWEST_HITS, CLEAR_RATIO, CLEAR_SHARE = 10, 2, 0.15
# Of the Slavic languages that are looked for, Russian alone has the first letters, and it has none of the others.
RUSSIAN, NOT_RUSSIAN = re.compile("[ыэ]"), re.compile("[іїєґўјљњћђџѓќѕңүөұқғһә]")
CYRILLIC = re.compile("[а-яё]")
# Of a text the share of Cyrillic letters, and of these the share of the Russian ones, that make it clear.
CYRILLIC_SHARE, RUSSIAN_SHARE = 0.5, 0.01
WINDOWS, WINDOW = 8, 90
# Sections that often are in English, and the characters that tell a text's language without them.
ASIDE = (SectionKind.LEGAL, SectionKind.ABOUT)
ENOUGH = 300
LONGEST_QUOTE = 160


def read_language(raw: RawPosting, document: Document) -> Reading[str] | None:
    """Language of the text, ISO 639-1: what the text itself shows, or the board's word where the text is short.

    A board's word that a long clear text contradicts loses, and the reading is marked as a conflict.
    """
    stated = code_of(raw.language) if raw.language else None
    said = (Span("language", quote=raw.language, value=stated),) if stated else ()
    text = prose(document)
    letters = sum(1 for _ in islice(filter(str.isalpha, text), CLEAR_LETTERS))
    if letters < FEWEST_LETTERS:
        return Reading(stated, said) if stated else None
    seen, sureness = look(text)
    if seen == stated:
        return Reading(seen, said + shown(document, seen))
    if stated and (letters < CLEAR_LETTERS or sureness < SURE):
        return Reading(stated, said)
    if sureness < LEAST_SURE:
        return None
    return Reading(seen, shown(document, seen) + said, conflict=stated is not None)


def prose(document: Document) -> str:
    """Up to `WINDOWS` windows spread over the text without law and, where enough is left, without the employer's
    words about itself: both often are in English.
    """
    parts = [part for part in document.parts if part.kind not in ASIDE]
    if sum(part.end - part.body for part in parts) < ENOUGH:
        parts = [part for part in document.parts if part.kind is not SectionKind.LEGAL]
    body = " ".join(document.text[part.body : part.end] for part in parts)
    if len(body) <= WINDOWS * WINDOW:
        return body
    step = len(body) // WINDOWS
    return " ".join(body[start : start + WINDOW] for start in range(0, step * WINDOWS, step))


def shown(document: Document, code: str) -> tuple[Span, ...]:
    """The longest block, if need be one of law or about the employer, as the words that show the language."""
    body = [block for block in document.blocks if document.kind_at(block.start) not in ASIDE]
    block = max(body or document.blocks, key=lambda block: block.end - block.start)
    end = min(block.end, block.start + LONGEST_QUOTE)
    return (Span("description", block.start, end, document.text[block.start : end], code),)


def look(text: str) -> tuple[str, float]:
    """The language of a text and how sure it is, 0 to 1: by letters or function words where they leave no doubt."""
    low = text.lower()
    if is_russian(low):
        return "ru", 1.0
    known = function_words()
    words = low.split()
    counts: dict[str, int] = {"": 1, "-": 1}
    for word in words:
        for code in known.get(word, ()):
            counts[code] = counts.get(code, 0) + 1
    first = max(counts, key=counts.__getitem__)
    most = counts.pop(first)
    second = max(counts.values())
    if most >= FEWEST_HITS and most >= CLEAR_RATIO * second and most >= len(words) * CLEAR_SHARE:
        return first, 1.0
    seen, sureness = model().classify(text)
    return seen, float(sureness)


def is_russian(low: str) -> bool:
    """Whether a text in small letters is plainly Russian by its letters."""
    own = 0 if low.isascii() else len(RUSSIAN.findall(low))
    if own < 3 or NOT_RUSSIAN.search(low):
        return False
    cyrillic = len(CYRILLIC.findall(low))
    return cyrillic >= CYRILLIC_SHARE * len(low) and own >= RUSSIAN_SHARE * cyrillic


@cache
def function_words() -> dict[str, tuple[str, ...]]:
    """Each function word with the languages that it speaks for."""
    words: dict[str, tuple[str, ...]] = {}
    for code, list_of_words in load("function_words").items():
        for word in list_of_words:
            words[word] = (*words.get(word, ()), code)
    return words


@cache
def model() -> Any:
    """The identifier, restricted to `LANGUAGES`. Loaded on first use: it takes 0.7 s and 100 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


@cache
def code_of(stated: str) -> str | None:
    """ISO 639-1 of a code (`de`, `de-DE`, `deu`) or a name (`German`, `Deutsch`); None where it is neither."""
    from babel.core import get_global

    word = stated.strip().lower()
    code = word.replace("_", "-").split("-")[0]
    code = str(get_global("language_aliases").get(code, code))
    names = language_names()
    found = code if code in names.values() else names.get(word.split(" (")[0])
    return "no" if found in ("nb", "nn") else found


@cache
def language_names() -> dict[str, str]:
    """Names of languages in English and in the language itself (Unicode CLDR), folded, and their ISO 639-1 codes."""
    from babel import Locale

    english = Locale("en").languages
    names = {name.lower(): code for code, name in english.items() if len(code) == 2}
    for code in [*LANGUAGES, "nb"]:
        own = Locale(code).languages.get(code)
        if own:
            names[own.lower()] = code
    return names
