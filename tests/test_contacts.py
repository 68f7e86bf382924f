"""Contacts of recruiters: what is one, what is none, and that masking moves nothing."""

import copy
import json
import random
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.archive import archive_files, read_archive
from scraper.contacts import MASK, contacts, found, mask, mask_text
from scraper.crawl.masking import mask_reply
from scraper.export.jsonlines import exported
from scraper.parse import parse_posting
from scraper.posting import Posting, RawPosting
from scraper.store import open_store
from tests.boards.goldens import Case, cases
from tests.command import rolecall
from tests.crawl.test_crawl import crawl
from tests.crawl.test_memory import sitemap
from tests.server import Reply, serve

# What stands between ‹ and › is masked, and nothing else.
ROWS = [
    # addresses
    "Send it to ‹jobs@brightloom.example› by Friday.",
    "‹ada.brandt+cv@mail.brightloom.co.uk›, or the form",
    "[write us](mailto:‹hire@brightloom.example›?subject=CV)",
    "‹hire@brightloom.example›,‹next@brightloom.example›",
    "Mail ‹ada [at] brightloom [dot] example› now",
    "Mail ‹ada(at)brightloom.example› now",
    "‹people at brightloom dot com› reads everything",
    "<a href='mailto:‹ada&#64;brightloom.example›'>",
    "We use @angular/core, @nestjs/common and npm i left-pad@1.2.0",
    "git clone git@forge.example:brightloom/loom.git as deploy@host:/srv",
    "Follow @brightloom, @ada@social.example, and see loom@2x.png",
    "https://ada:secret@forge.example/path and Recall@K",
    "only from @brightloom.example addresses",
    "We are at it; look at loom.example (at home)",
    # numbers
    "call ‹+49 711 1234-567› or ‹+1 (650) 555-0182›",
    "‹+48600123456›, ‹0048 600 123 456›",
    "Tel.: ‹0711/123456›, Fax: ‹0711 / 123457›",
    "Tél. : ‹01 23 45 67 89›",
    "Téléphone ‹0123456789›",
    "‹(0221) 1234567›",
    "‹501-555-4901› or ‹(501) 555-4902›",
    "tel. kom. ‹600 123 456›",
    "Звоните: ‹8 (495) 123-45-67›Ждём",
    "Телефон: ‹8 800 555 35 36›",
    "Bel ons op ‹020-1234567›",
    "‹(11) 91234-5678› no WhatsApp",
    "Llámanos al teléfono ‹912 345 678›",
    "Chiamare il numero ‹02 12345678›",
    "$120,000 - 150,000, 80 000-90 000 ₽, 100 000 000 zł, EUR 1.200.000.000",
    "from 01/02/2026 to 03.04.2027, since 2019-2021, 03/2024 - 09/2025, 2026-11-21",
    "shifts 0900 - 1730, 09.00 - 18.00, 08.00-17.00",
    "Ref 0123 456 789, job id: 4018 702 004, version 0.12.345.6789, ISO 27001/27002",
    "https://forge.example/jobs/4018702004 and /20754382-05e7-4cb6-a0f9-0daf93389999",
    "10115 Berlin, IBAN DE89 3704 0044 0532 0130 00, SIRET 123 456 789 00012",
    "Windows Server 2003/2008/2012/2016, 1 000 000 users, 24/7/365",
    # names
    "Contact: ‹Ada Brandt›",
    "Your contact for this role is ‹Ada Brandt›.",
    "Recruiter – ‹Ada N'Dour-Brandt›, then more",
    "Ansprechpartnerin: Frau Dr. ‹Ada von der Brandt›",
    "Ihr Ansprechpartner für Rückfragen ist Herr ‹Brandt›.",
    "Ihre Ansprechpartnerin\nBrightloom GmbH\n‹Ada Brandt›\nPersonalreferentin",
    "Bei Fragen steht Ihnen Frau ‹Ada Brandt› unter ‹0711 123456› zur Verfügung.",
    "Votre contact : ‹Ada Brandt›",
    "Veuillez contacter Mme ‹Ada Brandt› au ‹01 23 45 67 89›.",
    "Persona de contacto: ‹Ada Brandt Ruiz›",
    "Contato: ‹Ada Brandt›",
    "Referente: Dott.ssa ‹Ada Brandt›",
    "Osoba kontaktowa: Pani ‹Ada Brandt›",
    "Contactpersoon: mevrouw ‹Ada de Brandt›",
    "Контактное лицо: ‹Брандт Ада Петровна›",
    "reach out to our Director of Human Resources, ‹Ada Brandt›, at ‹abrandt@brightloom.example›",
    "‹Ada Müller›, ‹ada.mueller@brightloom.example›",
    "‹+31 20 123 4567› and ask for ‹Ada Brandt›",
    "Recruiter: ‹Ada Brandt›. Later ‹Ada Brandt› calls you.",
    "Contact: Human Resources",
    "Contact: Brightloom Consulting GmbH",
    "Kontakt: Personalabteilung Berlin",
    "Point of contact: you are it",
    "Contact People Ops at ‹people@brightloom.example›",
    "Be the main contact for Key Accounts. Recruiter experience with LinkedIn Recruiter is a plus.",
    "Contact\nAbout Us\nWhat We Offer",
    "Der persönliche Kontakt mit Kunden: Freude",
]


