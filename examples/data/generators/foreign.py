"""Trains the small models of PyTorch and Keras in the folder foreign, in a few minutes: python generators/foreign.py FOLDER

Needs torch, onnx, onnxscript and keras. Keras runs on PyTorch: KERAS_BACKEND=torch.
"""

import math
import os
import sys

import keras
import onnx
import torch
from torch import nn

os.chdir(sys.argv[1])
torch.manual_seed(1)
keras.utils.set_random_seed(1)


class Voice(nn.Module):
    def __init__(self):
        super().__init__()
        self.filters, self.cell, self.out = nn.Linear(64, 16), nn.GRU(16, 16), nn.Linear(16, 1)

    def forward(self, frames, state):  # [time, batch, 64] and [1, batch, 16]
        y, state = self.cell(torch.relu(self.filters(frames)), state)
        return torch.sigmoid(self.out(y)), state


class Letters(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.rnn, self.out = nn.Embedding(27, 8), nn.LSTM(8, 32, batch_first=True), nn.Linear(32, 27)

    def forward(self, ids):  # [batch, time]
        return self.out(self.rnn(self.embedding(ids))[0])


def sounds(batch, frames=20):
    """Returns frames of 64 samples at 8 kHz, and which have a voice: tones from 100 to 300 Hz and their overtones, in noise."""
    time = torch.arange(64 * frames) / 8000
    pitch = 100 + 200 * torch.rand(batch, 1, 1)
    tones = torch.sin(2 * math.pi * pitch * torch.arange(1, 5)[:, None] * time).mean(1)
    begins, ends = (torch.rand(2, batch, 1) * 1.4 - 0.2).sort(0)[0] * frames
    at = torch.arange(frames)
    speaks = ((at >= begins) & (at < ends)).float()
    wave = tones * speaks.repeat_interleave(64, 1) + 0.1 * torch.randn(batch, 64 * frames)
    return wave.view(batch, frames, 64).transpose(0, 1), speaks.t()[..., None]


model = Voice()
optimizer = torch.optim.Adam(model.parameters(), 0.01)
for _ in range(400):
    frames, speaks = sounds(64)
    loss = nn.functional.binary_cross_entropy(model(frames, torch.zeros(1, 64, 16))[0], speaks)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("voice", loss.item())

torch.onnx.export(
    model.eval(), (torch.zeros(1, 1, 64), torch.zeros(1, 1, 16)), "voice.onnx", external_data=False,
    input_names=["frames", "state"], output_names=["voice", "next_state"],
)

# The exporter writes where each node comes from, with paths of this machine.
exported = onnx.load("voice.onnx")
for part in [*exported.graph.node, *exported.graph.value_info, *exported.graph.input, *exported.graph.output]:
    part.doc_string = ""
    del part.metadata_props[:]
del exported.graph.metadata_props[:]
onnx.save(exported, "voice.onnx")

model = Letters()
numbers = "one two three four five six seven eight nine ten "
ids = torch.tensor([(ord(letter) - 96) % 64 for letter in numbers * 4])[None]
optimizer = torch.optim.Adam(model.parameters(), 0.01)
for _ in range(200):
    loss = nn.functional.cross_entropy(model(ids[:, :-1])[0], ids[0, 1:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("letters", loss.item())

torch.save(model.state_dict(), "letters.pt")

wave = torch.sin(torch.arange(400) / 4)[:, None]
x, y = wave.unfold(0, 16, 1)[:-1].transpose(1, 2).numpy(), wave[16:].numpy()
model = keras.Sequential([keras.Input((None, 1)), keras.layers.GRU(8), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.02), "mse")
print("wave", model.fit(x, y, epochs=30, verbose=0).history["loss"][-1])

model.save("wave.keras")
