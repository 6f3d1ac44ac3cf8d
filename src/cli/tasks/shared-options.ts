import { InvalidArgumentError, Option } from "commander";
import { Classifier } from "../../models/labels/classifier.ts";
import { type ClassifierSpec, TAGGER_RULES } from "../../models/labels/spec.ts";
import { FORMATS } from "../../tables/format.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import { whole } from "../numbers.ts";

/** Makes an option of a task. Each command needs a new object, because adding an option to a command changes the option. */
export const option = (flags: string, what: string, parse?: (text: string) => unknown): Option =>
  parse ? new Option(flags, what).argParser(parse) : new Option(flags, what);

export const choice = (flags: string, what: string, choices: readonly string[]): Option =>
  new Option(flags, what).choices(choices);

/** Puts options under a heading in the help of `train`. */
export const grouped = (heading: string, ...options: readonly Option[]): Option[] =>
  options.map((one) => one.helpGroup(heading));

// Options that more than one task has.

const HELP = {
  level:
    "<level> what a token is (default: char for language models and generators; word for embedders, and for classifiers and autoencoders unless most texts are one word; char for all if most texts have no spaces between words, as in Chinese and Thai)",
  pooling:
    "<how> classifier: how the states of a sequence are pooled (default: mean+max for words, last for characters)",
} satisfies Partial<Record<keyof ClassifierSpec, Help>>;

const fieldOption = (name: keyof typeof HELP): Option =>
  fieldOptions(Classifier.schema().fields, { [name]: HELP[name] }, { shown: "no" })[0]!;

export const levelOption = () => fieldOption("level");
export const poolingOption = () => fieldOption("pooling");

export const minCountOption = () =>
  option(
    "--min-count <n>",
    "tokens that occur less often are unknown (default: 2; 1 for characters, and for texts that contain <unk>)",
    whole(1),
  );

export const cutOption = () =>
  option(
    "--cut <n>",
    "keep only the first n tokens of every sequence, of every line of a language model with --lines (default: all)",
    whole(1),
  );

export const tokensOption = () =>
  choice(
    "--tokens <rule>",
    "how a text is split into words: at spaces and punctuation marks (words), or at spaces only, for texts that are split already (spaces) (default: words; detected for language models, encoder-decoders and autoencoders). For a tagger, how predict splits a text (default: detected from the training tokens)",
    TAGGER_RULES,
  );

/** Reads the name of a file that can be given once, unlike --data. */
function onlyFile(value: string, before: string | undefined): string {
  if (before === undefined) return value;
  throw new InvalidArgumentError("It may be given only once.");
}

/** Makes the option of a task that looks words up, and names the one that goes with it. */
export const vectorsOptions = () => [
  option(
    "--vectors <file>",
    "start the embeddings of words with the vectors of this file, in the text format of GloVe or word2vec; their size is that of --embedding",
  ).argParser(onlyFile),
  "freezeVectors",
];

/** Makes the options of a task that splits all its texts into the same kind of token, such as words. */
export const tokenOptions = () => [levelOption(), tokensOption(), minCountOption(), ...vectorsOptions()];

/** Heading of the options that say how files are read. */
export const DATA_HEADING = "Data:";

/** Makes the options that say whether a file has a header. */
export const headerOptions = () => [
  option("--header", "the first line of a file names the columns (default: found out)"),
  option("--no-header", "the first line of a file is an example or a row"),
];

/** Makes the option that says how files are written. */
export const formatOption = () =>
  choice(
    "--format <how>",
    "how files are written (default: by the end of their names, such as .csv, else as the training data, else text)",
    FORMATS,
  );

/** Makes the options that say how a file is read. */
export const formatOptions = () => [formatOption(), ...headerOptions(), cutOption()];

/** Makes the options that name the columns of a text and of its label. */
export const columnOptions = () => [
  option(
    "--text-column <column>",
    "name or number of the column of the text, source or vectors (default: by the header)",
  ),
  option(
    "--label-column <column>",
    "name or number of the column of the label, target, condition or transcript (default: by the header)",
  ),
];

/** Makes the options that say how a table of texts is read. */
export const tableOptions = () => [...formatOptions(), ...columnOptions()];

export const beamOption = () =>
  option(
    "--beam <n>",
    "encoder-decoder, autoencoder, transcriber: beam width (default: 1, greedy; with --lm 10)",
    whole(1),
  );

export const LABEL_HEADING = "Tagger and classifier:";
