"""The columns of numbers of a file, a row for each time step, as unrolled reads them. What it might read otherwise is refused."""

import math
import re
from datetime import datetime, timedelta

import torch

from unrolled_torch.number_table import nfc, read_table
from unrolled_torch.numbers import decimal_mark, fill_gaps, is_missing, missing_marks, parse_number

DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?", re.A)


def read_series(file, columns, reading):
    """Reads the columns of these names. Returns their numbers [rows, columns] in float64."""
    columns = [nfc(name) for name in columns]
    table = read_table(file, columns, reading)
    missing = next((name for name in columns if name not in table.names), None)
    if missing is not None:
        raise SystemExit(f"{file}: there is no column {missing}, only {', '.join(table.names)}")
    check_times(table, columns)
    return torch.tensor([numbers_of(table, table.names.index(name), reading) for name in columns], dtype=torch.float64).T


def wrong(table, column, row, problem):
    cell = table.columns[column][row]
    raise SystemExit(f"{table.file}, {table.places[row]}: column {table.names[column]} is {cell!r}, {problem}")


def numbers_of(table, column, reading):
    """The numbers of a column. Gaps are filled if config.json says how."""
    cells, name = table.columns[column], table.names[column]
    mark = "." if name in table.pointed else decimal_mark(cells, table.columns, table.separator, reading.get("decimal"))
    if mark is None:
        raise SystemExit(f"{table.file}: the decimal mark of column {name} is unclear; write numbers such as 1234.5")
    values = []
    for row, cell in enumerate(cells):
        value = parse_number(cell, mark)
        if value is None and not is_missing(cell):
            wrong(table, column, row, "expected a number")
        values.append(math.nan if value is None else value)
    known = reading.get("missing")
    if known != []:
        found = next((value for value in missing_marks(values) if value not in (known or [])), None)
        if found is not None:
            advice = '"reading": { "missing": [...] } in config.json lists such numbers; none are if the list is empty'
            wrong(table, column, values.index(found), f"which may stand for a missing number: {advice}")
    values = [math.nan if value in (known or []) else value for value in values]
    gaps = [row for row, value in enumerate(values) if math.isnan(value)]
    if gaps and not (reading.get("fill") and len(gaps) < len(values)):
        wrong(table, column, gaps[0], 'a gap; "reading": { "fill": "previous" } (or "linear") in config.json fills gaps')
    fill_gaps(values, reading.get("fill"))
    return values


def check_times(table, columns):
    """Checks that time runs forwards, by the first column of dates that is not among those that are read."""
    for column, cells in enumerate(table.columns):
        if table.names[column] in columns or not all(map(is_date, cells)):
            continue
        times = [datetime.fromisoformat(cell) for cell in cells]
        for row in range(1, len(times)):
            back = times[row - 1] - times[row]
            # When clocks are set back, an hour of times comes twice.
            if back > timedelta(hours=1) or (back > timedelta(0) and times[row] not in times[:row]):
                wrong(table, column, row, f"after {cells[row - 1]!r}: time runs backwards; sort the rows from old to new")
        return


def is_date(cell):
    try:
        return DATE.fullmatch(cell) and datetime.fromisoformat(cell)
    except ValueError:
        return False
