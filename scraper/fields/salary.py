"""Base pay: a grammar of amounts, currencies and periods."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from scraper.document import Document, fold
from scraper.posting import PayRange, Period, RawPosting, RawSalary, Salary, SectionKind
from scraper.reading import Reading, Span
from scraper.words import Match, Matcher, load

MOST_NUMBERS, MOST_AMOUNTS = 20_000, 300
"""How many numbers of a text are read, and how many amounts of money weighed; a text with more is no post."""


@dataclass(slots=True)
class Amount:
    """A number with the units that touch it: `folded[start:end]`."""

    start: int
    end: int
    value: float
    factor: int = 1
    currencies: tuple[str, ...] = ()
    """The currencies that its symbol may mean; one where it is settled."""
    period: str | None = None

    @property
    def bare(self) -> bool:
        """Whether it has neither a currency nor a multiplier."""
        return not self.currencies and self.factor == 1


@dataclass(slots=True)
class Figure:
    """One amount, or the two ends of a range, with the words around it by their roles."""

    first: Amount
    last: Amount
    before: list[Match["Roles"]] = field(default_factory=list)
    after: list[Match["Roles"]] = field(default_factory=list)
    inside: list[Match["Roles"]] = field(default_factory=list)
    heading: list[Match["Roles"]] = field(default_factory=list)
    earlier: list[Match["Roles"]] = field(default_factory=list)
    """The phrases of the clause before, where its own says nothing of money."""
    clause: int = 0
    """Where the words before it begin."""
    times: bool = False
    """Whether it is paid 12 to 16 times, as in `14 x 2.500 €`: then it is a month's pay."""

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.first is not self.last


class Found(NamedTuple):
    """A pay range and where it was read. `sure` is false for money that only looks like pay."""

    pay: PayRange
    span: Span
    sure: bool = True


Roles = dict[str, Any]
"""What a phrase may mean, e.g. `{"pay": True, "period": "year"}`."""


def read_pay_ranges(raw: RawPosting, document: Document, countries: Sequence[str]) -> Reading[list[PayRange]] | None:
    """All pay ranges of a post. `countries` (ISO 3166-1 alpha-2, or region names) settle symbols such as `$`.

    Structured slots come first, then the title and the text. A text that names other figures for the same period makes
    a conflict: its words stay in the evidence, its figures do not count.
    """
    slots = list(structured(raw, countries))
    text = scan(raw.title, fold(raw.title), "title", countries, document.folded)
    text += scan(document.text, document.folded, "description", countries, document.folded, document)
    if raw.salary and raw.salary.text:
        told = scan(raw.salary.text, fold(raw.salary.text), "salary.text", countries, document.folded)
        slots, text = (slots, told + text) if slots else (told, text)
    if any(found.sure for found in text):
        text = [found for found in text if found.sure]
    if len(text) == 1:
        text[0].pay.label = None
    kept: list[Found] = []
    for found in [*slots, *text]:
        if twin := next((one for one in kept if same_pay(one.pay, found.pay)), None):
            complete(twin.pay, found.pay)
        elif not (slots and found in text and disagrees(found.pay, [one.pay for one in slots])):
            kept.append(found)
    if not kept:
        return None
    said = {id(found): value_of(found.pay) for found in [*slots, *text]}
    spans = [found.span._replace(value=said[id(found)]) for found in [*kept, *(one for one in text if one not in kept)]]
    conflict = any(disagrees(found.pay, [one.pay for one in slots]) for found in text) if slots else False
    return Reading([found.pay for found in kept], tuple(dict.fromkeys(spans)), conflict)


def choose_salary(ranges: Reading[list[PayRange]] | None) -> Reading[Salary] | None:
    """The pay that stands for the post: the first source's, from the lowest to the highest of its ranges."""
    if not ranges:
        return None
    head = ranges.value[0]
    source = source_of(ranges.spans[0])
    like = [
        (pay, span)
        for pay, span in zip(ranges.value, ranges.spans, strict=False)
        if source_of(span) == source
        and (pay.currency, pay.period) == (head.currency, head.period)
        and (pay.gross is head.gross or pay.gross is None or head.gross is None)
        and not contracts(pay) ^ contracts(head)
    ]
    lows = [pay.min for pay, _ in like if pay.min is not None]
    highs = [pay.max for pay, _ in like if pay.max is not None]
    salary = Salary(
        min=min(lows, default=None),
        max=max(highs, default=None),
        currency=head.currency,
        period=head.period,
        gross=head.gross,
        text=head.text if len(like) == 1 else " | ".join(pay.text for pay, _ in like if pay.text),
    )
    used = tuple(span for _, span in like)
    losing = tuple(span for span in ranges.spans[len(ranges.value) :]) if ranges.conflict else ()
    return Reading(salary, used + losing, ranges.conflict)


