"""Language of the text: from the text where it is long enough, from the board where it is not."""

import pytest

from scraper.document import read_document
from scraper.fields.language import read_language
from scraper.posting import RawPosting
from scraper.reading import Reading

TEXTS = {
    "en": "We run a fleet of cargo bikes in four towns and need somebody who keeps the booking service alive. You will "
    "write small tools, answer the drivers when a route breaks, and tell us early when something is about to fail.",
    "de": "Wir betreiben Lastenräder in vier Städten und suchen jemanden, der unseren Buchungsdienst am Laufen hält. Du "
    "schreibst kleine Werkzeuge, hilfst den Fahrern und sagst uns früh, wenn etwas nicht stimmt.",
    "fr": "Nous exploitons des vélos cargo dans quatre villes et cherchons une personne qui veille sur notre service de "
    "réservation. Vous écrirez de petits outils et vous aiderez les livreurs quand un trajet tombe en panne.",
    "es": "Tenemos bicicletas de carga en cuatro ciudades y buscamos a alguien que cuide el servicio de reservas. "
    "Escribirás herramientas pequeñas y ayudarás a los repartidores cuando falle una ruta del mapa.",
    "pt": "Temos bicicletas de carga em quatro cidades e procuramos alguém que cuide do serviço de reservas. Vais escrever "
    "pequenas ferramentas e ajudar os estafetas quando uma rota deixa de funcionar no mapa.",
    "it": "Gestiamo biciclette da carico in quattro città e cerchiamo qualcuno che tenga in vita il servizio di "
    "prenotazione. Scriverai piccoli strumenti e aiuterai i corrieri quando un percorso non funziona più.",
    "pl": "Prowadzimy rowery towarowe w czterech miastach i szukamy osoby, która zadba o nasz system rezerwacji. Będziesz "
    "pisać małe narzędzia oraz pomagać kurierom, kiedy trasa przestaje działać na mapie.",
    "nl": "Wij rijden met bakfietsen in vier steden en zoeken iemand die onze boekingsdienst in de lucht houdt. Je schrijft "
    "kleine hulpmiddelen en helpt de koeriers wanneer een route op de kaart niet meer klopt.",
    "ru": "Мы возим грузы на велосипедах в четырёх городах и ищем человека, который будет следить за сервисом заказов. Вы "
    "будете писать небольшие программы и помогать курьерам, когда маршрут на карте ломается.",
    "uk": "Ми возимо вантажі на велосипедах у чотирьох містах і шукаємо людину, яка подбає про сервіс замовлень. Ви "
    "будете писати невеликі програми та допомагати кур'єрам, коли маршрут на мапі не працює.",
    "cs": "Provozujeme nákladní kola ve čtyřech městech a hledáme člověka, který se postará o naši rezervační službu. Budete "
    "psát malé nástroje a pomáhat kurýrům, když trasa na mapě přestane fungovat.",
    "sk": "Prevádzkujeme nákladné bicykle v štyroch mestách a hľadáme človeka, ktorý sa postará o našu rezervačnú službu. "
    "Budete písať malé nástroje a pomáhať kuriérom, keď trasa na mape prestane fungovať.",
    "sv": "Vi kör lastcyklar i fyra städer och söker någon som håller vår bokningstjänst i gång. Du skriver små verktyg och "
    "hjälper buden när en rutt på kartan slutar att fungera.",
    "da": "Vi kører med ladcykler i fire byer og søger en, der holder vores bookingtjeneste i gang. Du skriver små værktøjer "
    "og hjælper budene, når en rute på kortet ikke længere virker.",
    "no": "Vi kjører lastesykler i fire byer og søker en som holder bestillingstjenesten vår i gang. Du skriver små verktøy "
    "og hjelper budene når en rute på kartet ikke lenger virker, og du sier fra tidlig.",
    "fi": "Ajamme rahtipyörillä neljässä kaupungissa ja etsimme henkilöä, joka pitää varauspalvelumme käynnissä. Kirjoitat "
    "pieniä työkaluja ja autat lähettejä, kun reitti ei enää toimi kartalla.",
    "ro": "Avem biciclete de marfă în patru orașe și căutăm pe cineva care să aibă grijă de serviciul de rezervări. Vei "
    "scrie unelte mici și vei ajuta curierii atunci când un traseu nu mai funcționează pe hartă.",
    "hu": "Teherkerékpárokat üzemeltetünk négy városban, és olyan embert keresünk, aki életben tartja a foglalási "
    "rendszerünket. Kis eszközöket írsz, és segítesz a futároknak, amikor egy útvonal elromlik.",
    "tr": "Dört şehirde yük bisikletleri işletiyoruz ve rezervasyon hizmetimizi ayakta tutacak birini arıyoruz. Küçük "
    "araçlar yazacak ve haritada bir rota bozulduğunda kuryelere yardım edeceksiniz.",
    "ca": "Tenim bicicletes de càrrega a quatre ciutats i busquem algú que cuidi el servei de reserves. Escriuràs eines "
    "petites i ajudaràs els repartidors quan una ruta del mapa deixi de funcionar.",
    "bg": "Караме товарни велосипеди в четири града и търсим човек, който да се грижи за услугата за резервации. Ще пишете "
    "малки инструменти и ще помагате на куриерите, когато маршрутът на картата не работи.",
    "el": "Έχουμε ποδήλατα μεταφορών σε τέσσερις πόλεις και ψάχνουμε κάποιον να φροντίζει την υπηρεσία κρατήσεων. Θα "
    "γράφεις μικρά εργαλεία και θα βοηθάς τους διανομείς όταν μια διαδρομή δεν λειτουργεί.",
    "zh": "我们在四座城市经营货运自行车业务，现在寻找一位能够维护预订系统的同事。你将编写小型工具，并在地图路线出错时帮助骑手解决问题，同时及时向团队报告风险。",
    "ja": "私たちは四つの都市で貨物自転車を運営しており、予約サービスを守ってくれる方を探しています。小さなツールを書き、地図のルートが壊れたときに配達員を助けていただきます。",
}