@pytest.mark.parametrize("row", ROWS)
def test_what_is_masked(row: str) -> None:
    text = row.replace("‹", "").replace("›", "")
    want = "".join(
        MASK * len(part) if inside else part
        for piece in row.split("‹")
        for inside, part in zip((True, False) if "›" in piece else (False,), piece.split("›"), strict=True)
    )
    assert mask_text(text) == want
    assert mask_text(want) == want


def test_kinds_are_counted() -> None:
    assert found("Contact: Ada Brandt, ada@brightloom.example, +49 711 123456") == Counter(email=1, phone=1, name=1)
    assert found("We weave.") == Counter()


def test_a_firm_is_no_person() -> None:
    text = "Contact: Ada Brandt, or write to ada@brightloom.example"
    assert [c.kind for c in contacts(text, "Ada Brandt Looms")] == ["email"]


def given(case_number: int = 0) -> dict:
    raw = RawPosting(
        board="mine",
        key="1",
        url="https://brightloom.example/1",
        apply_url="mailto:ada.brandt@brightloom.example?subject=Go",
        title="Go Engineer (Ada Brandt)",
        description="<p>Remote within Germany.</p><h3>Benefits of Ada Brandt</h3><ul><li>30 days of paid leave, ask Ada Brandt"
        "</li></ul><p>Contact: Ada Brandt, ada.brandt@brightloom.example</p>",
        seen_at="2026-11-02T09:30:00Z",
    )
    return parse_posting(raw).model_dump(mode="json", by_alias=True)


def test_a_record_is_masked_in_place() -> None:
    record = given()
    counts = mask(record)
    said = json.dumps(record, ensure_ascii=False)
    assert "Ada" not in said
    assert "ada.brandt" not in said
    assert counts["email"] == 2
    assert record["apply_url"].startswith("mailto:" + MASK)
    assert record["url"] == "https://brightloom.example/1"
    assert MASK in record["title"]
    assert any(MASK in (section["heading"] or "") for section in record["sections"])


def masked_is_sound(record: dict) -> None:
    before = copy.deepcopy(record)
    mask(record)
    text = record["description"]
    assert len(text) == len(before["description"])
    for spans in record["evidence"].values():
        for span in spans:
            if span["start"] is not None:
                assert text[span["start"] : span["end"]] == span["quote"]
    Posting.model_validate(record)
    once = copy.deepcopy(record)
    mask(record)
    assert record == once


LINE = "<p>Contact: Ada Brandt, ada.brandt@brightloom.example, +49 711 1234567</p>"


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_masking_a_golden_moves_nothing(case: Case) -> None:
    for row in (case.expected() or {}).get("postings", []):
        raw = RawPosting.model_validate(row | {"unread": {}})
        whole = parse_posting(raw.model_copy(update={"description": LINE + raw.description + LINE}))
        record = whole.model_dump(mode="json", by_alias=True)
        masked_is_sound(record)
        assert "brightloom" not in record["description"]


def test_any_text_is_masked_once_and_for_all() -> None:
    pieces = [
        "Contact: ",
        "Ada ",
        "Brandt ",
        "ada@b.example",
        "@",
        "+49 711 ",
        "0711",
        "12345 67",
        "\n",
        " / ",
        "(at)",
        ".de",
        "Tel ",
        ", ",
        "█",
        "Frau ",
        "01.02.2026",
        "-",
        "mail ",
    ]
    choose = random.Random(7)
    for _ in range(4000):
        text = "".join(choose.choices(pieces, k=12))
        once = mask_text(text)
        assert len(once) == len(text)
        assert mask_text(once) == once, text


@pytest.mark.parametrize(
    "piece",
    [
        "@",
        "a@",
        "1 ",
        "0711 123456 ",
        "contact: ",
        "Contact\n",
        "mr ",
        "a(at)b.c",
        "://aa@b.cc ",
        "(",
        "at dot ",
        "ada.b@c.de Ada Brandt ",
    ],
)
def test_hostile_text_takes_no_time(piece: str) -> None:
    text = (piece * 1_000_000)[:1_000_000] + " a@b.example +49 711 123456"
    began = time.process_time()
    found(text)
    assert time.process_time() - began < 2


