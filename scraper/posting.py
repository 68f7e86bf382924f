"""The contract: what a board publishes (`RawPosting`) and what Rolecall exports (`Posting`), field by field.

The docstring under each field is printed as its line of the data dictionary. `None` means "the post does not say".
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    ValidationError,
)

SCHEMA_VERSION = "1.0"
"""Version of the exported record. The first number changes when a field is removed or changes its meaning."""

Text = Annotated[str, StringConstraints(min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=0)]


def defined_by(source: str) -> Any:
    """Who defines the codes or names of a field: `x-source` of the JSON Schema. Any without it are Rolecall's own."""
    return Field(json_schema_extra={"x-source": source})


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), defined_by("ISO 3166-1 alpha-2")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), defined_by("ISO 4217")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$"), defined_by("ISO 639-1, else ISO 639-3")]
Date = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?)?)?$"),
    defined_by("ISO 8601"),
]


class Record(BaseModel):
    """Settings that every model of the contract shares: strict about names, documented field by field."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, populate_by_name=True)


def breach(error: ValidationError) -> str:
    """What breaks the contract first, in one line: `locations.0.country: String should match pattern '^[A-Z]{2}$'`."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


# -- codes ------------------------------------------------------------------------------------------------------------


class Workplace(StrEnum):
    """Where the work is done; of several modes on offer, the most flexible."""

    REMOTE = "remote"
    HYBRID = "hybrid"
    ONSITE = "onsite"


class Seniority(StrEnum):
    """Level that the title or an explicit statement names."""

    INTERN = "intern"
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    STAFF = "staff"
    PRINCIPAL = "principal"
    LEAD = "lead"
    MANAGER = "manager"
    HEAD = "head"
    DIRECTOR = "director"
    VP = "vp"
    C_LEVEL = "c_level"


class Employment(StrEnum):
    """Kind of employment on offer."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    PERMANENT = "permanent"
    CONTRACT = "contract"
    TEMPORARY = "temporary"
    INTERNSHIP = "internship"
    APPRENTICESHIP = "apprenticeship"
    FREELANCE = "freelance"
    VOLUNTEER = "volunteer"


class Period(StrEnum):
    """Time that a pay figure covers."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Need(StrEnum):
    """How much the post wants a skill."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    MENTIONED = "mentioned"


class SkillKind(StrEnum):
    """What sort of technology a skill is."""

    LANGUAGE = "language"
    FRAMEWORK = "framework"
    LIBRARY = "library"
    DATABASE = "database"
    BROKER = "broker"
    CLOUD = "cloud"
    OS = "os"
    INFRASTRUCTURE = "infrastructure"
    DATA = "data"
    TESTING = "testing"
    DESIGN = "design"
    OFFICE = "office"
    BUSINESS = "business"
    PROTOCOL = "protocol"
    FORMAT = "format"
    TOOL = "tool"


class SectionKind(StrEnum):
    """What a part of the description is about."""

    ABOUT = "about"
    RESPONSIBILITIES = "responsibilities"
    REQUIREMENTS = "requirements"
    PREFERRED = "preferred"
    BENEFITS = "benefits"
    SALARY = "salary"
    PROCESS = "process"
    LEGAL = "legal"
    OTHER = "other"


class LanguageLevel(StrEnum):
    """Level of a spoken language: CEFR, or native."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"
    NATIVE = "native"


class BenefitCode(StrEnum):
    """What an employer offers beyond base pay."""

    HEALTH_INSURANCE = "health_insurance"
    DENTAL_INSURANCE = "dental_insurance"
    VISION_INSURANCE = "vision_insurance"
    LIFE_INSURANCE = "life_insurance"
    DISABILITY_INSURANCE = "disability_insurance"
    MENTAL_HEALTH = "mental_health"
    WELLNESS = "wellness"
    FITNESS = "fitness"
    RETIREMENT = "retirement"
    BONUS = "bonus"
    COMMISSION = "commission"
    EQUITY = "equity"
    PROFIT_SHARING = "profit_sharing"
    PAID_LEAVE = "paid_leave"
    UNLIMITED_LEAVE = "unlimited_leave"
    SICK_LEAVE = "sick_leave"
    PARENTAL_LEAVE = "parental_leave"
    VOLUNTEER_LEAVE = "volunteer_leave"
    SABBATICAL = "sabbatical"
    FLEXIBLE_HOURS = "flexible_hours"
    REMOTE_WORK = "remote_work"
    HOME_OFFICE = "home_office"
    FOUR_DAY_WEEK = "four_day_week"
    REDUCED_SUMMER_HOURS = "reduced_summer_hours"
    LEARNING = "learning"
    TUITION = "tuition"
    CERTIFICATION = "certification"
    MENTORSHIP = "mentorship"
    CAREER_GROWTH = "career_growth"
    LANGUAGE_CLASSES = "language_classes"
    RELOCATION = "relocation"
    VISA_SPONSORSHIP = "visa_sponsorship"
    HOUSING = "housing"
    COMMUTER = "commuter"
    COMPANY_CAR = "company_car"
    BIKE = "bike"
    MEALS = "meals"
    EQUIPMENT = "equipment"
    PHONE = "phone"
    EVENTS = "events"
    CHILDCARE = "childcare"
    FAMILY_SUPPORT = "family_support"
    FERTILITY = "fertility"
    PET_FRIENDLY = "pet_friendly"
    DISCOUNTS = "discounts"
    OFFICE_PERKS = "office_perks"
    INSURANCE_OTHER = "insurance_other"
    FINANCIAL_SUPPORT = "financial_support"
    REFERRAL_BONUS = "referral_bonus"
    RECOGNITION = "recognition"
    JOB_SECURITY = "job_security"
    OTHER = "other"


