"""Classifier, tagger and embedder."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from common import Reader, Table, inputs_of, padded, tokens, train


class Spelling(nn.Module):
    """The final states of an LSTM that reads the characters of each word in both directions."""

    def __init__(self, characters, embedding, hidden):
        super().__init__()
        self.embedding = nn.Embedding(characters, embedding)
        self.rnn = nn.LSTM(embedding, hidden, batch_first=True, bidirectional=True)

    def forward(self, words):
        """Words [B, T, longest], with zeros behind their ends."""
        flat = words.flatten(0, 1)
        lengths = (flat > 0).sum(1).clamp(min=1)
        packed = pack_padded_sequence(self.embedding(flat), lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.rnn(packed)
        return torch.cat([h[0], h[1]], -1).unflatten(0, words.shape[:2])


class Pooled(nn.Module):
    """Classifier, embedder or, with pooling `none`, tagger, which may also read the characters of words."""

    def __init__(self, args, inputs, outputs, characters=0):
        super().__init__()
        self.spelling = Spelling(characters, args.characters, args.character_hidden) if characters else None
        width = 2 * args.character_hidden if characters else args.features
        self.reader, self.pooling = Reader(args, inputs, nn.LSTM, args.hidden, True, width), args.pooling
        self.drop = nn.Dropout(args.dropout)
        self.head = nn.Linear(args.hidden * (4 if args.pooling == "mean+max" else 2), outputs)

    def forward(self, x, lengths, words=None):
        y, (h, _) = self.reader(x, lengths, more=self.spelling(words) if self.spelling else None)
        if self.pooling == "last":
            y = torch.cat([h[0], h[1]], -1)
        elif self.pooling == "mean+max":
            past = (torch.arange(y.shape[1])[None] >= lengths[:, None])[:, :, None]
            mean = y.masked_fill(past, 0).sum(1) / lengths[:, None]
            y = torch.cat([mean, y.masked_fill(past, -1e9).max(1).values], -1)
        return self.head(self.drop(y))


def spellings(parts):
    """Numbers for the characters of the words of each text, [words, longest], and the size of their table."""
    table = Table([word for text in parts[0] for word in text])
    longest = max(len(word) for part in parts for text in part for word in text)
    spell = lambda word: F.pad(table(word), (0, longest - len(word)))
    return [[torch.stack([spell(word) for word in text]) for text in part] for part in parts], table.size


def macro_f1(told, wanted, classes):
    """The mean over the classes that occur."""
    scores = []
    for label in range(classes):
        right, count = ((told == label) & (wanted == label)).sum(), (told == label).sum() + (wanted == label).sum()
        scores += [2 * right / count] if count else []
    return torch.stack(scores).mean().item()


def labels(args, parts):
    """Classifier and tagger: the share of right labels, or macro F1, in percent."""
    texts = [[text for text, _ in part] for part in parts]
    x, size = inputs_of(args, texts)
    words, characters = x, 0
    if args.characters:
        words, characters = spellings([[tokens(text, args.level) for text in part] for part in texts])
    tagger = args.pooling == "none"
    y = [[label.split(" ") if tagger else [label] for _, label in part] for part in parts]
    classes = {label: i for i, label in enumerate(sorted({label for row in y[0] for label in row}))}
    turn = lambda row: torch.tensor([classes.get(label, -100) for label in row])
    data = [[(a, w, turn(b)) for a, w, b in zip(*part)] for part in zip(x, words, y)]
    model = Pooled(args, size, len(classes), characters)

    def logits_of(batch):
        wanted = pad_sequence([b for _, _, b in batch], batch_first=True, padding_value=-100)
        told = model(*padded([a for a, _, _ in batch]), padded([w for _, w, _ in batch])[0])
        return (told if tagger else told[:, None]).flatten(0, 1), wanted.flatten()

    done = train(args, model, data[0], lambda batch: F.cross_entropy(*logits_of(batch)))
    with torch.no_grad():
        logits, wanted = logits_of(data[1])
    told = logits.argmax(-1).where(wanted >= 0, -1)
    if args.score == "f1":
        return 100 * macro_f1(told, wanted, len(classes)), done
    return 100 * (told == wanted).sum().item() / sum(len(b) for _, _, b in data[1]), done


def pairs(args, parts):
    """Embedder: the share of texts whose nearest partner is the right one, in percent."""
    split = [[(tokens(a, args.level), tokens(b, args.level)) for a, b in part] for part in parts]
    table = Table([text for pair in split[0] for text in pair], args.least)
    model = Pooled(args, table.size, args.size)
    vectors = lambda texts: F.normalize(model(*padded([table(text) for text in texts])), dim=-1)

    def loss_of(batch):
        a, b = vectors([a for a, _ in batch]), vectors([b for _, b in batch])
        told, wanted = a @ b.T / 0.05, torch.arange(len(batch))
        return (F.cross_entropy(told, wanted) + F.cross_entropy(told.T, wanted)) / 2

    done = train(args, model, split[0], loss_of)
    with torch.no_grad():
        told = vectors([a for a, _ in split[1]]) @ vectors([b for _, b in split[1]]).T
    return 100 * (told.argmax(-1) == torch.arange(len(told))).float().mean().item(), done
