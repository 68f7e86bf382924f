"""Dates are read in every shape, at the precision published, and not where they are open."""

import pytest

from scraper.document import read_document
from scraper.fields.dates import read_date
from scraper.posting import RawPosting

SEEN = "2026-03-18T10:30:00Z"  # a Wednesday


def read(published, slot="published", language=None, document=None, **slots):
    slots = {"seen_at": SEEN, slot: published, **slots}
    raw = RawPosting(board="b", key="1", url="https://jobs.example/1", title="Baker", **slots)
    return read_date(raw, slot, language, document)


def value(*args, **kwargs):
    reading = read(*args, **kwargs)
    return reading and reading.value


ABSOLUTE = [
    ("2026-02-13", "2026-02-13"),
    ("2026-02", "2026-02"),
    ("2026-2-3", "2026-02-03"),
    ("2026/2/3", "2026-02-03"),
    ("20260213", "2026-02-13"),
    ("20260213T093000Z", "2026-02-13T09:30:00Z"),
    ("2026-02-13T09:30", "2026-02-13T09:30"),
    ("2026-02-13T09:30:00", "2026-02-13T09:30:00"),
    ("2026-02-13 09:30:05 UTC", "2026-02-13T09:30:05Z"),
    ("2026-02-13T09:30:05.1234567Z", "2026-02-13T09:30:05.123456Z"),
    ("2026-02-13T09:30:05.1234+0000", "2026-02-13T09:30:05.1234+00:00"),
    ("2026-02-13T09:30:00-04:00", "2026-02-13T09:30:00-04:00"),
    ("Fri, 13 Feb 2026 09:30:00 GMT", "2026-02-13T09:30:00Z"),
    ("Fri, 13 Feb 2026 09:30:00 EST", "2026-02-13T09:30:00-05:00"),
    ("Fri Feb 13 02:00:00 UTC 2026", "2026-02-13T02:00:00Z"),
    ("Feb 13, 2026 5:04 PM", "2026-02-13T17:04"),
    ("February  2, 2026", "2026-02-02"),
    ("13-Feb-2026", "2026-02-13"),
    ("Posted on 13th February 2026", "2026-02-13"),
    ("February 2026", "2026-02"),
    ("13.02.2026", "2026-02-13"),
    ("04.02.26", "2026-02-04"),
    ("13/02/2026", "2026-02-13"),
    ("2/13/2026", "2026-02-13"),
    ("02/02/2026", "2026-02-02"),
    ("Veröffentlicht am Freitag, 13. Februar 2026 um 14:30 Uhr", "2026-02-13T14:30"),
    ("2 mars 2026", "2026-03-02"),
    ("1er février 2026", "2026-02-01"),
    ("2 de marzo del 2026", "2026-03-02"),
    ("2 de março de 2026", "2026-03-02"),
    ("2 marzo 2026", "2026-03-02"),
    ("2 marca 2026", "2026-03-02"),
    ("2 maart 2026", "2026-03-02"),
    ("2 марта 2026 г. в 13:34", "2026-03-02T13:34"),
    ("2 березня 2026", "2026-03-02"),
    ("2026年3月2日", "2026-03-02"),
    ("2026년 03월 02일", "2026-03-02"),
    ("2026. március 2.", "2026-03-02"),
    (1770975000, "2026-02-13T09:30:00Z"),
    ("1770975000", "2026-02-13T09:30:00Z"),
    (1770975000000, "2026-02-13T09:30:00Z"),
    (1770975000250, "2026-02-13T09:30:00.250Z"),
    ("/Date(1770975000000)/", "2026-02-13T09:30:00Z"),
]


@pytest.mark.parametrize(("text", "expected"), ABSOLUTE)
def test_a_calendar_date(text, expected):
    assert value(text) == expected