def source_of(span: Span) -> str:
    """Where a range comes from, all places of a list being one source."""
    return re.sub(r"\[\d+\]|\.(?:min|max)$", "", span.slot)


def contracts(pay: PayRange) -> frozenset[str]:
    """The contracts that the label of a range names."""
    return frozenset(re.findall(r"\w+", fold(pay.label or ""))) & frozenset(load("money")["contracts"].split())


def same_pay(one: PayRange, other: PayRange) -> bool:
    """Whether two ranges name the same figures, neither currency nor period against it."""
    return (one.min, one.max) == (other.min, other.max) and all(
        a == b or a is None or b is None for a, b in ((one.currency, other.currency), (one.period, other.period))
    )


def complete(pay: PayRange, twin: PayRange) -> None:
    """Take from a twin what a range does not say."""
    pay.currency = pay.currency or twin.currency
    pay.period = pay.period or twin.period
    pay.label = pay.label or twin.label
    if pay.gross is None:
        pay.gross = twin.gross


def disagrees(pay: PayRange, others: list[PayRange]) -> bool:
    """Whether a range lies outside every comparable one of a surer source."""
    comparable = [o for o in others if o.period is pay.period and (o.currency == pay.currency or not pay.currency)]
    low, high = pay.min or pay.max or 0, pay.max or pay.min or 0
    return bool(comparable) and not any(
        (o.min or 0) <= low * 1.005 and high <= (o.max or math.inf) * 1.005 for o in comparable
    )


def value_of(pay: PayRange) -> str:
    """A range in short, e.g. `60000-80000 EUR year`."""
    ends = "-".join("" if end is None else f"{end:g}" if end < 1e6 else f"{end:.0f}" for end in (pay.min, pay.max))
    return " ".join(filter(None, (ends, pay.currency, pay.period)))


# -- structured slots -------------------------------------------------------------------------------------------------


def structured(raw: RawPosting, countries: Sequence[str]) -> Iterator[Found]:
    """The ranges that a board publishes in parts."""
    parts = [("salary", raw.salary)] if raw.salary else []
    for slot, part in [*parts, *((f"pay_ranges[{i}]", part) for i, part in enumerate(raw.pay_ranges))]:
        unit = 100 if raw.pay_unit == "cent" else 1
        low, high = number_of(part.min), number_of(part.max)
        words = " - ".join(as_published(end) for end, read in ((part.min, low), (part.max, high)) if read)
        if low and high and low > high:
            continue
        if low or high:
            pay = PayRange(
                min=low / unit if low else None,
                max=high / unit if high else None,
                currency=currency_slot(part, countries),
                gross=part.gross,
                text=" ".join(filter(None, (words, part.currency, part.period))),
                label=part.label or None,
            )
            pay.period = period_slot(part) or usual_period(pay)
            yield Found(pay, Span(f"{slot}.min" if low else f"{slot}.max", quote=pay.text))
        elif slot != "salary" and part.text:
            for found in scan(part.text, fold(part.text), f"{slot}.text", countries, ""):
                found.pay.label = part.label or found.pay.label
                yield found


def as_published(figure: float | str | None) -> str:
    """A figure of a slot in words; a whole number has no decimals."""
    return f"{figure:.0f}" if isinstance(figure, float) and figure.is_integer() else str(figure)


def number_of(published: float | str | None) -> float | None:
    """A figure of a slot; None for nothing, zero and what is no number."""
    if isinstance(published, str):
        try:
            number = math.nan if re.fullmatch(r"\d{1,3}\.\d{3}", published.strip()) else float(published)
        except ValueError:
            number = math.nan
        if math.isnan(number):
            amount = next(amounts(published, fold(published)), None)
            number = amount.value * amount.factor if amount else 0
    else:
        number = published or 0
    return number if 0 < number < 1e13 else None


def currency_slot(part: RawSalary, countries: Sequence[str]) -> str | None:
    """The currency of a structured range, from its slot or from the symbol in its figures."""
    for words in (part.currency, part.min, part.max):
        if isinstance(words, str) and (name := fold(words).strip()):
            code = settle(
                currency_names().get(name) or next((a.currencies for a in amounts(words, name)), ()), countries
            )
            if code:
                return code
    return None


def period_slot(part: RawSalary) -> Period | None:
    """The period of a structured range: one name of a time among the words of its slot."""
    words = set(re.findall(r"[^\W\d_]+", fold(part.period or "")))
    codes = {code for code, row in load("money")["period_codes"].items() if words & set(row.split())}
    return Period(codes.pop()) if len(codes) == 1 and not {"bi", "semi", "biweekly", "half"} & words else None


# -- vocabularies -----------------------------------------------------------------------------------------------------


