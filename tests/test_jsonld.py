"""Job postings in pages: the ways of writing them, and the ways of breaking them. All pages are invented."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parsel import Selector

from scraper.jsonld import job_postings, posting_slots
from scraper.posting import RawPlace, RawPosting, RawSalary

JOB = '{"@type":"JobPosting","title":"Baker"}'


def page(*blocks: str) -> Selector:
    """A page with these JSON-LD blocks."""
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return Selector(text=f"<html><head>{scripts}</head><body></body></html>", type="html")


def markup(body: str) -> Selector:
    """A page with this body."""
    return Selector(text=f"<html><body>{body}</body></html>", type="html")


def titles(tree: Any) -> list[Any]:
    return [node.get("title") for node in job_postings(tree)]


def slots(**properties: Any) -> dict[str, Any]:
    """The slots of a JobPosting with these properties."""
    return posting_slots({"@type": "JobPosting", **properties})


# -- where a page keeps its postings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (JOB, ["Baker"]),
        (f"[{JOB}]", ["Baker"]),
        ('[{"@type":"JobPosting","title":"Baker"},{"@type":"JobPosting","title":"Miller"}]', ["Baker", "Miller"]),
        ('{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},' + JOB + "]}", ["Baker"]),
        ('{"@type":"WebPage","mainEntity":' + JOB + "}", ["Baker"]),
        ('{"@type":"ItemList","itemListElement":[{"@type":"ListItem","item":' + JOB + "}]}", ["Baker"]),
        ('{"a":[{"b":{"c":[[' + JOB + "]]}}]}", ["Baker"]),
        ('{"@type":["Thing","JobPosting"],"title":"Baker"}', ["Baker"]),
        ('{"@type":"jobposting","title":"Baker"}', ["Baker"]),
        ('{"@type":"JOBPOSTING","title":"Baker"}', ["Baker"]),
        ('{"@type":"http://schema.org/JobPosting","title":"Baker"}', ["Baker"]),
        ('{"@type":"schema:JobPosting","schema:title":"Baker"}', ["Baker"]),
        ('{"@type":["https://schema.org/JobPosting"],"https://schema.org/title":"Baker"}', ["Baker"]),
        ('{"\\u0040type":"JobPosting","title":"Baker"}', ["Baker"]),
        ('{"@context":{"type":"@type"},"type":"JobPosting","title":"Baker"}', ["Baker"]),
        ('{"@type":"Article","headline":"How to write a JobPosting"}', []),
        ('{"@type":"JobPostingList","title":"Baker"}', []),
        ('{"@type":"JobPosting"}', []),
        ("", []),
    ],
)
def test_finds_postings_wherever_they_stand(block: str, expected: list[str]) -> None:
    assert titles(page(block)) == expected


@pytest.mark.parametrize(
    "kind",
    ["application/ld+json", "application/ld+json; charset=utf-8", "Application/LD+JSON", " application/ld+json "],
)
def test_script_type_is_read_as_browsers_write_it(kind: str) -> None:
    tree = Selector(text=f'<html><script nonce="x1" type="{kind}">{JOB}</script></html>', type="html")
    assert titles(tree) == ["Baker"]


def test_script_of_another_type_is_not_read() -> None:
    assert titles(Selector(text=f'<html><script type="application/json">{JOB}</script></html>', type="html")) == []


def test_every_block_is_read_and_a_repeated_one_once() -> None:
    tree = page('{"@type":"Organization","name":"Ovenworks"}', JOB, JOB, '{"@type":"JobPosting","title":"Miller"}')
    assert titles(tree) == ["Baker", "Miller"]


def test_same_title_in_two_places_stays_two_postings() -> None:
    rows = [{"@type": "JobPosting", "title": "Baker", "jobLocation": place} for place in ("Lund", "Umeå")]
    assert [node["jobLocation"] for node in job_postings(page(json.dumps(rows)))] == ["Lund", "Umeå"]


def test_xhtml_page_and_lxml_element() -> None:
    script = f'<script type="application/ld+json">{JOB}</script>'
    text = f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">{script}</html>'
    assert titles(Selector(text=text, type="xml")) == ["Baker"]
    assert titles(page(JOB).root) == ["Baker"]


def test_references_are_followed_within_and_across_blocks() -> None:
    graph = {
        "@graph": [
            {
                "@type": "JobPosting",
                "title": "Baker",
                "hiringOrganization": {"@id": "#org"},
                "jobLocation": {"@id": "#site"},
            },
            {"@id": "#org", "@type": "Organization", "name": "Ovenworks", "parentOrganization": {"@id": "#org"}},
        ]
    }
    site = {"@id": "#site", "@type": "Place", "address": {"addressLocality": "Lund"}}
    nodes = job_postings(page(json.dumps(graph), json.dumps(site)))
    read = posting_slots(nodes[0])
    assert read["employer_name"] == "Ovenworks"
    assert read["locations"] == [RawPlace(city="Lund")]


def test_shared_node_serves_every_posting() -> None:
    jobs = [
        {"@type": "JobPosting", "title": title, "hiringOrganization": {"@id": "#o"}} for title in ("Baker", "Miller")
    ]
    tree = page(json.dumps({"@graph": [*jobs, {"@id": "#o", "name": "Ovenworks"}]}))
    assert [posting_slots(node)["employer_name"] for node in job_postings(tree)] == ["Ovenworks", "Ovenworks"]


# -- broken blocks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        '\ufeff{"@type":"JobPosting","title":"Head Baker"}',
        '<!-- {"@type":"JobPosting","title":"Head Baker"} -->',
        '//<![CDATA[\n{"@type":"JobPosting","title":"Head Baker"}\n//]]>',
        '/*<![CDATA[*/{"@type":"JobPosting","title":"Head Baker"}/*]]>*/',
        '<![CDATA[{"@type":"JobPosting","title":"Head Baker"}]]>',
        '{"@type":"JobPosting","title":"Head Baker",}',
        '[{"@type":"JobPosting","title":"Head Baker"},]',
        '{"@type":"JobPosting","title":"Head Baker"};',
        '{"@type":"JobPosting","description":"first\nsecond\tthird","title":"Head Baker"}',
        "{'@type':'JobPosting','title':'Head Baker'}",
        '{"@type":"JobPosting","description":"the "best" bread","title":"Head Baker"}',
        '{"@type":"JobPosting","description":"<a href="/jam">jam</a>","title":"Head Baker"}',
        '{"@type":"JobPosting","title":"Head Baker","description":"it ends in the mid',
        '{"@type":"JobPosting","title":"Head Baker","jobLocation":[{"address":{"addressLocality":"Lu',
        '{"@type":"JobPosting", /* who */ "title":"Head Baker"}',
        '{"@type":"JobPosting",\n// who\n"title":"Head Baker"}',
        "{&quot;@type&quot;:&quot;JobPosting&quot;,&quot;title&quot;:&quot;Head Baker&quot;}",
        '{"@type":"JobPosting" "title":"Head Baker"}',
        '{@type:"JobPosting",title:"Head Baker"}',
        '{"@type":"JobPosting","title":"Head Baker","baseSalary":NaN}',
        '{"@type":"JobPosting","description":"C:\\path \\x","title":"Head Baker"}',
        '{"@type":"WebSite"}{"@type":"JobPosting","title":"Head Baker"}',
        '{"@type":"JobPosting","title":"Head Baker"}\n{"@type":"WebSite"}',
    ],
)
def test_mends_broken_block(block: str) -> None:
    assert titles(page(block)) == ["Head Baker"]


def test_quotes_inside_strings_lose_no_word() -> None:
    block = """{"@type":"JobPosting","title":"Head "Oven" Baker","description":"<p class="a" style="color: red, blue">
      We say "bread", never: "loaf".</p><a href="/x">rye</a>","employmentType":["A "full" night","Half"],
      "hiringOrganization":{"@type":"Organization","name":"The "Oven""},"datePosted":"2026-01-01"}"""
    (node,) = job_postings(page(block))
    assert node.keys() == {"@type", "title", "description", "employmentType", "hiringOrganization", "datePosted"}
    assert node["title"] == 'Head "Oven" Baker'
    assert '"loaf".</p><a href="/x">rye</a>' in node["description"]
    assert node["employmentType"] == ['A "full" night', "Half"]
    assert node["hiringOrganization"]["name"] == 'The "Oven"'


def test_broken_block_never_loses_its_neighbours() -> None:
    assert titles(page('{"@type":"JobPosting" <<<%% ', JOB, "JobPosting of the month!", "[" * 5000 + "JobPosting")) == [
        "Baker"
    ]


def test_long_broken_block_is_still_read() -> None:
    rows = ",".join(
        json.dumps({"@type": "JobPosting", "title": f"Baker {n}", "description": "x" * 900}) for n in range(300)
    )
    assert len(titles(page(f"[{rows},] /* all */"))) == 300


def test_text_that_cannot_be_stored_is_cleaned() -> None:
    (node,) = job_postings(page('{"@type":"JobPosting","title":"Ba\\u0000ker\\ud800","description":"a\\u000bb"}'))
    assert (node["title"], node["description"]) == ("Baker", "ab")


# -- microdata and RDFa -----------------------------------------------------------------------------------------------

MICRODATA = """
<main itemscope itemtype="http://schema.org/JobPosting">
  <h1 itemprop="title"> Night   Baker </h1>
  <meta itemprop="datePosted" content="2026-03-02"><time itemprop="validThrough" datetime="2026-04-02">2 April</time>
  <a itemprop="url" href="/jobs/7">permalink</a>
  <div itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization">
    <span itemprop="name">Ovenworks</span><a itemprop="sameAs" href="https://ovenworks.example">site</a></div>
  <p itemprop="jobLocation" itemscope itemtype="http://schema.org/Place"><span itemprop="address" itemscope
    itemtype="http://schema.org/PostalAddress"><span itemprop="addressLocality">Lund<style>x{}</style></span>,
    <span itemprop="addressCountry">SE</span></span></p>
  <ul><li itemprop="skills">sourdough</li><li itemprop="skills">rye</li></ul>
  <article itemprop="description"><h2>The shift</h2><ul><li>Knead</li><li>Bake</li></ul></article>
