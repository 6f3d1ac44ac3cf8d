"""Reads tables and JSON as unrolled does. What it would have to guess is refused."""

import csv
import io
import json
import re
import unicodedata
from pathlib import Path

from unrolled_torch.headers import may_be_header, words_of

# What JavaScript's trim() removes. Python's strip() removes other characters.
SPACE = "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

FORMATS = {"jsonl": "jsonl", "ndjson": "jsonl", "json": "json", "csv": "csv", "conllu": "conllu"}

class Form:
    """How the examples of a task are written.

    fields: (what a field is, the name of its column in the reading) of each field, in the order of a line
    divide: cuts a line of plain text into the fields; a field that is missing is None
    divide_at_space: cuts a line of a file without tabs; None if lines need a tab
    ignores_rest: whether lines may have further columns
    matches: usual names of the column that says whether the fields of a row belong together
    """

    def __init__(self, fields, divide, divide_at_space=None, ignores_rest=False, matches=()):
        self.fields, self.divide, self.divide_at_space = fields, divide, divide_at_space
        self.ignores_rest, self.matches = ignores_rest, matches
        self.columns = [column for _, column in fields]


def trim(text):
    return text.strip(SPACE)


def divide_at(line, place):
    """Cuts a line at a tab. place: index of the tab, -1 if there is none"""
    return [trim(line), None] if place < 0 else [trim(line[:place]), trim(line[place + 1 :])]


def read_lines(file):
    """Returns the lines of a text in UTF-8, without their ends."""
    try:
        text = Path(file).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise SystemExit(f"{file} is not a text in UTF-8") from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text:
        raise SystemExit(f"{file} is empty")
    if "\0" in text:
        raise SystemExit(f"{file} is not a text: there is a zero byte")
    return text.removesuffix("\n").split("\n")


def format_of(file, reading):
    """The format of a file: as its name ends, else that of the data of the model, else `text`."""
    return FORMATS.get(Path(file).suffix[1:].lower()) or reading.get("format", "text")


def read_objects(file, format):
    """Reads the objects of JSON lines or of an array. Returns (where it is, its fields) of each."""

    def parse(text, where):
        try:
            return json.loads(text, parse_constant=refuse)
        except ValueError as error:
            raise SystemExit(f"{file}{where}: not JSON: {error}") from None

    def refuse(name):
        raise ValueError(f"JSON has no {name}")

    lines = read_lines(file)
    filled = [line for line in lines if trim(line)]
    if format == "jsonl" or (len(filled) > 1 and filled[0].lstrip().startswith("{")):
        found = [(f"line {i + 1}", parse(line, f", line {i + 1}")) for i, line in enumerate(lines) if trim(line)]
    else:
        whole = parse("\n".join(lines), "")
        if not isinstance(whole, list):
            raise SystemExit(f"{file}: expected an array of objects")
        found = [(f"entry {i + 1}", entry) for i, entry in enumerate(whole)]
    for where, fields in found:
        if not isinstance(fields, dict):
            raise SystemExit(f"{file}, {where}: not a JSON object")
    if not found:
        raise SystemExit(f"{file} has no examples")
    return found


def place_of(names, name):
    """The index of a name in a list, -1 if it is not there. Letters such as é may be written as one character or as two."""
    if name in names:
        return names.index(name)
    plain = [unicodedata.normalize("NFC", other) for other in names]
    name = unicodedata.normalize("NFC", name)
    return plain.index(name) if name in plain else -1


def field_of(fields, names):
    """The first of some names that an object has a value for. None if it has none of them."""
    filled = [name for name, value in fields.items() if value is not None]
    places = [place_of(filled, name) for name in names]
    return next((filled[place] for place in places if place >= 0), None)


def read_table(file, reading, form, empty=()):
    """Reads the examples of a file. Blank lines are left out.

    reading: how the data of the model were read, as config.json has it
    empty: columns that may have empty cells
    Returns the fields of each example, in the order of the form.
    """
    format = format_of(file, reading)
    if format == "conllu":
        raise SystemExit(f"{file}: CoNLL-U is for taggers")
    if format in ("json", "jsonl"):
        names, rows = object_rows(file, format)
    else:
        rows = [row for row in csv_rows(file) if row[1]] if format == "csv" else text_rows(file)
        names = header_of(file, rows, reading, format)
        if names:
            rows = rows[1:]
    if not rows:
        raise SystemExit(f"{file} has no examples")
    given = {column: reading[column] for column in form.columns if column in reading}
    if format == "text" and is_plain(given, names, form):
        if not given:
            refuse_wider(file, rows, form)
        spaced = form.divide_at_space and not any("\t" in content for _, _, content in rows)
        divide = form.divide_at_space if spaced else form.divide
        return [checked(file, where, form, divide(content), empty) for where, _, content in rows]
    lacking = [column for column in form.columns if column not in given]
    if lacking:
        raise SystemExit(f"{file}: config.json does not name the {flag(lacking[0])} of a table; {ADVICE}")
    places = [place_in(file, names, column, value) for column, value in given.items()]
    refuse_matches(file, names or [], places, form)
    keys = names if format in ("json", "jsonl") else None
    return columns_of(file, rows, places, form, empty, keys)


ADVICE = "write each example on a line with a tab between its parts, or train once on such a table with unrolled train, and convert that model"


def flag(column):
    return "--" + re.sub("[A-Z]", lambda letter: "-" + letter.group().lower(), column)


def text_rows(file):
    """(where it is, its cells, its text) of each line that is not blank."""
    lines = enumerate(read_lines(file))
    return [(f"line {i + 1}", [trim(cell) for cell in line.split("\t")], line) for i, line in lines if trim(line)]