@cache
def phrases() -> Matcher[Roles]:
    """Every phrase that says what the money beside it is."""
    words = load("money")
    roles: dict[str, Roles] = {}
    for role in ("pay", "pay_verbs", "other_money", "whole", "filler", "gross", "net", "least"):
        for phrase in (phrase for row in words[role].values() for phrase in row):
            roles.setdefault(phrase, {})["pay" if role == "pay_verbs" else role] = True
            if role == "pay_verbs":
                roles[phrase]["verb"] = True
    for role in ("period", "implied", "bound", "bound_after"):
        for value, rows in words[role].items():
            rows = rows.values() if isinstance(rows, dict) else [rows]
            for phrase in (phrase for row in rows for phrase in row):
                roles.setdefault(phrase, {})[role] = value
                if phrase[0] == "/":
                    roles.setdefault(f"/ {phrase[1:].lstrip()}", {})[role] = value
    for phrase in words["join"]["opening"]:
        roles.setdefault(phrase, {})["opening"] = True
    return Matcher(roles.items())


@cache
def currency_names() -> dict[str, tuple[str, ...]]:
    """Symbols, codes and words of currencies to the ISO codes they may mean."""
    words = load("money")
    names = {code: (code.upper(),) for code in words["codes"].split()}
    names |= {name: (code,) for code, row in words["currencies"].items() for name in row.split()}
    return names | {name: tuple(row.split()) for name, row in words["shared"].items()}


@cache
def currency_tails() -> frozenset[str]:
    """The last two characters that the word of a currency may have: a cheap look before the regex."""
    return frozenset(tail for name in currency_names() for tail in (name[-2:], f" {name}"[-2:]))


@cache
def capitals() -> frozenset[str]:
    """Codes of currencies that count only where they are written in capitals."""
    return frozenset(load("money")["capitals"].split())


@cache
def multipliers() -> dict[str, int]:
    """Words and letters that multiply the number before them."""
    return {word: int(factor) for factor, row in load("money")["multipliers"].items() for word in row.split()}


@cache
def home_currencies() -> dict[str, str]:
    """Country to the currency it pays in."""
    return {country: code for code, row in load("money")["home"].items() for country in row.split()}


@cache
def places() -> Matcher[str]:
    """Names of places to the dollar that is paid there."""
    return Matcher((name, code) for code, row in load("money")["dollar_places"].items() for name in row)


@cache
def joints() -> dict[str, bool]:
    """What joins the two ends of a range, the longest first, and whether it does so by itself."""
    words = load("money")["join"]
    both = [(joint, True) for joint in words["always"]] + [(joint, False) for joint in words["between"]]
    return dict(sorted(both, key=lambda joint: (-len(joint[0]), joint)))


# -- amounts ----------------------------------------------------------------------------------------------------------

# Every branch begins with a digit, so that the search skips to digits fast.
NUMBER = re.compile(
    r"[0-9](?:[0-9]{0,2}([.,'’ \xa0\u202f\u2009])[0-9]{3}(?:\1[0-9]{3}){0,3}(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?"
    r"|[0-9]?(?:,[0-9]{2}){1,2},[0-9]{3}(?![0-9])"
    r"|[0-9]*(?:[.,][0-9]{1,2}(?![0-9]))?)"
)
PERCENT = ("%", "°")
SYMBOLS = "$€£₽¥￥₹₴₸₾֏₼₺₪৳₫฿₱₩₦₵﷼"
CJK = "\u3000-\u9fff"
CJK_LETTER, COUNTED = re.compile(rf"[{CJK}]"), re.compile(rf"(?![每以起至到及月年日天〜～、，。）（・])[{CJK}]")
UNIT_BEFORE = re.compile(
    rf"((?:(?<![^\W\d_])[^\W\d_]{{1,4}})?[{SYMBOLS}][a-z]{{0,3}}"
    rf"|(?<![^\W\d_])(?:s/\.?|[^\W\d_]{{1,7}}\.?))[ \xa0\u202f]?$"
)
UNIT_AFTER = re.compile(
    rf"[ \xa0\u202f\u2009]?(?:([{CJK}])|([^\W\d_{CJK}]+[$€£]?\.?)(?![^\W{CJK}])|([{SYMBOLS}](?![0-9])|,-(?![0-9])))"
)

FOLLOWS = re.compile(r" ?([^\W\d_]+|[^\w\s]+)")


