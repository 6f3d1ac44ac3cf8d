"""Writes fixtures/: models of Keras and PyTorch, and the losses that they have in 20 steps of SGD and of Adam.

Run with PyTorch 2.13, Keras 3.15 and onnx: KERAS_BACKEND=torch python test/finetune/make-fixtures.py"""

import io
import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import torch

HERE = Path(__file__).with_name("fixtures")
STEPS = 20


def keras_case(name, layers, inputs, targets):
    rng = np.random.default_rng(7)
    losses = {}
    path = HERE / f"{name}.keras"
    model = keras.Sequential(layers())
    model.build((None, inputs.shape[1]))
    weights = [rng.normal(0, 0.5, w.shape).astype("float32") for w in model.get_weights()]
    model.set_weights(weights)
    model.save(path)
    pack(path)
    for optimizer, rate in [("SGD", 0.3), ("Adam", 0.03)]:
        model.set_weights(weights)
        model.compile(getattr(keras.optimizers, optimizer)(rate), "sparse_categorical_crossentropy")
        history = model.fit(inputs, targets, batch_size=len(inputs), epochs=STEPS, shuffle=False, verbose=0)
        losses[optimizer.lower()] = dict(lr=rate, losses=history.history["loss"])
    return dict(
        file=path.name,
        inputs=inputs.tolist(),
        targets=targets.tolist(),
        runs=losses,
        after=model.predict(inputs, verbose=0).tolist(),
    )


def pack(path):
    """Compresses the parts of a .keras file."""
    parts = {entry: zipfile.ZipFile(path).read(entry) for entry in zipfile.ZipFile(path).namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for entry, data in parts.items():
            file.writestr(zipfile.ZipInfo(entry, (2000, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(3, 4, batch_first=True, bidirectional=True)
        self.head = torch.nn.Linear(8, 3)

    def forward(self, x):
        return self.head(torch.relu(self.lstm(x)[0].mean(1)))


def torch_case():
    torch.manual_seed(5)
    model = Classifier()
    start = {name: value.clone() for name, value in model.state_dict().items()}
    x, y = torch.randn(6, 5, 3), torch.tensor([0, 1, 2, 2, 1, 0])
    path = HERE / "lstm.onnx"
    axes = {"x": {0: "batch", 1: "time"}, "scores": {0: "batch"}}
    buffer = io.BytesIO()
    torch.onnx.export(
        model, (x,), buffer, input_names=["x"], output_names=["scores"], dynamic_axes=axes, dynamo=False
    )
    path.write_bytes(buffer.getvalue())
    losses = {}
    for optimizer, rate in [("SGD", 0.3), ("Adam", 0.03)]:
        model.load_state_dict(start)
        run = getattr(torch.optim, optimizer)(model.parameters(), lr=rate)
        values = []
        for _ in range(STEPS):
            run.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x), y)
            loss.backward()
            run.step()
            values.append(loss.item())
        losses[optimizer.lower()] = dict(lr=rate, losses=values)
    return dict(
        file=path.name, inputs=x.tolist(), targets=y.tolist(), runs=losses, after=model(x).detach().tolist()
    )


def main():
    HERE.mkdir(exist_ok=True)
    rng = np.random.default_rng(3)
    tokens, classes = rng.integers(1, 12, (6, 5)), np.array([0, 1, 2, 1, 0, 2])
    padded = tokens.copy()
    padded[1, 3:] = padded[4, 2:] = padded[5, :2] = 0
    dense = lambda: keras.layers.Dense(3, activation="softmax", name="classes")
    cases = dict(
        keras_lstm=keras_case(
            "keras_lstm",
            lambda: [keras.layers.Embedding(12, 3, name="words"), keras.layers.LSTM(4, name="lstm"), dense()],
            tokens,
            classes,
        ),
        keras_gru=keras_case(
            "keras_gru",
            lambda: [
                keras.layers.Embedding(12, 3, mask_zero=True, name="words"),
                keras.layers.Bidirectional(keras.layers.GRU(3), name="both"),
                dense(),
            ],
            padded,
            classes,
        ),
        torch_lstm=torch_case(),
    )
    for name, case in cases.items():
        (HERE / f"{name}.json").write_text(json.dumps(case) + "\n")


main()
