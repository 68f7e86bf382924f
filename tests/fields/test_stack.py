"""Skills: which words name one, which do not, and how much the post wants it."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from scraper.document import read_document
from scraper.fields.stack import read_stack
from scraper.posting import RawPosting, Skill
from scraper.reading import Reading
from scraper.words import load


def read(text: str, kind: str = "text", **slots: Any) -> Reading[list[Skill]] | None:
    slots = {"title": "Colleague wanted", **slots}
    raw = RawPosting(board="b", key="1", url="https://b.example/1", seen_at=datetime(2026, 11, 1, tzinfo=UTC), **slots)
    return read_stack(raw, read_document(text, kind))  # type: ignore[arg-type]


def names(text: str, **slots: Any) -> set[str]:
    reading = read(text, **slots)
    return {skill.name for skill in reading.value} if reading else set()


def needs(text: str, kind: str = "text", **slots: Any) -> dict[str, str]:
    reading = read(text, kind, **slots)
    return {skill.name: str(skill.need) for skill in reading.value} if reading else {}


SPELLINGS = [
    ("Solid C, C++ and C# required.", {"C", "C++", "C#"}),
    ("C/C++ on bare metal", {"C", "C++"}),
    ("Objective-C or Swift for the app", {"Objective-C", "Swift"}),
    ("We move to .NET 8 and ASP.NET Core from VB.NET.", {".NET", "ASP.NET", "Visual Basic"}),
    ("Node.js, nodejs and NODE JS mean one thing", {"Node.js"}),
    ("React.js, Vue.js/Nuxt, Next.js;", {"React", "Vue.js", "Nuxt.js", "Next.js"}),
    ("Java17, Python3 and PHP8 services, Angular 2+", {"Java", "Python", "PHP", "Angular"}),
    ("Kafka-based pipelines, k8s-native", {"Kafka", "Kubernetes"}),
    ("Postgres/MySQL/MS SQL Server", {"PostgreSQL", "MySQL", "SQL Server"}),
    ("Strong in R and SQL.", {"R", "SQL"}),
    ("statistics (R, Stata, SPSS)", {"R", "Stata", "SPSS"}),
    ("Golang, or Go with gRPC", {"Go", "gRPC"}),
    ("Go, Rust or Zig", {"Go", "Rust", "Zig"}),
    ("html, css, react and redux", {"HTML", "CSS", "React", "Redux"}),
    ("AWS (Lambda, S3, SQS, DynamoDB)", {"AWS", "AWS Lambda", "Amazon S3", "Amazon SQS", "Amazon DynamoDB"}),
    ("Spring Boot, Spring Security and Hibernate", {"Spring Boot", "Spring Security", "Hibernate"}),
    ("experience with Vault, Consul and Terraform", {"Vault", "Consul", "Terraform"}),
    ("You run Chef, Puppet or Ansible daily.", {"Chef", "Puppet", "Ansible"}),
    ("Proficiency in Excel, Word and Outlook", {"Excel", "Word", "Outlook"}),
    ("Salesforce Sales Cloud, Service Cloud and Pardot", {"Sales Cloud", "Service Cloud", "Pardot"}),
    ("SAP S/4HANA, SAP MM and ABAP", {"SAP S/4HANA", "SAP MM", "ABAP"}),
    ("I2C, SPI, UART and CAN bus", {"I2C", "SPI", "UART", "CAN"}),
    ("AutoCAD, Revit, SolidWorks", {"AutoCAD", "Revit", "SolidWorks"}),
    ("Unity, Unreal Engine and Blender", {"Unity", "Unreal Engine", "Blender"}),
    ("Microsoft Teams, Slack and Zoom in the toolbox", {"Teams", "Slack", "Zoom"}),
    ("Experience using TableauExperience in sales", {"Tableau"}),
    ("Gute Excel-Listen: du gehst mit Excel um", {"Excel"}),
    ("Excel intermedio", {"Excel"}),
    ("Wij schrijven in Go", {"Go"}),
    ("conoces algo de Go o de Rust", {"Go", "Rust"}),
    ("zgłoszenia trzymamy w Jirze, kod w Kotlinie i Swifcie", {"Jira", "Kotlin", "Swift"}),
    ("na co dzień praca z Linuksem i Kafką, więc żadnych okien", {"Linux", "Kafka"}),
    ("testes com Cypress; as reuniões são no Google Meet", {"Cypress", "Google Meet"}),
    ("Tests in Jest and Playwright", {"Jest", "Playwright"}),
    ("Маршруты строим в Яндекс Картах", {"Yandex Maps"}),
    ("znajomość Symfonii i Płatnika", {"Symfonia", "Płatnik"}),
    ("You run ads on LinkedIn", {"LinkedIn"}),
    ("Statistics, SQL, SPARK and the like", {"SQL", "Spark"}),
    ("Stack: Go, Postgres, AWSWe saw a lot", {"Go", "PostgreSQL", "AWS"}),
    ("Lambda, API Gateway, KMS and S3", {"AWS Lambda", "Amazon API Gateway", "AWS KMS", "Amazon S3"}),
    ("configuration by code (e.g., Puppet)", {"Puppet"}),
    ("Statistical Analysis System (SAS) or SUDAAN", {"SAS", "SUDAAN"}),
    ("EC2, S3, SQS, SES and RDS", {"Amazon EC2", "Amazon S3", "Amazon SQS", "Amazon SES", "Amazon RDS"}),
    ("Python at the front and a little Go, with Redis behind", {"Python", "Go", "Redis"}),
    ("You know Binary Ninja or Ghidra", {"Binary Ninja", "Ghidra"}),
    ("A. Python\nB. SQL\nC. AWS", {"Python", "SQL", "AWS"}),
    ("C. You have used it for years", set()),
    ("Arbeiten mit Vivendi", {"Vivendi"}),
    ("Pflege von SQL-Server-Instanzen, Berichte in Power-BI", {"SQL Server", "Power BI"}),
    ("un peu de programmation en C, beaucoup de patience", {"C"}),
    ("настройка NginxРемонт принтеров, база 1СЗнание Kafka", {"nginx", "1C", "Kafka"}),
    ("Conhecimento em APIs (Rest)", {"REST"}),
    ("уверенный пользователь Exel", {"Excel"}),
    ("Нужен опыт работы с почтой и базами (postfix, squid, mysql) и отчётами", {"Postfix", "Squid", "MySQL"}),
    ("знания jQuery, Ajaxумение читать схемы", {"jQuery", "AJAX"}),
    ("кабинет на edi.kontur.ru", set()),
    ("TypeScript (Cypress serait un plus)", {"TypeScript", "Cypress"}),
    ("Парк на Windows ХР/7, уже мало", {"Windows"}),
]

LANGUAGES = [
    ("Sehr gute SAP-Kenntnisse, sicherer Umgang mit MS-Office und DATEV", {"SAP", "Microsoft Office", "DATEV"}),
    ("Erfahrung als Go-Entwickler oder mit Kotlin", {"Go", "Kotlin"}),
    ("Maîtrise d'Excel et du Pack Office, notions de Sage 100", {"Excel", "Microsoft Office", "Sage"}),
    ("Connaissances en Symfony et PostgreSQL", {"Symfony", "PostgreSQL"}),
    ("Manejo del paquete Office y de SAP", {"Microsoft Office", "SAP"}),
    ("Conhecimento em Pacote Office e TOTVS Protheus", {"Microsoft Office", "TOTVS"}),
    ("Buona conoscenza di AutoCAD e del pacchetto Office", {"AutoCAD", "Microsoft Office"}),
    ("Dobra znajomość Excela, Pythona i Dockera", {"Excel", "Python", "Docker"}),
    ("Znajomość Javy oraz pakietu MS Office", {"Java", "Microsoft Office"}),
    ("Опыт работы с 1С:ЗУП и 1С Бухгалтерия", {"1C ЗУП", "1C Бухгалтерия"}),
    ("Уверенный пользователь 1С, Битрикс24, МойСклад", {"1C", "Bitrix24", "МойСклад"}),
    ("знаниеPython, опыт Битрикса", {"Python", "Bitrix"}),
]

NOT_SKILLS = [
    "SSAs help customers through the design of chairs",
    "a firm on the scale of Palantir",
    "Help us improve the sales platform at 1Password",
    "Rules of SIPPs and other pensions",
    "You keep our Data Vault tidy",
    "Send it as a Dropbox or Google Drive link",
    "Versand in die GCC countries, Kredit der IFC",
    "Questa bottega cerca mani ferme",
    "Zespół liczy dziesięć osób. Jest nas coraz więcej.",
    "Jest to praca zmianowa, a mile widziana jest cierpliwość.",
    "A galera do time é ótima!",
    "You captivate a room and excel in sales.",
    "Our shed at Eagle Farm",
    "Visio de trente minutes avec l'équipe",
    "Vue sur la mer depuis l'atelier",
    "Pega esse bonde com a gente!",
    "CompTIA courses help with ADLs at the bedside",
    "Our sales force and its success factors, in design and in practice",
    "Then go upstairs and ask for room C.",
    "Our go-to-market plan lets you go beyond the usual.",
    "React to alarms and react quickly when tides turn.",
    "You excel at what you do. Excel in a team that laughs.",
    "You get the rest of July off, rest assured.",
    "The R&D department reports to the C-level after our Series C.",
    "Spring 2027 internship, spring semester welcome.",
    "Express interest by Friday and spark joy.",
    "A swift response and access to the gym.",
    "Our loft has tall windows and plants.",
    "A temporal pattern is only the tip of an iceberg.",
    "Word of mouth brings us teams across the world.",
    "Write to jobs@figma.com or see https://react.dev/learn and docs.python.org.",
    "more at acorn-works.net or www.docker.com/blog",
    "#python #react #LI-Remote",
    "We work Agile with Scrum, CI/CD, TDD and microservices; machine learning is our craft.",
    "PMP, ITIL or PRINCE2 certificate",
    "Permis C exigé",
    "Our customers include Stripe, Notion and Snowflake.",
    "Trusted by Slack, Asana and Zoom.",
    "Follow us on LinkedIn and apply via Greenhouse.",
    "The interview takes place via Zoom.",
    "Monday to Friday, shifts in the box office",
    "Oracle is a fine neighbour of ours.",
    "",
]

WANTED = [
    ("Strong Java is a must; Kotlin is a plus.", {"Java": "required", "Kotlin": "preferred"}),
    ("Nice to have: Terraform, Helm charts", {"Terraform": "preferred", "Helm": "preferred"}),
    ("A language such as Python, Ruby or Go", {"Python": "required", "Ruby": "required", "Go": "required"}),
    ("Python and Django. Ideally some Vue.js.", {"Python": "required", "Django": "required", "Vue.js": "preferred"}),
    ("Python, Elixir (nice to have) and Redis", {"Python": "required", "Elixir": "preferred", "Redis": "required"}),
    ("Java ist gesetzt; Kotlin von Vorteil", {"Java": "required", "Kotlin": "preferred"}),
    ("Java sicher, Kotlin von Vorteil", {"Java": "required", "Kotlin": "preferred"}),
    ("Python обязательно, Kotlin будет плюсом", {"Python": "required", "Kotlin": "preferred"}),
    ("Ottimo Excel, gradita la conoscenza di SAP", {"Excel": "required", "SAP": "preferred"}),
    ("Знание SQL, желательно Kotlin", {"SQL": "required", "Kotlin": "preferred"}),
    ("Kennis van Java; ervaring met Kotlin is een pré", {"Java": "required", "Kotlin": "preferred"}),
    ("Angular sehr gut; idealerweise RxJS", {"Angular": "required", "RxJS": "preferred"}),
    ("La connaissance de Docker serait un plus", {"Docker": "preferred"}),
    ("Se valorará conocer Kubernetes", {"Kubernetes": "preferred"}),
    ("Desejável conhecimento em Kafka", {"Kafka": "preferred"}),
    ("Gradita la conoscenza di Ansible", {"Ansible": "preferred"}),
    ("Mile widziana znajomość Terraform", {"Terraform": "preferred"}),
    ("Будет плюсом знание ClickHouse", {"ClickHouse": "preferred"}),
    ("Our product integrates with HubSpot.", {"HubSpot": "mentioned"}),
]


@pytest.mark.parametrize(("text", "expected"), SPELLINGS + LANGUAGES)
def test_names_and_their_spellings(text: str, expected: set[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize("text", NOT_SKILLS)
def test_words_that_name_no_skill(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(("text", "expected"), WANTED)
def test_need_follows_the_sentence(text: str, expected: dict[str, str]) -> None:
    assert needs(text) == expected


KNOWN_WRONG = [
    ("Strong Java, Kotlin a plus", {"Java": "required", "Kotlin": "preferred"}),
    ("go, c und r sicher beherrscht", {"Go": "required", "C": "required", "R": "required"}),
]


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "expected"), KNOWN_WRONG)
def test_known_wrong(text: str, expected: dict[str, str]) -> None:
    assert needs(text) == expected


def test_sections_decide_the_need() -> None:
    html = (
        "<h3>About us</h3><p>Our search runs on Elasticsearch.</p><h3>Requirements</h3><ul><li>Rust</li>"
        "<li>PostgreSQL</li></ul><h3>Nice to have</h3><ul><li>Elm, Haskell</li></ul>"
        "<h3>Benefits</h3><ul><li>A licence of Notion and a Kubernetes course</li></ul>"
    )
    found = needs(html, "html")
    assert found.pop("Kubernetes") == "mentioned"
    assert found == {
        "Elasticsearch": "mentioned",
        "Rust": "required",
        "PostgreSQL": "required",
        "Elm": "preferred",
        "Haskell": "preferred",
    }


def test_a_named_stack_is_wanted_wherever_it_stands() -> None:
    html = "<h3>About us</h3><p>Tech stack: Scala, Kafka.</p><h3>Requirements</h3><p>Curiosity</p>"
    assert needs(html, "html") == {"Scala": "required", "Kafka": "required"}


def test_the_strongest_need_wins() -> None:
    assert needs("Docker is a plus.\nYou ship with Docker every day.") == {"Docker": "required"}


def test_title_and_slots() -> None:
    reading = read(
        "",
        title="Senior Go Developer (React, C)",
        skills=["C", "Word", "Agile"],
        skills_preferred=["Go lang", "Solid Kafka knowledge"],
        tags=["React", "Office", "Unity", "Redis"],
    )
    assert reading is not None
    assert [(skill.name, str(skill.need)) for skill in reading.value] == [
        ("Go", "required"),
        ("React", "required"),
        ("C", "required"),
        ("Word", "required"),
        ("Kafka", "preferred"),
        ("Unity", "mentioned"),
        ("Redis", "mentioned"),
    ]
    spans = {span.value: (span.slot, span.start, span.end, span.quote) for span in reading.spans}
    assert spans["Go"] == ("title", None, None, "Go")
    assert spans["Word"] == ("skills[1]", None, None, "Word")
    assert spans["Kafka"] == ("skills_preferred[1]", None, None, "Kafka")
    assert spans["Redis"] == ("tags[3]", None, None, "Redis")


@pytest.mark.parametrize(
    ("employer", "text", "expected"),
    [
        ("GitLab Inc.", "GitLab runs on Ruby.", {"Ruby"}),
        ("Salesforce", "Sell Salesforce Data Cloud with Slack.", {"Slack"}),
        ("Acorn Works", "GitLab runs on Ruby.", {"GitLab", "Ruby"}),
        (None, "Life at Datadog is good. Datadog is written in Go.", {"Go"}),
        (None, "At Grafana, we write TypeScript.", {"TypeScript"}),
        (None, "About HubSpot\nYou know CSS.", {"CSS"}),
        (None, "Join Snowflake and write Scala.", {"Scala"}),
    ],
)
def test_the_employers_own_products_are_no_skills(employer: str | None, text: str, expected: set[str]) -> None:
    assert names(text, employer_name=employer) == expected


def test_evidence_quotes_the_description() -> None:
    text = "Wir suchen İrem-Fans: Python3, C++ und MS-Office."
    reading = read(text)
    assert reading is not None
    document = read_document(text, "text")
    assert {(span.value, span.quote) for span in reading.spans} == {
        ("Python", "Python"),
        ("C++", "C++"),
        ("Microsoft Office", "MS-Office"),
    }
    for span in reading.spans:
        assert document.text[span.start : span.end] == span.quote


@pytest.mark.parametrize("unit", ["Go, R, C, ", "experience with Vault and ", "preferred ", "C ", "excel at ", "1С:"])
def test_a_hostile_text_is_read_in_time(unit: str) -> None:
    read("Python")
    start = time.process_time()
    read((unit * 400_000)[:400_000])
    assert time.process_time() - start < 1.5


# -- vocabulary -------------------------------------------------------------------------------------------------------


def skills() -> list[tuple[str, str, str]]:
    return [
        (kind, name, others)
        for vocabulary in ("skills", "skills_sourced")
        for kind, table in load(vocabulary).items()
        for name, others in table.items()
    ]


def test_the_vocabulary_is_large_and_each_skill_stands_once() -> None:
    listed = [name for _, name, _ in skills()]
    assert len(listed) > 4000
    assert len(listed) == len(set(listed))


def test_spellings_are_tidy() -> None:
    for _, name, others in skills():
        assert name == " ".join(name.split())
        for other in others.split(", ") if others else []:
            text = other.lstrip("=~!") if other != "-" else other
            assert text and text == text.strip() and "," not in text, (name, other)
            assert other[0] in "=~!" or other == other.lower(), (name, other)


def test_no_sure_spelling_stands_for_two_skills() -> None:
    owners: dict[str, str] = {}
    for _, name, others in skills():
        for other in others.split(", ") if others else []:
            if other != "-" and other[0] not in "~!":
                key = other if other[0] == "=" else other.lower()
                assert owners.setdefault(key, name) == name


def test_context_is_folded() -> None:
    for role, phrases in load("skills_context").items():
        assert len(phrases) == len(set(phrases)), role
        assert all(phrase == phrase.lower() for phrase in phrases), role