def amounts(text: str, folded: str) -> Iterator[Amount]:
    """The numbers of a text with the units that touch them; percentages, ids and small counts are left out."""
    tails, symbols, joins = currency_tails(), frozenset(SYMBOLS), joints()
    seen = -100
    for match in islice(NUMBER.finditer(folded), MOST_NUMBERS):
        start, end = match.span()
        digits = match[0]
        if end - start > 18 or (digits[0] == "0" and digits[1:2] not in (".", ",", "")):
            continue
        if folded[end : end + 1] in PERCENT:
            continue
        amount = Amount(start, end, number(digits, match[1]))
        touching = folded[max(0, start - 3) : start].rstrip(" \xa0\u202f")[-2:]
        if touching in tails or touching[-1:] in symbols:
            take_unit_before(amount, text, folded)
        if amount.start == start and start and folded[start - 1].isalnum() and not CJK_LETTER.match(folded, start - 1):
            continue
        take_units_after(amount, text, folded)
        if amount.bare and amount.value < 1000 and amount.value == int(amount.value):
            follows = FOLLOWS.match(folded, end)
            if not (follows and follows[1] in joins) and folded[max(seen, start - 9) : start].strip() not in joins:
                continue
        # 15万平方米 counts square metres.
        if amount.end == end or not CJK_LETTER.match(folded, amount.end - 1) or not COUNTED.match(folded, amount.end):
            seen = amount.end
            yield amount


def take_unit_before(amount: Amount, text: str, folded: str) -> None:
    """Give an amount the currency that stands right before it."""
    unit = UNIT_BEFORE.search(folded, max(0, amount.start - 9), amount.start)
    if not unit:
        return
    names, name = currency_names(), unit[1]
    if name not in names and name[-1] in SYMBOLS:
        name = name[-1]
    currencies = names.get(name) or names.get(name.rstrip("."))
    if currencies and (name not in capitals() or text[unit.start(1) : unit.end(1)].isupper()):
        amount.currencies, amount.start = currencies, unit.start(1)


def take_units_after(amount: Amount, text: str, folded: str) -> None:
    """Give an amount the multiplier and the currency that stand right after it."""
    names, factors, number_end = currency_names(), multipliers(), amount.end
    for _ in range(3):
        plus = folded.startswith("+", amount.end)
        if not (unit := UNIT_AFTER.match(folded, amount.end + plus)):
            return
        name, stop = unit[1] or unit[2] or unit[3], unit.end()
        if (glued := GLUED.search(text, stop - len(name) + 1, stop)) and name not in names:
            name, stop = name[: glued.start() - stop], glued.start()
        plain = name.rstrip(".")
        currencies = names.get(name) or names.get(plain, ())
        if plus and not currencies:
            return
        first = amount.end == number_end
        if first and (factor := factors.get(plain)):
            # "50 000 тыс. руб." says its thousands twice.
            amount.factor = factor if factor != 1000 or amount.value < 10000 else 1
            said = load("money")["said_by"].get(plain, "").split()
            amount.currencies = amount.currencies or tuple(word for word in said if word.isupper())
            amount.period = next((word for word in said if word.islower()), None)
            stop += folded[stop : stop + 1] == "."
        elif first and plain[:1] in ("k", "t") and plain[1:] in names and plain not in names:
            amount.factor, amount.currencies = 1000, names[plain[1:]]
        elif not is_unit(name, text[stop - len(name) : stop], amount.value, folded[stop : stop + 2]):
            return
        else:
            amount.currencies = currencies if len(currencies) == 1 else amount.currencies or currencies
            stop -= name != plain and name not in names
        amount.end = stop


def is_unit(name: str, written: str, value: float, following: str) -> bool:
    """Whether a word after a number is its currency, not a plain word or the currency of the next number."""
    plain = name.rstrip(".")
    if not {name, plain} & currency_names().keys() or (plain in capitals() and not written.rstrip(".").isupper()):
        return False
    return value >= 100 or not following.strip()[:1].isdigit()


def number(digits: str, separator: str | None) -> float:
    """A published number; `separator` is the one between its thousands."""
    if separator:
        whole, *rest = re.split(r"[.,](?=\d{1,2}$)", digits)
        return float(re.sub(r"\D", "", whole) + "." + (rest[0] if rest else "0"))
    if digits.count(",") > 1:
        return float(digits.replace(",", ""))
    return float(digits.replace(",", "."))


def joined(folded: str, first: Amount, last: Amount) -> list[Match[Roles]] | None:
    """The words inside a range of two amounts; None where nothing joins them."""
    between = folded[first.end : last.start]
    if (
        len(between) > 48
        or "\n" in between
        or (
            first.bare
            and last.bare
            and last.value < 1000
            and folded[last.end : last.end + 2].strip()[:1] not in ("/", "p")
        )
    ):
        return None
    close = between.rstrip()
    joint = next((joint for joint in joints() if close.endswith(joint)), "")
    left = close[: len(close) - len(joint)]
    if not joint or (joint[-1].isalpha() and (left[-1:].isalpha() or (not left and folded[first.end - 1].isalpha()))):
        return None
    left = re.sub(r"\([^()]*\)", lambda m: " " * len(m[0]), left)
    inside = phrases().find(folded, first.end, first.end + len(left)) if left.strip() else []
    if left_over(left, inside, first.end).strip(" ./*+"):
        return None
    if not all({"period", "gross", "net"} & word.value.keys() for word in inside):
        return None
    before = phrases().find(folded, max(0, first.start - 40), first.start) if not joints()[joint] else ()
    return inside if joints()[joint] or any("opening" in word.value for word in before) else None


