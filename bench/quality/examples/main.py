"""The networks of the examples in PyTorch: trains one on the train file of a folder, prints its score on the dev file as JSON.

python main.py labels FOLDER --seed 0 --hidden 32 ...: see rows.mjs for the arguments of every row. Each line of train.tsv and dev.tsv is
a text, a tab and a label or target; of a generator, the condition is first. Tokens are letters (--level char) or lie between spaces.
The recipe is plain: Adam at a constant rate, without moving average, early stopping or special starts.
"""

import argparse, json

import torch

from common import read
from labels import labels, pairs
from lines import generator, lines
from sequences import sequences
from series import series

KINDS = dict(labels=labels, sequences=sequences, pairs=pairs, lines=lines, generator=generator, series=series)
WHOLE = dict(seed=0, hidden=64, embedding=64, size=64, batch=32, epochs=10, iters=0, least=1, vocabulary=0, features=0)
WHOLE |= {"characters": 0, "character-hidden": 25, "horizon": 1, "seq": 64}
TEXT = {"level": "word", "target-level": "", "pooling": "mean+max", "attention": "dot", "cell": "lstm", "target": "", "score": ""}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("folder")
    for kind, options in (int, WHOLE), (float, {"dropout": 0.0, "input-dropout": 0.0, "lr": 0.002}), (str, TEXT):
        for name, default in options.items():
            parser.add_argument(f"--{name}", type=kind, default=default)
    parser.add_argument("--one-way", dest="both", action="store_false")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    data = args.folder if args.kind == "series" else read(args.folder)
    score, (iterations, seconds) = KINDS[args.kind](args, data)
    print(json.dumps({"score": score, "iterations": iterations, "seconds": round(seconds, 2)}))


main()
