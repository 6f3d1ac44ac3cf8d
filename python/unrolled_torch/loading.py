"""Opens the model of a folder."""

from pathlib import Path

from unrolled_torch.files import read_config, read_weights
from unrolled_torch.language_model import Model


def load(folder):
    """Opens the model of a folder."""
    config = read_config(folder)
    model = Model(config["spec"], config["tables"])
    model.load_state_dict(read_weights(Path(folder) / "weights.safetensors"))
    return model.eval()
