import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSafetensors } from "unrolled";

/** safetensors files listed in cases.json; their tensors are in.*, param.*, loss.* and, expected, out.* and grad.*. */
export function cases(folder) {
  const listed = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  return listed.map(({ name, kind, file, config, noise }) => ({
    name,
    kind,
    config,
    load: () => new TorchData(join(folder, file), config, noise),
  }));
}

class TorchData {
  #tensors;

  constructor(file, config, noise) {
    this.config = config;
    this.noise = noise;
    this.#tensors = parseSafetensors(readFileSync(file)).tensors;
    /** Every tensor that the listing gives a noise is an expected one. */
    this.expected = Object.fromEntries(Object.keys(noise).map((name) => [name, this.get(name).data]));
  }

  has(name) {
    return name in this.#tensors;
  }

  /** { shape, data } of a tensor, for example "in.x". */
  get(name) {
    const tensor = this.#tensors[name];
    if (!tensor) throw new Error(`the file has no tensor ${name}`);
    return tensor;
  }

  /** The tensors `<prefix>.*` by the rest of their name. */
  group(prefix) {
    const names = Object.keys(this.#tensors).filter((name) => name.startsWith(`${prefix}.`));
    return Object.fromEntries(names.map((name) => [name.slice(prefix.length + 1), this.get(name)]));
  }

  /** A tensor of the file in a runtime; undefined where the file has none. */
  tensor(rt, name, options) {
    if (!this.has(name)) return undefined;
    const { shape, data } = this.get(name);
    return rt.tensor(data, shape, options);
  }

  /** As `tensor`, with a gradient. */
  leaf(rt, name) {
    return this.tensor(rt, name, { requiresGrad: true });
  }
}