# -- what a board published -------------------------------------------------------------------------------------------


class RawPlace(Record):
    """A place as a board published it in parts. `text` is the board's own display string, where it has one."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    text: str | None = None
    """Display string, e.g. `Lisbon, Portugal`."""
    street: str | None = None
    """Street address."""
    city: str | None = None
    """City as published."""
    region: str | None = None
    """State, province or other first-level division, name or code, as published."""
    postal_code: str | None = None
    """Postal code as published."""
    country: str | None = None
    """Country name or code as published."""
    latitude: float | str | None = None
    """Degrees north, as published."""
    longitude: float | str | None = None
    """Degrees east, as published."""


class RawSalary(Record):
    """Pay as a board published it, in parts or as one text."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    min: float | str | None = None
    """Lowest figure as published, in the board's unit (see `pay_unit`)."""
    max: float | str | None = None
    """Highest figure as published."""
    currency: str | None = None
    """Currency name, symbol or code as published."""
    period: str | None = None
    """Period as published, e.g. `per-year-salary`, `1 YEAR`, `PH`."""
    gross: bool | None = None
    """Whether the board marks the figures as gross."""
    text: str | None = None
    """Pay as one free text."""
    label: str | None = None
    """What this range is for, e.g. `Zone A`, `B2B`, `Senior`."""


class RawPosting(Record):
    """What a board published about one job, word for word, in named slots. Nothing in it is interpreted."""

    board: Text
    """Name of the board."""
    employer: str | None = None
    """The employer's slug on the board; null where the board has none."""
    employer_name: str | None = None
    """The employer's name as published."""
    employer_url: str | None = None
    """The employer's site as published."""
    key: Text
    """The board's own id of the posting, unique within board and employer."""
    url: Text
    """Page of the posting."""
    apply_url: str | None = None
    """Where to apply, when it differs from the page."""
    title: Text
    """Title as published."""
    description: str = ""
    """The text of the post, its parts in reading order."""
    description_type: Literal["html", "text", "markdown"] = "html"
    """How the description is written."""
    locations: list[str | RawPlace] = []
    """Places of work as published."""
    remote_from: list[str] = []
    """Countries or regions that a remote worker may sit in, where the board has a slot for it."""
    workplace: str | None = None
    """Work mode as published, e.g. `Hybrid`, `TELECOMMUTE`."""
    employment: list[str] = []
    """Kinds of employment as published."""
    seniority: list[str] = []
    """Levels as published."""
    experience: str | None = None
    """Years of experience as published in a slot of its own."""
    tags: list[str] = []
    """Free labels as published; one label may run several words together."""
    skills: list[str] = []
    """Skills that the board lists as asked for."""
    skills_preferred: list[str] = []
    """Skills that the board lists as nice to have."""
    departments: list[str] = []
    """Departments, teams or categories."""
    salary: RawSalary | None = None
    """Pay as published."""
    pay_ranges: list[RawSalary] = []
    """All pay ranges, where the board publishes more than one."""
    benefits: list[str] = []
    """Benefits, where the board lists them apart from the text."""
    relocation: bool | str | None = None
    """Relocation help, where the board has a slot for it."""
    visa_sponsorship: bool | str | None = None
    """Visa sponsorship, where the board has a slot for it."""
    published: str | int | float | None = None
    """When the post was published, as published: text, epoch seconds or epoch milliseconds."""
    updated: str | int | float | None = None
    """When the post was last changed, as published."""
    expires: str | int | float | None = None
    """When the post or its application period ends, as published."""
    language: str | None = None
    """Language of the post as the board states it."""
    seen_at: AwareDatetime | NaiveDatetime
    """When the page was fetched; without an offset it is UTC."""
    attribution: str | None = None
    """Licence terms that the feed asks to be shown with each record."""
    date_order: Literal["YMD", "MDY", "DMY"] | None = None
    """The board's order of numeric dates; null: an ambiguous date stays unread."""
    time_zone: str | None = None
    """IANA time zone of the board's times without an offset."""
    pay_unit: Literal["unit", "cent"] = "unit"
    """Whether the board's pay figures are in whole units or in hundredths of the currency."""
    unread: dict[str, Any] = {}
    """What the payload held that no slot has taken."""


