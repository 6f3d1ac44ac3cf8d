const ran = (figure, seconds) => ({ figure, seconds });

/**
 * The same networks and budgets in PyTorch 2.13.0 (CPU, one thread, MKL, AVX-512) on another machine with two Xeon cores:
 * the final figure and the seconds of training. Seed 0 for adding (0 to 3 if there are four figures) and copy, the mean of
 * three seeds for the others.
 */
export const PYTORCH = {
  adding: {
    figure: "error",
    rnn: ran("0.1659", 34),
    irnn: ran("0.0061 / 0.0119 / 0.0190 / 0.1640", 34),
    gru: ran("0.0005", 102),
    lstm: ran("0.0047", 43),
    "lstm-fb1": ran("0.0026", 42),
  },
  copy: {
    figure: "recall",
    rnn: ran("12.0", 16),
    gru: ran("98.2", 36),
    lstm: ran("33.0", 23),
    "lstm-fb1": ran("54.8", 22),
  },
  reber: {
    figure: "perfect",
    rnn: ran("100.0", 4),
    gru: ran("100.0", 6),
    lstm: ran("100.0", 6),
  },
  agreement: {
    figure: "depth 3",
    rnn: ran("98.4", 7),
    lstm: ran("100.0", 11),
  },
};
