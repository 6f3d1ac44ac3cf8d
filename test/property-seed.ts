import fc from "fast-check";

/**
 * Makes property tests draw the same examples in every run, so that a red test is caused by the change. `FC_SEED=7 npm test`
 * draws others; a failure always prints its seed.
 */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261122) });