def test_a_record_without_contacts_costs_next_to_nothing() -> None:
    record = {
        "title": "Go Engineer",
        "description": "You plan crews of airports with Go and Kubernetes, 5+ years. $120,000 - 150,000. " * 11,
    }
    best = min(timed(record) for _ in range(5))
    assert best < 40e-6, f"{best * 1e6:.0f} µs a record"  # four times what it takes


def timed(record: dict) -> float:
    began = time.process_time()
    for _ in range(2000):
        mask(record)
    return (time.process_time() - began) / 2000


def test_a_contact_that_stands_in_the_title_alone_counts_as_one(tmp_path: Path) -> None:
    slots = {
        "title": "Weaver, ask ada@b.example",
        "description": "<p>You weave.</p>",
        "locations": ["Lyon, +33 1 70 00 00 00"],
    }
    raw = RawPosting(board="x", key="k", url="https://x.example/", seen_at="2026-11-02T09:30:00Z", **slots)
    posting = parse_posting(raw)
    assert mask(posting.model_dump(mode="json", by_alias=True)) == {"email": 1, "phone": 1}
    store = open_store(tmp_path / "rolecall.db")
    store.see(store.begin("run", "x", datetime(2026, 11, 2, tzinfo=UTC)), "x", raw, posting)
    (line,) = exported(store)
    assert "ada@b" not in line
    assert "+33" not in line


PAGE = """<!doctype html><html><head><meta charset="{charset}"><script type="application/ld+json">{data}</script></head>
<body><h1>Weber</h1><p>Ansprechpartnerin: <b>Frau Ada Brändt</b></p><p>Prüfung: <a href="mailto:ada@b.example">ada&#64;b.example</a>,
<a href="tel:+49711123456">0711 123456</a></p><img alt="Ada Brändt"><script>var who = "ada@b.example";</script></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251"])
def test_an_archive_holds_no_contact_and_reads_as_before(tmp_path: Path, charset: str) -> None:
    about = {
        "@type": "JobPosting",
        "title": "Weber",
        "description": "<p>Contact: Ada Brändt, ada@b.example</p><p>Go.</p>",
    }
    about |= {"url": "https://x.example/a", "hiringOrganization": {"name": "Brightloom"}, "datePosted": "2026-11-02"}
    text = PAGE.format(charset=charset, data=json.dumps(about))
    page = Reply(text.encode(charset, "xmlcharrefreplace"), type=f"text/html; charset={charset}")
    with serve({"/sitemap.xml": sitemap({"a": "2026-10-01"}), "/a": page}) as site:
        ran = crawl(tmp_path, site, "--mask-archive", "--keep-contacts")
    assert ran.code == 0, ran.err
    bodies = b"".join(reply.body for path in archive_files([tmp_path / "archive"]) for reply in read_archive(path))
    assert b"Weber" in bodies
    for gone in (b"Ada", b"b.example", b"0711", b"Br\\u00e4ndt"):
        assert gone not in bodies
    again = rolecall(tmp_path, "reparse").clean()
    (record,) = map(json.loads, again.out.splitlines())
    assert record["employer"]["name"] == "Brightloom"
    assert record["description"].endswith("Go.")
    assert "Ada" in ran.rows()[0]["description"], "the store keeps what the crawl read"


def test_masked_json_stays_json_of_the_same_shape() -> None:
    data = {
        "id": "501-555-4901",
        "n": 12,
        "phone": 4971112345678,
        "contact_name": "Ada Brandt",
        "recruiter": {"firstName": "Ada", "lastName": "Brandt", "title": "Recruiter"},
        "company": {"name": "Ada Brandt Looms"},
        "text": "&lt;p&gt;Contact: &lt;b&gt;Ada Brandt&lt;/b&gt;&lt;/p&gt;",
        "url": "https://b.example/4971112345678",
    }
    masked = json.loads(mask_reply(json.dumps(data)))
    assert masked == data | {
        "phone": 0,
        "contact_name": MASK * 10,
        "recruiter": {"firstName": MASK * 3, "lastName": MASK * 6, "title": "Recruiter"},
        "text": f"&lt;p&gt;Contact: &lt;b&gt;{MASK * 10}&lt;/b&gt;&lt;/p&gt;",
    }
    assert mask_reply('{"a": 1}') == '{"a": 1}', "what holds no contact stays byte for byte"