# -- what Rolecall exports --------------------------------------------------------------------------------------------


class Evidence(Record):
    """Where a value was read."""

    slot: Annotated[str, Field(alias="from")]
    """Slot of the raw posting, e.g. `title`, `locations[0]`, `description`."""
    start: int | None = None
    """First character in `description`; null for another slot."""
    end: int | None = None
    """One past the last character in `description`; null for another slot."""
    quote: str | None = None
    """The words read; `description[start:end]` where there is a span."""
    value: str | None = None
    """The code or name that these words speak for, where the field holds several or sources disagree."""


class Employer(Record):
    """Who hires."""

    slug: str | None = None
    """The employer's slug on the board."""
    name: str | None = None
    """Name as published."""
    url: str | None = None
    """Site as published."""


class Location(Record):
    """A place where the work is done or the worker may sit."""

    text: str | None = None
    """The place as published."""
    city: Annotated[str, defined_by("GeoNames")] | None = None
    """City, in English (GeoNames)."""
    region: Annotated[str, defined_by("GeoNames; names of regions of several countries are Rolecall's")] | None = None
    """First-level division, in English (GeoNames), or a region of several countries such as `Europe`."""
    country: Country | None = None
    """ISO 3166-1 alpha-2."""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    """Degrees north, as published."""
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    """Degrees east, as published."""


class Salary(Record):
    """Base pay: no bonus, commission, budget or equity."""

    min: Number | None = None
    """Lowest figure, in units of `currency` per `period`."""
    max: Number | None = None
    """Highest figure."""
    currency: Currency | None = None
    """ISO 4217; null where the post does not settle it."""
    period: Period | None = None
    """What time the figures cover."""
    gross: bool | None = None
    """Before tax (true), after tax (false)."""
    text: str | None = None
    """The words or figures as published."""


class PayRange(Salary):
    """One of the pay ranges of a post."""

    label: str | None = None
    """What the range is for, e.g. a place, level or contract."""


class Experience(Record):
    """Years of experience asked for the role as a whole."""

    min_years: Number | None = None
    """The fewest years."""
    max_years: Number | None = None
    """The most years."""


class Skill(Record):
    """A named technology."""

    name: Text
    """Usual spelling."""
    kind: SkillKind
    """What sort of technology."""
    need: Need
    """How much it is wanted."""


class Benefit(Record):
    """Something offered beyond base pay."""

    code: BenefitCode
    """What it is."""
    text: Text
    """The words of the post."""


class SpokenLanguage(Record):
    """A spoken language that the role asks for."""

    code: Language
    """ISO 639-1, or ISO 639-3 where there is none."""
    level: Annotated[LanguageLevel, defined_by("CEFR")] | None = None
    """Level asked for."""


class Section(Record):
    """A part of the description."""

    kind: SectionKind
    """What it is about."""
    heading: str | None = None
    """Its heading; null for what stands before the first one."""
    start: int
    """First character in `description`, the heading included."""
    end: int
    """One past the last character."""