def read(text: str, stated: str | None = None) -> Reading[str] | None:
    raw = RawPosting(
        board="b", key="1", url="https://b.example/1", title="t", language=stated, seen_at="2026-01-01T00:00:00Z"
    )  # type: ignore[arg-type]
    document = read_document(text, "text")
    reading = read_language(raw, document)
    for span in reading.spans if reading else ():
        if span.slot == "description":
            assert document.text[span.start : span.end] == span.quote
    return reading


@pytest.mark.parametrize(("code", "text"), TEXTS.items(), ids=TEXTS)
@pytest.mark.parametrize("times", [1, 4])
def test_each_language_is_known_from_its_own_words(code: str, text: str, times: int) -> None:
    reading = read("\n".join([text] * times))
    assert reading
    assert (reading.value, reading.conflict) == (code, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Senior Backend Engineer (Kubernetes, AWS, Go)\nAcorn Cloud Platform Team\n" + TEXTS["de"], "de"),
        (TEXTS["de"] + "\nTech stack: React, TypeScript, Node.js, PostgreSQL, Docker, Terraform, GitHub Actions", "de"),
        (
            TEXTS["fr"] + "\n" + TEXTS["fr"] + "\nAcorn is an equal opportunity employer. All applicants are welcome.",
            "fr",
        ),
        (f"About Acorn\nAcorn builds software for bakers.\n{TEXTS['pl']}\n{TEXTS['pl']}", "pl"),
        (f"Twoje zadania\n{TEXTS['pl']}\nTwój profil\n{TEXTS['pl']}\nKim jesteśmy?\n{TEXTS['en'] * 3}", "pl"),
    ],
)
def test_english_names_and_small_print_do_not_hide_the_language(text: str, code: str) -> None:
    reading = read(text)
    assert reading
    assert reading.value == code


@pytest.mark.parametrize(
    "text", ["", "  ", "Go", "Java, Kafka, AWS", "50 000 – 60 000 €", "12345 67890 " * 40, "🎉" * 100]
)
def test_a_text_too_short_to_tell_has_no_language(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("de", "de"),
        ("de-DE", "de"),
        ("DE_at", "de"),
        ("deu", "de"),
        ("German", "de"),
        ("Deutsch", "de"),
        ("English", "en"),
        ("Portuguese (Brazil)", "pt"),
        ("русский", "ru"),
        ("nb-NO", "no"),
        ("zh-Hans", "zh"),
        ("several", None),
        ("xx", None),
        ("", None),
    ],
)
def test_the_board_is_believed_where_the_text_is_short(stated: str, code: str | None) -> None:
    reading = read("Java", stated)
    assert (reading.value if reading else None) == code


def test_the_board_and_the_text_agree() -> None:
    reading = read(TEXTS["nl"], "Dutch")
    assert reading
    assert (reading.value, reading.conflict) == ("nl", False)
    assert [span.slot for span in reading.spans] == ["language", "description"]


def test_a_long_clear_text_wins_over_the_board_and_both_are_kept() -> None:
    reading = read(TEXTS["nl"] * 2, "en")
    assert reading
    assert (reading.value, reading.conflict) == ("nl", True)
    assert [(span.slot, span.value) for span in reading.spans] == [("description", "nl"), ("language", "en")]