RELATIVE = [
    ("today", "2026-03-18"),
    ("Just posted", "2026-03-18"),
    ("Posted Yesterday", "2026-03-17"),
    ("Yesterday at 14:00", "2026-03-17"),
    ("Posted 3 Days Ago", "2026-03-15"),
    ("Reposted: 2 weeks ago", "2026-03-04"),
    ("3d ago", "2026-03-15"),
    ("1mo ago", "2026-02-18"),
    ("a month ago", "2026-02-18"),
    ("six days ago", "2026-03-12"),
    ("5 hours ago", "2026-03-18"),
    ("about 11 hours ago", "2026-03-17"),
    ("the day before yesterday", "2026-03-16"),
    ("Monday", "2026-03-16"),
    ("heute", "2026-03-18"),
    ("vor 2 Wochen", "2026-03-04"),
    ("vor einem Monat", "2026-02-18"),
    ("Aujourd’hui", "2026-03-18"),
    ("Publiée il y a 3 jours", "2026-03-15"),
    ("il y a environ 2 mois", "2026-01-18"),
    ("ayer", "2026-03-17"),
    ("hace 2 meses", "2026-01-18"),
    ("hace una semana", "2026-03-11"),
    ("há 5 dias", "2026-03-13"),
    ("2 semanas atrás", "2026-03-04"),
    ("ieri", "2026-03-17"),
    ("2 giorni fa", "2026-03-16"),
    ("wczoraj", "2026-03-17"),
    ("3 dni temu", "2026-03-15"),
    ("tydzień temu", "2026-03-11"),
    ("gisteren", "2026-03-17"),
    ("2 dagen geleden", "2026-03-16"),
    ("сегодня в 12:30", "2026-03-18"),
    ("3 дня назад", "2026-03-15"),
    ("неделю назад", "2026-03-11"),
    ("3 дні тому", "2026-03-15"),
    ("för 2 veckor sedan", "2026-03-04"),
    ("před 4 dny", "2026-03-14"),
    ("3 gün önce", "2026-03-15"),
    ("4 ngày trước", "2026-03-14"),
    ("3天前", "2026-03-15"),
    ("2週間前", "2026-03-04"),
    ("2개월 전", "2026-01-18"),
    ("قبل أسبوعين", "2026-03-04"),
]


@pytest.mark.parametrize(("text", "expected"), RELATIVE)
def test_a_relative_date_counts_from_the_crawl(text, expected):
    assert value(text) == expected


OPEN = [
    "",
    "N/A",
    "not-a-date",
    "May",
    "12",
    "2026",
    "10.11.",
    "03/04/2026",
    "5 April",
    "2026-13-45",
    "2026-02-30",
    "0",
    0,
    -5,
    float("nan"),
    float("inf"),
    "1969-05-05",
    "9999-12-31",
    "3 Tage",
    "2w",
    "30+ days ago",
    "Posted 30+ Days Ago",
    "vor über 30 Tagen",
    "il y a plus de 30 jours",
    "hace más de 30 días",
    "há mais de 30 dias",
    "oltre 30 giorni fa",
    "ponad 30 dni temu",
    "meer dan 30 dagen geleden",
    "более 30 дней назад",
    "Posted 999999999 Days Ago",
    "Posted recently " * 50,
]


@pytest.mark.parametrize("text", OPEN)
def test_what_leaves_the_date_open_is_no_date(text):
    assert value(text) is None


def test_the_order_of_the_board_settles_a_numeric_date():
    assert value("03/04/2025", date_order="MDY") == "2025-03-04"
    assert value("03/04/2025", date_order="DMY") == "2025-04-03"
    assert value("04/21/2025", date_order="DMY") == "2025-04-21"


def test_the_zone_of_the_board_is_attached_to_a_time_without_one():
    assert value("2025-07-03T09:30", time_zone="Europe/Berlin") == "2025-07-03T09:30+02:00"
    assert value("2026-01-03 09:30:10", time_zone="America/New_York") == "2026-01-03T09:30:10-05:00"
    assert value("2025-07-03T09:30Z", time_zone="Europe/Berlin") == "2025-07-03T09:30Z"
    assert value("2025-07-03", time_zone="Europe/Berlin") == "2025-07-03"
    assert value("2025-07-03T09:30", time_zone="Mars/Olympus") == "2025-07-03T09:30"


