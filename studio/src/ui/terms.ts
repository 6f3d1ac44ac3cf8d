/** Technical terms that several pages use, in plain words. */
export const TERMS = {
  network:
    "RNN, GRU and LSTM are kinds of cells, the parts that read step by step. A unit remembers one number. A weight is a number that training changes. A thread is a core of your computer that trains.",
  iteration:
    "At each iteration the network reads a few sequences, and every weight moves a little. An epoch is once through all the data.",
  nat: "A unit of surprise. A guess that gives the right answer the probability p costs -ln p nats: 0 if it was sure of it, 0.69 at one chance in two, 2.3 at one in ten. 1 nat is 1.44 bits.",
  bit: "A unit of surprise: 0 bits for what was certain, 1 bit for one chance in two, and 1 bit more for each halving of the chance.",
  F1: "One number for precision (how many of the finds are right) and recall (how much of what is there is found), from 0 to 1. It is high only if both are.",
  vector: "A list of numbers. It stands for a place in a space with as many directions as it has numbers.",
  PCA: "Principal component analysis: it finds the directions in which points differ most. The share of the variance says how much of all differences can be seen in them; the rest is lost in the flat picture, so points that look close may be apart.",
  logit:
    "The score of a symbol, called logit: any number, the higher, the likelier. Softmax turns all scores into probabilities that add up to 1: e to the power of each score, divided by their sum.",
  directions:
    "The network reads in both directions. Half of the layer goes from the start to the end, the other half from the end to the start, so each step knows what comes before and after it.",
  gradient:
    "How much the loss would change if a number changed a little. Training follows it to move the weights.",
} as const;
