"""Write the generated parts of the docs, or with `--check` fail where they are out of date."""

import json
import re
import sys
from pathlib import Path

import reference

from scraper.crawl.catalogue import catalogue, matrix
from scraper.export.contract import json_schema, markdown
from scraper.posting import SCHEMA_VERSION

ROOT = Path(__file__).parents[1]
REFERENCE = Path("docs/reference")


def pages() -> dict[Path, str]:
    """Every generated text by its file, relative to the repository."""
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
    found = {
        Path("README.md"): with_parts(ROOT / "README.md", {"boards": matrix(catalogue())}),
        REFERENCE / "schema.json": schema,
        REFERENCE / "dictionary.md": markdown(),
    }
    found |= {Path("docs") / name: text for name, text in reference.pages().items()}
    snapshot = REFERENCE / f"schema-{SCHEMA_VERSION}.json"
    if not (ROOT / snapshot).exists():  # what a version promised is written once
        found[snapshot] = schema
    return found


def with_parts(path: Path, parts: dict[str, str]) -> str:
    """A page with its marked parts as they should be."""
    text = path.read_text(encoding="utf-8")
    for name, body in parts.items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m, b=body: f"{m[1]}{b}\n{m[2]}", text, flags=re.S
        )
    return text


def main() -> int:
    old = 0
    for name, text in pages().items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        old += 1
        if "--check" in sys.argv:
            print(f"{name}: out of date; run `make docs`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(bool(old) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
