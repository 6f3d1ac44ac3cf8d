import { nn } from "unrolled";

/** The recurrent layers that the tasks compare, by name; options are those of the modules. */
export const CELLS = {
  rnn: { title: "RNN, tanh", make: (rt, options) => new nn.RNN(rt, options) },
  irnn: {
    title: "RNN, relu from the identity",
    make: (rt, options) => new nn.RNN(rt, { ...options, nonlinearity: "relu", identityStart: true }),
  },
  gru: { title: "GRU", make: (rt, options) => new nn.GRU(rt, options) },
  lstm: { title: "LSTM", make: (rt, options) => new nn.LSTM(rt, options) },
  "lstm-fb1": {
    title: "LSTM, forget bias 1",
    make: (rt, options) => new nn.LSTM(rt, { ...options, forgetBias: 1 }),
  },
};
