"""Writes vad.mjs: a small network for voice activity as torch.onnx.export writes it, with outputs of ONNX Runtime. The weights are random.

It has what such networks are made of: an STFT as a convolution, reflected padding, convolutions, an LSTM with its state as input and output,
and an If that an input decides. Needs torch, onnx and onnxruntime: python test/runtimes/make-vad.py
"""
import base64
import io
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

torch.manual_seed(7)
FRAME = 64


class Branch(nn.Module):
    def __init__(self, window, hidden=8):
        super().__init__()
        self.window = window
        bins = window // 2 + 1
        time = torch.arange(window) / window
        angle = 2 * torch.pi * torch.arange(bins)[:, None] * time
        self.register_buffer("basis", torch.cat([torch.cos(angle), -torch.sin(angle)])[:, None] / window)
        self.encoder = nn.Sequential(
            nn.Conv1d(bins, 6, 3, padding=1), nn.ReLU(), nn.Conv1d(6, hidden, 3, stride=2, padding=1), nn.ReLU()
        )
        self.cell = nn.LSTM(hidden, hidden)
        self.out = nn.Conv1d(hidden, 1, 1)

    def forward(self, x, state):
        x = nn.functional.pad(x[:, None], (0, self.window // 2), mode="reflect")
        parts = nn.functional.conv1d(x, self.basis, stride=self.window // 2)
        real, imaginary = parts[:, : parts.shape[1] // 2], parts[:, parts.shape[1] // 2 :]
        x = self.encoder(torch.sqrt(real**2 + imaginary**2)).mean(2)
        y, (h, c) = self.cell(x[None], (state[:1], state[1:]))
        return torch.sigmoid(self.out(torch.relu(y[0])[:, :, None]).mean(2)), torch.cat([h, c])


class Vad(nn.Module):
    def __init__(self):
        super().__init__()
        self.fast, self.slow = torch.jit.script(Branch(16)), torch.jit.script(Branch(8))

    def forward(self, input, state, sr):
        if sr == 16000:
            return self.fast(input, state)
        return self.slow(input, state)


model = torch.jit.script(Vad())
with torch.no_grad():
    for parameter in model.parameters():
        parameter.mul_(3)
state = torch.zeros(2, 1, 8)
file = io.BytesIO()
torch.onnx.export(
    model, (torch.zeros(1, FRAME), state, torch.tensor(16000)), file, dynamo=False, opset_version=16,
    input_names=["input", "state", "sr"], output_names=["output", "stateN"],
)
proto = onnx.load_from_string(file.getvalue())


def strip(graph):
    del graph.value_info[:]
    for node in graph.node:
        node.doc_string = ""
        for attribute in node.attribute:
            if attribute.HasField("g"):
                strip(attribute.g)


strip(proto.graph)
proto.ClearField("metadata_props")
onnx_bytes = proto.SerializeToString()
session = onnxruntime.InferenceSession(onnx_bytes)
time = np.arange(4 * FRAME)
sound = (0.4 * np.sin(time * 0.21) + 0.2 * np.sin(time * 0.033)).astype(np.float32)
sound = (np.round(sound * 1000) / 1000).astype(np.float32)
outputs = []
values = state.numpy()
for frame in sound.reshape(4, 1, FRAME):
    output, values = session.run(None, {"input": frame, "state": values, "sr": np.array(16000)})
    outputs.append(float(output[0, 0]))
text = f"""// Made by make-vad.py: a network for voice activity with random weights, a sound, and the outputs of ONNX Runtime for its frames.

export const file =
  "{base64.b64encode(onnx_bytes).decode()}";

/** In thousandths. */
export const frames = {json.dumps([[round(float(x) * 1000) for x in frame] for frame in sound.reshape(4, FRAME)])};

export const outputs = {json.dumps(outputs)};
"""
pathlib.Path(__file__).with_name("vad.mjs").write_text(text)
