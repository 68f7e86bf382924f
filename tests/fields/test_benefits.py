"""Benefits: which words name one, and where they are an offer."""

from time import perf_counter
from typing import Any

import pytest

from scraper.document import read_document
from scraper.fields.benefits import read_benefits
from scraper.posting import RawPosting
from scraper.reading import Reading


def read(text: str, **slots: Any) -> Reading[Any] | None:
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "https://b.example/1", "title": "t", "seen_at": "2026-01-01T00:00:00Z"}
        | slots
    )
    document = read_document(text)
    reading = read_benefits(raw, document)
    for span in reading.spans if reading else ():
        assert span.quote
        if span.slot == "description":
            assert document.text[span.start : span.end] == span.quote
    return reading


def codes(text: str, **slots: Any) -> set[str]:
    reading = read(text, **slots)
    return {benefit.code.value for benefit in reading.value} if reading else set()


def listed(heading: str, *items: str) -> str:
    return f"<h3>{heading}</h3><ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        (
            "Benefits",
            [
                ("Private medical insurance", {"health_insurance"}),
                ("Medical, dental and vision", {"health_insurance", "dental_insurance", "vision_insurance"}),
                (
                    "Life insurance, AD&D and income protection",
                    {"life_insurance", "insurance_other", "disability_insurance"},
                ),
                ("401(k) with a 4% match", {"retirement"}),
                ("Yearly bonus", {"bonus"}),
                ("RSUs for everybody", {"equity"}),
                ("Equity-based incentives", {"equity"}),
                ("Life and critical illness cover", {"life_insurance", "insurance_other"}),
                ("Mass transit reimbursement", {"commuter"}),
                ("Sawdust promotes from within", {"career_growth"}),
                ("Quarterly in-person meetups", {"events"}),
                ("Annual public transport reimbursement", {"commuter"}),
                ("Quarterly well-being stipend", {"wellness"}),
                ("Budget for the courses you pick", {"learning"}),
                ("Lunch, with vegetarian options", {"meals"}),
                ("Private health insurance coverage", {"health_insurance"}),
                ("An in-house massage therapist", {"wellness"}),
                ("Company shuttles from the station", {"commuter"}),
                ("Integration parties in the barn", {"events"}),
                ("Dental insurance", {"dental_insurance"}),
                ("Access to wellbeing tools", {"wellness"}),
                ("Time off every year to volunteer", {"volunteer_leave"}),
                ("Take the time you need to recharge", {"unlimited_leave"}),
                ("Opportunities to grow quickly", {"career_growth"}),
                ("Uncapped commission", {"commission"}),
                ("27 days of holiday", {"paid_leave"}),
                ("Flexible time off", {"paid_leave"}),
                ("Unlimited PTO", {"unlimited_leave"}),
                ("Paid sick days", {"sick_leave"}),
                ("Twenty weeks of paid parental leave", {"parental_leave"}),
                ("Two volunteering days", {"volunteer_leave"}),
                ("A sabbatical after five years", {"sabbatical"}),
                ("Flexible working hours", {"flexible_hours"}),
                ("Work from anywhere, four weeks a year", {"remote_work"}),
                ("€300 home office budget", {"home_office"}),
                ("Four-day week in winter", {"four_day_week"}),
                ("Summer Fridays", {"reduced_summer_hours"}),
                ("Budget for courses and conferences", {"learning"}),
                ("Tuition reimbursement", {"tuition"}),
                ("Mentoring from day one", {"mentorship"}),
                ("Spanish lessons", {"language_classes"}),
                ("Relocation package", {"relocation"}),
                ("Cycle-to-work scheme", {"bike"}),
                ("Company car", {"company_car"}),
                ("Free lunch", {"meals"}),
                ("Childcare vouchers", {"childcare"}),
                ("Fertility treatments covered", {"fertility"}),
                ("Dog-friendly office", {"pet_friendly"}),
                ("Employee discounts", {"discounts"}),
                ("Referral bonus", {"referral_bonus"}),
                ("Table tennis", {"office_perks"}),
                ("Help with tuition", {"tuition"}),
                ("Help moving your household", {"relocation"}),
                ("Staff rates at the sawmill", {"discounts"}),
                ("A 4-day week in July", {"reduced_summer_hours"}),
                ("Desk and chair for the spare room", {"home_office"}),
            ],
        ),
        (
            "Wir bieten",
            [
                ("30 Tage Urlaub für alle und die Möglichkeit zur Workation", {"paid_leave", "remote_work"}),
                ("Betriebliche Altersvorsorge und Weihnachtsgeld", {"retirement", "bonus"}),
                ("JobRad, Deutschlandticket und ein Zuschuss zu der Kita", {"bike", "commuter", "childcare"}),
                ("Sprachkurse und die Teilnahme an Weiterbildungen", {"language_classes", "learning"}),
                ("Ein unbefristeter Vertrag", {"job_security"}),
                ("Das Zugticket und der Rechner deiner Wahl", {"commuter", "equipment"}),
                ("Arbeite mobil und mit flexiblen Zeiten", {"remote_work"}),
                ("Virtual Share Incentive Plan", {"equity"}),
                ("Ob in der Werkstatt, im Büro oder im Homeoffice", {"remote_work"}),
            ],
        ),
        (
            "Avantages",
            [
                ("Mutuelle et les tickets restaurant", {"health_insurance", "meals"}),
                ("Intéressement et des RTT", {"profit_sharing", "paid_leave"}),
                ("Télétravail et des horaires flexibles", {"remote_work", "flexible_hours"}),
                ("Aides (logement, garde enfant, déplacement)", {"housing", "childcare", "commuter"}),
                ("Formation BEP menuiserie", set()),
            ],
        ),
        (
            "Beneficios",
            [
                ("Seguro médico y los tickets restaurante", {"health_insurance", "meals"}),
                ("Horario flexible y teletrabajo para todos", {"flexible_hours", "remote_work"}),
            ],
        ),
        (
            "Benefit",
            [
                ("Buoni pasto e corsi di inglese", {"meals", "language_classes"}),
                ("Lavori da casa il lunedì e hai uno stipendio di certo", {"remote_work"}),
                ("Vitto per tutti", {"meals"}),
            ],
        ),
        (
            "Benefícios",
            [
                ("Vale refeição e plano de saúde para os filhos", {"meals", "health_insurance"}),
                ("Seguro contra acidentes e bolsa integral na faculdade", {"insurance_other", "tuition"}),
            ],
        ),
        (
            "Oferujemy",
            [
                ("Prywatna opieka medyczna i karta sportowa w pakiecie", {"health_insurance", "fitness"}),
                ("Premię i bilet miesięczny oraz komputer do wyboru", {"bonus", "commuter", "equipment"}),
                ("Pokój do telefonowania i cisza w biurze", set()),
            ],
        ),
        (
            "Wat wij bieden",
            [
                ("Een pensioenregeling en reiskostenvergoeding", {"retirement", "commuter"}),
                ("Glijdende uren en een hospitalisatieverzekering", {"flexible_hours", "health_insurance"}),
                ("Een loon van € 3.000 op basis van 36 uur en een contract voor een jaar", set()),
            ],
        ),
        (
            "Условия",
            [
                ("ДМС и оплата мобильной связи", {"health_insurance", "phone"}),
                ("Бесплатные обеды и корпоративы на природе", {"meals", "events"}),
                ("Оформление по ТК РФ в день выхода на работу", {"job_security"}),
                ("Процент со сделки и бесплатный курс столяра", {"commission", "learning"}),
                ("Трудоустройство по нормам трудового законодательства", {"job_security"}),
                ("Дружная образовательная организация", set()),
                ("Тёплый психологический климат, центр ипотеки рядом", set()),
                ("Наши доски за полцены и проезд за счёт пилорамы", {"discounts", "commuter"}),
            ],
        ),
    ],
)
def test_items_of_a_part_about_benefits(heading: str, rows: list[tuple[str, set[str]]]) -> None:
    assert [(item, codes(listed(heading, item, "…"))) for item, _ in rows] == rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (listed("Requirements", "Knowledge of health insurance products", "Training of new staff"), set()),
        (listed("Responsibilities", "Run payroll, pensions and holiday calendars"), set()),
        (listed("Nice to have", "Bonus points for Rust"), set()),
        ("<p>Pinecrest sells dental software to clinics. We love coffee.</p>", set()),
        ("<p>Pinecrest is a health insurance company with a vision for remote monitoring.</p>", set()),
        (listed("Benefits", "Work-life balance"), set()),
        (listed("Work & Life", "Free lunch"), {"meals"}),
        (
            "<h2>Wir bieten</h2><p>Vertrag: unbefristete Festanstellung</p><p>Obst und die Gleitzeit</p>",
            {"flexible_hours", "meals"},
        ),
        (listed("Benefits", "A desk rather than a company car"), set()),
        (listed("Условия", "С 9 до 18 и перерыв на обед 1 час"), set()),
        (listed("Benefits", "No relocation package", "Unfortunately no visa sponsorship"), set()),
        (listed("Benefits", "Relocation support is not available"), set()),
        (listed("Oferujemy", "Praca zdalna: brak", "Karta sportowa: tak"), {"fitness"}),
        (listed("Wir bieten", "Firmenwagen: nein", "Jobticket: ja"), {"commuter"}),
        ("<p>Themen wie Single Sign-On und SAML</p>", set()),
        (listed("Benefits", "No core hours", "No bonus, but free lunch"), {"flexible_hours", "meals"}),
        (listed("Benefits", "Remote work options"), {"remote_work"}),
        ("<p>Join the international team building and implementing chairs.</p>", set()),
        (listed("Benefits", "Driving the adoption of saws", "Colleagues of all ages, life experiences"), set()),
        (listed("Pay", "It depends on skills, certifications, location"), set()),
        ("<p>We offer a bench. A field shown through coursework, training, or professional experience</p>", set()),
        (listed("Benefits", "A discount on dog food"), {"discounts"}),
        (listed("Requirements", "Lathes or bandsaws are bonuses but not required"), set()),
        ("", set()),
    ],
)
def test_words_that_are_no_offer(text: str, expected: set[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>We offer stock options and a pension plan.</p>", {"equity", "retirement"}),
        ("<p>The salary comes with an annual bonus.</p>", {"bonus"}),
        ("<p>Poste nourri, logé en saison.</p>", {"meals", "housing"}),
        ("<p>Sawdust Ltd | Carpenter | Remote | $90K–$110K + equity</p>", {"equity"}),
        ("<p>$90K to $110K • Offers equity • Boston</p>", {"equity"}),
        (
            listed("Requirements", "Two years at the bench")
            + "<p>Besides good pay, and the chance to learn from some of the most patient carpenters in the whole of"
            + " the valley, we offer the following:</p><ul><li>Gym membership</li><li>Flexible work schedule</li></ul>",
            {"fitness", "flexible_hours"},
        ),
        (
            "<p>On top: dental, life insurance, a pension plan.</p>",
            {"dental_insurance", "life_insurance", "retirement"},
        ),
        (
            listed("What you bring", "Five years of Go")
            + listed("???", "401k match", "Dental", "Life insurance", "PTO"),
            {"retirement", "dental_insurance", "life_insurance", "paid_leave"},
        ),
    ],
)
def test_offers_outside_a_part_about_benefits(text: str, expected: set[str]) -> None:
    assert codes(text) == expected


