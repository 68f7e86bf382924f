"""Values as a person reads them, at a terminal and in the explorer."""

from typing import Any

import pytest

from scraper.posting import Posting
from scraper.wording import field_words, label

PAY = dict.fromkeys(("min", "max", "currency", "period", "gross", "text", "label"))
YEARS = dict.fromkeys(("min_years", "max_years"))
PLACE = dict.fromkeys(("text", "city", "region", "country"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("salary", PAY | {"min": 6e4, "max": 80000.5, "currency": "EUR", "period": "year", "gross": True},
         "60,000–80,000.50 EUR a year, gross"),
        ("salary", PAY | {"min": 65000.0, "max": 65000.0, "currency": "EUR"}, "65,000 EUR"),
        ("pay_ranges", [PAY | {"max": 30.0, "period": "hour", "label": "Zone A"}, PAY | {"min": 0.0, "currency": "PLN"}],
         "up to 30 an hour, Zone A; from 0 PLN"),
        ("salary", PAY | {"text": "by tariff"}, "by tariff"),
        ("experience", YEARS | {"min_years": 2.5}, "2.5 years or more"),
        ("experience", YEARS | {"min_years": 3.0, "max_years": 5.0}, "3–5 years"),
        ("experience", YEARS | {"max_years": 5.0}, "at most 5 years"),
        ("experience", YEARS | {"min_years": 1.0}, "1 year or more"),
        ("locations", [PLACE | {"city": "Vienna", "region": "Vienna", "country": "AT"}, PLACE | {"text": "the valley"}],
         "Vienna, AT; the valley"),
        ("stack", [{"name": "Go", "need": "required", "kind": "language"}], "Go (required, language)"),
        ("benefits", [{"code": "four_day_week", "text": "vier Tage"}], "four day week"),
        ("languages", [{"code": "de", "level": None}, {"code": "en", "level": "B2"}], "de; en B2"),
        ("employment", ["full_time", "permanent"], "full time; permanent"),
        ("relocation", True, "offered"),
        ("visa_sponsorship", False, "refused"),
        ("employer", {"slug": "acme", "name": None, "url": None}, "acme"),
        ("workplace", None, ""),
        ("stack", [], ""),
    ],
)  # fmt: skip
def test_a_value_in_words(field: str, value: Any, words: str) -> None:
    assert field_words(field, value) == words


def test_every_field_has_a_name_in_words() -> None:
    assert {label(name) for name in Posting.model_fields} >= {"skills", "visa sponsorship", "published"}
