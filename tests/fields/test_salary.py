"""Pay is read from slots, titles and texts; other money is not."""

import pytest

from scraper.document import read_document
from scraper.fields.salary import choose_salary, read_pay_ranges
from scraper.posting import RawPosting, RawSalary


def read(description="", countries=(), **slots):
    raw = RawPosting(
        board="b",
        key="1",
        url="https://jobs.example/1",
        title=slots.pop("title", "Baker"),
        seen_at="2026-03-01T00:00:00Z",
        description=description,
        description_type="text",
        **slots,
    )
    return read_pay_ranges(raw, read_document(description, "text"), countries)


def chosen(reading):
    salary = choose_salary(reading)
    return salary and (salary.value.min, salary.value.max, salary.value.currency, salary.value.period)


SLOT = [
    # one multiplier goes over both ends
    ("€48–90k", (48000, 90000, "EUR", "year")),
    ("45-55k€", (45000, 55000, "EUR", "year")),
    ("£30-£50K", (30000, 50000, "GBP", "year")),
    ("60-80 000 Kč", (60000, 80000, "CZK", None)),
    ("€ 140 - 160000", (140000, 160000, "EUR", "year")),
    ("85.75k - 95.25k GBP", (85750, 95250, "GBP", "year")),
    ("60-70 T€", (60000, 70000, "EUR", "year")),
    ("75 TEUR", (75000, 75000, "EUR", "year")),
    # separators of thousands and decimals
    ("CHF 110'000", (110000, 110000, "CHF", "year")),
    ("CHF 110’000 – 130’000", (110000, 130000, "CHF", "year")),
    ("1.234,56 €", (1234.56, 1234.56, "EUR", None)),
    ("10 627 270,00 Ft - 17 818 330,00 Ft annually", (10627270, 17818330, "HUF", "year")),
    ("₹9,00,000 - ₹14,50,000 a year", (900000, 1450000, "INR", "year")),
    ("3.250,- € brutto im Monat", (3250, 3250, "EUR", "month")),
    ("12 000 zł", (12000, 12000, "PLN", None)),
    # only one end
    ("up to £64k", (None, 64000, "GBP", "year")),
    ("bis zu 80.000 € im Jahr", (None, 80000, "EUR", "year")),
    ("jusqu'à 55 k€", (None, 55000, "EUR", "year")),
    ("hasta 45.000 € brutos anuales", (None, 45000, "EUR", "year")),
    ("até R$ 12.000 por mês", (None, 12000, "BRL", "month")),
    ("fino a 45.000 € lordi annui", (None, 45000, "EUR", "year")),
    ("do 18 000 zł netto/mies.", (None, 18000, "PLN", "month")),
    ("tot € 4.500 bruto per maand", (None, 4500, "EUR", "month")),
    ("до 250 000 ₽ в месяц", (None, 250000, "RUB", "month")),
    ("from €61k", (61000, None, "EUR", "year")),
    ("ab 61.000 EUR", (61000, None, "EUR", "year")),
    ("à partir de 41 000 € brut/an", (41000, None, "EUR", "year")),
    ("desde 31.000€", (31000, None, "EUR", "year")),
    ("a partir de 3.100 € mensais", (3100, None, "EUR", "month")),
    ("da 35.500 €", (35500, None, "EUR", "year")),
    ("od 12 500 zł", (12500, None, "PLN", None)),
    ("vanaf € 3.300 p/m", (3300, None, "EUR", "month")),
    ("от 310 000 ₽ на руки", (310000, None, "RUB", "month")),
    ("£72,000+", (72000, None, "GBP", "year")),
    ("£72,000 or less", (None, 72000, "GBP", "year")),
    # periods
    ("$85/hr", (85, 85, None, "hour")),
    ("28 €/Std.", (28, 28, "EUR", "hour")),
    ("taux horaire 12,40 €", (12.4, 12.4, "EUR", "hour")),
    ("9 € por hora", (9, 9, "EUR", "hour")),
    ("12 € all'ora", (12, 12, "EUR", "hour")),
    ("35 zł/godz.", (35, 35, "PLN", "hour")),
    ("€ 16,50 per uur", (16.5, 16.5, "EUR", "hour")),
    ("450 руб. в час", (450, 450, "RUB", "hour")),
    ("950 €/Tag", (950, 950, "EUR", "day")),
    ("TJM 510-620 €", (510, 620, "EUR", "day")),
    ("€700 per week", (700, 700, "EUR", "week")),
    ("25 500 Kč / měsíc", (25500, 25500, "CZK", "month")),
    ("月給 26万円", (260000, 260000, "JPY", "month")),
    # 13 or 14 salaries: a month's pay stays one
    ("14 x 2.450 €", (2450, 2450, "EUR", "month")),
    ("2.450 € x 14", (2450, 2450, "EUR", "month")),
    # what a figure beside the base is, is not added to it
    ("68.000€ Fixum + 21.000€ variabel", (68000, 68000, "EUR", "year")),
    ("年薪30-50万元", (300000, 500000, "CNY", "year")),
    ("60-70/hr", (60, 70, None, "hour")),
    ("2600 – 3400 € gross/month", (2600, 3400, "EUR", "month")),
    # India
    ("12-18 LPA", (1200000, 1800000, "INR", "year")),
    ("₹ 1.2 crore per annum", (12000000, 12000000, "INR", "year")),
    # the thousands are said twice
    ("50 000 тыс. руб.", (50000, 50000, "RUB", None)),
    ("210-260 т.р.", (210000, 260000, "RUB", None)),
    # a currency in words or by code
    ("8100 lei net", (8100, 8100, None, None)),
    ("US$ 121,000 - US$ 151,000", (121000, 151000, "USD", "year")),
    ("NZ$80-95k", (80000, 95000, "NZD", "year")),
    ("2 300 euros brut mensuel", (2300, 2300, "EUR", "month")),
    ("15 - 20 triệu", (15000000, 20000000, "VND", None)),
    # nothing, or what is no pay
    ("Competitive", None),
    ("nach Vereinbarung", None),
    ("по договорённости", None),
    ("£0 - £0", None),
    ("100 - 150", None),
    ("15%", None),
    ("$5,000 signing bonus; 401(k) match", None),
    ("€65k OTE", None),
    ("tuition help up to $5,100 per year", None),
    ("90000 - 60000 EUR", None),
    ("from $6 million in funding", None),
]


