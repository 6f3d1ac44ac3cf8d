interface LayerName {
  readonly part: string;
  readonly layer: number;
  readonly direction: number;
}

const PARTS: Readonly<Record<string, string>> = { "encoder.rnn": "encoder", "decoder.rnn": "decoder" };

/** Returns the recurrent parts of a model of a task that has several, the one that runs last first. */
export const partsOf = (task: string): readonly string[] =>
  task === "encoder-decoder" || task === "autoencoder" ? ["decoder.rnn", "encoder.rnn"] : [];

export const partName = (part: string) => PARTS[part] ?? part;

/** Names a layer for people, among all layers of the model. */
export function layerName({ part, layer, direction }: LayerName, all: readonly LayerName[]): string {
  const others = all.filter((one) => one.part === part && one.layer === layer);
  const own = PARTS[part] ? `${PARTS[part]}, layer ${layer + 1}` : `layer ${layer + 1}`;
  if (others.length < 2) return own;
  return `${own}, ${direction ? "from the end" : "from the start"}`;
}
