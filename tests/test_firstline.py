"""First lines of free posts: who hires, whom, where and how, in any order; and what is no post."""

import time

import pytest

from scraper.words.firstline import Job, read_jobs

FIRST_LINES = [
    ("Basalt Works | Platform Engineer | Oslo, Norway | ONSITE", "Basalt Works", ["Platform Engineer"]),
    ("Basalt Works (YC S21) | Platform Engineer | REMOTE (EU)", "Basalt Works", ["Platform Engineer"]),
    ("Basalt Works (https://basalt.example) | Oslo | Full-Stack | REMOTE", "Basalt Works", ["Full-Stack"]),
    ("Basalt Works | https://basalt.example | Remote | Hiring Data Analyst", "Basalt Works", ["Data Analyst"]),
    ("[Basalt Works](https://basalt.example) | Staff Engineer | Remote", "Basalt Works", ["Staff Engineer"]),
    ("**Basalt Works** | Staff Engineer | Remote", "Basalt Works", ["Staff Engineer"]),
    ("basalt.io | 2x Staff Engineer | Remote", "basalt.io", ["Staff Engineer"]),
    ("REMOTE (EU) | Basalt Works | Platform Engineer", "Basalt Works", ["Platform Engineer"]),
    ("London, UK | Onsite | Basalt Works | Platform Engineer", "Basalt Works", ["Platform Engineer"]),
    ("Platform Engineer | Basalt Works | Oslo | Full-time", "Basalt Works", ["Platform Engineer"]),
    ("Lumen Grid - Senior Data Engineer - Lisbon or remote (EU) - 60-75k EUR", "Lumen Grid", ["Senior Data Engineer"]),
    ("Lumen Grid – Lisbon – Senior Data Engineer – Full time", "Lumen Grid", ["Senior Data Engineer"]),
    ("Lumen Grid — Senior Director, Data Engineering", "Lumen Grid", ["Senior Director, Data Engineering"]),
    ("Lumen Grid • Data Engineer • Berlin • Hybrid", "Lumen Grid", ["Data Engineer"]),
    ("Lumen Grid, Data Engineer, Berlin, full-time", "Lumen Grid", ["Data Engineer"]),
    ("Lumen Grid/ Data Engineer/ Berlin/ Full-time", "Lumen Grid", ["Data Engineer"]),
    ("Lumen Grid: Data Engineer", "Lumen Grid", ["Data Engineer"]),
    ("Lumen Grid\nData Engineer\nBerlin (hybrid)\nFull-time", "Lumen Grid", ["Data Engineer"]),
    ("Lumen Grid (YC W24) is hiring a Data Engineer in Boston (onsite)", "Lumen Grid", ["Data Engineer"]),
    ("Senior Rust Developer at Hollow Oak (Remote, EU)", "Hollow Oak", ["Senior Rust Developer"]),
    ("Coder | https://coder.example | Multiple roles | Full-time", "Coder", ["Multiple roles"]),
    ("Fractional Bees | Bee Analyst | Ghent", "Fractional Bees", ["Bee Analyst"]),
    ("Northmoor | Gardener | York | Onsite", "Northmoor", ["Gardener"]),
    ("Evenkeel | XR Engineer, Web Engineer & QA Lead | Porto", "Evenkeel", ["XR Engineer", "Web Engineer", "QA Lead"]),
    ("Evenkeel | Engineer (Rust, Go) | Porto", "Evenkeel", ["Engineer (Rust, Go)"]),
    ("Company: Karstwerk\nRole: Firmware Engineer\nLocation: Graz", "Karstwerk", ["Firmware Engineer"]),
]

TOLD = [
    ("At Violet Hour we tune telescopes. We're hiring a controls engineer in La Serena.", "Violet Hour"),
    ("Violet Hour is a small observatory. We are looking for a controls engineer who likes nights.", "Violet Hour"),
    ("Hi HN, I'm the CTO of Violet Hour. We are looking for a controls engineer: v@violet.example", "Violet Hour"),
    ("We're Violet Hour and we are hiring two controls engineers in Chile.", "Violet Hour"),
]

