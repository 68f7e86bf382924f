"""Write the generated parts of the docs, or with `--check` fail where they are out of date."""

import re
import sys
from pathlib import Path

from scraper.crawl.catalogue import catalogue, matrix

ROOT = Path(__file__).parents[1]


def parts() -> dict[str, str]:
    """Marked parts of the README by name."""
    return {"boards": matrix(catalogue())}


def main() -> int:
    readme = ROOT / "README.md"
    text = old = readme.read_text(encoding="utf-8")
    for name, body in parts().items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m, b=body: f"{m[1]}{b}\n{m[2]}", text, flags=re.S
        )
    if "--check" in sys.argv:
        if text != old:
            print("README.md: out of date; run `make docs`")
        return int(text != old)
    readme.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
