"""Reads the cells of a table of numbers: lines with commas, semicolons or tabs, or JSON with an object for each row."""

import csv
import json
import re
import unicodedata
from pathlib import Path

from unrolled_torch.numbers import Survey, is_error, is_missing, is_number

ENDINGS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
UNIT = re.compile(r"[^0-9<>=~+.,-]\S{0,19}(?: \S{1,19})?")


class Table:
    """The cells of each column."""

    def __init__(self, file, names, rows, places, separator="", pointed=()):
        """
        places: where each row is, such as "line 3"
        separator: what is between cells; "" if nothing is
        pointed: names of the columns whose numbers have decimal points for sure
        """
        if not rows:
            raise SystemExit(f"{file} has no rows of numbers")
        twice = next((name for i, name in enumerate(names) if name and name in names[:i]), None)
        if twice:
            raise SystemExit(f"{file}: there are two columns {twice}; rename one")
        self.file, self.names, self.places, self.separator, self.pointed = file, names, places, separator, pointed
        self.columns = [[row[i] for row in rows] for i in range(len(names))]


def read_table(file, columns, reading):
    """Reads a file. columns: the names of the columns that are needed; reading: how the training data were read."""
    try:
        text = Path(file).read_bytes().decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise SystemExit(f"{file} is not a text in UTF-8")
    lines = [(n, line) for n, line in enumerate(re.split("\r\n?|\n", text), 1) if line.strip()]
    format = ENDINGS.get(Path(file).suffix.lower(), reading.get("format"))
    if format == "json":
        return table_of_objects(file, parse(file, text))
    if format == "jsonl":
        return table_of_objects(file, [parse(file, line, n) for n, line in lines], [f"line {n}" for n, _ in lines])
    return table_of_lines(file, [(n, line) for n, line in lines if not is_comment(line)], columns, reading)


def nfc(name):
    """The same name may be written with composed or decomposed characters."""
    return unicodedata.normalize("NFC", name)


def parse(file, text, line=1):
    try:
        return json.loads(text)
    except ValueError as error:
        raise SystemExit(f"{file}, line {line}: {error}")


def table_of_objects(file, objects, places=None):
    """JSON: an object for each row. Numbers of a column without texts have decimal points for sure."""
    if not isinstance(objects, list) or not all(isinstance(row, dict) for row in objects):
        raise SystemExit(f"{file}: expected an object of JSON for each row")
    names = list(dict.fromkeys(name for row in objects for name in row))
    texts = {name for row in objects for name, value in row.items() if isinstance(value, str)}

    def cell(value):
        return "" if value is None else value.strip() if isinstance(value, str) else json.dumps(value)

    rows = [[cell(row.get(name)) for name in names] for row in objects]
    places = places or [f"entry {i + 1}" for i in range(len(rows))]
    return Table(file, [nfc(name) for name in names], rows, places, pointed=[nfc(name) for name in names if name not in texts])


def is_comment(line):
    return line.lstrip().startswith("#") and not is_error(line.lstrip())


def separator_of(line):
    bare = re.sub('"[^"]*"', "", line)
    return next((separator for separator in "\t;" if separator in bare), ",")


def split_cells(file, number, line, separator):
    if '"' not in line:
        return [cell.strip() for cell in line.split(separator)]
    try:
        [cells] = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
    except csv.Error:
        raise SystemExit(f"{file}, line {number}: a quote is not closed where its cell ends: {line}")
    return [cell.strip() for cell in cells]


def table_of_lines(file, lines, columns, reading):
    """lines: the number and the text of each line that is not blank and no comment"""
    if len(lines) < 2:
        raise SystemExit(f"{file} has no rows of numbers")
    if may_have_columns_between_spaces([line for _, line in lines]):
        raise SystemExit(f"{file}: the columns may have spaces between them; write commas, semicolons or tabs")
    number, first = lines[0]
    separator = separator_of(first)
    names = [first.strip()] if is_one_column(lines, reading) else [nfc(name) for name in split_cells(file, number, first, separator)]
    named = reading.get("header", all(name in names for name in columns))
    if len(names) == 1:
        separator = separator_of(lines[1][1])
    if not named:
        if len(names) == len(columns) == 1 and (is_number(names[0]) or is_missing(names[0])):
            names = columns
        elif reading.get("header") is None:
            raise SystemExit(f"{file}, line {number}: expected a header with the columns {', '.join(columns)}, not {first}")
        else:
            names = [f"column {i + 1}" for i in range(len(names))]
    rows, places = [], []
    for number, line in lines[1:] if named else lines:
        whole = len(names) == 1 and is_number(line.strip())
        cells = [line.strip()] if whole else split_cells(file, number, line, separator)
        if len(cells) != len(names):
            raise SystemExit(f"{file}, line {number}: {len(cells)} cells, expected {len(names)}: {line}")
        rows.append(cells)
        places.append(f"line {number}")
    while rows and not any(rows[-1]):
        rows.pop()
    if named and rows and has_units(rows):
        rows, places = rows[1:], places[1:]
    return Table(file, names, rows, places, separator if len(names) > 1 else "")


def is_one_column(lines, reading):
    """Whether lines without a header are numbers with commas, not cells that commas separate."""
    differ = len({line.count(",") for _, line in lines}) > 1
    return (differ or "decimal" in reading) and all(is_number(line.strip()) for _, line in lines)


def may_have_columns_between_spaces(lines):
    """Whether all lines have as many pieces between spaces, and those below the first may be numbers or dates."""
    pieces = [re.split(" +", line.strip()) for line in lines]
    body = pieces if any(map(is_number, pieces[0])) else pieces[1:]

    def may_be_cell(piece):
        is_clock = re.match("[0-9][0-9]?[:h][0-9]", piece)
        return is_number(piece) or is_missing(piece) or (re.search("[0-9]", piece) and not is_clock)

    return len(pieces[0]) > 1 and all(len(row) == len(pieces[0]) and all(map(may_be_cell, row)) for row in body)


def has_units(rows):
    """Whether the first row has words above numbers."""
    for cell in rows[0]:
        if not (is_missing(cell) or (UNIT.fullmatch(cell) and not is_number(cell))):
            return False
    below = [Survey([row[i] for row in rows[1:]]) for i, cell in enumerate(rows[0]) if not is_missing(cell)]
    return any(survey.numbers and not survey.texts for survey in below)
