/**
 * Asks a language model after every character of a text what comes next.
 *
 * @param read what the model reads before the text
 * @param top number of characters to return at each place
 * @returns for each character of the text: the character itself and the likeliest characters to follow it, with probabilities
 */
export function nextLetters(model, read, text, top) {
  const { symbols } = model.vocabulary;
  const packed = model.pack();
  const stream = packed.stream();
  for (const id of model.encode(read)) stream.feed(id);
  const places = Array.from(model.encode(text), (id) => {
    stream.feed(id);
    const guesses = symbols
      .map((letter, i) => ({ letter, probability: Math.exp(stream.logProbability(i)) }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, top);
    return { letter: symbols[id], guesses };
  });
  stream.dispose();
  packed.dispose();
  return places;
}
