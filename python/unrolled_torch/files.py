"""Reads and writes the files of a folder."""

import ctypes
import json
import math
import os
import struct
from pathlib import Path

import torch

TYPES = {"F32": torch.float32, "I32": torch.int32}


def read_config(folder):
    """Returns the contents of config.json, such as spec and tables."""
    file = Path(folder) / "config.json"
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} is damaged ({error}); write the folder again by unrolled convert") from None


def write_tables(folder, tables):
    """Changes tables in config.json."""
    config = read_config(folder)
    config["tables"].update(tables)
    write_whole(Path(folder) / "config.json", (json.dumps(config, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass"))


def read_weights(file):
    """Reads a safetensors file. Returns its tensors by name."""
    try:
        return tensors_of(bytearray(Path(file).read_bytes()))
    except (ValueError, KeyError, struct.error) as error:
        raise ValueError(f"{file} is damaged ({error}); write the folder again by unrolled convert") from None


def tensors_of(data):
    """The tensors of the bytes of a safetensors file."""
    start = 8 + struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name == "__metadata__":
            continue
        dtype, shape, offset = TYPES[entry["dtype"]], entry["shape"], start + entry["data_offsets"][0]
        count = math.prod(shape)
        flat = torch.frombuffer(data, dtype=dtype, count=count, offset=offset) if count else torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(shape).clone()
    return tensors


def write_weights(file, tensors):
    """Writes tensors as a safetensors file. Whole numbers become int32."""
    header, parts, at = {}, [], 0
    for name, tensor in tensors.items():
        kind = "F32" if tensor.is_floating_point() else "I32"
        values = tensor.detach().to("cpu", TYPES[kind]).contiguous()
        parts.append(ctypes.string_at(values.data_ptr(), values.nbytes))
        header[name] = {"dtype": kind, "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    write_whole(file, struct.pack("<Q", len(text)) + text + b"".join(parts))


def write_whole(file, data):
    """Writes a file completely or not at all: to a temporary file, which then replaces the old one."""
    temporary = f"{file}.tmp"
    with open(temporary, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, file)