def test_the_zone_of_the_board_says_when_today_is():
    assert value("today", seen_at="2026-03-18T23:30:00Z", time_zone="Asia/Tokyo") == "2026-03-19"


def test_a_month_name_that_only_dateparser_knows():
    assert value("3 Bealtaine 2025", language="ga") == "2025-05-03"
    assert value("3 Bealtaine 2025") is None


def test_a_publish_date_after_the_crawl_is_a_conflict():
    reading = read("2026-03-25")
    assert reading.conflict
    assert [span.slot for span in reading.spans] == ["published", "seen_at"]
    assert not read("2026-03-20").conflict
    assert not read("2026-03-25", slot="expires").conflict


def test_evidence_quotes_the_slot():
    assert read(1770975000).spans[0].quote == "1770975000"
    assert read("vor 3 Tagen").spans[0][:4] == ("published", None, None, "vor 3 Tagen")


AHEAD = [
    ("in 3 days", "2026-03-21"),
    ("noch 5 Tage", "2026-03-23"),
    ("tomorrow", "2026-03-19"),
    ("dans 2 semaines", "2026-04-01"),
]


@pytest.mark.parametrize(("text", "expected"), AHEAD)
def test_the_end_of_a_post_may_be_counted_ahead(text, expected):
    assert value(text, slot="expires") == expected
    assert value(text) is None


DEADLINES = [
    ("Bakers wanted.\nApply by Friday 22 May 2026.", "Apply by Friday 22 May 2026", "2026-05-22"),
    ("Closing date for applications is 9am Monday 1st June 2026.", None, "2026-06-01"),
    ("Closing date\nJune 5th, 2026\nContract", None, "2026-06-05"),
    ("Bewerbungsfrist: 30.06.2026", "Bewerbungsfrist: 30.06.2026", "2026-06-30"),
    ("Date limite de candidature : 15 mai 2026", None, "2026-05-15"),
    ("Fecha límite: 15/05/2026", None, "2026-05-15"),
    ("Sluitingsdatum: 15 mei 2026", None, "2026-05-15"),
    ("Termin składania ofert: 15 maja 2026", None, "2026-05-15"),
    ("Приём заявок до 15 мая 2026", None, "2026-05-15"),
    ("The deadline is 03/04/2026.", None, None),
    ("You like tight deadlines, and in 2026 we grow.", None, None),
]


@pytest.mark.parametrize(("text", "quote", "expected"), DEADLINES)
def test_a_deadline_in_the_text(text, quote, expected):
    document = read_document(text, "text")
    reading = read(None, slot="expires", document=document)
    assert (reading and reading.value) == expected
    if quote:
        span = reading.spans[0]
        assert span.quote == document.text[span.start : span.end] == quote


def test_the_slot_comes_before_the_text():
    document = read_document("Closing date: 5 June 2026", "text")
    assert value("2026-07-01", slot="expires", document=document) == "2026-07-01"


@pytest.mark.parametrize("slot", ["published", "updated"])
@pytest.mark.parametrize(("text", "kept"), [("2026-11-04", True), ("2026-11-05", False), ("2027-11-02", False)])
def test_a_date_ahead_of_the_crawl_is_dropped_with_its_reason(slot, text, kept):
    raw = RawPosting(board="x", key="x", url="x", title="x", seen_at="2026-11-02T09:30:00Z", **{slot: text})
    reading = read_date(raw, slot, "en")
    assert reading is not None
    assert (reading.value, reading.conflict) == ((text, False) if kept else (None, True))
    assert [span.slot for span in reading.spans] == ([slot] if kept else [slot, "seen_at"])
