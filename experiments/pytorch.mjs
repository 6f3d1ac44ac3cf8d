/**
 * The same networks and budgets in PyTorch 2.13.0 (CPU, one thread, MKL, AVX-512) on another machine with two Xeon cores:
 * the final figure and the seconds of training. Seed 0 for adding (0 to 3 if there are four figures) and copy, the mean of
 * three seeds for the others.
 */
export const PYTORCH = {
  adding: {
    figure: "error",
    rnn: { figure: "0.1659", seconds: 34 },
    irnn: { figure: "0.0061 / 0.0119 / 0.0190 / 0.1640", seconds: 34 },
    gru: { figure: "0.0005", seconds: 102 },
    lstm: { figure: "0.0047", seconds: 43 },
    "lstm-fb1": { figure: "0.0026", seconds: 42 },
  },
  copy: {
    figure: "recall",
    rnn: { figure: "12.0", seconds: 16 },
    gru: { figure: "98.2", seconds: 36 },
    lstm: { figure: "33.0", seconds: 23 },
    "lstm-fb1": { figure: "54.8", seconds: 22 },
  },
  reber: {
    figure: "perfect",
    rnn: { figure: "100.0", seconds: 4 },
    gru: { figure: "100.0", seconds: 6 },
    lstm: { figure: "100.0", seconds: 6 },
  },
  agreement: {
    figure: "depth 3",
    rnn: { figure: "98.4", seconds: 7 },
    lstm: { figure: "100.0", seconds: 11 },
  },
};
