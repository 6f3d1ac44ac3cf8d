"""Reads sentences of tokens with a tag each: columns with tabs or spaces between them, CoNLL-U, or CSV."""

import re

from unrolled_torch.headers import may_be_header
from unrolled_torch.tables import csv_rows, format_of, place_in, read_lines, trim

TAG_NAMES = ["tag", "label", "ner", "entity", "upos", "pos", "chunk"]
ID = re.compile(r"[0-9]+(?:[-.][0-9]+)?")
COMMENT = re.compile(r"#\s*[A-Za-z0-9_.:-]+\s*=|#\s+(?:(?:id|newdoc|newpar|text|sent_id)\b|https?:)")


def read_sentences(file, reading, multi_label=False):
    """Returns the tokens and the tags of each sentence. Blank lines separate sentences.

    reading: how the data of the model were read, as config.json has it
    multi_label: whether a tag may be empty
    """
    format = format_of(file, reading)
    rows = csv_rows(file) if format == "csv" else column_rows(file, format == "conllu", reading)
    filled = [row for row in rows if row[1]]
    if not filled:
        raise SystemExit(f"{file} has no sentences")
    names = None
    if reading.get("header"):
        names = filled[0][1]
        rows = rows[rows.index(filled[0]) + 1 :]
    elif "header" not in reading and format != "conllu":
        refuse_header(file, filled, reading, format == "csv")
    standard = {"tokenColumn": 1, "tagColumn": 2}
    columns = {column: reading.get(column, number) for column, number in standard.items()}
    token, tag = (place_in(file, names, column, value) for column, value in columns.items())
    if token == tag:
        raise SystemExit(f"{file}: the token and the tag are in the same column")
    return list(sentences_of(file, rows, token, tag, number_column(names, format), multi_label))


def number_column(names, format):
    """The column of CSV that numbers the sentences. None if blank lines separate them."""
    words = [re.findall(r"[^\W\d_]+|\d+", name.lower()) for name in names or []]
    found = [i for i, word in enumerate(words) if word[:1] == ["sentence"]]
    return found[0] if found and format == "csv" else None


def sentences_of(file, rows, token, tag, number, multi_label):
    tokens, tags, sentence = [], [], ""
    for where, cells, _ in rows:
        following = sentence
        if number is not None and number < len(cells) and cells[number]:
            following = cells[number]
        if tokens and (not cells or following != sentence):
            yield tokens, tags
            tokens, tags = [], []
        sentence = following
        if not cells:
            continue
        if token >= len(cells) or not cells[token]:
            raise SystemExit(f"{file}, {where}: no token in column {token + 1}")
        label = trim(cells[tag]) if tag < len(cells) else None
        if not label and not (multi_label and label == ""):
            raise SystemExit(f"{file}, {where}: no tag in column {tag + 1}")
        tokens.append(cells[token])
        tags.append(label)
    if tokens:
        yield tokens, tags


def column_rows(file, conllu, reading):
    """(where it is, its cells, its text) of each line. Lines between sentences have no cells, and comments are left out."""
    lines = [(f"line {i}", line) for i, line in enumerate(read_lines(file), 1)]
    filled = [line for _, line in lines if trim(line) and not line.startswith("-DOCSTART-") and not re.fullmatch("#[^\t]*", line)]
    tabs = sum("\t" in line for line in filled)
    spaces = sum("\t" not in line and " " in line.strip(" ") for line in filled)
    by_tabs = tabs > 0 and tabs >= spaces
    if not by_tabs and spaces * 2 <= len(filled):
        raise SystemExit(f"{file}: expected a token and its tag on each line, with a tab between them")
    cut = split_at_tabs if by_tabs else split_at_spaces
    counted = are_counted([cut(line) for line in filled])
    is_conllu = counted and all(len(cut(line)) == 10 for line in filled if not line.startswith("#"))
    if conllu != is_conllu:
        like = "is not CoNLL-U: ten columns with tabs between them" if conllu else "looks like CoNLL-U; call it .conllu"
        raise SystemExit(f"{file} {like}")
    if counted and "tokenColumn" not in reading:
        raise SystemExit(f"{file}: column 1 counts the tokens; train once on such a file with unrolled train, and convert that model")
    rows = []
    for where, line in lines:
        if not trim(line) or line.startswith("-DOCSTART-"):
            rows.append((where, [], line))
        elif not is_comment(line, conllu, by_tabs) and not (counted and is_left_out(cut(line)[0], conllu)):
            rows.append((where, cut(line), line))
    if not by_tabs:
        check_even(file, rows)
    return rows


def split_at_tabs(line):
    return [cell.strip(" ") for cell in line.split("\t")]


def split_at_spaces(line):
    return re.split("[ \t]+", line.strip(" \t"))


def is_comment(line, conllu, by_tabs):
    if conllu:
        return line.startswith("#")
    if by_tabs:
        return bool(re.match(r"#\s+\S", line)) and "\t" not in line
    return bool(COMMENT.match(line))


def is_left_out(id, conllu):
    """Whether a row is no token: in CoNLL-U, a range of tokens such as 1-2, or an empty node such as 1.1."""
    return id.startswith("#") or (conllu and ("-" in id or "." in id))


def are_counted(rows):
    """Whether the first cells count the tokens of each sentence."""
    rows = [cells for cells in rows if not cells[0].startswith("#")]
    if not rows or not re.fullmatch("1(?:-[0-9]+)?", rows[0][0]):
        return False
    if any(len(cells) < 3 or not ID.fullmatch(cells[0]) for cells in rows):
        return False
    return len(rows) == 1 or any(cells[0] == "2" for cells in rows)


def check_even(file, rows):
    """Refuses columns with spaces between them if a sentence has rows of several widths: the file may be a text."""
    width, follows = 0, False
    for where, cells, _ in rows:
        if cells and width and len(cells) != width:
            raise SystemExit(f"{file}, {where}: {len(cells)} columns, but the rows before have {width}")
        follows = follows or bool(cells and width)
        width = len(cells)
    if not follows and any(len(cells) > 2 for _, cells, _ in rows):
        raise SystemExit(f"{file}: each line is a sentence, expected one token on each line")


def refuse_header(file, rows, reading, common):
    """Refuses a first row that unrolled could find to be a header."""
    first = rows[0][1]
    column = reading.get("tagColumn", 2)
    likely = [i for i, cell in enumerate(first) if set(re.findall(r"[^\W\d_]+", cell.lower())) & set(TAG_NAMES)]
    for key in {column - 1 if isinstance(column, int) else len(first) - 1, *likely}:
        if key < len(first) and may_be_header(rows, common, [key]):
            raise SystemExit(f"{file}: {rows[0][0]} may be a header; if it is one, remove it, else put another sentence first")
