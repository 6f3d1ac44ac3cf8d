"""Makes the files of test/formats: hdf5/files.json, keras/files.json, torch/files.json.

    python3 -m venv venv && venv/bin/pip install h5py==3.16.0 keras==3.15.1 torch==2.13.0
    venv/bin/python test/formats/make-fixtures.py

Each file is stored as base64 of its gzip, under 3 kB of gzip. Versions: h5py 3.16 (HDF5 2.0), Keras 3.15.1, PyTorch 2.13.
"""

import base64
import gzip
import io
import json
import os
import pathlib
import tempfile

os.environ["KERAS_BACKEND"] = "torch"

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from keras import layers  # noqa: E402

HERE = pathlib.Path(__file__).parent


def packed(data: bytes) -> str:
    small = gzip.compress(data, 9, mtime=0)
    if len(small) > 3000:
        raise ValueError(f"{len(small)} bytes")
    return base64.b64encode(small).decode()


def write(name: str, files: dict) -> None:
    (HERE / name / "files.json").write_text(json.dumps(files, indent=2) + "\n")


# HDF5 ----------------------------------------------------------------------------------------------------------------


def grid(rows: int, columns: int, dtype: str = "f4") -> np.ndarray:
    """Row r, column c: 10 r + c."""
    return (10 * np.arange(rows)[:, None] + np.arange(columns)).astype(dtype)


def types(f: h5py.File) -> None:
    for name in ["f2", "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]:
        f[name] = grid(2, 3, name)
    f["big"] = grid(2, 3, ">f4")
    f["bool"] = np.array([True, False])
    f["text"] = np.array([b"ab", b"cde"], "S4")


def shapes(f: h5py.File) -> None:
    f["outer/inner/leaf"] = grid(2, 2)
    f["scalar"] = np.float32(7)
    f["empty"] = np.zeros((0, 3), "f4")
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((2, 2))
    h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, space, compact).write(
        h5py.h5s.ALL, h5py.h5s.ALL, grid(2, 2)
    )


