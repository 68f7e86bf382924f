"""Visa sponsorship: offered, refused, or not spoken of; a demand for a right to work is a refusal."""

import pytest

from scraper.document import Document, read_document
from scraper.fields.visa_sponsorship import read_visa_sponsorship
from scraper.posting import RawPosting
from scraper.reading import Reading


def read(text: str = "", **slots: object) -> tuple[Reading[bool] | None, Document]:
    """Whether a posting with this text and these slots sponsors visas."""
    raw = RawPosting.model_validate(
        {"board": "b", "key": "1", "url": "u", "title": "Cooper", "seen_at": "2026-01-01T00:00:00Z"} | slots
    )
    document = read_document(text, "text")
    return read_visa_sponsorship(raw, document), document


TEXTS = [
    ("Applicants must be a U.S. citizen and hold a saw.", False),
    ("Must be a Singapore Citizen and live there", False),
    ("You need calm\nU.S. Citizen\nA steady hand", False),
    ("You hold citizenship in a member state.", False),
    ("A US citizen, or a visa that lets you work here", False),
    ("The right to work in Ghana is a pre-requisite.", False),
    ("Ghana-based and authorized to work there", False),
    ("If you live in Ghana, or have a Ghanaian work permit, write to us.", False),
    ("Sawdust will consider sponsoring a new carpenter for a permit.", True),
    ("To conform to export regulations, you must be a (i) U.S. citizen, (ii) asylee or be eligible.", None),
    ("Our citizens and their portal", None),
    ("Visa US citizenship/visa not required", None),
    ("Work authorization:\nUnited States (Required)\nBenefits:\nDental", False),
    ("U.S. Person status is required to enter the workshop.", False),
    ("Visa sponsorship available.", True),
    ("Relocation support (visa, transport, a flat)", True),
    ("We sponsor visas.", True),
    ("We help with work permits.", True),
    ("We are unable to sponsor visas.", False),
    ("Visa sponsorship: we are not currently able to sponsor visas.", False),
    ("Sponsorship is not available for this role.", False),
    ("You must be authorized to work in the US.", False),
    ("Candidates must have the right to work in the UK.", False),
    ("US citizenship required.", False),
    ("A valid work permit is required.", False),
    ("We do not sponsor as a rule. However, visa sponsorship is available for some roles.", True),
    ("You talk to executive sponsors.", None),
    ("Payments by Visa and Mastercard.", None),
    ("We hire regardless of race, religion or citizenship.", None),
    ("No sponsorship needed for an export license.", None),
    ("Wir unterstützen dich beim Visum.", True),
    ("Eine gültige Arbeitserlaubnis ist erforderlich.", False),
    ("Accompagnement pour le visa", True),
    ("Un permis de travail valide est exigé.", False),
    ("Permiso de trabajo vigente imprescindible.", False),
    ("Permesso di soggiorno valido richiesto", False),
    ("Pomoc w uzyskaniu wizy", True),
    ("Een geldige werkvergunning", False),
    ("Визовая поддержка", True),
    ("Гражданство РФ обязательно", False),
    ("Não tratamos de vistos.", False),
    ("Tratamos de vistos e papéis.", True),
    ("Помогаем с визой и билетами.", True),
    ("Visto que somos poucos, ajudamos todos.", None),
    ("You are legally allowed to work in Norway.", False),
    ("You are allowed to work from home on Fridays.", None),
    ("Vous êtes autorisé·e à travailler en Suisse.", False),
    ("Chiens autorisés au bureau.", None),
    ("Je mag in Nederland werken.", False),
    ("Visa regelen we niet.", False),
    ("Je visum regelen wij.", True),
    ("Sie dürfen in der Schweiz arbeiten.", False),
    ("Debes estar autorizado para trabajar en Chile.", False),
    ("È necessario essere autorizzati a lavorare in Italia.", False),
    ("Masz prawo do pracy w Polsce.", False),
    ("Нужно право на работу в Армении.", False),
    ("Визы не оформляем.", False),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_speaks_of_visas(text: str, expected: bool | None) -> None:
    reading, document = read(text)
    assert (reading.value if reading else None) is expected
    for span in reading.spans if reading else ():
        assert span.start is not None
        assert document.text[span.start : span.end] == span.quote


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"visa_sponsorship": True}, True),
        ({"visa_sponsorship": "Will sponsor"}, True),
        ({"visa_sponsorship": "US citizen/visa only"}, False),
        ({"visa_sponsorship": "unknown"}, None),
        ({"tags": ["Visa Sponsorship"]}, True),
        ({"tags": ["Visa Inc."]}, None),
    ],
)
def test_a_slot_speaks_of_visas(slots: dict[str, object], expected: bool | None) -> None:
    reading, _ = read(**slots)
    assert (reading.value if reading else None) is expected
