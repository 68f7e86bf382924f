"""Help with relocation: offered, refused, or not spoken of."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.relocation import read_relocation
from scraper.posting import RawPosting
from scraper.reading import Reading


def read(text: str = "", **slots: object) -> tuple[Reading[bool] | None, Document]:
    """Whether a posting with this text and these slots helps with relocation."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Cooper", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_relocation(raw, document), document


TEXTS = [
    ("A relocation package is part of the deal.", True),
    ("Health insurance\nRelocation program\nLanguage lessons", True),
    ("Good pay, with relocation", True),
    ("The company will relocate candidates from anywhere.", True),
    ("Training starts in May, with your relocation to Oslo planned for June.", None),
    ("Relocation support (visa, transport, a flat)", True),
    ("We will help you relocate.", True),
    ("Relocation assistance may be available.", True),
    ("No relocation.", False),
    ("Relocation assistance is not available here. Your move is on you.", False),
    ("Please note that we don't offer relocation support.", False),
    ("You must relocate to Lima.", None),
    ("You plan the relocation of servers.", None),
    ("Wir unterstützen dich beim Umzug.", True),
    ("Umzugskosten werden nicht übernommen; keine Umzugshilfe.", False),
    ("Aide au déménagement", True),
    ("Ayuda con la reubicación", True),
    ("Supporto per il trasferimento", True),
    ("Ajuda com a mudança de cidade", True),
    ("Pakiet relokacyjny", True),
    ("Hulp bij verhuizing: een verhuisvergoeding", True),
    ("Помощь с релокацией", True),
    ("Помощь с переездом не предоставляем: релокацию не оплачиваем", False),
    ("Наш офис готовится к переезду", None),
    ("Help with the move to Gdynia: a van and two strong cousins", True),
    ("We pay for your move.", True),
    ("You will lead the move to the cloud.", None),
    ("We cannot help with your move.", False),
    ("If you do not live in Cork, we offer relocation support.", True),
    ("Deinen Umzug zahlen wir.", True),
    ("Sie unterstützen wir beim Umzug.", True),
    ("Du begleitest den Umzug der Lampen ins Museum.", None),
    ("Wir helfen beim Umzug unserer Server.", None),
    ("You support the relocation of our lamps.", None),
    ("Beim Umzug können wir nicht helfen.", False),
    ("Nous prenons en charge votre déménagement.", True),
    ("Nous n'avons pas de budget pour le logement, ni pour le déménagement.", False),
    ("Si no vives en Cádiz, te ayudamos con la mudanza.", True),
    ("No cubrimos alojamiento ni mudanza.", False),
    ("A chi si trasferisce offriamo un contributo per tre mesi.", True),
    ("Disponibilità a trasferirsi a Bari.", None),
    ("Não pagamos alojamento nem ajudamos com a mudança.", False),
    ("Ajudamos na mudança para Faro.", True),
    ("Pomożemy w przeprowadzce.", True),
    ("Nie pokrywamy kosztów przeprowadzki.", False),
    ("Przeprowadzisz szkolenia dla zespołu.", None),
    ("Je verhuizing betalen wij.", True),
    ("Компенсируем переезд и первый месяц жилья.", True),
    ("Переезд не оплачиваем.", False),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_speaks_of_relocation(text: str, expected: bool | None) -> None:
    reading, document = read(text)
    assert (reading.value if reading else None) is expected
    for span in reading.spans if reading else ():
        assert span.start is not None
        assert document.text[span.start : span.end] == span.quote


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"relocation": True}, True),
        ({"relocation": False}, False),
        ({"relocation": "Yes"}, True),
        ({"relocation": "not offered"}, False),
        ({"relocation": "maybe"}, None),
        ({"tags": ["Relocation"]}, True),
        ({"tags": ["Moving vans"]}, None),
    ],
)
def test_a_slot_speaks_of_relocation(slots: dict[str, object], expected: bool | None) -> None:
    reading, _ = read(**slots)
    assert (reading.value if reading else None) is expected


def test_a_slot_stands_against_the_text_and_both_are_kept() -> None:
    reading, _ = read("A relocation package is offered.", relocation=False)
    assert reading is not None
    assert (reading.value, reading.conflict) == (False, True)
    assert [(span.slot, span.value) for span in reading.spans] == [("relocation", "false"), ("description", "true")]
