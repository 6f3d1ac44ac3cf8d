"""The data of a language model: a text, and its batches."""

from unrolled_torch.batches import Lines, Streams, lines_of
from unrolled_torch.text import Tokenizer, encode, read_text


def open_data(config, file, recipe):
    """Reads a text file. Returns its batches."""
    symbols = config["tables"]["vocabulary"]
    ids = encode(read_text(file), Tokenizer(config), symbols)
    if not config["spec"]["lines"]:
        return Streams(ids, recipe["batch"], recipe["seq"])
    ends = [symbols.index(symbol) for symbol in ("<EOS>", "\n") if symbol in symbols]
    if not ends:
        raise SystemExit("the vocabulary has no newline, so the text has no lines")
    return Lines(lines_of(ids, ends[0]), recipe["batch"], recipe["seed"], config["stepBytes"])