@pytest.mark.parametrize(("text", "expected"), SLOT)
def test_a_pay_slot(text, expected):
    assert chosen(read(salary=RawSalary(text=text))) == expected


TEXT = [
    ("Salary: €52,000 - €61,000 plus bonus.", (52000, 61000, "EUR", "year")),
    ("A lamp that pays for itself at $0.39 per day", None),
    ("Sawdust | Carpenter | Remote (US) | $120K–$140KSawdust builds chairs", (120000, 140000, "USD", "year")),
    ("Infy Wood | Carpenter | Remote (India) | 6–10 LPAWe’re hiring", (600000, 1000000, "INR", "year")),
    ("Comp: £150k+", (150000, None, "GBP", "year")),
    ("Pay Range:\nSr. Hardware Specialist: $105,000.00 - $145,000.00", (105000, 145000, None, None)),
    ("We give each carpenter a hardware budget of $2,000", None),
    ("Wir zahlen ein Jahresgehalt von 52.000 € bis 64.000 € brutto.", (52000, 64000, "EUR", "year")),
    ("Das Mindestgehalt nach Tarif beträgt 2.480 Euro brutto im Monat", (2480, None, "EUR", "month")),
    ("Vergütung: 1. Jahr 990 €, 2. Jahr 1.070 €, 3. Jahr 1.180 € im Monat", (990, 1180, "EUR", "month")),
    ("Base pay of €64,000 to €71,000 a year\n- €900 a year for courses", (64000, 71000, "EUR", "year")),
    ("You start on £8.95 per hour", (8.95, 8.95, "GBP", "hour")),
    ("8,70 € la hora, más propinas", (8.7, 8.7, "EUR", "hour")),
    ("Pagamos 7,80 € por hora", (7.8, 7.8, "EUR", "hour")),
    ("Ayuda al estudio de 550 € al mes", (550, 550, "EUR", "month")),
    ("rimborso spese di 650 € mensili", (650, 650, "EUR", "month")),
    ("we geven je een vergoeding van € 420 per maand", (420, 420, "EUR", "month")),
    ("Sueldo de S/ 2,900 mensuales", (2900, 2900, "PEN", "month")),
    ("Månadslön 31 000 SEK", (31000, 31000, "SEK", "month")),
    ("Das Mindestentgelt beträgt mindestens EUR 3.400 brutto pro Monat.", (3400, None, "EUR", "month")),
    ("Rémunération : entre 38K€ et 44K€ selon votre parcours", (38000, 44000, "EUR", "year")),
    ("Ofrecemos un salario de 28.000 € a 33.000 € brutos anuales.", (28000, 33000, "EUR", "year")),
    ("Salário: R$ 7.000 a R$ 9.000 por mês", (7000, 9000, "BRL", "month")),
    ("Retribuzione: RAL 34.000 € - 39.000 €", (34000, 39000, "EUR", "year")),
    ("Wynagrodzenie: 14 000 – 19 000 PLN netto + VAT / mies.", (14000, 19000, "PLN", "month")),
    ("Een salaris tussen € 3.100 en € 4.200 bruto per maand", (3100, 4200, "EUR", "month")),
    ("Зарплата от 90 000 до 120 000 руб. на руки", (90000, 120000, "RUB", "month")),
    ("График 5/2Заработная плата 51.000 рублейОформление по ТК", (51000, 51000, "RUB", "month")),
    ("The daily contract rate is £430-480.", (430, 480, "GBP", "day")),
    ("Pay: £11.90 per hour", (11.9, 11.9, "GBP", "hour")),
    ("Bakers in Leeds earn between £24,000 and £27,500 a year.", (24000, 27500, "GBP", "year")),
    ("It can range from £35,000 per year to £41,000 per year for this salary band.", (35000, 41000, "GBP", "year")),
    ("We pay between € 2,410 (scale 8) and € 3,120 (scale 9) gross per month", (2410, 3120, "EUR", "month")),
    ("Base pay £50,000, OTE £80,000", (50000, 50000, "GBP", "year")),
    ("Compensation\n£61,000 - £70,000\nThe range is for London.", (61000, 70000, "GBP", "year")),
    ("L4\n£61,000—£70,000 GBP\nL5\n£70,000—£83,000 GBP", (61000, 83000, "GBP", "year")),
    ("Millbrook | Oven engineer | £58-66k | Leeds", (58000, 66000, "GBP", "year")),
    ("We pay AED 50,000+ a month", (50000, None, "AED", "month")),
    ("Salary: 52.000+ € pro Jahr", (52000, None, "EUR", "year")),
    ("Salary: £50k+ bonus", (50000, None, "GBP", "year")),
    # other money
    ("We sell 500+ USD lamps to 10+ EUR markets.", None),
    ("We raised $35 million in our Series B.", None),
    ("A learning budget of €1,000 per year is yours.", None),
    ("Meal vouchers of 180 CZK per working day are paid on top.", None),
    ("Refer a friend and earn a $2,000 referral bonus.", None),
    ("We give a £500 home office stipend and £2,500 for relocation.", None),
    ("Our ovens process 60.000 EUR worth of dough each quarter.", None),
    ("You will own a $10M+ annual media budget.", None),
    ("More than 500k weekly users bake with us.", None),
    ("负责12万平方米园区的烘焙工作", None),
    ("We offer a 401k plan and a salary that is fair.", None),
    ("You bring 5 - 7 years of experience and are at least 18.", None),
    ("Call 651-555-0100 or visit us in 2026.", None),
    ("For every $1 paid to the mill, $3 more go to the farm.", None),
    ("Wir schenken dir 50 € Sachbezug im Monat.", None),
    ("Tickets restaurant de 9 € par jour et prime de 1 000 €.", None),
    ("Компенсация спорта до 30 000 руб. в год.", None),
    ("Dofinansowanie szkoleń do 5 000 zł rocznie.", None),
    ("Variable target pay is €75–90k OTE, uncapped.", None),
    ("The total compensation for this role is €120,000.", None),
]


