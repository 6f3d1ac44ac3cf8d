import fc from "fast-check";

/**
 * Property tests draw the same examples in every run, so that a red test is the change's own. `FC_SEED=7 npm test` draws
 * others; a failure prints its seed in either case.
 */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261122) });
