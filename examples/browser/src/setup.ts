import { button, element } from "./page.ts";
import { sampleText } from "./sample-text.ts";
import type { Settings } from "./saved.ts";
import type { Session } from "./session.ts";
import { whole } from "./words.ts";

/** Length of the text preview, in bytes. */
const SHOWN = 400;

/** The form for a new network: its text, its shape and its training. */
export class Setup {
  readonly #form = element<HTMLFormElement>("setup");
  readonly #begin = element<HTMLButtonElement>("begin");
  #text: File | undefined;

  constructor(session: Session) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#text) session.begin(this.#text, this.#settings());
    });
    button("sample", () => this.#choose(new File([sampleText()], "sample.txt")));
    const input = element<HTMLInputElement>("file");
    input.addEventListener("change", () => {
      if (input.files?.[0]) this.#choose(input.files[0]);
      input.value = ""; // so that the same file can be chosen again
    });
    this.#acceptDrops();
    const threads = this.#form.elements.namedItem("threads") as HTMLInputElement;
    threads.max = String(navigator.hardwareConcurrency);
  }

  show({ phase, run }: Session): void {
    const resting = phase === "rest";
    this.#begin.disabled = !resting || !this.#text;
    this.#begin.textContent = run ? "Train a new one" : "Train";
    this.#begin.className = run ? "" : "primary";
    const hint = !this.#text
      ? "Choose a text first."
      : !resting
        ? phase === "busy"
          ? "One moment."
          : "Stop the run first."
        : run
          ? "It replaces the current run."
          : "";
    element("begin-hint").textContent = hint;
  }

  async #choose(text: File): Promise<void> {
    const [about, preview] = [element("text-about"), element("text-preview")];
    try {
      const start = (await text.slice(0, SHOWN).text()).replace(/\uFFFD$/, "");
      this.#text = text;
      about.textContent = `${text.name}: ${whole(text.size)} bytes`;
      preview.textContent = text.size > SHOWN ? `${start}…` : start;
    } catch (error) {
      // It is a folder, or a file that no longer exists.
      this.#text = undefined;
      about.textContent = `${text.name} cannot be read: ${(error as Error).message}`;
    }
    preview.hidden = !this.#text?.size;
    this.#form.dispatchEvent(new Event("chosen"));
  }

  #settings(): Settings {
    const fields = new FormData(this.#form);
    const number = (name: string) => Number(fields.get(name));
    return {
      spec: {
        cell: fields.get("cell") as Settings["spec"]["cell"],
        layers: number("layers"),
        hidden: number("hidden"),
        dropout: number("dropout"),
      },
      recipe: { lr: number("lr"), batch: number("batch"), seq: number("seq") },
      iterations: number("iterations"),
      threads: number("threads"),
    };
  }

  /** Accepts drops anywhere on the page, as the browser would open a file dropped next to the field. */
  #acceptDrops(): void {
    const field = element("drop");
    const over = (on: boolean) => field.classList.toggle("over", on);
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return; // such as a word dragged into the prompt
      event.preventDefault();
      over(true);
    });
    addEventListener("dragleave", () => over(false));
    addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over(false);
      const file = event.dataTransfer?.files[0];
      if (file) this.#choose(file);
    });
  }
}