@pytest.mark.parametrize(("text", "expected"), TEXT)
def test_a_description(text, expected):
    assert chosen(read(text)) == expected


PLACES = [
    ("$100,000 - $120,000", ["US"], "USD"),
    ("$100,000 - $120,000", ["CA"], "CAD"),
    ("$35-$40/h", ["AU"], "AUD"),
    ("$35-$40/h", ["NZ", "NZ"], "NZD"),
    ("$35-$40/h", ["US", "CA"], None),
    ("$35-$40/h", ["DE"], None),
    ("$35-$40/h", [], None),
    ("$100,000 - $120,000 CAD", ["US"], "CAD"),
    ("1 400–1 900 $ в месяц", ["BY"], "USD"),
    ("kr 600 000 per år", ["NO"], "NOK"),
    ("kr 600 000 per år", ["SE"], "SEK"),
    ("kr 600 000 per år", [], None),
    ("¥200-300/day", ["CN"], "CNY"),
    ("¥200-300/day", ["JP"], "JPY"),
    ("8千-1万/月", ["CN"], "CNY"),
    ("Rs. 50,000 per month", ["IN"], "INR"),
]


@pytest.mark.parametrize(("text", "countries", "currency"), PLACES)
def test_the_place_settles_a_shared_symbol(text, countries, currency):
    assert choose_salary(read(salary=RawSalary(text=text), countries=countries)).value.currency == currency


def test_a_place_in_the_text_settles_the_dollar():
    assert chosen(read("The Austin, TX base salary is $90,000.", ["DE"])) == (90000, 90000, "USD", "year")
    assert chosen(read("Baker | Remote (US) | $90k-$110k")) == (90000, 110000, "USD", "year")
    assert chosen(read("Baker | Remote | salary $90k-$110k")) == (90000, 110000, None, None)