def left_over(words: str, matches: list[Match[Roles]], offset: int = 0) -> str:
    """What is left of some words when the phrases found in them are taken out; `words` begins at `offset`."""
    for match in reversed(matches):
        words = words[: max(0, match.start - offset)] + " " + words[match.end - offset :]
    return words


def figures(text: str, folded: str) -> Iterator[Figure]:
    """The amounts and ranges of a text that may be money, in reading order."""
    waiting: Amount | None = None
    for amount in amounts(text, folded):
        if waiting is not None:
            if (inside := joined(folded, waiting, amount)) is not None:
                yield Figure(waiting, amount, inside=inside)
                waiting = None
                continue
            yield Figure(waiting, waiting)
        waiting = amount
    if waiting is not None:
        yield Figure(waiting, waiting)


# -- what the words around an amount make of it -----------------------------------------------------------------------

CLAUSE = re.compile(r"(?<=[^\W\d_]{4})(?<!\bmind)(?<!\bmaks)[.!?]\s|[;|•·]|[.!?]\s{1,3}(?=[-–—*])")
KINDS = {"pay", "other_money", "whole"}
TAIL = re.compile(
    r"\([^()\n]{0,40}\)|(?P<cut>\n|[;|•·]|(?<=[^\W\d_]{5})[.!?]\s|,\s|\s(?:plus|and|und|et|y|и)\s|\+(?!\s?vat)"
    rf"|[{SYMBOLS}]|(?<!sur )(?<!sur 1)[0-9])"
)
# Posts lose their line breaks: "5/2Заработная плата 50 000 рублейДоговор".
GLUED = re.compile(r"(?:(?<=[a-zа-яё0-9.)!»])|(?<=[0-9]K)|(?<= LPA))(?=[A-ZА-ЯЁ][a-zа-яё])")
TIMES_BEFORE, TIMES_AFTER = re.compile(r"1[2-6] ?[x×*] ?$"), re.compile(r" ?[x×*] ?1[2-6]\b")
NEAR = re.compile(r"[,;:|•(\[]|[.!?]\s|\s(?:and|plus|und|et|y|e|oraz|en|и|incl\w*|excl\w*|inkl\w*|zzgl|depending)\b")


def scan(
    text: str, folded: str, slot: str, countries: Sequence[str], whole: str, document: Document | None = None
) -> list[Found]:
    """The pay in a text. In a pay slot an amount is pay unless its words say otherwise; elsewhere words must say so."""
    folded = folded.replace("\\", " ")
    trusted = slot.endswith("text")
    labels = load("money")["labels"]["all"] if document else ()
    spans = [(label.start, label.end) for label in document.labels if label.name in labels] if document else []
    found: list[Found] = []
    floor = weighed = 0
    package = -1000
    last_pay: Figure | None = None
    line: list[PayRange] = []
    for figure in figures(text, folded):
        start, end = figure.first.start, figure.last.end
        if not may_be_pay(figure, trusted):
            continue
        weighed += 1
        if weighed > MOST_AMOUNTS:
            break
        told = any(a <= start < b for a, b in spans)
        told = told or bool(document and document.kind_at(start) is SectionKind.SALARY)
        bare = figure.first.bare and figure.last.bare
        near = [] if trusted or told or not bare else phrases().find(folded, max(0, start - 40), start)
        if bare and not (trusted or told or any("pay" in word.value for word in near)):
            continue
        look(figure, text, folded, floor)
        floor = floor if bare else end
        goes_on = bool(found and last_pay and continues(last_pay, figure, folded))
        weight = weigh(figure, folded, trusted, told or goes_on)
        if weight < 0 or (figure.last.start - package < 250 and figure.clause == start and not told):
            package = end
            continue
        if not weight or not (pay := build(figure, text, folded, countries, whole)):
            continue
        line = [*line, pay] if goes_on else [pay]
        for one in line:
            one.period = one.period or pay.period or line[0].period
        last_pay = figure if weight > 1 else last_pay
        first, last = extent(figure, folded)
        pay.text = text[first:last]
        described = slot == "description"
        span = Span(slot, first if described else None, last if described else None, pay.text)
        found.append(Found(pay, span, weight > 1))
    return found