NO_POSTS = [
    "",
    "[flagged]",
    "Is this role open to candidates in Europe? I have ten years in Go.",
    "Do you sponsor visas?",
    "Thank you, will let you know how it goes!",
    "We had an interview planned in May and you called it off. Since then the role was posted again.",
    "I applied to them in spring and never heard back. They seem to be always hiring engineers.",
    "I built a small site that searches all the Who is hiring posts by stack: https://sieve.example",
    "SEEKING WORK | Remote | Berlin\nBackend developer, 8 years of Go and Postgres.",
    "Location: Porto\nRemote: Yes\nWilling to relocate: No\nTechnologies: Rust\nRésumé/CV: https://me.example",
    "Hi, I'm a software engineer with 6 years behind me, looking for a remote position.",
    "Jane Doe | Senior Frontend Engineer | Lisbon | Remote | my portfolio: https://jane.example",
    "Student | Computer Science | Looking for internship | Summer 2027 | Toronto",
    "Freelancer available | DevOps / SRE | Remote | EU",
    "Looking for a senior backend position, remote, EU time zones. Go, Kafka, Kubernetes.",
    "Is anyone hiring junior developers in Canada? It is hard to find a thing.",
    "Why does every company here want onsite engineers? Remote work is over, I guess.",
    "You say remote, but the job page says hybrid, 3 days in the Berlin office. Which is it?",
    "As a hiring manager I can tell you that we get 500 letters for each engineer opening.",
    "What is the process like? How many engineers are on the team?",
]

WRONG = [
    # Nothing but a batch and a slogan: the slogan is taken for a role.
    (
        "Zeppelin Tea Is Hiring – Building the Kettle Layer (YC W24)",
        "Zeppelin Tea Is Hiring – Building the Kettle Layer",
    ),
    # A role that is one of the employer's words.
    ("Quiet Writers | Remote | Full-time", "Quiet Writers | Remote | Full-time"),
]


@pytest.mark.parametrize(("text", "employer", "titles"), FIRST_LINES, ids=[row[0][:40] for row in FIRST_LINES])
def test_first_line(text: str, employer: str, titles: list[str]) -> None:
    jobs = read_jobs(text.split("\n"))
    assert [(job.employer, job.title) for job in jobs] == [(employer, title) for title in titles]


@pytest.mark.parametrize(("text", "employer"), TOLD)
def test_running_words(text: str, employer: str) -> None:
    (job,) = read_jobs([text])
    assert job.employer == employer
    assert job.title.rstrip("s") == "controls engineer"


@pytest.mark.parametrize("text", NO_POSTS)
def test_no_post(text: str) -> None:
    assert read_jobs(text.split("\n")) == []


def test_what_each_part_is() -> None:
    line = "Lumen Grid (Porto) | SRE (m/f/x) | REMOTE (EU) or Lisbon | Full-time or contract | €60k–€75k + equity | Series B"
    assert read_jobs([line]) == [
        Job(
            "Lumen Grid",
            "SRE (m/f/x)",
            locations=("REMOTE (EU) or Lisbon", "Porto"),
            workplace="REMOTE (EU) or Lisbon",
            employment=("Full-time or contract",),
            pay="€60k–€75k + equity",
        )
    ]


def test_roles_listed_below_where_the_first_line_names_none() -> None:
    lines = ["Mast | Multiple roles | Remote", "We sail.", "- Senior Backend Engineer (Django)", "2) Head of Sales"]
    assert [job.title for job in read_jobs(lines)] == ["Senior Backend Engineer", "Head of Sales"]


def test_roles_listed_in_a_post_that_says_nothing_else() -> None:
    lines = ["Mast is a harbour for data.", "- Head of Sales in Oslo: https://mast.example/1", "- Rigger Lead (Bergen)"]
    assert [(job.employer, job.title) for job in read_jobs(lines)] == [
        ("Mast", "Head of Sales"),
        ("Mast", "Rigger Lead"),
    ]


def test_roles_listed_below_do_not_outdo_the_first_line() -> None:
    lines = ["Mast | Sail Designer | Remote", "You work beside:", "- Senior Backend Engineer", "- Head of Sales"]
    assert [job.title for job in read_jobs(lines)] == ["Sail Designer"]


def test_money_that_is_no_pay() -> None:
    (job,) = read_jobs(["Mast | Sail Designer | Remote | raised $12M | €5k signing bonus"])
    assert job.pay is None


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "title"), WRONG)
def test_known_wrong(text: str, title: str) -> None:
    assert [job.title for job in read_jobs([text])] == [title]


@pytest.mark.parametrize(
    "piece", ["Acme ", "| ", "(", "a.", "[a](", "hiring a ", "A B ", "$1", "we are ", "engineer, "]
)
def test_hostile_lines_take_little_time(piece: str) -> None:
    start = time.perf_counter()
    read_jobs([piece * (1_000_000 // len(piece))] * 60)
    assert time.perf_counter() - start < 2
