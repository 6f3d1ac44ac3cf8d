"""Writes optuna.log, the journal of a small study: python make-journal.py"""

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
optuna.logging.set_verbosity(optuna.logging.ERROR)
s = JournalStorage(JournalFileBackend("optuna.log"))
study = optuna.create_study(study_name="a", storage=s, sampler=optuna.samplers.RandomSampler(seed=1))
study.set_user_attr("note","x")
study.enqueue_trial({"lr":0.01,"cell":"gru"})
def obj(t):
    lr=t.suggest_float("lr",1e-4,0.3,log=True); c=t.suggest_categorical("cell",["rnn","gru",None]); h=t.suggest_int("hidden",8,16); d=t.suggest_float("d",0,1)
    t.report(lr,1); t.report(float("nan"),2)
    if t.number==1: raise optuna.TrialPruned()
    if t.number==2: return float("nan")
    t.set_user_attr("k",float("inf"))
    return lr
study.optimize(obj,n_trials=4)
study.add_trial(optuna.create_trial(state=optuna.trial.TrialState.WAITING,params={"lr":0.02},distributions={"lr":optuna.distributions.FloatDistribution(1e-4,.3,log=True)}))
b = optuna.create_study(study_name="b", storage=s)
optuna.delete_study(study_name="b",storage=s)