def continues(pay: Figure, figure: Figure, folded: str) -> bool:
    """Whether a figure goes on from the pay before it in its line: "50 000 on probation, 60 000 after it"."""
    between = folded[pay.last.end : figure.first.start]
    near = len(between) < 70 and not {"\n", "+"} & set(between) and pay.last.currencies == figure.last.currencies
    return near and 0.4 <= worth(figure.last) / (worth(pay.last) or 1) <= 2.5


def may_be_pay(figure: Figure, trusted: bool) -> bool:
    """Whether an amount is worth a look: it has a unit, or is a bare number of a size that no count of years has."""
    first, last = figure.first, figure.last
    if last.factor == 1000 and last.value == 401:
        return False
    if not (first.bare and last.bare):
        return True
    if 1900 <= last.value <= 2100 and last.value == int(last.value):
        return False
    return last.value >= 1000 or ((trusted or last.value != int(last.value)) and last.value > 5)


def look(figure: Figure, text: str, folded: str, floor: int) -> None:
    """Find the phrases before, after and above an amount, as far as its clause goes."""
    start, end = figure.first.start, figure.last.end
    line = folded.rfind("\n", max(0, start - 400), start) + 1
    begin = max(line, floor, start - 120)
    for match in (*CLAUSE.finditer(folded, begin, start), *GLUED.finditer(text, begin, start)):
        begin = max(begin, match.end())
    figure.clause = begin
    figure.times = bool(TIMES_BEFORE.search(folded, max(0, start - 6), start) or TIMES_AFTER.match(folded, end))
    figure.before = phrases().find(folded, begin, start)
    if not any(KINDS & word.value.keys() for word in figure.before):
        figure.earlier = phrases().find(folded, max(line, floor, begin - 90), begin)
    figure.after = following(text, folded, end)
    if not figure.after and folded.startswith("+", end):
        more = following(text, folded, end + 1)
        figure.after = more if more and "period" in more[0].value else []  # `50,000+ a month`
    if len(folded[line:start].strip(" -•*()")) < 3:
        for _ in range(6):
            above = line - 1
            line = folded.rfind("\n", max(0, above - 160), max(0, above)) + 1
            if above <= 0 or above - line > 140:
                break
            words = phrases().find(folded, line, above)
            figure.heading += words
            if any({"pay", "whole"} & word.value.keys() for word in words):
                break


def following(text: str, folded: str, end: int) -> list[Match[Roles]]:
    """The phrases after an offset, as far as what they may speak of goes."""
    stop = min(len(folded), end + 48)
    cuts = [match.start() for match in TAIL.finditer(folded, end, stop) if match["cut"]]
    cuts += [match.start() for match in GLUED.finditer(text, end, stop)]
    return phrases().find(folded, end, min(cuts, default=stop))


def weigh(figure: Figure, folded: str, trusted: bool, told: bool) -> int:
    """2: base pay; 1: money that looks like pay, where nothing surer is found; 0: other money; -1: pay and more."""
    start, end = figure.first.start, figure.last.end
    said = [word for word in figure.before if KINDS & word.value.keys()]
    near = NEAR.search(folded, end, end + 32)
    reach = near.start() if near else end + 25
    aside = folded.find(")", end, end + 40) if folded[end : end + 2].strip() == "(" else reach
    within = [word for word in figure.after if word.start < max(reach, aside)]
    if any("whole" in word.value for word in [*said[-1:], *figure.heading, *within]):
        return -1
    attached = [word for word in [*figure.inside, *figure.after] if "period" in word.value or is_tax(word, folded)]
    pay = any("pay" in word.value for word in said)
    if said and "pay" not in said[-1].value and (not pay or start - said[-1].end < 45):
        return 0
    if pay and "verb" in said[-1].value:
        sole = not any("other_money" in word.value for word in said)
        pay = sole and bool(attached or figure.is_range or worth(figure.last) >= 10000)
    after = next((word for word in within if word.start < reach and {"pay", "other_money"} & word.value.keys()), None)
    if after and "pay" not in after.value and (not pay or after.start - end < 3):
        return 0
    settled = figure.first.currencies or figure.last.currencies
    if max(figure.first.factor, figure.last.factor) >= 1_000_000:
        low_value = load("money")["millions"]["currencies"].split()
        if not settled or not set(settled) <= set(low_value):
            return 0
    pay = pay or bool(after and "pay" in after.value and "verb" not in after.value)
    if figure.first.bare and figure.last.bare:
        close = pay and bool(said) and start - said[-1].end < 20
        large = figure.first.value >= 1000
        following = folded[end : end + 24].partition("\n")[0].strip()
        fits = attached or (large and figure.is_range) or (figure.last.value >= 5000 and not following[:1].isalpha())
        return 2 if fits and (close or told or (trusted and (attached or large))) else 0
    least: float = load("money")["weak_from"][period_of(figure) or "month"]
    headed = any("pay" in word.value for word in figure.heading) and worth(figure.last) >= least
    if trusted or told or pay or headed:
        return 2
    if not settled:
        return 0
    taxed = any("period" not in word.value for word in attached)
    if taxed or (figure.is_range and (attached or alone(figure, folded))):
        return 2
    earlier = [word for word in figure.earlier if KINDS & word.value.keys()]
    if not (attached or figure.is_range or (earlier and "pay" in earlier[-1].value)):
        return 0
    least = load("money")["weak_from"][period_of(figure) or "year"]
    return 1 if worth(figure.last) >= least else 0


