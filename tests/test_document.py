"""Descriptions as text: blocks, sections, labels, and offsets that hold."""

import pytest

from scraper.document import Document, fold, read_document
from scraper.posting import SectionKind


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def parts(document: Document) -> list[tuple[str, str | None]]:
    return [(part.kind.value, part.heading) for part in document.parts]


def labels(document: Document) -> list[tuple[str, str]]:
    return [(label.name, document.text[label.start : label.end]) for label in document.labels]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<ul><li>Saw</li><li><p>Plane</p></li></ul>", "- Saw\n- Plane"),
        ("A<br>B<br/>C", "A\nB\nC"),
        ("<p>Dogs &amp; cats\xa0only</p>", "Dogs & cats only"),
        ("&lt;p&gt;Escaped&lt;/p&gt;&lt;p&gt;once&lt;/p&gt;", "Escaped\nonce"),
        ("no tags\nbut lines", "no tags\nbut lines"),
        ("<p>In<script>evil()</script>side<style>p{}</style></p>", "Inside"),
        ('<p>Seen<span style="display: none">unseen</span></p>', "Seen"),
        ("<table><tr><td>Pay</td><td>low</td></tr></table>", "Pay | low"),
        ("<p>• Saw • Plane</p>", "- Saw\n- Plane"),
        ("<p>a\u200bb\x00c</p>", "abc"),
        ("<p>half <b>bo</b>ld", "half bold"),
        ("", ""),
        ("<div></div>", ""),
    ],
)
def test_text_of_html(html: str, text: str) -> None:
    assert read_document(html).text == text


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("## Tools\n\n* saw\n* plane", [("heading", "Tools"), ("item", "saw"), ("item", "plane")]),
        ("**Tools**\n1. saw\n2. plane", [("heading", "Tools"), ("item", "saw"), ("item", "plane")]),
        ("[our site](https://b.example) is old", [("paragraph", "our site is old")]),
        ("Line one\nLine two", [("paragraph", "Line one"), ("paragraph", "Line two")]),
    ],
)
def test_blocks_of_markdown_and_text(text: str, blocks: list[tuple[str, str]]) -> None:
    assert kinds(read_document(text, "markdown")) == blocks


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("What you will do", "responsibilities"),
        ("Requirements", "requirements"),
        ("Nice to have", "preferred"),
        ("Preferred Qualifications", "preferred"),
        ("Key Responsibilities", "responsibilities"),
        ("Job Requirements", "requirements"),
        ("Base Salary Range", "salary"),
        ("Compensation and Benefits", "benefits"),
        ("Benefits & perks", "benefits"),
        ("Salary range", "salary"),
        ("How to apply", "process"),
        ("About us", "about"),
        ("Equal opportunity", "legal"),
        ("Deine Aufgaben", "responsibilities"),
        ("Dein Profil", "requirements"),
        ("Wir bieten", "benefits"),
        ("Vos missions", "responsibilities"),
        ("Profil recherché", "requirements"),
        ("Avantages", "benefits"),
        ("Requisitos", "requirements"),
        ("Cosa offriamo", "benefits"),
        ("Zakres obowiązków", "responsibilities"),
        ("Mile widziane", "preferred"),
        ("Wat wij bieden", "benefits"),
        ("Обязанности", "responsibilities"),
        ("Мы предлагаем", "benefits"),
        ("Pay and extras", "benefits"),
        ("Was haben Sie davon", "benefits"),
        ("Ce que vous recevrez", "benefits"),
        ("Nos conditions", "benefits"),
        ("Qué te llevas", "benefits"),
        ("Lo que te damos", "benefits"),
        ("Contrapartidas", "benefits"),
        ("O que você recebe", "benefits"),
        ("Cosa trovi da noi", "benefits"),
        ("Il pacchetto", "benefits"),
        ("Co dostajesz", "benefits"),
        ("Warunki zatrudnienia", "benefits"),
        ("Wat ertegenover staat", "benefits"),
        ("Voorwaarden", "benefits"),
        ("Что получаете", "benefits"),
        ("What we ask of you", "requirements"),
        ("Sie brauchen", "requirements"),
        ("Sie bringen mit", "requirements"),
        ("Ce qu'il te faut", "requirements"),
        ("Conditions requises", "requirements"),
        ("Encajas si", "requirements"),
        ("O que trazes", "requirements"),
        ("Cosa porti", "requirements"),
        ("Czego wymagamy", "requirements"),
        ("Wat neem je mee", "requirements"),
        ("Dit kun je", "requirements"),
        ("Что надо уметь", "requirements"),
        ("Toll wäre", "preferred"),
        ("Nous apprécierons", "preferred"),
        ("Y si además", "preferred"),
        ("Conta a teu favor", "preferred"),
        ("Apprezzeremo", "preferred"),
        ("Danno punti in più", "preferred"),
        ("Ucieszy nas", "preferred"),
        ("Wensen", "preferred"),
        ("Ваше преимущество", "preferred"),
        ("Working conditions", "requirements"),
    ],
)
@pytest.mark.parametrize("form", ["<h2>{}</h2>", "<p><strong>{}</strong></p>", "<p>{}:</p>", "<p>🎯 {}</p>"])
def test_headings_name_their_section(heading: str, kind: str, form: str) -> None:
    document = read_document(form.format(heading.replace("&", "&amp;")) + "<ul><li>saw</li><li>plane</li></ul>")
    assert [part.kind.value for part in document.parts] == [kind]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<p>Hello.</p><h2>Requirements</h2><p>Saws.</p><h2>Perks</h2><p>Glue.</p>",
            [("other", None), ("requirements", "Requirements"), ("benefits", "Perks")],
        ),
        (
            "<h2>Benefits</h2><h3>Odds and ends</h3><p>Glue.</p>",
            [("benefits", "Benefits"), ("benefits", "Odds and ends")],
        ),
        (
            "<h3>Benefits</h3><p>Glue.</p><h2>A heading that tells us nothing</h2><p>Wood.</p>",
            [("benefits", "Benefits"), ("other", "A heading that tells us nothing")],
        ),
        (
            "<p>Benefits and perks</p><p>Glue for all</p><p>Saws for some</p>",
            [("benefits", "Benefits and perks")],
        ),
        (
            "<p>You saw.</p><p>Our generous perks</p><p>Glue for all, saws for some, and wood whenever you ask for it.</p>",
            [("other", None), ("benefits", "Our generous perks")],
        ),
        ("<p>You saw.</p><p>Our generous perks</p><p>Glue for all</p>", [("other", None)]),
        (
            "<p>¿Qué pedimos? Mano firme.</p><p>¿Qué damos? Cola y madera.</p>",
            [("requirements", "Qué pedimos"), ("benefits", "Qué damos")],
        ),
        (
            "<h2>Das erwartet dich</h2><p>Holz.</p><h2>Dein Profil</h2><p>Ruhe.</p>",
            [("responsibilities", "Das erwartet dich"), ("requirements", "Dein Profil")],
        ),
        (
            "<h2>Aufgaben</h2><p>Holz.</p><h2>Dein Profil</h2><p>Ruhe.</p><h2>Das erwartet dich</h2><p>Leim.</p>",
            [("responsibilities", "Aufgaben"), ("requirements", "Dein Profil"), ("benefits", "Das erwartet dich")],
        ),
        (
            "<h2>Aufgaben</h2><p>Holz.</p><h2>Wünschenswert</h2><p>Ruhe.</p><h2>Das erwartet dich</h2><p>Leim.</p>",
            [("responsibilities", "Aufgaben"), ("preferred", "Wünschenswert"), ("benefits", "Das erwartet dich")],
        ),
        (
            "<h2>Das erwartet dich</h2><p>Holz.</p><h2>Kontakt</h2><p>Ada.</p><h2>Das erwartet dich</h2><p>Leim.</p>",
            [("responsibilities", "Das erwartet dich"), ("process", "Kontakt"), ("benefits", "Das erwartet dich")],
        ),
        (
            "<p>Условия:</p><p>Клей</p><p>(и дерево)</p><ul><li>Пила</li></ul>",
            [("benefits", "Условия:")],
        ),
        (
            "<h2>Benefits</h2><h3>Unsere Kultur</h3><p>Leim.</p><h2>Über uns</h2><p>Holz.</p>",
            [("benefits", "Benefits"), ("benefits", "Unsere Kultur"), ("about", "Über uns")],
        ),
        (
            "<h2>You need</h2><p>Calm.</p><h2>What you can expect</h2><p>Sawing wood.</p>",
            [("requirements", "You need"), ("responsibilities", "What you can expect")],
        ),
        (
            "<h2>You need</h2><p>Calm.</p><h2>What you can expect</h2><p>€30 a plank.</p>",
            [("requirements", "You need"), ("benefits", "What you can expect")],
        ),
    ],
)
def test_sections(html: str, expected: list[tuple[str, str | None]]) -> None:
    document = read_document(html)
    assert parts(document) == expected
    assert document.parts[0].start == 0 and document.parts[-1].end == len(document.text)


