"""Reads texts and turns them into the ids of a vocabulary."""

import re
import unicodedata
from pathlib import Path

import torch


class Tokenizer:
    """Cuts a text into symbols, by the patterns that config.json has."""

    def __init__(self, config):
        self.spec = config["spec"]
        self.patterns = {name: re.compile(pattern) for name, pattern in config.get("patterns", {}).items()}

    def normal(self, text):
        return text if self.spec["normalForm"] == "none" else unicodedata.normalize("NFC", text)

    def words(self, text):
        """Cuts a text into words and punctuation marks."""
        words = [found.group() for found in self.patterns["word"].finditer(text)]
        if self.spec["segmentation"] == "latin" or not self.patterns["unspaced"].search(text):
            return words
        runs = [run for word in words for run in self.unspaced_runs(word)]
        return [word for run in runs for word in self.segmented(run)]

    def tokens(self, text, level):
        """Cuts a text into tokens: characters, or words as they are written."""
        text = self.normal(text)
        if level == "char":
            return list(text)
        if self.spec["tokens"] == "spaces":
            return [word for word in self.patterns["space"].split(text) if word]
        return self.words(text)

    def unspaced_runs(self, word):
        return self.patterns["run"].findall(word) if self.patterns["unspaced"].search(word) else [word]

    def segmented(self, run):
        if len(run) < 2 or not self.patterns["unspaced"].search(run):
            return [run]
        if self.spec["segmenter"] != "characters":
            raise SystemExit(f"{run}: JavaScript has lists of the words of scripts without spaces, and Python has none")
        return self.patterns["letter"].findall(run)

    def sentences(self, text):
        """Cuts a text into sentences."""
        if self.spec["lines"] or self.spec["tokens"] == "spaces":
            return text.split("\n")
        if self.spec["segmentation"] != "latin":
            text = self.patterns["stop"].sub("\\g<0>\n\n", text)
        pieces, start = [], 0
        for end in self.patterns["sentence"].finditer(text):
            at = end.start(2) if end.group(2) else end.start()
            pieces.append(text[start:at])
            start = end.end()
        return [*pieces, text[start:]]

    def sentence_words(self, text):
        """Yields the words of a text, with <EOS> after each sentence."""
        spaces = self.spec["tokens"] == "spaces"
        for sentence in self.sentences(self.normal(text)):
            last = "<EOS>"
            for word in self.patterns["space"].split(sentence) if spaces else self.words(sentence.lower()):
                if not word:
                    continue
                last = word.upper() if spaces and word.lower() in ("<unk>", "<eos>") else word
                yield last
            if last != "<EOS>":
                yield "<EOS>"


def read_text(file):
    """Reads a text in UTF-8. Its lines end with \\n."""
    try:
        text = Path(file).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SystemExit(f"{file} is not UTF-8 at byte {error.start}; convert it, for example by iconv")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text:
        raise SystemExit(f"{file} is empty")
    return text


def encode(text, tokenizer, symbols):
    """Returns the ids of a text's symbols."""
    ids = {symbol: id for id, symbol in enumerate(symbols)}
    unknown = ids.get("<UNK>")
    if tokenizer.spec["level"] == "word":
        missing = -100 if unknown is None else unknown
        return torch.tensor([ids.get(word, missing) for word in tokenizer.sentence_words(text)], dtype=torch.int32)
    table = torch.full((0x110000,), -1 if unknown is None else unknown, dtype=torch.int32)
    for symbol, id in ids.items():
        if len(symbol) == 1:
            table[ord(symbol)] = id
    codes = torch.frombuffer(bytearray(tokenizer.normal(text).encode("utf-32-le")), dtype=torch.int32)
    found = table[codes]
    if unknown is None and (found < 0).any():
        raise SystemExit(f"character {chr(int(codes[found < 0][0]))!r} is not in the vocabulary, which has no <UNK>")
    return found
