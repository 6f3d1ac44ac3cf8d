"""Tells whether the first row of a table may be a header, as unrolled could find one."""

import re
import unicodedata

# Words of which the names of columns consist. A first row with such names may be a header.
NAMES = set(
    "text sentence review comment tweet post message content phrase utterance title summary question answer query "
    "label class category target sentiment polarity rating score stars topic intent emotion language gender nationality "
    "token word form tag pos upos ner chunk source translation input output name id index english german french "
    "satz klasse kategorie texte classe texto etiqueta categoria 评论 文本 内容 句子 标签 类别 情感 текст метка класс".split()
)


def words_of(name):
    """The words of a name in lower case: `textA`, `text_a` and `Text A` have the same."""
    apart = "".join(f" {b}" if a.islower() and b.isupper() else b for a, b in zip(" " + name, name))
    return re.findall(r"[^\W\d_]+|\d+", unicodedata.normalize("NFC", apart).lower())


def may_be_header(rows, common, deciding=None):
    """Whether unrolled could find a header in the first row.

    common: whether most files of the format have one
    deciding: the columns in which its names must not occur again; all if None
    """
    (_, cells, _), others = rows[0], [cells for _, cells, _ in rows[1:]]
    if not others:
        return False
    columns = [[row[i] if i < len(row) else "" for row in others] for i in range(len(cells))]
    deciding = range(len(cells)) if deciding is None else deciding
    start = 1 if cells[0] == "" else 0
    if len(cells) > start + 1 and cells[start:] == [str(i) for i in range(len(cells) - start)]:
        return True
    if len(cells) > 1 and len(others) >= 3 and any(is_above_numbers(cells[i], columns[i]) for i in deciding):
        return True
    if not all(may_be_name(cell) for cell in cells if cell) or not (common or any(map(is_known_name, cells))):
        return False
    return not any(cells[i] and is_like(cells[i], other) for i in deciding for other in columns[i])


def is_above_numbers(cell, others):
    """Whether a cell is a text above numbers only, such as a question above its answers."""
    return any(map(str.isalpha, cell)) and all(re.fullmatch(r"[+-]?[0-9]+(?:[.,][0-9]+)?", other) for other in others)


def may_be_name(cell):
    return len(cell) <= 44 and len(cell.split()) <= 3 and not re.match(r"[^\w#]|[0-9]", cell)


def is_known_name(cell):
    """Whether all words of a cell are those of headers. Single letters and numbers count columns, as in `text_a`."""
    words = words_of(cell)
    return any(word in NAMES for word in words) and all(word in NAMES or len(word) == 1 or word.isdigit() for word in words)


def is_like(cell, other):
    """Whether two cells are equal, or differ only in a number."""
    numberless = [re.sub(r"\d+", "", one) for one in (cell, other)]
    return cell == other or (numberless[0] != cell and other != "" and numberless[0] == numberless[1])