def test_words_of_another_language_name_nothing() -> None:
    """`contract`, `formation` or `variable` are benefits in one language and plain words in the next."""
    assert codes(listed("Benefits", "Good humour and the sea", "A variable", "Formation", "Panier", "CDI")) == set()


def test_slots_come_first_and_keep_their_words() -> None:
    reading = read(
        listed("Benefits", "Dental cover for you", "Free lunch"),
        benefits=["Dental plan by Brightmouth", "Wine on Fridays"],
        relocation=True,
        visa_sponsorship=False,
    )
    assert reading
    assert [(benefit.code, benefit.text) for benefit in reading.value] == [
        ("dental_insurance", "Dental plan by Brightmouth"),
        ("relocation", "relocation"),
        ("meals", "Free lunch"),
    ]
    assert [(span.slot, span.value) for span in reading.spans] == [
        ("benefits[0]", "dental_insurance"),
        ("relocation", "relocation"),
        ("description", "meals"),
    ]


def test_a_slot_that_refuses_outweighs_the_text() -> None:
    assert codes(listed("Benefits", "Relocation package", "Free lunch"), relocation=False) == {"meals"}


def test_one_entry_a_code_with_the_first_words() -> None:
    reading = read(listed("Perks", "Free lunch", "Meal vouchers", "Snacks"))
    assert reading
    assert [benefit.text for benefit in reading.value] == ["Free lunch"]


@pytest.mark.parametrize(
    "text", ["bonus " * 170_000, "not flexible " * 80_000, "no bonus, " * 100_000, "flexible a b " * 80_000]
)
def test_a_long_hostile_text_is_read_in_bounded_time(text: str) -> None:
    began = perf_counter()
    assert codes("<h3>Benefits</h3>" + text) <= {"flexible_hours", "bonus"}
    assert perf_counter() - began < 5
