"""The part of optuna.test.ts that Optuna itself does: python study.py <command> <journal> <study> ..."""

import json
import sys

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.ERROR)
command, file, name, *rest = sys.argv[1:]
storage = JournalStorage(JournalFileBackend(file))


def objective(trial):
    """Has the distributions of the space in optuna.test.ts, and trains nothing."""
    cell = trial.suggest_categorical("cell", ["rnn", "gru", "lstm"])
    lr = trial.suggest_float("lr", 1e-4, 0.3, log=True)
    hidden = trial.suggest_int("hidden", 4, 12)
    dropout = trial.suggest_float("dropout", 0, 0.5)
    for step in range(1, 9):
        trial.report(9 + lr, step)
    return 9 + lr + hidden + dropout + len(cell)


if command == "create":
    study = optuna.create_study(study_name=name, storage=storage)
    for params in json.loads(rest[0]):
        study.enqueue_trial(params)
elif command == "maximize":
    optuna.create_study(study_name=name, storage=storage, direction="maximize")
elif command == "optimize":
    study = optuna.load_study(study_name=name, storage=storage, sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(objective, n_trials=int(rest[0]))
else:
    study = optuna.load_study(study_name=name, storage=storage)

if command == "prune":
    # Optuna's pruner judges a new trial by the reports of all workers.
    study.pruner = optuna.pruners.MedianPruner(n_startup_trials=1, n_warmup_steps=0)
    trial = study.ask()
    trial.report(1e9, 1)
    print(json.dumps(bool(trial.should_prune())))
    study.tell(trial, state=optuna.trial.TrialState.FAIL)
elif command == "show":
    done = [t for t in study.trials if t.state == optuna.trial.TrialState.COMPLETE]
    best = {"number": study.best_trial.number, "value": study.best_value, "params": study.best_params} if done else None
    trials = [
        {
            "number": t.number,
            "state": t.state.name,
            "value": t.value,
            "params": t.params,
            "reports": list(t.intermediate_values.values()),
            "steps": list(t.intermediate_values),
            "user": t.user_attrs,
            "system": t.system_attrs,
            "types": {k: type(d).__name__ for k, d in t.distributions.items()},
            "seconds": t.duration.total_seconds() if t.duration else None,
        }
        for t in study.trials
    ]
    print(json.dumps({"best": best, "trials": trials}))