def chunks(f: h5py.File) -> None:
    """Indexes of layouts of version 4: single, single with filters, implicit, fixed array, extensible array, B-tree."""
    data = grid(5, 4)
    f.create_dataset("one", data=data, chunks=(5, 4))
    f.create_dataset("one_gzip", data=data, chunks=(5, 4), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("some", data=data, chunks=(2, 3))
    f.create_dataset("some_gzip", data=data, chunks=(2, 3), compression="gzip", shuffle=True)
    f.create_dataset("some_sums", data=data, chunks=(2, 3), fletcher32=True)
    f.create_dataset("rows", data=data, chunks=(2, 3), maxshape=(None, 4))
    f.create_dataset("columns", data=data, chunks=(2, 3), maxshape=(5, None), compression="gzip")
    f.create_dataset("both", data=data, chunks=(2, 3), maxshape=(None, None))
    early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    early.set_chunk((2, 3))
    early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple((5, 4))
    h5py.h5d.create(f.id, b"early", h5py.h5t.IEEE_F32LE, space, early).write(h5py.h5s.ALL, h5py.h5s.ALL, data)


def many_chunks(f: h5py.File) -> None:
    """More chunks than a page of an index has: 1,024."""
    data = (np.arange(1100) % 7).astype("i1")
    f.create_dataset("fixed", data=data, chunks=(1,))
    f.create_dataset("grows", data=data[:300], chunks=(1,), maxshape=(None,))


def attributes(f: h5py.File) -> None:
    f.attrs["text"] = "tëxt"
    f.attrs["fixed"] = np.bytes_(b"fixed")
    f.attrs["texts"] = ["a", "bc", ""]
    f.attrs["fixed_texts"] = np.array([b"a", b"bcd"])
    f.attrs["number"] = 1.5
    f.attrs["numbers"] = grid(2, 2, "i4")
    f.attrs["none"] = []


def dense(f: h5py.File) -> None:
    """So many links and attributes that they are in fractal heaps, one of them alone as it is large."""
    for i in range(40):
        f.attrs[f"attribute{i}"] = i
        f[f"group/link{i}"] = np.int8(i)
    if f.libver[0] != "earliest":
        f.attrs["long"] = np.bytes_(b"x" * 70000)


def hdf5_file(fill, **options) -> str:
    target = io.BytesIO()
    with h5py.File(target, "w", **options) as f:
        fill(f)
    return packed(target.getvalue())


def with_user_block() -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "file.h5"
        with h5py.File(path, "w", userblock_size=1024) as f:
            shapes(f)
        return packed(path.read_bytes())


def make_hdf5() -> None:
    files = {}
    for fill in [types, shapes, chunks, attributes, dense, many_chunks]:
        for version in ["earliest", "v110", "latest"]:
            if fill is many_chunks and version == "earliest":
                continue
            options = {"libver": version if version in ("earliest", "latest") else (version, version)}
            files[f"{fill.__name__} {version}"] = hdf5_file(fill, **options)
    files["user block"] = with_user_block()
    write("hdf5", files)


# Keras ---------------------------------------------------------------------------------------------------------------


def set_weights(model: keras.Model) -> None:
    random = np.random.default_rng(5)
    for weight in model.weights:
        if "seed" not in weight.path:
            values = random.uniform(0.5, 1.5, weight.shape) if "variance" in weight.path else random.normal(0, 0.4, weight.shape)
            weight.assign(values)


def names_model() -> keras.Model:
    """Layers whose names are those of other classes, in another order, and a layer that is used twice."""
    x = layers.Input((3, 2), name="in")
    shared = layers.Dense(2, name="lstm")
    y = layers.LSTM(2, return_sequences=True, name="zz")(shared(x))
    return keras.Model(x, layers.LSTM(2, name="aa")(shared(y)))


def nested_model() -> keras.Model:
    """A model in a model, whose weights are listed with those that are not trained last."""
    front = [
        layers.Input((3, 2)),
        layers.BatchNormalization(name="dense"),
        layers.Bidirectional(layers.GRU(2, return_sequences=True), name="dense_1"),
    ]
    return keras.Sequential([layers.Input((3, 2)), keras.Sequential(front, name="inner"), layers.Dense(2, name="b")])


def shared_model() -> keras.Model:
    """A layer of two models, which .keras stores in the first alone."""
    shared = layers.Dense(2, name="shared")
    x = layers.Input((3, 2))
    inner = keras.Sequential([layers.Input((3, 2)), shared, layers.SimpleRNN(2, return_sequences=True)], name="inner")
    return keras.Model(x, shared(inner(x)))


def operators_model() -> keras.Model:
    """Operators and a layer of theirs without the field trainable."""
    x = layers.Input((3, 2))
    y = layers.SpatialDropout1D(0.5)(keras.ops.maximum(layers.Dense(2)(x) * 2.0, 0.25))
    return keras.Model(x, y)


def cells_model() -> keras.Model:
    """Cells in the other order than that of their names, and a wrapper."""
    cells = layers.RNN([layers.LSTMCell(2), layers.GRUCell(2)], return_sequences=True)
    return keras.Sequential([layers.Input((3, 2)), cells, layers.TimeDistributed(layers.Dense(1), name="td")])


def make_keras() -> None:
    files = {}
    for name, model in [("names", names_model()), ("nested", nested_model()), ("shared", shared_model()), ("operators", operators_model()), ("cells", cells_model())]:
        set_weights(model)
        x = np.random.default_rng(6).normal(size=(2, 3, 2)).astype("f4")
        y = keras.ops.convert_to_numpy(model(x))
        entry = {"x": x.ravel().tolist(), "y": y.ravel().tolist()}
        with tempfile.TemporaryDirectory() as folder:
            for ending in ["keras", "h5", "weights.h5"]:
                path = pathlib.Path(folder) / f"model.{ending}"
                (model.save_weights if ending == "weights.h5" else model.save)(path)
                entry[ending] = packed(path.read_bytes())
        files[name] = entry
    write("keras", files)


# PyTorch -------------------------------------------------------------------------------------------------------------


class Net(torch.nn.Module):
    def __init__(self, cell: str, out: int | None, embedding: tuple | None, features: int = 2, **options) -> None:
        super().__init__()
        if embedding:
            self.emb = torch.nn.Embedding(*embedding)
            features = embedding[1]
        self.rnn = getattr(torch.nn, cell)(features, 2, **options)
        width = 2 * (1 + bool(options.get("bidirectional")))
        self.fc = torch.nn.Linear(width, out) if out else None
        self.embedding = embedding

    def forward(self, x: torch.Tensor, *states: torch.Tensor) -> list:
        initial = (states if len(states) > 1 else states[0]) if states else None
        y, last = self.rnn(self.emb(x) if self.embedding else x, initial)
        return [self.fc(y) if self.fc else y, *(last if isinstance(last, tuple) else [last])]


def saved(value: object, **options) -> str:
    target = io.BytesIO()
    torch.save(value, target, **options)
    return packed(target.getvalue())


def make_torch() -> None:
    torch.manual_seed(7)
    files, nets = {}, {}
    cases = {
        "lstm": (dict(cell="LSTM", out=3, embedding=(5, 2)), dict(num_layers=2, bidirectional=True, batch_first=True)),
        "gru": (dict(cell="GRU", out=None, embedding=None, features=3), dict(num_layers=2)),
        "relu": (dict(cell="RNN", out=2, embedding=None), dict(nonlinearity="relu", bias=False, batch_first=True)),
    }
    for name, (parts, options) in cases.items():
        net = nets[name] = Net(**parts, **options)
        directions = 2 if options.get("bidirectional") else 1
        batch, time = 2, 3
        shape = (batch, time) if options.get("batch_first") else (time, batch)
        x = torch.randint(0, 5, shape) if parts["embedding"] else torch.randn(*shape, net.rnn.input_size)
        count = 2 if parts["cell"] == "LSTM" else 1
        states = [torch.randn(options.get("num_layers", 1) * directions, batch, 2) for _ in range(count)]
        with torch.no_grad():
            outputs = {"y": net(x)[0], "with states": net(x, *states)}
        numbers = lambda t: [n.flatten().tolist() for n in t] if isinstance(t, list) else t.flatten().tolist()  # noqa: E731
        files[name] = {
            "file": saved(net.state_dict()),
            "shape": list(x.shape),
            "x": numbers(x),
            "states": numbers(states),
            "y": numbers(outputs["y"]),
            "with states": numbers(outputs["with states"]),
        }
    state = nets["relu"].state_dict()
    base = torch.arange(24.0).reshape(4, 6)
    kinds = [torch.float16, torch.bfloat16, torch.float64, torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64, torch.bool]
    files["files"] = {
        "legacy": saved(state, _use_new_zipfile_serialization=False),
        "protocol 4": saved(state, pickle_protocol=4),
        "checkpoint": saved({"epoch": 3, "loss": torch.tensor(0.5), "best": np.float64(2), "net": state, "args": {"lr": 1e-3}}),
        "several": saved({"encoder": state, "decoder": state}),
        "prefix": saved({f"module._orig_mod.{k}": v for k, v in state.items()}),
        "parameter": saved({"p": torch.nn.Parameter(torch.ones(2))}),
        "views": saved({"transposed": base.t()[1:3], "steps": base[::2, 1::2], "spread": base[0, :1].expand(3, 2), "all": base}),
        "types": saved({str(kind): torch.tensor([0, 1, 3]).to(kind) for kind in kinds}),
        "tensor": saved(torch.ones(2)),
        "number": saved(5),
        "module": saved(torch.nn.GRU(1, 1)),
        "projection": saved(torch.nn.LSTM(2, 3, proj_size=2).state_dict()),
        "two": saved({f"{part}.{k}": v for part in ["one", "two"] for k, v in state.items()}),
    }
    write("torch", files)


if __name__ == "__main__":
    make_hdf5()
    make_keras()
    make_torch()