GROSS = [
    ("15 000 – 20 000 PLN net + VAT", False),
    ("3 000 € netto", False),
    ("300 000 ₽ на руки", False),
    ("300 000 ₽ до вычета налогов", True),
    ("52.000 € brutto", True),
    ("30 000 € brut", True),
    ("35.000 € lordi", True),
    ("£70,000 before tax", True),
    ("€40,000, all .NET work", None),
    ("€40,000", None),
]


@pytest.mark.parametrize(("text", "gross"), GROSS)
def test_tax(text, gross):
    assert choose_salary(read(salary=RawSalary(text=text))).value.gross is gross


PARTS = [
    ({"min": 50000, "max": 60000, "currency": "USD", "period": "per-year-salary"}, (50000, 60000, "USD", "year")),
    ({"min": "45,000", "max": "55.000", "currency": "Euro", "period": "PA"}, (45000, 55000, "EUR", "year")),
    ({"min": 20, "max": 25, "currency": "$", "period": "PH"}, (20, 25, "USD", "hour")),
    ({"min": 20, "max": 25, "currency": "usd", "period": "1 HOUR"}, (20, 25, "USD", "hour")),
    ({"min": "£30k", "period": "per annum"}, (30000, None, "GBP", "year")),
    ({"max": 4000, "min": 0, "currency": "zł", "period": "month"}, (None, 4000, "PLN", "month")),
    ({"min": 900, "max": 950, "currency": "GBP", "period": "bi-weekly"}, (900, 950, "GBP", None)),
    ({"min": 0, "max": 0, "currency": "EUR", "period": "YEAR"}, None),
    ({"min": "", "max": ""}, None),
    ({"min": 60000, "max": 50000, "currency": "EUR"}, None),
    ({"min": float("nan"), "max": float("inf")}, None),
]


@pytest.mark.parametrize(("parts", "expected"), PARTS)
def test_structured_parts(parts, expected):
    assert chosen(read(salary=RawSalary(**parts), countries=["US"])) == expected


def test_cents_are_hundredths():
    reading = read(salary=RawSalary(min=5000000, max=6000000, currency="EUR", period="YEAR"), pay_unit="cent")
    assert chosen(reading) == (50000, 60000, "EUR", "year")


def test_structured_pay_wins_over_a_text_that_disagrees_and_both_stay_in_evidence():
    parts = RawSalary(min=50000, max=60000, currency="EUR", period="YEAR")
    salary = choose_salary(read("Salary: €70,000 - €80,000 per year", salary=parts))
    assert (salary.value.min, salary.value.max, salary.conflict) == (50000, 60000, True)
    assert [span.slot for span in salary.spans] == ["salary.min", "description"]
    assert salary.spans[1].value == "70000-80000 EUR year"


def test_a_text_completes_what_the_slot_leaves_out():
    salary = choose_salary(read("Salary: €5,000 - €6,000 gross per month", salary=RawSalary(min=5000, max=6000)))
    assert (salary.value.currency, salary.value.period, salary.value.gross) == ("EUR", "month", True)
    assert not salary.conflict


def test_all_ranges_are_kept_with_their_labels_and_the_salary_spans_them():
    text = "Zone 1 Pay Range\n£70,000 - £80,000\nZone 2 Pay Range\n£60,000 - £72,000"
    reading = read(text)
    assert [(pay.min, pay.max, pay.label) for pay in reading.value] == [
        (70000, 80000, "Zone 1 Pay Range"),
        (60000, 72000, "Zone 2 Pay Range"),
    ]
    assert chosen(reading) == (60000, 80000, "GBP", "year")


def test_pay_of_two_contracts_is_not_mixed():
    reading = read(salary=RawSalary(text="16 000 - 22 000 PLN (B2B) / 13 000 - 18 000 PLN (UoP)"))
    assert [pay.label for pay in reading.value] == ["B2B", "UoP"]
    assert chosen(reading) == (16000, 22000, "PLN", None)


def test_structured_ranges_keep_their_labels():
    zones = [RawSalary(min=10 + n, max=20 + n, currency="EUR", period="HOUR", label=f"Zone {n}") for n in (1, 2)]
    reading = read(pay_ranges=zones)
    assert [pay.label for pay in reading.value] == ["Zone 1", "Zone 2"]
    assert [span.slot for span in reading.spans] == ["pay_ranges[0].min", "pay_ranges[1].min"]
    assert chosen(reading) == (11, 22, "EUR", "hour")


def test_a_title_may_name_the_pay():
    reading = read("We bake.", title="Head baker (£41k-£46k)")
    assert chosen(reading) == (41000, 46000, "GBP", "year")
    assert reading.spans[0].slot == "title"
