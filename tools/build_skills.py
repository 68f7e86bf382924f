"""Builds `scraper/words/skills_sourced.toml`: technologies that public lists name and the hand-made list does not.

    python tools/build_skills.py FOLDER

FOLDER holds three packages as published, each unpacked in a folder of its name:
`linguist-languages` 9.5.0 (MIT, the languages of GitHub Linguist), `simple-icons` 16.37.0 (CC0-1.0, titles only) and
`devicon` 2.17.0 (MIT, names and tags). An icon counts as a technology where both icon sets have it: Simple Icons alone
is mostly shops, airlines and car makers. `skills.toml` is made by hand and always wins.
"""

import json
import re
import sys
from pathlib import Path

from scraper.document import fold
from scraper.words import load

WORDS = Path(__file__).parent.parent / "scraper" / "words"
HEAD = "# Made by tools/build_skills.py from the lists that SOURCES.md names. Change skills.toml instead.\n"

# The first tag of devicon that is here decides the kind of an icon.
ICON_KINDS = {
    **dict.fromkeys(("language", "framework", "library", "database", "os", "testing", "design", "cloud"), ""),
    "operating-system": "os",
    "server": "infrastructure",
    "container": "infrastructure",
    "infrastructure": "infrastructure",
}
# Brands that no role works with, words of everyday life, and second names of what is known.
SKIPPED = frozenset(
    "Apple|Facebook|Google|LinkedIn|Behance|Opera|Safari|Polygon|Twitter|Clarity|Glitch|Reach|Rect|Kaggle|Gitter"
    "|Harvester|Simple Icons|Codeac|Stack Overflow|Polymer Project|Processing Foundation|LeetCode|Jamstack|Passport"
    "|The Algorithms|Google Chrome|Firefox|Nano|Answer Set Programming|Apache Groovy|Python console|Linear Programming"
    "|Mathematical Programming System|Visual Basic 6.0|Unix Assembly|Procfile|Cool|Clean|Fancy|Max|Self|Click|Just|Red"
    "|Slash|Slice|Tape|RPC|Lobster|Monkey|Grace|Charity|Leo|Logos|SMT|GAP|TLA|ECL|ASL|ATS|KCL|NCL|Mint|Sail|Sway|Fluent"
    "|Pan|Turing|Factor|Genie|Glyph|Mercury|Curry|Beef|Berry|Clue|Ink|Lex|Parrot|Pike|Quake|Scenic|Shen|Verse|Volt|Uno"
    "|Singularity|Polar|Photon|Dune|Dylan|Arc|Terra|Teal|Talon|Rouge|Opal|Noir|Nickel|Nit|Nasal|Sieve|Slang".split("|")
)


def languages(folder: Path) -> dict[str, str]:
    """Names of programming languages with their kind; markup and data are mostly kinds of files."""
    found = {}
    for path in sorted((folder / "data").glob("*.js")):
        text = path.read_text(encoding="utf-8")
        name = re.search(r"""^  name: (['"])(.+)\1,$""", text, re.MULTILINE)
        if name and "\n  type: 'programming',\n" in text:
            found[name[2]] = "language"
    return found


def icons(simple: Path, devicon: Path) -> dict[str, str]:
    """Titles of Simple Icons that devicon has too, with the kinds that devicon's tags give."""
    tags = {}
    for icon in json.loads((devicon / "devicon.json").read_text(encoding="utf-8")):
        for name in (icon["name"], *icon["altnames"]):
            tags[squeezed(name)] = [tag.lower() for tag in icon["tags"]]
    listed = json.loads((simple / "data" / "simple-icons.json").read_text(encoding="utf-8"))
    found = {}
    for icon in listed if isinstance(listed, list) else listed["icons"]:
        if (about := tags.get(squeezed(icon["title"]))) is not None:
            found[icon["title"]] = next((ICON_KINDS[tag] or tag for tag in about if tag in ICON_KINDS), "tool")
    return found


def squeezed(name: str) -> str:
    """A name without signs, by which the two icon sets are compared."""
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("+", "plus").replace("#", "sharp"))


def mark(name: str) -> str:
    """How much context a name needs: one that looks like no other word little, a plain word a list of skills."""
    if re.search(r"[a-z][A-Z]|[A-Z]{2}[a-z]|\d|\+|#|-|\.", name) and len(name) > 3:
        return "="
    return "~" if " " in name else "!"


def main(folder: Path) -> None:
    """Write the vocabulary."""
    known = set()
    for skills in load("skills").values():
        for name, others in skills.items():
            known.add(squeezed(name))
            known.update(squeezed(other) for other in others.split(", "))
    tables: dict[str, dict[str, str]] = {}
    names = languages(folder / "linguist-languages") | icons(folder / "simple-icons", folder / "devicon")
    for name, kind in sorted(names.items(), key=lambda item: (fold(item[0]), item[0])):
        if squeezed(name) not in known and name not in SKIPPED and len(name) > 2 and '"' not in name:
            known.add(squeezed(name))
            tables.setdefault(kind, {})[name] = mark(name) + name
    lines = [HEAD]
    for kind in sorted(tables):
        lines.append(f"[{kind}]\n")
        lines += [f'"{name}" = "{spelling}"\n' for name, spelling in tables[kind].items()]
        lines.append("\n")
    (WORDS / "skills_sourced.toml").write_text("".join(lines).rstrip() + "\n", encoding="utf-8")
    print(f"{sum(map(len, tables.values()))} skills")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