def test_a_paragraph_of_law_is_known_by_its_words() -> None:
    document = read_document(
        "<p>Saws and planes, all day long, in a warm shed by the sea.</p>" * 4 + "<p>Equal opportunity for all.</p>"
    )
    assert document.kind_at(len(document.text) - 1) is SectionKind.LEGAL
    assert document.kind_at(0) is SectionKind.OTHER


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Location: Porto</p>", [("location", "Porto")]),
        ("<p><b>Start date:</b> May</p>", [("start date", "May")]),
        ("<p>Location: Porto | Contract: CDI</p>", [("location", "Porto"), ("contract", "CDI")]),
        ("<h3>Location</h3><p>Porto</p><h3>Perks</h3><p>Glue</p>", [("location", "Porto"), ("perks", "Glue")]),
        ("<p>See https://b.example for more</p>", []),
        ("<p>We are on time at 10:30</p>", []),
        ("<h3>🪚</h3><p>Glue</p>", []),
        ("<p><b>🪚</b> Glue</p>", []),
    ],
)
def test_labelled_lines(html: str, expected: list[tuple[str, str]]) -> None:
    assert labels(read_document(html)) == expected


@pytest.mark.parametrize("text", ["ABC", "İstanbul", "Straße ẞ", "ΣΑΣ", "ﬁne"])
def test_a_fold_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 30_000 + "deep",
        "<p>" * 100_000,
        "<b>x" * 50_000,
        "* " * 300_000,
        "a: " * 200_000,
        "<li>" + "x " * 400_000,
        "**" * 200_000,
        "\n" * 500_000,
        "[" * 100_000 + "](https://",
        "&lt;p&gt;" * 60_000,
        "<",
        "<!--",
        "\ud800",
        "<p style='display:none",
    ],
    ids=range(14),
)
@pytest.mark.parametrize("kind", ["html", "markdown"])
def test_hostile_texts_are_read(text: str, kind: str) -> None:
    document = read_document(text, kind)  # type: ignore[arg-type]
    assert len(document.folded) == len(document.text)