def alone(figure: Figure, folded: str) -> bool:
    """Whether a range and its units are all that its line holds."""
    line = folded.rfind("\n", max(0, figure.first.start - 4), figure.first.start) + 1
    stop = folded.find("\n", figure.last.end, figure.last.end + 24)
    rest = folded[figure.last.end : stop if stop >= 0 else figure.last.end + 24]
    return figure.first.start - line < 4 and not any(c.isalnum() for c in rest)


def worth(amount: Amount) -> float:
    """The value of an amount with its own multiplier."""
    return amount.value * amount.factor


def ends_of(figure: Figure) -> tuple[float, float] | None:
    """The two ends of a range, one multiplier going over both (`$48–90k`); None where they contradict each other."""
    low, high = worth(figure.first), worth(figure.last)
    if not figure.is_range:
        return (low, high) if low else None
    if figure.first.factor == 1 and low < 1000 and low < high:
        if figure.last.factor > 1 and low * figure.last.factor <= high:
            low *= figure.last.factor
        elif figure.last.factor == 1 and low * 1000 <= high and high >= 10000:
            low *= 1000
    elif figure.last.factor == 1 and figure.first.factor > 1 and high < 1000:
        high *= figure.first.factor
    return (low, high) if low <= high and high else None


def build(figure: Figure, text: str, folded: str, countries: Sequence[str], whole: str) -> PayRange | None:
    """The pay range that a figure and the words around it name."""
    ends = ends_of(figure)
    if ends is None or not 1 <= ends[1] <= 1e12:  # below one unit of any currency it is the price of a thing
        return None
    low, high = ends
    bound = None if figure.is_range else bound_of(figure, folded)
    pay = PayRange(min=None if bound == "max" else low or None, max=None if bound == "min" else high)
    candidates = min((a.currencies for a in (figure.last, figure.first) if a.currencies), key=len, default=())
    pay.currency = (
        settle(candidates, countries) if len(candidates) < 2 else place(figure, text, folded, countries, whole)
    )
    taxes = [
        word
        for word in [*figure.after, *figure.inside, *reversed(figure.before), *figure.heading]
        if is_tax(word, folded)
    ]
    pay.gross = "gross" in taxes[0].value if taxes else None
    pay.period = period_of(figure) or usual_period(pay)
    pay.label = label_of(figure, text, folded)
    return pay


def is_tax(word: Match[Roles], folded: str) -> bool:
    """Whether a phrase says gross or net; `.NET` does not."""
    return "gross" in word.value or ("net" in word.value and folded[max(0, word.start - 1) : word.start] != ".")


def bound_of(figure: Figure, folded: str) -> str | None:
    """`min` where a single figure is the least ("from"), `max` where it is the most ("up to")."""
    for word in reversed(figure.before):
        gap = folded[word.end : figure.first.start].strip(" :~(*")
        if "bound" in word.value and len(gap) < 12 and not any(c.isalnum() for c in gap):
            return str(word.value["bound"])
        if "filler" not in word.value:
            break
    tail = folded[figure.last.end : figure.last.end + 12]
    if "+" in folded[figure.first.start : figure.last.end] or re.match(r"\+(?!\w)|\s?\+\s{0,2}(?:$|[).,;|\n])", tail):
        return "min"
    if any("least" in word.value for word in figure.before):
        return "min"
    for word in figure.after:
        if "bound_after" in word.value and word.start - figure.last.end < 14:
            return str(word.value["bound_after"])
        if not {"gross", "net", "period", "filler"} & word.value.keys():
            break
    return None


def period_of(figure: Figure) -> Period | None:
    """The time that the words say the figure covers: after it, inside it, before it, above it."""
    for amount in (figure.first, figure.last):
        if amount.period:
            return Period(amount.period)
    for word in [*figure.after, *figure.inside]:
        if "period" in word.value:
            return Period(word.value["period"])
    above = [*reversed(figure.before), *figure.heading]
    for word in above:
        # Short forms such as "pa" and "ph" speak only right after their figure.
        if "period" in word.value and (word.end - word.start > 4 or "pay" in word.value):
            return Period(word.value["period"])
    if figure.times:
        return Period.MONTH
    implied = (word.value["implied"] for word in [*figure.after, *above] if "implied" in word.value)
    return next(map(Period, implied), None)


