"""A record's fields and values in words, for a person who reads them."""

from collections.abc import Mapping
from typing import Any

LABELS = {"stack": "skills", "remote_from": "remote from", "visa_sponsorship": "visa sponsorship"}


def label(name: str) -> str:
    """A field's name in words."""
    return LABELS.get(name, name.removesuffix("_at").replace("_", " "))


def field_words(name: str, value: Any) -> str:
    """What a field holds in words, all values of a list; empty where it holds nothing."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return "; ".join(value_words(name, each) for each in values)


def value_words(name: str, value: Any) -> str:
    """One value of a field, as JSON has it, in words."""
    match name:
        case "relocation" | "visa_sponsorship":
            return "offered" if value else "refused"
        case "salary" | "pay_ranges":
            return pay_words(value)
        case "experience":
            return years_words(value["min_years"], value["max_years"])
        case "stack":
            return f"{value['name']} ({value['need']}, {value['kind']})"
        case "benefits":
            return str(value["code"]).replace("_", " ")
        case "languages":
            return " ".join(filter(None, (value["code"], value["level"])))
        case "locations":
            places = dict.fromkeys(filter(None, (value["city"], value["region"], value["country"])))
            return ", ".join(places) or value["text"] or ""
        case "seniority" | "employment":
            return str(value).replace("_", " ")
    return brief(value) or ""


def years_words(least: float | None, most: float | None) -> str:
    """Years of experience in words: `3–5 years`, `1 year or more`, `at most 5 years`."""
    figures = "–".join(f"{figure:g}" for figure in dict.fromkeys((least, most)) if figure is not None)
    years = f"{figures} year" if figures == "1" else f"{figures} years"
    return f"at most {years}" if least is None else f"{years} or more" if most is None else years


def pay_words(pay: Mapping[str, Any]) -> str:
    """Pay in words: `60,000–80,000 EUR a year, gross`."""
    least, most = pay["min"], pay["max"]
    figures = "–".join(f"{f:,.2f}".removesuffix(".00") for f in dict.fromkeys((least, most)) if f is not None)
    if figures and None in (least, most):
        figures = f"up to {figures}" if least is None else f"from {figures}"
    period = pay["period"] and f"{'an' if pay['period'] == 'hour' else 'a'} {pay['period']}"
    amount = " ".join(filter(None, (figures, pay["currency"], period)))
    said = (amount, {True: "gross", False: "net"}.get(pay["gross"]), pay.get("label"))
    return ", ".join(filter(None, said)) or pay["text"] or ""


def brief(value: Any) -> str | None:
    """Any value of a record in one cell; None where there is nothing to say."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        parts = [said for key, each in value.items() if key != "text" and (said := brief(each))]
        return ", ".join(parts) or value.get("text")
    if isinstance(value, list):
        return "; ".join(said for each in value if (said := brief(each))) or None
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
