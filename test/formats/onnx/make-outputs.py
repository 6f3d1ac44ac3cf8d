"""Makes test/formats/onnx/outputs.json: what ONNX Runtime computes with the models of exported-models.ts.

    python3 -m venv venv && venv/bin/pip install onnx==1.23.1 onnxruntime==1.30.0
    venv/bin/python test/formats/onnx/make-outputs.py

Run it again if the files that are written change. Each file is checked by onnx first, with the shapes that it infers.
"""

import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
import onnxruntime

HERE = pathlib.Path(__file__).parent

results = {}
with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["node", HERE / "write-exports.mjs", folder], check=True)
    for i, case in enumerate(json.loads((pathlib.Path(folder) / "cases.json").read_text())):
        path = f"{folder}/{i}.onnx"
        onnx.checker.check_model(onnx.load(path), full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        given = {
            name: np.array(value["data"], value["dtype"]).reshape(value["shape"])
            for name, value in case["inputs"].items()
        }
        names = [output.name for output in session.get_outputs()]
        found = dict(zip(names, session.run(names, given)))
        outputs = {
            name: {"shape": list(value.shape), "data": [float(f"{x:.7g}") for x in value.ravel()]}
            for name, value in found.items()
        }
        results[case["name"]] = {"hash": case["hash"], "outputs": outputs}

lines = [f"{json.dumps(name)}: {json.dumps(result)}" for name, result in results.items()]
(HERE / "outputs.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(f"{len(results)} models")
