"""Labels that a board runs together."""

import pytest

from scraper.words.tags import split_tags


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (
            "EuropeCyprusSpainGeorgiaUnited KingdomHybridLeadStaffSenior",
            ["Europe", "Cyprus", "Spain", "Georgia", "United Kingdom", "Hybrid", "Lead", "Staff", "Senior"],
        ),
        ("SeniorRemote", ["Senior", "Remote"]),
        ("USAHybridSenior", ["USA", "Hybrid", "Senior"]),
        ("UKRemote", ["UK", "Remote"]),
        ("On-siteLead", ["On-site", "Lead"]),
        ("Full-timeRemote", ["Full-time", "Remote"]),
        ("Latin AmericaMiddle", ["Latin America", "Middle"]),
        ("Bosnia and HerzegovinaRemote", ["Bosnia and Herzegovina", "Remote"]),
        ("ЕвропаКипрГибридСтарший", ["Европа", "Кипр", "Гибрид", "Старший"]),
        ("Весь мирУдаленноSenior", ["Весь мир", "Удаленно", "Senior"]),
    ],
)
def test_a_run_of_known_words_is_split(tag: str, expected: list[str]) -> None:
    assert split_tags([tag]) == expected


@pytest.mark.parametrize(
    "tag",
    [
        "JavaScript",
        "DevOps",
        "United Kingdom",
        "FullTime",
        "ITManager",
        "senior",
        "EuropeAcmeHybrid",
        "SpainHybridX",
        "",
        "AB",
    ],
)
def test_any_other_tag_stays(tag: str) -> None:
    assert split_tags([tag]) == [tag]


def test_the_order_of_tags_is_kept() -> None:
    assert split_tags(["b", "SpainSenior", "a"]) == ["b", "Spain", "Senior", "a"]