</main>"""

RDFA = """
<main vocab="https://schema.org/" typeof="JobPosting" resource="/jobs/7">
  <h1 property="title"> Night   Baker </h1>
  <meta property="datePosted" content="2026-03-02"><time property="validThrough" datetime="2026-04-02">2 April</time>
  <a property="url" href="/jobs/7">permalink</a>
  <div property="hiringOrganization" resource="#org"></div>
  <p rel="jobLocation"><span typeof="Place"><span property="address" typeof="PostalAddress">
    <span property="addressLocality">Lund</span>, <span property="addressCountry">SE</span></span></span></p>
  <ul><li property="skills">sourdough</li><li property="skills">rye</li></ul>
  <article property="description"><h2>The shift</h2><ul><li>Knead</li><li>Bake</li></ul></article>
</main>
<footer typeof="schema:Organization" resource="#org"><b property="schema:name">Ovenworks</b>
  <a property="schema:sameAs" href="https://ovenworks.example">site</a></footer>"""


@pytest.mark.parametrize("body", [MICRODATA, RDFA], ids=["microdata", "rdfa"])
def test_marked_up_posting_fills_the_same_slots(body: str) -> None:
    (node,) = job_postings(markup(body))
    read = posting_slots(node)
    description = read.pop("description")
    assert read == {
        "title": "Night Baker",
        "employer_name": "Ovenworks",
        "employer_url": "https://ovenworks.example",
        "url": "/jobs/7",
        "locations": [RawPlace(city="Lund", country="SE")],
        "published": "2026-03-02",
        "expires": "2026-04-02",
        "skills": ["sourdough", "rye"],
        "description_type": "html",
    }
    assert "<h2>The shift</h2><ul><li>Knead</li><li>Bake</li></ul>" in description
    assert node == {}


def test_microdata_list_of_postings_with_a_shared_part() -> None:
    job = '<li itemscope itemtype="https://schema.org/JobPosting" itemref="org"><b itemprop="title">{}</b></li>'
    org = '<p id="org"><span itemprop="hiringOrganization">Ovenworks</span></p>'
    nodes = job_postings(markup(f"<ul>{job.format('Baker')}{job.format('Miller')}</ul>{org}"))
    assert [(n["title"], n["hiringOrganization"]) for n in nodes] == [("Baker", "Ovenworks"), ("Miller", "Ovenworks")]


def test_microdata_nested_in_a_list_and_in_itself() -> None:
    body = """<ol itemscope itemtype="https://schema.org/ItemList"><li itemprop="itemListElement" itemscope
      itemtype="https://schema.org/JobPosting"><b itemprop="title">Baker</b><i itemprop="employmentType">PART_TIME</i>
      <p itemprop="isRelatedTo" itemscope itemtype="https://schema.org/JobPosting"><b itemprop="title">Miller</b></p>
      </li></ol>"""
    assert titles(markup(body)) == ["Baker", "Miller"]


@pytest.mark.parametrize(
    ("body", "name", "expected"),
    [
        ('<a itemprop="title" href="/j/1">Baker</a>', "title", "Baker"),
        ('<span itemprop="datePosted" content="2026-01-09">yesterday</span>', "datePosted", "2026-01-09"),
        (
            '<link itemprop="employmentType" href="https://schema.org/FullTime">',
            "employmentType",
            "https://schema.org/FullTime",
        ),
        ('<data itemprop="identifier" value="77"></data>', "identifier", "77"),
        ('<img itemprop="image" src="/a.png">', "image", "/a.png"),
        ('<b itemprop="title">Ba<!-- x -->ker</b>', "title", "Baker"),
        ('<b itemprop="title name">Baker</b>', "name", "Baker"),
        ('<b itemprop="http://schema.org/title">Baker</b>', "title", "Baker"),
    ],
)
def test_value_of_an_element(body: str, name: str, expected: str) -> None:
    (node,) = job_postings(markup(f'<div itemscope itemtype="http://schema.org/JobPosting">{body}</div>'))
    assert node[name] == expected


def test_item_that_refers_to_its_own_parent_ends() -> None:
    job = '<p itemscope itemtype="https://schema.org/JobPosting" itemref="z"><b itemprop="title">Baker</b></p>'
    assert titles(markup(f'<div id="z">{job}</div>')) == ["Baker"]


def test_second_syntax_fills_the_gaps_of_the_first() -> None:
    block = f'<script type="application/ld+json">{JOB[:-1]},"datePosted":"2026-05-01"}}</script>'
    body = '<div itemscope itemtype="https://schema.org/JobPosting"><b itemprop="title"> baker </b>{}</div>'.format(
        '<i itemprop="datePosted">1 May</i><p itemprop="description">We bake.</p>'
    )
    (node,) = job_postings(markup(block + body))
    assert (node["title"], node["datePosted"]) == ("Baker", "2026-05-01")
    assert "We bake." in node["description"]


# -- slots ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "slot", "expected"),
    [
        ({"title": "R&amp;D Baker"}, "title", "R&D Baker"),
        ({"name": "Baker"}, "title", "Baker"),
        ({"title": {"@value": "Baker", "@language": "en"}}, "title", "Baker"),
        ({"title": None}, "title", None),
        ({"hiringOrganization": "Ovenworks"}, "employer_name", "Ovenworks"),
        ({"hiringOrganization": {"name": "Ovenworks"}}, "employer_name", "Ovenworks"),
        ({"hiringOrganization": {"name": "", "legalName": "Ovenworks AB"}}, "employer_name", "Ovenworks AB"),
        ({"hiringOrganization": [{"name": "Ovenworks"}, {"name": "Breadnet"}]}, "employer_name", "Ovenworks"),
        (
            {"hiringOrganization": {"url": "https://o.example", "sameAs": "https://s.example"}},
            "employer_url",
            "https://o.example",
        ),
        ({"hiringOrganization": {"sameAs": "https://o.example"}}, "employer_url", "https://o.example"),
        ({"hiringOrganization": {"sameAs": ["https://a.example", "https://b.example"]}}, "employer_url", None),
        ({"identifier": 4711}, "key", "4711"),
        ({"identifier": "B-12"}, "key", "B-12"),
        ({"identifier": {"@type": "PropertyValue", "name": "Ovenworks", "value": "B-12"}}, "key", "B-12"),
        ({"identifier": {"name": "Ovenworks", "value": 0}}, "key", "0"),
        ({"identifier": {"name": "Ovenworks"}}, "key", None),
        ({"identifier": [{"name": "Ovenworks"}, {"value": "B-12"}]}, "key", "B-12"),
        ({"url": "https://o.example/j?a=1&amp;b=2"}, "url", "https://o.example/j?a=1&b=2"),
        ({"url": "https://o.example/j?a=1&copy=2"}, "url", "https://o.example/j?a=1&copy=2"),
        ({"mainEntityOfPage": {"@type": "WebPage", "@id": "https://o.example/j"}}, "url", "https://o.example/j"),
        ({"@id": "https://o.example/j"}, "url", "https://o.example/j"),
        ({"@id": "#job"}, "url", None),
        (
            {"potentialAction": {"@type": "ApplyAction", "target": {"urlTemplate": "https://o.example/apply"}}},
            "apply_url",
            "https://o.example/apply",
        ),
        ({"applicationContact": {"url": "/apply"}}, "apply_url", "/apply"),
        ({"applicationContact": {"email": "jobs@o.example"}}, "apply_url", None),
        ({"employmentType": "FULL_TIME"}, "employment", ["FULL_TIME"]),
        ({"employmentType": ["FULL_TIME", "CONTRACTOR"]}, "employment", ["FULL_TIME", "CONTRACTOR"]),
        ({"employmentType": "Full-time, Permanent"}, "employment", ["Full-time", "Permanent"]),
        ({"employmentType": "['FULL_TIME', 'INTERN']"}, "employment", ["FULL_TIME", "INTERN"]),
        ({"employmentType": "https://schema.org/FullTime"}, "employment", ["FullTime"]),
        ({"employmentType": ["", None]}, "employment", None),
        ({"experienceRequirements": "3+ years at an oven"}, "experience", "3+ years at an oven"),
        ({"experienceRequirements": {"monthsOfExperience": 36}}, "experience", "36 months"),
        (
            {"experienceRequirements": {"monthsOfExperience": "36", "description": "at an oven"}},
            "experience",
            "36 months at an oven",
        ),
        ({"skills": ["rye", "sourdough"]}, "skills", ["rye", "sourdough"]),
        ({"skills": "rye, sourdough (wild, mild); spelt"}, "skills", ["rye", "sourdough (wild, mild)", "spelt"]),
        ({"skills": [{"@type": "DefinedTerm", "name": "rye"}]}, "skills", ["rye"]),
        ({"skills": "<ul><li>rye</li><li>spelt &amp; oats</li></ul>"}, "skills", ["rye", "spelt & oats"]),
        ({"skills": "You know your grains. You can tell them apart by smell and by hand."}, "skills", None),
        ({"jobBenefits": "Free bread, Bike; Pension"}, "benefits", ["Free bread", "Bike", "Pension"]),
        (
            {"jobBenefits": ["Free bread"], "incentiveCompensation": "Harvest bonus"},
            "benefits",
            ["Free bread", "Harvest bonus"],
        ),
        (
            {"occupationalCategory": {"codeValue": "51-3011", "name": "Bakers"}, "industry": "Food"},
            "departments",
            ["Bakers", "Food"],
        ),
        (
            {"hiringOrganization": {"name": "Ovenworks", "department": {"name": "Night shift"}}},
            "departments",
            ["Night shift"],
        ),
        ({"datePosted": "2026-02-01"}, "published", "2026-02-01"),
        ({"datePosted": 1767225600000}, "published", 1767225600000),
        ({"datePosted": {"@type": "Date", "@value": "2026-02-01"}}, "published", "2026-02-01"),
        ({"dateModified": "2026-02-02T10:00"}, "updated", "2026-02-02T10:00"),
        ({"validThrough": "null"}, "expires", None),
        ({"inLanguage": {"@type": "Language", "name": "Swedish"}}, "language", "Swedish"),
    ],
)
def test_slot(properties: dict[str, Any], slot: str, expected: Any) -> None:
    assert slots(**properties).get(slot) == expected


LUND = {"@type": "PostalAddress", "addressLocality": "Lund"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Lund, Sweden", ["Lund, Sweden"]),
        (["Lund", "Umeå", "Lund"], ["Lund", "Umeå"]),
        ({"address": "Lund, Sweden"}, ["Lund, Sweden"]),
        ({"name": "HQ", "address": "Lund, Sweden"}, ["Lund, Sweden"]),
        ({"name": "HQ", "address": LUND}, [RawPlace(text="HQ", city="Lund")]),
        ({"name": "Ovenworks", "address": LUND}, [RawPlace(city="Lund")]),
        ({"name": "Anywhere"}, ["Anywhere"]),
        ({"address": ["Lund", {"addressLocality": "Umeå"}]}, ["Lund", RawPlace(city="Umeå")]),
        (
            {"address": {**LUND, "addressRegion": "Skåne", "postalCode": 22350, "addressCountry": "SE"}},
            [RawPlace(city="Lund", region="Skåne", postal_code="22350", country="SE")],
        ),
        ({"address": {**LUND, "streetAddress": "Kvarngatan 3"}}, [RawPlace(street="Kvarngatan 3", city="Lund")]),
        ({"address": {"addressCountry": {"@type": "Country", "name": "Sweden"}}}, [RawPlace(country="Sweden")]),
        ({"address": {"addressCountry": {"name": ["Sweden", "Sweden"]}}}, [RawPlace(country="Sweden")]),
        (
            {"address": {"addressLocality": ["Lund", "Umeå"], "addressCountry": "SE"}},
            [RawPlace(city="Lund", country="SE"), RawPlace(city="Umeå", country="SE")],
        ),
        (
            {"address": {**LUND, "streetAddress": "UNAVAILABLE", "addressRegion": "null", "postalCode": ""}},
            [RawPlace(city="Lund")],
        ),
        ({"address": {"streetAddress": "Lund, SE, 223 50"}}, ["Lund, SE, 223 50"]),
        ({"@type": "Place", "address": {"@type": "PostalAddress"}}, None),
        ([{}, None, "", "null"], None),
        (LUND, [RawPlace(city="Lund")]),
        (
            {"address": LUND, "geo": {"latitude": "55.7", "longitude": 13.19}},
            [RawPlace(city="Lund", latitude="55.7", longitude=13.19)],
        ),
        (
            {"address": LUND, "latitude": 55.7, "longitude": 13.19},
            [RawPlace(city="Lund", latitude=55.7, longitude=13.19)],
        ),
        ({"address": LUND, "latitude": 0, "longitude": 0}, [RawPlace(city="Lund")]),
        ({"address": LUND, "geo": {"latitude": 55.7}}, [RawPlace(city="Lund")]),
        (
            [{"name": name, "address": LUND} for name in ("Lund, SE", "Umeå, SE", "Lund, SE")],
            [RawPlace(text="Lund, SE", city="Lund"), "Umeå, SE"],
        ),
    ],
)
def test_place(value: Any, expected: Any) -> None:
    read = slots(jobLocation=json.loads(json.dumps(value)), hiringOrganization="Ovenworks")
    assert read.get("locations") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Sweden", ["Sweden"]),
        ({"@type": "Country", "name": "Sweden"}, ["Sweden"]),
        ([{"name": "Sweden"}, {"name": "Norway"}, "Norway"], ["Sweden", "Norway"]),
        ({"name": ["Sweden", "Norway"]}, ["Sweden", "Norway"]),
        ({"address": {"addressCountry": "SE"}}, ["SE"]),
        ({"address": {**LUND, "addressCountry": {"name": "Sweden"}}}, ["Lund, Sweden"]),
        ({"@type": "Country", "address": "Sweden"}, ["Sweden"]),
        ([{}], None),
    ],
)
def test_remote_from(value: Any, expected: Any) -> None:
    assert slots(applicantLocationRequirements=json.loads(json.dumps(value))).get("remote_from") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"currency": "SEK", "value": {"minValue": 30000, "maxValue": "35 000", "unitText": "MONTH"}},
            RawSalary(min=30000, max="35 000", currency="SEK", period="MONTH"),
        ),
        (
            {"currency": "SEK", "value": {"value": 200, "unitText": "HOUR"}},
            RawSalary(min=200, max=200, currency="SEK", period="HOUR"),
        ),
        (
            {"currency": "SEK", "value": "200", "unitText": "HOUR"},
            RawSalary(min="200", max="200", currency="SEK", period="HOUR"),
        ),
        ({"currency": "SEK", "value": [{"minValue": 20}]}, RawSalary(min=20, currency="SEK")),
        ({"currency": "SEK", "minValue": 180}, RawSalary(min=180, currency="SEK")),
        ({"value": {"currency": "SEK", "maxValue": 180}}, RawSalary(max=180, currency="SEK")),
        ({"minPrice": 20, "maxPrice": 25, "priceCurrency": "SEK"}, RawSalary(min=20, max=25, currency="SEK")),
        ({"price": "20", "priceCurrency": "SEK"}, RawSalary(min="20", max="20", currency="SEK")),
        (30000, RawSalary(min=30000, max=30000, currency="NOK")),
        ("30 000–35 000 kr per month", RawSalary(text="30 000–35 000 kr per month", currency="NOK")),
        ({"currency": "SEK", "value": "by agreement"}, RawSalary(text="by agreement", currency="SEK")),
        ({"currency": "", "value": {"minValue": "", "maxValue": "", "unitText": ""}}, None),
        ({"currency": "SEK", "value": {"minValue": 0, "maxValue": 0, "unitText": "YEAR"}}, None),
        ({"currency": "SEK", "value": None}, None),
        ({"currency": "SEK"}, None),
        ("0", None),
        ("null", None),
        (True, None),
    ],
)
def test_pay(value: Any, expected: Any) -> None:
    assert slots(baseSalary=json.loads(json.dumps(value)), salaryCurrency="NOK").get("salary") == expected


def test_several_pay_ranges() -> None:
    ranges = [{"name": name, "currency": "PLN", "value": figure} for name, figure in (("B2B", 90), ("Permanent", 80))]
    expected = [
        RawSalary(min=90, max=90, currency="PLN", label="B2B"),
        RawSalary(min=80, max=80, currency="PLN", label="Permanent"),
    ]
    read = slots(baseSalary=ranges)
    assert read["pay_ranges"] == expected
    assert read["salary"] == expected[0]


def test_estimate_of_pay_is_no_pay() -> None:
    assert "salary" not in slots(estimatedSalary={"currency": "SEK", "value": 1000})


@pytest.mark.parametrize(
    ("properties", "kind", "description"),
    [
        ({"description": "<p>We bake.</p>"}, "html", "<p>We bake.</p>"),
        ({"description": "&lt;p&gt;We bake &amp;amp; mill.&lt;/p&gt;"}, "html", "<p>We bake &amp; mill.</p>"),
        ({"description": "&amp;lt;p&amp;gt;We bake.&amp;lt;/p&amp;gt;"}, "html", "<p>We bake.</p>"),
        ({"description": "We bake.\n- rye\n- spelt &amp; oats"}, "text", "We bake.\n- rye\n- spelt & oats"),
        ({"description": "We bake.\\n\\nYou knead."}, "text", "We bake.\n\nYou knead."),
        ({"description": "We use D:\\nuts"}, "text", "We use D:\\nuts"),
        ({"description": "<b>We bake.</b>\nYou knead."}, "html", "<b>We bake.</b><br>You knead."),
        ({"description": "5 < 7 and 7 > 5"}, "text", "5 < 7 and 7 > 5"),
        ({"description": ["We bake.", "You knead."]}, "text", "We bake.\nYou knead."),
        ({"description": ""}, None, None),
        (
            {"description": "We bake & mill.", "responsibilities": "Knead dough\nHeat ovens"},
            "html",
            "<p>We bake &amp; mill.</p><h3>Responsibilities</h3><p>Knead dough</p><p>Heat ovens</p>",
        ),
        (
            {"description": "<p>We bake.</p>", "qualifications": ["Strong arms", "A nose"]},
            "html",
            "<p>We bake.</p><h3>Qualifications</h3><ul><li><p>Strong arms</p></li><li><p>A nose</p></li></ul>",
        ),
        (
            {"responsibilities": "Knead dough&nbsp;Heat ovens"},
            "html",
            "<h3>Responsibilities</h3><p>Knead dough</p><p>Heat ovens</p>",
        ),
        (
            {"description": "<p>We bake.</p><ul><li>Knead <b>dough</b></li></ul>", "responsibilities": "knead dough"},
            "html",
            "<p>We bake.</p><ul><li>Knead <b>dough</b></li></ul>",
        ),
        (
            {"description": "We bake.", "qualifications": {"credentialCategory": "Baker's diploma"}},
            "html",
            "<p>We bake.</p><h3>Qualifications</h3><p>Baker's diploma</p>",
        ),
    ],
)
def test_description(properties: dict[str, Any], kind: str | None, description: str | None) -> None:
    read = slots(**properties)
    assert (read.get("description_type"), read.get("description")) == (kind, description)


def test_prose_about_skills_and_benefits_joins_the_description() -> None:
    read = slots(
        description="<p>We bake.</p>",
        skills="You know your grains. You can tell them apart by smell and by hand.",
        jobBenefits="<p>Every night you take home as much bread as you and your neighbours can eat.</p>",
    )
    assert "<h3>Skills</h3><p>You know your grains." in read["description"]
    assert "<h3>Benefits</h3><p>Every night you take home" in read["description"]
    assert "skills" not in read and "benefits" not in read


def test_what_is_left_is_unread() -> None:
    node = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "@id": "#job",
        "title": "Baker",
        "datePosted": "",
        "directApply": True,
        "hiringOrganization": {"@type": "Organization", "name": "Ovenworks", "logo": "/o.png"},
        "jobLocation": [
            {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": "Lund", "floor": 2}}
        ],
        "baseSalary": {"@type": "MonetaryAmount", "currency": "SEK", "value": {"minValue": 1}},
        "identifier": {"name": "Ovenworks", "value": "B-12"},
        "estimatedSalary": {"value": 9},
    }
    posting_slots(node)
    assert node == {
        "directApply": True,
        "hiringOrganization": {"logo": "/o.png"},
        "jobLocation": {"address": [{"floor": 2}]},
        "estimatedSalary": {"value": 9},
    }


# -- hostile pages ----------------------------------------------------------------------------------------------------

HOSTILE = {
    "empty": "",
    "NULs": "\0" * 9_000,
    "deep JSON": '<script type="application/ld+json">' + '{"JobPosting":' * 200_000,
    "broken for long": '<script type="application/ld+json">{"@type":"JobPosting","d":"' + 'x"y ' * 250_000,
    "many broken": '<script type="application/ld+json">{"@type":"JobPosting" "a":[1,"b" "c"</script>' * 5_000,
    "long text": '<script type="application/ld+json">{"@type":"JobPosting","description":"'
    + "&lt;p " * 800_000
    + '"}</script>',
    "open tags": '<script type="application/ld+json">{"@type":"JobPosting","description":"'
    + "<p " * 400_000
    + '"}</script>',
    "commas": '<script type="application/ld+json">{"@type":"JobPosting","skills":"' + "(," * 400_000 + '"}</script>',
    "nested items": '<b itemscope itemtype="x/JobPosting" itemprop="description">' * 3_000 + "x" * 900_000,
    "nested values": '<b itemscope itemtype="x/JobPosting">' + '<b itemprop="a">' * 3_000 + "<i>x</i>" * 90_000,
    "many items": '<b itemscope itemtype="x/JobPosting"><i itemprop="title">x</i></b>' * 20_000,
    "chained rel": '<b typeof="JobPosting">' + '<b rel="a b c">' * 2_000 + '<i typeof="X">' * 2_000,
    "many references": '<b id="a"><i itemprop="b">c</i></b>'
    + '<b itemscope itemtype="JobPosting" itemref="a a a"></b>' * 9_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_page_neither_raises_nor_hangs(name: str) -> None:
    tree = Selector(text=HOSTILE[name] or "<html></html>", type="html")
    start = time.process_time()
    for node in job_postings(tree)[:100]:
        posting_slots(node)
    assert time.process_time() - start < 4


def test_cycle_of_references_ends() -> None:
    graph = [
        {"@type": "JobPosting", "@id": "#a", "title": "Baker", "x": [{"@id": "#b"}] * 3},
        {"@id": "#b", "y": [{"@id": "#a"}] * 3},
    ]
    assert titles(page(json.dumps(graph))) == ["Baker"]


@pytest.mark.parametrize("tree", [None, "text", 5, Selector(text='{"a":1}', type="json")])
def test_what_is_no_page_has_no_postings(tree: Any) -> None:
    assert job_postings(tree) == []


NAMES = st.sampled_from(
    "title name description identifier jobLocation address addressLocality addressCountry geo latitude baseSalary value"
    " minValue currency unitText hiringOrganization sameAs employmentType skills jobBenefits experienceRequirements"
    " monthsOfExperience applicantLocationRequirements datePosted url potentialAction target @type @id @value x".split()
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["JobPosting", "#a", "<p>a", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=12))
def test_any_node_gives_slots_that_the_contract_takes(node: dict[str, Any]) -> None:
    filled = {"title": "t", "key": "k", "url": "u", **posting_slots(node)}
    RawPosting(board="b", seen_at="2026-01-01T00:00:00Z", **filled)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.integers(0, 60))
def test_any_block_is_survived(noise: str, cut: int) -> None:
    block = JOB[:cut] + noise.replace("</", "") + JOB[cut:]
    assert all(isinstance(node, dict) for node in job_postings(page(block)))
