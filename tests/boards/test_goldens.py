"""Every case of every board, compared exactly. `pytest -k NAME --regold` writes what is expected; read the diff."""

import pytest

from tests.boards.goldens import Case, cases


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_golden(case: Case, request: pytest.FixtureRequest) -> None:
    found = case.read()
    assert found or case.folder.name.startswith("empty"), "a golden that holds nothing proves nothing"
    if request.config.getoption("--regold"):
        case.write(found)
    assert found == case.expected()