class Posting(Record):
    """One job, read and validated: an exported line."""

    schema_version: str = SCHEMA_VERSION
    """Version of this contract."""
    id: Text
    """`board:employer:key`; the middle is empty where the board has no slug for the employer."""
    board: Text
    """Board that published the post."""
    employer: Employer
    """Who hires."""
    key: Text
    """The board's own id of the posting."""
    url: Text
    """Page of the posting."""
    apply_url: str | None = None
    """Where to apply, when it differs from the page."""
    title: Text
    """Title as published, white space tidied."""
    role: str | None = None
    """Title without level, gender marks, place and work mode."""
    seniority: list[Seniority] = []
    """Levels; several where several are offered."""
    workplace: Workplace | None = None
    """Work mode."""
    locations: list[Location] = []
    """Where the work is done or the worker may sit."""
    remote_from: list[Annotated[str, defined_by("ISO 3166-1 alpha-2; names of regions are Rolecall's")]] = []
    """Countries (ISO 3166-1 alpha-2) or regions (`Europe`, `EMEA`, `Worldwide`) that a remote worker may sit in."""
    relocation: bool | None = None
    """Help with relocation: offered, refused."""
    visa_sponsorship: bool | None = None
    """Visa or permit sponsorship: offered; refused or existing permission demanded."""
    employment: list[Employment] = []
    """Kinds of employment."""
    salary: Salary | None = None
    """Base pay."""
    pay_ranges: list[PayRange] = []
    """All pay ranges as published."""
    experience: Experience | None = None
    """Years asked for."""
    stack: list[Skill] = []
    """Named technologies."""
    benefits: list[Benefit] = []
    """What is offered beyond base pay, one entry a code."""
    languages: list[SpokenLanguage] = []
    """Spoken languages asked for."""
    departments: list[str] = []
    """Departments, teams or categories as published."""
    published_at: Date | None = None
    """ISO 8601 at the precision that was published."""
    published_text: str | None = None
    """The publish date as published."""
    updated_at: Date | None = None
    """ISO 8601."""
    expires_at: Date | None = None
    """End of the post or of its application period, ISO 8601."""
    language: Language | None = None
    """Language of the text, ISO 639-1."""
    description: str = ""
    """The whole text, plain: blocks apart by a line break, list items begin with `- `."""
    sections: list[Section] = []
    """Parts of the description by their headings."""
    evidence: dict[str, list[Evidence]] = {}
    """Field to where its values were read."""
    conflicts: list[str] = []
    """Fields whose sources disagree; both are in `evidence`."""
    attribution: str | None = None
    """Licence terms that the feed asks to be shown."""
    first_seen_at: Date | None = None
    """When a crawl first saw the posting; null outside an export of the store."""
    last_seen_at: Date | None = None
    """When a crawl last saw it."""
    closed_at: Date | None = None
    """When it was found to be closed."""
    cluster: str | None = None
    """Id of the group of postings of the same job; null where there is no other."""
    fetched_at: Date
    """When the page was fetched, ISO 8601."""
    parser_version: str
    """Version of Rolecall that read the page."""


EXAMPLE: dict[str, Any] = {
    "schema_version": SCHEMA_VERSION,
    "id": "greenhouse:lumo:4127",
    "board": "greenhouse",
    "employer": {"slug": "lumo", "name": "Lumo", "url": "https://lumo.example"},
    "key": "4127",
    "url": "https://lumo.example/jobs/4127",
    "apply_url": "https://lumo.example/jobs/4127/apply",
    "title": "Senior Lamp Engineer (m/f/d), Lisbon",
    "role": "Lamp Engineer",
    "seniority": ["senior"],
    "workplace": "hybrid",
    "locations": [
        {
            "text": "Lisbon, Portugal",
            "city": "Lisbon",
            "region": "Lisbon",
            "country": "PT",
            "latitude": 38.72,
            "longitude": -9.14,
        }
    ],
    "remote_from": ["PT", "EMEA"],
    "relocation": True,
    "visa_sponsorship": False,
    "employment": ["full_time", "permanent"],
    "salary": {
        "min": 48000.0,
        "max": 60000.0,
        "currency": "EUR",
        "period": "year",
        "gross": True,
        "text": "48-60k EUR",
    },
    "pay_ranges": [
        {
            "min": 48000.0,
            "max": 60000.0,
            "currency": "EUR",
            "period": "year",
            "gross": True,
            "text": "48-60k EUR",
            "label": "Lisbon",
        }
    ],
    "experience": {"min_years": 3.0, "max_years": 5.0},
    "stack": [{"name": "Go", "kind": "language", "need": "required"}],
    "benefits": [{"code": "paid_leave", "text": "28 days of holiday"}],
    "languages": [{"code": "en", "level": "B2"}],
    "departments": ["Engineering"],
    "published_at": "2026-10-19",
    "published_text": "19 October 2026",
    "updated_at": "2026-10-26T08:00:00Z",
    "expires_at": "2026-12-31",
    "language": "en",
    "description": "About the job\nThree to five years of Go.",
    "sections": [{"kind": "requirements", "heading": "About the job", "start": 0, "end": 40}],
    "evidence": {"stack": [{"from": "description", "start": 37, "end": 39, "quote": "Go", "value": "Go"}]},
    "conflicts": ["workplace"],
    "attribution": "Source: Lumo",
    "first_seen_at": "2026-10-20T07:00:00Z",
    "last_seen_at": "2026-11-02T07:00:00Z",
    "closed_at": "2026-11-03T07:00:00Z",
    "cluster": "greenhouse:lumo:4127",
    "fetched_at": "2026-10-20T07:00:00Z",
    "parser_version": "0.1.0",
}
"""A line that says something in every field: the examples of the data dictionary."""
