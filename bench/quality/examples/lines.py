"""Language model and generator."""

import torch
from torch import nn
from torch.nn import functional as F

from common import END, PAD, Reader, Table, padded, tokens, train


class LanguageModel(nn.Module):
    """LSTM. With an embedding, the output layer of a language model shares its weights. A generator starts from its condition."""

    def __init__(self, args, size, conditions=0):
        super().__init__()
        self.reader, self.drop = Reader(args, size, nn.LSTM, args.hidden, False), nn.Dropout(args.dropout)
        self.head = nn.Linear(args.hidden, size)
        self.start = nn.Linear(conditions, 2 * args.hidden) if conditions else None
        if args.embedding and not conditions:
            self.head.weight = self.reader.embedding.weight
            nn.init.uniform_(self.head.weight, -0.1, 0.1)

    def forward(self, x, lengths, conditions=None):
        state = None
        if self.start:
            one_hot = F.one_hot(conditions, self.start.in_features).float()
            state = tuple(half.contiguous()[None] for half in torch.tanh(self.start(one_hot)).chunk(2, -1))
        return self.head(self.drop(self.reader(x, lengths, state)[0]))


def losses(model, table, rows, conditions=None):
    """Nats of every token and of the end of each line, [lines, tokens], with zeros behind the ends."""
    end = torch.tensor([END])
    given, lengths = padded([torch.cat([end, table(row)]) for row in rows])
    wanted, _ = padded([torch.cat([table(row), end]) for row in rows])
    told = model(given, lengths, conditions)
    nats = F.cross_entropy(told.flatten(0, 1), wanted.flatten(), ignore_index=PAD, reduction="none")
    return nats.view_as(wanted), lengths.sum()


def lines(args, parts):
    """Language model of lines: nats per token, with the end of each line; or of pairs, the share whose first line is likelier."""
    split = [[[tokens(text, args.level) for text in row] for row in part] for part in parts]
    train_rows = [row[0] for row in split[0]]
    table = Table(train_rows, args.least, args.vocabulary)
    model = LanguageModel(args, table.size)

    def loss_of(rows):
        nats, count = losses(model, table, rows)
        return nats.sum() / count

    done = train(args, model, train_rows, loss_of)
    with torch.no_grad():
        if args.score == "pairs":
            right, wrong = (losses(model, table, rows)[0].sum(1) for rows in zip(*split[1]))
            return 100 * (right < wrong).float().mean().item(), done
        return loss_of([row[0] for row in split[1]]).item(), done


def generator(args, parts):
    """Generator of a text from the name before it: nats per token, with the end of each text."""
    names = sorted({name for name, _ in parts[0]})
    data = [[(names.index(name), tokens(text, args.level)) for name, text in part] for part in parts]
    table = Table([text for _, text in data[0]])
    model = LanguageModel(args, table.size, len(names))

    def loss_of(batch):
        nats, count = losses(model, table, [text for _, text in batch], torch.tensor([name for name, _ in batch]))
        return nats.sum() / count

    done = train(args, model, data[0], loss_of)
    with torch.no_grad():
        return loss_of(data[1]).item(), done
