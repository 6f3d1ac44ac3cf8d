"""The characters of words, for models that read them beside the words."""

import torch

from unrolled_torch.batches import pad

LONGEST = 64  # units of UTF-16 that are read of a word: of a longer one, the first 32 and the last 32


def ends_of(word):
    units = word.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * LONGEST:
        return word
    return (units[:LONGEST] + units[-LONGEST:]).decode("utf-16-le", "surrogatepass")


class Speller:
    """Turns the distinct words of a batch into characters."""

    def __init__(self, symbols):
        self.ids = {symbol: id for id, symbol in enumerate(symbols)}
        self.unknown = self.ids["<UNK>"]

    def spell(self, sequences):
        """Returns the place of each step's word among the distinct words, longest first, and their characters [C, words]."""
        spelt = {word: self.ids_of(word) for word in dict.fromkeys(word for words in sequences for word in words)}
        words = sorted(spelt, key=lambda word: -len(spelt[word]))
        places = {word: place for place, word in enumerate(words)}
        return {
            "words": pad([torch.tensor([places[word] for word in sequence]) for sequence in sequences], 0),
            "characters": pad([spelt[word] for word in words], 0),
            "word_lengths": torch.tensor([len(spelt[word]) for word in words]),
        }

    def ids_of(self, word):
        return torch.tensor([self.ids.get(character, self.unknown) for character in ends_of(word)])
