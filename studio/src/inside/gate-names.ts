export type CellKind = "lstm" | "gru" | "rnn";

/** A value of a cell by its name in the course notes. */
export interface GateName {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly colour: string;
  readonly dash?: string;
  /** Whether it is a gate, from 0 to 1; else a state or candidate, below and above 0. */
  readonly isGate: boolean;
}

const gate = { isGate: true } as const;
const state = { isGate: false } as const;

const CANDIDATE = { ...state, name: "c̃", title: "candidate", colour: "var(--fifth)", dash: "5 3" } as const;
const HIDDEN = {
  ...state,
  name: "h",
  title: "hidden state, a<t> in the course notes",
  colour: "var(--ink)",
} as const;

const NAMES: Readonly<Record<CellKind, readonly GateName[]>> = {
  lstm: [
    {
      ...gate,
      name: "Γu",
      title: "update gate",
      about: "How much of the candidate is written into the memory. 0: nothing, 1: all of it.",
      colour: "var(--train)",
    },
    {
      ...gate,
      name: "Γf",
      title: "forget gate",
      about: "How much of the old memory stays. 1: it is kept, 0: it is wiped out.",
      colour: "var(--validation)",
    },
    {
      ...gate,
      name: "Γo",
      title: "output gate",
      about: "How much of the memory the unit says to the rest of the network.",
      colour: "var(--third)",
    },
    { ...CANDIDATE, about: "What would be new in the memory, from -1 to 1. The update gate lets it in." },
    {
      ...state,
      name: "c",
      title: "cell state",
      about: "The memory itself: Γu times the candidate plus Γf times the old memory. It can be far from 0.",
      colour: "var(--sixth)",
    },
    {
      ...HIDDEN,
      about: "What the unit says: Γo times tanh of the memory. The next step and the layer above read it.",
    },
  ],
  gru: [
    {
      ...gate,
      name: "Γu",
      title: "update gate",
      about:
        "How much of the old state is replaced by the candidate. 0: the unit keeps what it has, 1: it is all new.",
      colour: "var(--train)",
    },
    {
      ...gate,
      name: "Γr",
      title: "relevance gate (reset gate)",
      about: "How much of the old state the candidate looks at. 0: as if the text began here.",
      colour: "var(--fourth)",
    },
    {
      ...CANDIDATE,
      about: "What would be the new state, from -1 to 1. The update gate mixes it with the old one.",
    },
    {
      ...HIDDEN,
      about: "What the unit remembers and says: Γu times the candidate plus 1 - Γu times the old state.",
    },
  ],
  rnn: [
    {
      ...HIDDEN,
      about: "What the unit remembers and says. It has no gates: every step writes all of it again.",
    },
  ],
};

/** What to look for in the gates of a cell. */
export const ADVICE: Readonly<Record<CellKind, string>> = {
  lstm: "At each step, the gates of a cell decide what it keeps, what it writes and what it says. Look for places where Γf falls: there the unit forgets. Where Γf is near 1 and Γu near 0, it carries its memory on unchanged; that is how an LSTM remembers over many steps.",
  gru: "At each step, the gates of a cell decide what it keeps, what it writes and what it says. Look for places where Γu is near 0: there the unit carries its state on unchanged. Where Γu is near 1, it takes in something new.",
  rnn: "A plain recurrent cell has no gates, so there is only the hidden state to see. Look how seldom it stays steady: it has to write all of its state again at each step. A GRU or LSTM can keep it.",
};

/** Returns the names of a cell's values that are there, in the order of the notes. */
export const gateNames = (cell: CellKind, values: Readonly<Record<string, unknown>>): readonly GateName[] =>
  NAMES[cell].filter(({ name }) => name in values);
