"""Scheduled sampling: a decoder reads some of its own predictions in training."""

import torch


@torch.no_grad()
def scheduled_inputs(model, batch):
    """Replaces the inputs of a decoder that `kept` does not keep by the most probable symbols, without dropout. It reads the earlier inputs after their replacement."""
    inputs, kept, lengths = batch["inputs"].clone(), batch["kept"], batch["source_lengths"]
    model.eval()
    memory, states = model.encoder(batch["sources"], lengths)
    states = model.decoder.begin(states)
    for t in range(1, len(inputs)):
        logits, states = model.decoder.outputs(inputs[t - 1 : t], states, memory, lengths)
        if model.unknown is not None:
            logits[..., model.unknown] = -torch.inf
        inputs[t] = torch.where(kept[t], inputs[t], logits[0].argmax(-1))
    model.train()
    return inputs
