// How soon networks reach the score that PyTorch's have at the end of their budget. Recipes differ: ours have the rate, schedule,
// size of mini-batches and number of passes that get there soonest of a few that were tried.

/**
 * @typedef {object} SoonRow
 * @property {string} of name and variant of the row with PyTorch's score and network
 * @property {number} steps iterations of PyTorch's budget
 * @property {string} recipe what differs from PyTorch's recipe
 * @property {() => string[]} train arguments of `unrolled train`
 */

/** @param {string} data folder of the data sets @param {string} reference folder with splits/ and gen/ @returns {SoonRow[]} */
export function soonRows(data, reference) {
  const files = (folder, name, type) => [
    ...["--data", `${folder}/${name}train.${type}`],
    ...["--validation", `${folder}/${name}dev.${type}`],
  ];
  const characters = (cell, rate, iterations) => [
    ...["--data", `${data}/moby-dick/moby-dick.txt`, "--cell", cell, "--hidden", "128", "--layers", "2"],
    ...["--dropout", "0", "--batch", "20", "--seq", "50", "--optimizer", "rmsprop", "--lr", rate],
    ...["--schedule", "cosine", "--iters", iterations],
  ];
  return [
    {
      of: "characters, moby-dick; LSTM 2 x 128",
      steps: 2005,
      recipe: "3,200 mini-batches of 20 instead of 2,005 of 50, rate 0.005 falling to 0",
      train: () => characters("lstm", "0.005", "3200"),
    },
    {
      of: "characters, moby-dick; LSTM 2 x 128",
      steps: 2005,
      recipe: "3,200 mini-batches of 20, rate 0.003 falling to 0, a GRU",
      train: () => characters("gru", "0.003", "3200"),
    },
    {
      of: "words, moby-dick; tied output",
      steps: 688,
      recipe: "adaptive softmax, rate 0.006 falling to 0, 580 iterations instead of 688",
      train: () => [
        ...["--level", "word", ...files(`${reference}/splits`, "moby.", "txt"), "--hidden", "256"],
        ...["--embedding", "256", "--batch", "20", "--seq", "35", "--iters", "580"],
        ...["--dropout", "0", "--input-dropout", "0"],
      ],
    },
    {
      of: "part of speech, ud-ewt; words and characters",
      steps: 1960,
      recipe: "default recipe, 3 epochs instead of 5",
      train: () => [
        ...[
          "--task",
          "tagger",
          ...files(`${data}/ud-ewt`, "", "tsv"),
          "--hidden",
          "128",
          "--embedding",
          "100",
        ],
        ...["--characters", "25", "--epochs", "3"],
      ],
    },
    {
      of: "spelling to phonemes, cmudict; GRU, dot attention, greedy",
      steps: 6260,
      recipe: "default recipe, 12 epochs instead of 20",
      train: () => [
        ...["--task", "encoder-decoder", "--source-level", "char", "--target-level", "word"],
        ...[...files(`${reference}/splits`, "g2p.", "tsv"), "--cell", "gru", "--hidden", "128"],
        ...["--embedding", "64", "--attention", "dot", "--epochs", "12"],
      ],
    },
  ].map((row) => ({ ...row, train: () => [...row.train(), "--early-stop", "0"] }));
}