def csv_rows(file):
    """The rows of a CSV file as in RFC 4180, with commas, semicolons, tabs or bars between cells. Blank ones have no cells."""
    lines, separator = read_lines(file), None
    # Comments above the first row, and a line that names the separator.
    while lines:
        named = re.fullmatch(r'"?sep=(.)"?\s*', lines[0], re.I)
        if not named and trim(lines[0]) and not re.match(r"#+(\s|$)", lines[0]):
            break
        separator = separator or (named and named.group(1))
        lines.pop(0)
    csv.field_size_limit(2**31 - 1)
    separator = separator or separator_of(lines[:20])
    reader = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=separator, strict=True)
    rows, at = [], 1
    try:
        for cells in reader:
            if any(cell.startswith(" ") and cell.lstrip(" ").startswith('"') for cell in cells):
                raise SystemExit(f"{file}: row {at}: a quote after a space; remove the space before it")
            cells = [trim(cell) for cell in cells]
            rows.append((f"row {at}", cells if any(cells) else [], separator.join(cells)))
            at += 1
    except csv.Error as error:
        raise SystemExit(f"{file}: row {at}: {error}") from None
    width = next((len(cells) for _, cells, _ in rows if cells), 0)
    for where, cells, _ in rows:
        if any(cells[width:]):
            raise SystemExit(f"{file}: {where} has {len(cells)} cells, but the first row has {width}")
    return rows


def separator_of(lines):
    """The tab, semicolon, comma or bar that every line has equally often outside quotes, else a comma."""
    bare = re.sub(r'"[^"]*("|\Z)', "", "\n".join(lines)).split("\n")
    found = [separator for separator in "\t;,|" if separator in bare[0]]
    even = [separator for separator in found if len({line.count(separator) for line in bare if line}) == 1]
    return [*even, *found, ","][0]


def object_rows(file, format):
    """The objects of JSON as rows. Each name that an object has is a column."""
    objects = read_objects(file, format)
    names = list(dict.fromkeys(name for _, fields in objects for name in fields))
    return names, [(where, fields, "") for where, fields in objects]


def cell_of(file, where, name, value):
    """A value of JSON as the text of a cell."""
    if isinstance(value, str):
        return trim(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    raise SystemExit(f"{file}, {where}: the field {name} is {value}, expected a text; write it in quotes")


def header_of(file, rows, reading, format):
    """The names of the columns. None if the table has no header."""
    header = reading.get("header")
    if header or not rows:
        return rows[0][1] if rows else None
    if header is None and may_be_header(rows, format == "csv"):
        raise SystemExit(f"{file}: {rows[0][0]} may be a header; if it is one, remove it, else put another row first")
    return None


def is_plain(given, names, form):
    """Whether the form divides lines, not columns: none is named, or the header has those of the form in order."""
    if not given:
        return True
    if not names or len(names) != len(form.fields) or len(given) != len(form.fields):
        return False
    return all(place_of([name], str(given[column])) == 0 for name, column in zip(names, form.columns))


def refuse_wider(file, rows, form):
    """Refuses rows of more columns than the form has fields: it is not known which ones are read."""
    width = len(rows[0][1])
    if len(rows) < 2 or width <= max(2, len(form.fields)) or any(len(cells) != width for _, cells, _ in rows):
        return
    counted = any(all(re.fullmatch("[0-9]+", cells[i]) for _, cells, _ in rows) for i in range(len(form.fields)))
    if counted or not form.ignores_rest:
        raise SystemExit(f"{file}: each line has {width} columns, and config.json does not name those to read; {ADVICE}")


def place_in(file, names, column, value):
    """The index of a column, which is given by its name or by its number from 1."""
    place = place_of(names or [], value) if isinstance(value, str) else value - 1
    if place < 0 or (names and place >= len(names)):
        found = f"its columns are {', '.join(names)}" if names else "it has no header"
        raise SystemExit(f"{file}: no column {value} for {flag(column)}; {found}")
    return place


def refuse_matches(file, names, places, form):
    """Refuses a column that says which rows are examples."""
    for i, name in enumerate(names):
        words = words_of(name)
        if i not in places and any(" ".join(words) == match or match in words for match in form.matches):
            raise SystemExit(f"{file}: column {name} may say which rows match; keep the rows that match, and remove the column")


def columns_of(file, rows, places, form, empty, keys):
    """Returns the fields of rows by columns. A few rows with an empty cell are left out. keys: the names in objects"""
    needed = [place for place, column in zip(places, form.columns) if column not in empty]

    def cell(row, place):
        where, cells, _ = row
        if keys:
            name = keys[place]
            return cell_of(file, where, name, cells[name]) if name in cells else None
        return cells[place] if place < len(cells) else None

    # An object may lack a field; a row of a table has to have its cells.
    hollow = [any(cell(row, place) == "" or (keys and cell(row, place) is None) for place in needed) for row in rows]
    if sum(hollow) * 2 > len(rows):
        raise SystemExit(f"{file}: most rows have an empty cell in the columns that are read")
    filled = [row for row, is_hollow in zip(rows, hollow) if not is_hollow]
    return [checked(file, row[0], form, [cell(row, place) for place in places], empty) for row in filled]


def checked(file, where, form, values, empty):
    """Checks that all fields are there."""
    for (what, column), value in zip(form.fields, values):
        if value is None or (value == "" and column not in empty):
            raise SystemExit(f"{file}, {where}: no {what}")
    return values
