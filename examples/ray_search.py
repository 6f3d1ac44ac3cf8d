"""A search for hyper-parameters on a cluster: actors of Ray run `unrolled search`, each a worker of one Optuna study.

    pip install ray optuna
    python examples/ray_search.py --storage study.log --study names --trials 8 --actors 4 -- \\
        --task classifier --data names.tsv --epochs 1

What follows -- goes to `unrolled search`. All nodes must see the files, as on a shared disk. An actor that dies is started again,
and its trial is repeated: see docs/scale-out.md.
"""

import argparse
import json
import os
import subprocess

import optuna
import ray
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

parser = argparse.ArgumentParser(description="Searches with Ray and unrolled.")
parser.add_argument("--storage", required=True, help="journal file of the study")
parser.add_argument("--study", required=True, help="name of the study")
parser.add_argument("--trials", type=int, default=8, help="trials of all actors together")
parser.add_argument("--actors", type=int, default=2, help="actors; each takes one CPU")
parser.add_argument("--command", default="npx unrolled", help="how the command line is called on a node")
parser.add_argument("search", nargs="*", help="options of unrolled search, after --")
options = parser.parse_args()


@ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=3)
class Worker:
    def run_trial(self, command):
        """Runs a trial and returns what the command line says of it. Dies with the command line, so that Ray tries again."""
        ended = subprocess.run(command, capture_output=True, text=True)
        lines = [json.loads(line) for line in ended.stdout.splitlines()]
        if lines and "number" in lines[0]:
            return lines[0]
        if ended.returncode < 0:  # killed by a signal
            os._exit(1)
        raise RuntimeError(ended.stderr)


ray.init(include_dashboard=False, log_to_driver=False)
storage = JournalStorage(JournalFileBackend(options.storage))
study = optuna.create_study(study_name=options.study, storage=storage, load_if_exists=True)
command = [
    *options.command.split(),
    *("search", "--storage", os.path.abspath(options.storage), "--study", options.study),
    *("--trials", "1", "--json", *options.search),
]
pool = ray.util.ActorPool([Worker.remote() for _ in range(options.actors)])
for trial in pool.map_unordered(lambda actor, _: actor.run_trial.remote(command), range(options.trials)):
    print(f"trial {trial['number']} {trial['status']}: {trial['best']}", flush=True)
print(f"the best is trial {study.best_trial.number}: {study.best_value:.4f}, {study.best_params}")
