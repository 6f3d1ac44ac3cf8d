"""Seconds of a frame in ONNX Runtime on one thread, for the models of a JSON file: see workers/frames.mjs. Prints {name: seconds}."""
import json
import sys
import time

import numpy as np
import onnxruntime

path, effort = sys.argv[1], float(sys.argv[2])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
result = {}
for model in json.load(open(path)):
    session = onnxruntime.InferenceSession(model["file"], options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    feeds = {name: np.sin(np.arange(np.prod(i["shape"])) / 7).reshape(i["shape"]).astype(np.float32) / 3 for name, i in model["inputs"].items()}
    for name in model["state"].values():
        feeds[name] = np.zeros(model["inputs"][name]["shape"], np.float32)
    for name, number in model["constants"].items():
        feeds[name] = np.array(number, np.int64)
    best, end = np.inf, time.perf_counter() + 4 * effort
    while time.perf_counter() < end:
        begun = time.perf_counter()
        for _ in range(20):
            outputs = dict(zip(names, session.run(None, feeds)))
            feeds.update({i: outputs[o] for o, i in model["state"].items()})
        best = min(best, (time.perf_counter() - begun) / 20)
    result[model["name"]] = best
print(json.dumps(result))
