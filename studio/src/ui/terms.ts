/** Technical terms that several pages use, in plain words. */
export const TERMS = {
  network:
    "RNN, GRU and LSTM are kinds of cells, the parts that read step by step: a GRU has two gates that decide what it keeps, an LSTM three. A bidirectional network also reads from the end to the start. A unit remembers one number. A weight is a number that training changes. A thread is a core of your computer that trains.",
  pause:
    "Pause holds the training in memory, and Resume goes on at once. Stop ends it and keeps its state in this browser: Continue goes on from there, also after a reload or next week.",
  temperature:
    "The scores of all symbols are divided by the temperature before they become probabilities. Below 1 the likely ones get likelier, above 1 rare ones get a chance. 1 is what the network has learnt.",
  topP: "The symbols are sorted by probability, and only the first of them are taken, as many as have the share p together. It is also called nucleus sampling.",
  softmax:
    "It turns scores into probabilities that add up to 1: e to the power of each score, divided by the sum of these.",
  beam: "A beam is the list of the best beginnings so far. At each step all of them are continued with every symbol, and the best of these are kept. With 1 it takes the likeliest symbol each time.",
  correlation:
    "How closely two lines go together: 1 if they always rise and fall together, -1 if one rises when the other falls, 0 if they have nothing to do with each other.",
  pattern:
    "A regular expression is a way to write what to look for: th[ei] finds “the” and “thi”, [0-9]+ finds numbers, ^ is the start of the text and . is any character.",
  end: "<EOS> means “end of sequence”: a symbol that the network reads at the start, and writes when its text is over.",
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
