"""Opens the model of a folder."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from unrolled_torch.files import read_config, read_weights
from unrolled_torch.language_model import Model


def load(folder):
    """Opens the model of a folder."""
    source = Path(folder).resolve() / "model.py"
    if source.exists() and source != Path(__file__).resolve():
        return other_module(source).load(folder)
    config = read_config(folder)
    model = Model(config["spec"], config["tables"])
    model.load_state_dict(read_weights(Path(folder) / "weights.safetensors"))
    return model.eval()


def other_module(source):
    """The module of another folder: the code of each folder is that of its own task and cell."""
    found = spec_from_file_location(f"model_{source.parent.name}", source)
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module
