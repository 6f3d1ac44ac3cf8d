"""The numbers of a table's columns: their notations, gaps, and the marks that loggers write for missing numbers."""

import math
import re
from collections import Counter

# A number with a decimal point. Thousands are in at most six groups of three digits, or as in India: 12,34,567.
GROUPED = r"[1-9]\d{0,2}(?:,\d{3}){1,6}|[1-9]\d?(?:,\d\d)+,\d{3}"
NUMBER = re.compile(rf"[+\-\u2212]?(?:(?:\d+|{GROUPED})(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.A | re.I)
SPACED = re.compile(r"[+\-\u2212]?[1-9][0-9]{0,2}(?:[\s'\u2019][0-9]{3}){1,6}(?:[.,][0-9]*)?")
ERROR = r"#(?:n/a|div/0!|value!|ref!|name\?|num!|null!)"
MISSING = re.compile(rf"{ERROR}|[?-]?|nan|n/?a|null|nil|none|[+-]?inf(?:inity)?", re.A | re.I)
OTHER = {".": ",", ",": "."}


def parse_number(cell, mark):
    """A finite number with this decimal mark, in the usual notations; None for anything else."""
    if len(cell) > 400:
        return None
    bare = re.sub(r"[\s'\u2019]", "", cell) if SPACED.fullmatch(cell) else cell
    pointed = bare if mark == "." else bare.translate({44: ".", 46: ","})
    if not NUMBER.fullmatch(pointed):
        return None
    value = float(pointed.replace(",", "").replace("\u2212", "-"))
    return value if math.isfinite(value) else None


def is_number(cell):
    return parse_number(cell, ".") is not None or parse_number(cell, ",") is not None


def is_missing(cell):
    """Whether a cell says that its number is missing, such as `?` or `NaN`."""
    return MISSING.fullmatch(cell) is not None


def is_error(line):
    """Whether a line begins with what spreadsheets write for a number that they could not compute, such as #N/A."""
    return re.match(f'"?{ERROR}', line, re.A | re.I) is not None


class Survey:
    """What the cells of a column are."""

    def __init__(self, cells):
        self.numbers = self.texts = 0
        self.proofs, self.open = set(), set()  # marks of cells that have one meaning, and of those that have two, such as 1,234
        plain, zeros = -1, False
        for cell in cells:
            point, comma = parse_number(cell, "."), parse_number(cell, ",")
            if point is None and comma is None:
                self.texts += not is_missing(cell)
                continue
            self.numbers += 1
            if comma is None or point is None:
                self.proofs.add("," if point is None else ".")
            elif point == comma:
                plain = max(plain, abs(point))
            else:
                self.open.add("," if "," in cell else ".")
                zeros = zeros or cell.endswith("0")
        # Whether cells of two meanings can only have marks of thousands, as in 987 1,001 1,250.
        self.thousands = 0 <= plain < 1000 and zeros


def common_mark(columns):
    """The decimal mark that the columns of numbers show, if they agree."""
    surveys = [Survey(cells) for cells in columns]
    proofs = {mark for survey in surveys if survey.texts <= survey.numbers for mark in survey.proofs}
    return proofs.pop() if len(proofs) == 1 else None


def decimal_mark(cells, columns, separator, known):
    """
    The decimal mark of a column; None if it is not clear.

    columns: the cells of all columns of the table; known: the mark of the numbers that the model was trained on
    """
    survey = Survey(cells)
    marks = survey.proofs or survey.open
    if not marks:
        return "."
    found = next(iter(marks)) if len(marks) == 1 else None
    if found and not survey.proofs:
        separated = separator == "," and found == "."
        if survey.thousands:
            found = None if separated else OTHER[found]
        else:
            found = common_mark(columns) or ("." if separated else known)
    return found if known in (None, found) else None


def fill_gaps(values, fill):
    """Fills gaps, which are NaN: with the number before (`previous`), or along a straight line (`linear`)."""
    last = None
    for row in [*(row for row, value in enumerate(values) if not math.isnan(value)), None]:
        start, end = 0 if last is None else last + 1, len(values) if row is None else row
        left, right = values[row if last is None else last], values[last if row is None else row]
        for gap in range(start, end):
            share = (gap - last) / (row - last) if fill == "linear" and last is not None and row is not None else 0
            values[gap] = left + share * (right - left)
        last = row


def missing_marks(values):
    """The numbers that probably stand for missing ones, such as -200 or 9999: they are far from all others, and written like marks."""
    counts = Counter(value for value in values if not math.isnan(value))
    distinct, left = sorted(counts), sum(counts.values())
    far, marks, more = set(), [], True
    while more:  # an end that is left out may have hidden another one
        more = False
        for low in (True, False):
            if len(distinct) < 3:
                continue
            value, others = (distinct[0], distinct[1:]) if low else (distinct[-1], distinct[:-1])
            if left - counts[value] < 8 or value in far:
                continue
            if is_mark(value, counts[value], others):
                marks.append(value)
                distinct, left, more = others, left - counts[value], True
            elif is_far(value, others) and counts[value] * 10 <= left:
                far.add(value)
    return marks


def apart(value, others):
    return others[0] - value if value < others[0] else value - others[-1]


def is_mark(value, count, others):
    if not is_written(value):
        return False
    if apart(value, others) > others[-1] - others[0]:
        return True
    if not (value < 0 <= others[0] and count > 1):
        return False
    steps = sorted(b - a for a, b in zip(others, others[1:]))
    return apart(value, others) > 10 * steps[len(steps) // 2]


def is_far(value, others):
    return len(others) > 2 and apart(value, others) > 3 * (others[-1] - others[0])


def is_written(value):
    """Whether a number looks like a mark: nines (999, -99.9), negative hundreds, or the end of a number format."""
    nines = re.fullmatch(r"-?99+(?:\.9+)?", repr(value).removesuffix(".0"))
    return bool(nines) or (value <= -100 and value % 100 == 0) or abs(value) >= 1e20 or value in (-32768, 2**31 - 1, -(2**31))
