import { shortened, shown } from "../../errors.ts";
import { fail } from "./fail.ts";

/** Hands out names of values that are unique in the whole file, so that bodies and functions can be moved into other graphs. */
export class Unique {
  readonly #next = new Map<string, number>();

  /** Returns the name if it is free, else the name with a number behind it. */
  take(name: string): string {
    let number = this.#next.get(name);
    if (number === undefined) {
      this.#next.set(name, 1);
      return name;
    }
    while (this.#next.has(`${name}_${number}`)) number++;
    this.#next.set(name, number + 1);
    return this.take(`${name}_${number}`);
  }
}

/** The names of values as a graph or function has them, and their names in the result. */
export class Names {
  readonly #names = new Map<string, string>();
  readonly #unique: Unique;
  readonly #outer: Names | undefined;
  readonly #prefix: string;

  /**
   * Makes an empty list.
   *
   * @param outer the names of the graph around it, which are seen inside
   * @param prefix stands before new names
   */
  constructor(unique: Unique, outer?: Names, prefix = outer ? outer.#prefix : "") {
    this.#unique = unique;
    this.#outer = outer;
    this.#prefix = prefix;
  }

  /**
   * Adds a name.
   *
   * @param result its name in the result
   * @returns `result`
   * @throws ERR_FORMAT if the graph has it already, or if it is empty
   */
  add(name: string, what: string, result = this.#new(name)): string {
    if (name === "") fail(`${what} has no name`);
    if (this.#names.has(name)) fail(`${what} ${shown(name)}: the graph has two values of this name`);
    this.#names.set(name, result);
    return result;
  }

  /** Names inside of a function are shortened, because each call makes new ones. */
  #new(name: string): string {
    return this.#unique.take(this.#prefix ? this.#prefix + shortened(name) : name);
  }

  /** Returns the result's name of a value of this graph; undefined if it has none. */
  own(name: string): string | undefined {
    return this.#names.get(name);
  }

  /** Returns the result's name of a value of this graph or those around it; undefined if there is none. */
  find(name: string): string | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }
}