def usual_period(pay: PayRange) -> Period | None:
    """A year, where a figure is one that in its currency is only ever paid for a year (`money.toml`, year_from)."""
    least = load("money")["year_from"].get(pay.currency)
    figure = pay.min or pay.max
    return Period.YEAR if least and figure and figure >= least else None


def settle(candidates: tuple[str, ...], countries: Sequence[str]) -> str | None:
    """One currency of several that a symbol may mean: the only one that the post's countries pay in."""
    if len(candidates) == 1:
        return candidates[0]
    homes = {home_currencies().get(country) for country in countries} & set(candidates)
    return homes.pop() if len(homes) == 1 else None


def place(figure: Figure, text: str, folded: str, countries: Sequence[str], whole: str) -> str | None:
    """The currency of a shared symbol: named beside it, then by the place beside it, the post's, the text's."""
    candidates = min((a.currencies for a in (figure.last, figure.first) if a.currencies), key=len)
    start, end = figure.first.start, figure.last.end
    line = max(folded.rfind("\n", 0, start) + 1, start - 120)
    beside = text[line : end + 40].partition("\n")[0]
    named = set(re.findall(r"(?<![A-Z])[A-Z]{3}(?![A-Z])", beside)) & set(candidates)
    if len(named) == 1:
        return str(named.pop())
    above = max(0, line - 120) if start - line < 4 else line
    if code := one_dollar(text[above:start], folded[above:start], candidates):
        return code
    if code := settle(candidates, countries):
        return code
    if "$" not in folded[start:end]:
        return None
    known = {country for country in countries if len(country) == 2}
    if known and not any(home_currencies().get(country) in candidates for country in known):
        return "USD" if known <= set(load("money")["american"]["countries"].split()) else None
    code = one_dollar(text, whole, candidates)
    return code if not known or code in {home_currencies().get(country) for country in known} else None


def one_dollar(text: str, folded: str, candidates: tuple[str, ...]) -> str | None:
    """The dollar that the places of a text pay in. A post for the US and Canada that does not say means US dollars."""
    codes = {match.value for match in places().overlapping(folded)}
    for code, row in load("money")["dollar_codes"].items():
        if re.search(rf", (?:{'|'.join(row.split())})(?!\w)", text):
            codes.add(code)
    if re.search(r"(?<![A-Z] )(?<!\w)U\.?S\.?A?(?![\w$])", text):
        codes.add("USD")
    codes &= set(candidates)
    return "USD" if codes == {"USD", "CAD"} else codes.pop() if len(codes) == 1 else None


def extent(figure: Figure, folded: str) -> tuple[int, int]:
    """Where the words of a figure begin and end, its period and tax words included."""
    end = figure.last.end
    for word in figure.after:
        speaks = is_tax(word, folded) or {"period", "bound_after"} & word.value.keys()
        if not speaks or word.start - end > 12:
            break
        end = word.end
    end += folded[end : end + 1] == ")" and "(" in folded[figure.last.end : end]
    start = figure.first.start
    if figure.before and "bound" in figure.before[-1].value and start - figure.before[-1].end < 4:
        start = figure.before[-1].start
    return start, end


def label_of(figure: Figure, text: str, folded: str) -> str | None:
    """What a range is for: the words in brackets after it, before a colon in its line, or in the short line above."""
    start, end = figure.first.start, figure.last.end
    line = folded.rfind("\n", max(0, start - 200), start) + 1
    aside = re.match(r"[^()\n]{0,24}\(((?!\d)[^()\n]{2,40})\)", text[end : end + 70])
    options = [aside[1] if aside else "", *text[figure.clause : start].split(": ")[:-1][-1:]]
    if text[line:start].rstrip().endswith((":", "|", "–", "-")) or start - line < 24:
        options.append(text[line:start])
    if start - line < 4 and line:
        above = text.rfind("\n", max(0, line - 90), line - 1) + 1
        options.append(text[above : line - 1] if line - above < 84 else "")
    return next(
        (label for label in (option.strip(" \t:-–—*•#(|/·") for option in options) if names_something(label)), None
    )


def names_something(label: str) -> bool:
    """Whether a label says more than that pay follows: a place, a level, a contract."""
    words = fold(label)
    said = phrases().find(words)
    if not 0 < len(label) <= 60 or any({"bound", "opening"} & word.value.keys() for word in said):
        return False
    rest = re.findall(r"[^\W\d_]{2,}\d?|[a-z]\d", left_over(words, said))
    return bool(set(rest) - set(load("money")["label_noise"].split()))
