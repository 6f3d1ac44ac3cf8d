import { Option } from "commander";
import { Classifier } from "../../models/labels/classifier.ts";
import type { ClassifierSpec } from "../../models/labels/spec.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import { whole } from "../numbers.ts";

/** Options of tasks. A command makes its own, as adding them changes them. */
export const option = (flags: string, what: string, parse?: (text: string) => unknown): Option =>
  parse ? new Option(flags, what).argParser(parse) : new Option(flags, what);

export const choice = (flags: string, what: string, choices: readonly string[]): Option =>
  new Option(flags, what).choices(choices);

/** Puts options under a heading of their own in the help of `train`. */
export const grouped = (heading: string, ...options: readonly Option[]): Option[] =>
  options.map((one) => one.helpGroup(heading));

// Those that several tasks have.

const HELP = {
  level:
    "<level> what a token is (default: char of a language model and a generator; word of an embedder, and of a classifier or autoencoder unless most texts are one word)",
  pooling: "<how> classifier: what represents a sequence (default: mean+max of words, last of characters)",
} satisfies Partial<Record<keyof ClassifierSpec, Help>>;

const fieldOption = (name: keyof typeof HELP): Option =>
  fieldOptions(Classifier.schema().fields, { [name]: HELP[name] }, { shown: "no" })[0]!;

export const levelOption = () => fieldOption("level");
export const poolingOption = () => fieldOption("pooling");

export const minCountOption = () =>
  option(
    "--min-count <n>",
    "tokens that occur less often are unknown (default: 2; of characters, and where a text has <unk>, 1)",
    whole(1),
  );

/** Of tasks that read tokens of one kind. */
export const tokenOptions = () => [levelOption(), minCountOption()];

export const LABEL_HEADING = "Tagger and classifier:";
