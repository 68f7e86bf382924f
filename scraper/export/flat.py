"""CSV and XLSX: one row a posting, nested parts as columns of their own, lists joined.

`salary` becomes `salary_min`, `salary_max` …; of a list of parts each column holds one part's values in their order,
`stack_name` = `Go; SQL` beside `stack_need` = `required; preferred`. Evidence and sections, which are offsets into the
text, are left out.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from scraper.export.records import Export, records
from scraper.posting import Posting
from scraper.shape import inner_model

LEFT_OUT = ("evidence", "sections")

JOIN = "; "

FORMULA = tuple("=+-@＝＋－＠\t\r\n")
"""What a cell must not begin with: spreadsheets would run it (OWASP, "CSV Injection"; the full-width forms as well)."""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0, and so XLSX, cannot hold, and that end a text early for some readers of CSV."""

SHEET_ROWS, CELL = 1_048_576, 32_767
"""Excel's limits: rows of a sheet, the header included, and characters of a cell (UTF-16)."""


def columns(fields: tuple[str, ...] | None = None) -> dict[str, Callable[[Mapping[str, Any]], Any]]:
    """The columns of a flat export by name, and how each takes its cell from a posting."""
    found: dict[str, Callable[[Mapping[str, Any]], Any]] = {}
    for field in fields or Posting.model_fields:
        part = inner_model(Posting.model_fields[field].annotation)
        if field in LEFT_OUT:
            continue
        if part is None:
            found[field] = partial(own_cell, field)
            continue
        for inner in part.model_fields:
            found[f"{field}_{inner}"] = partial(inner_cell, field, inner)
    return found


def own_cell(field: str, record: Mapping[str, Any]) -> Any:
    """The column of a field that is not nested."""
    return cell(record.get(field))


def inner_cell(field: str, inner: str, record: Mapping[str, Any]) -> Any:
    """One column of a nested field, or of a list of them; places without a value stay, so that columns agree."""
    value = record.get(field)
    if isinstance(value, list):
        return cell(["" if item.get(inner) is None else item[inner] for item in value])
    return cell((value or {}).get(inner))


def cell(value: Any) -> Any:
    """A list as one text, a text without what no cell can hold; any other value as it is."""
    if isinstance(value, list):
        value = JOIN.join(map(worded, value)) if any(item != "" for item in value) else None
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value).replace("\r\n", "\n").replace("\r", "\n")
    return value


def worded(value: Any) -> str:
    """A single value as text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def harmless(value: Any) -> Any:
    """A cell of CSV: a text that a spreadsheet would run as a formula begins with an apostrophe."""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return worded(value) if value is not None else None


def write_csv(export: Export, out: IO[bytes]) -> None:
    """Comma-separated, UTF-8, RFC 4180 quotes, lines end with a line feed."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    made = columns(export.fields)
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(made)
    for record in records(export):
        sheet.writerow([harmless(take(record)) for take in made.values()])
    text.detach()


def write_xlsx(export: Export, path: Path, most: int = SHEET_ROWS) -> None:
    """A workbook; what does not fit on a sheet goes on on the next one. Every text is a text, never formula or link."""
    import xlsxwriter

    made, cut = columns(export.fields), 0
    book = xlsxwriter.Workbook(
        path,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    bold = book.add_format({"bold": True})
    sheets = 0
    for number, record in enumerated(records(export), most - 1):
        if number == 0:
            sheets += 1
            sheet = book.add_worksheet("postings" if sheets == 1 else f"postings {sheets}")
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, list(made), bold)
        for at, take in enumerate(made.values()):
            value = take(record)
            if isinstance(value, str):
                short = clipped(value)
                cut += short is not value
                sheet.write_string(number + 1, at, short)
            elif isinstance(value, bool):
                sheet.write_boolean(number + 1, at, value)
            elif value is not None:
                sheet.write_number(number + 1, at, value)
    if not sheets:
        book.add_worksheet("postings").write_row(0, 0, list(made), bold)
    book.close()
    if sheets > 1:
        export.notes.append(f"a sheet holds {most - 1} postings; there are {sheets} sheets")
    if cut:
        export.notes.append(f"{cut} cells were longer than Excel's {CELL} characters and were cut; they end with …")


def enumerated(rows: Iterator[dict[str, Any]], most: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with their numbers on a sheet, which begin again after `most`."""
    return ((number % most, row) for number, row in enumerate(rows))


def clipped(text: str) -> str:
    """A text that a cell of Excel can hold."""
    if len(text) * 2 <= CELL or len(units := text.encode("utf-16-le")) <= CELL * 2:
        return text
    return units[: (CELL - 1) * 2].decode("utf-16-le", errors="ignore") + "…"
