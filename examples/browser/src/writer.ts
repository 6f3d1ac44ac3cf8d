import { button, download, element, made } from "./page.ts";
import type { Session } from "./session.ts";
import { failure } from "./words.ts";

/** The prompt, the text that the network writes after it, and the model file. */
export class Writer {
  readonly #session: Session;
  readonly #generate = element<HTMLButtonElement>("generate");
  readonly #save: HTMLButtonElement;
  readonly #open = element<HTMLInputElement>("open");
  #writing = false;

  constructor(session: Session) {
    this.#session = session;
    element("write").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#write();
    });
    const temperature = element<HTMLInputElement>("temperature");
    temperature.addEventListener("input", () => {
      element("temperature-value").textContent = temperature.value;
    });
    this.#save = button("save", () => this.#saveModel());
    this.#open.addEventListener("change", () => {
      const file = this.#open.files?.[0];
      if (file) session.openModel(file);
      this.#open.value = "";
    });
  }

  show({ phase, model }: Session): void {
    this.#generate.disabled = !model || phase === "busy" || this.#writing;
    this.#save.disabled = !model || phase === "busy";
    this.#open.disabled = phase !== "rest";
    element("open-label").classList.toggle("disabled", this.#open.disabled);
    element("model-about").textContent = model
      ? `The network of ${model.name}`
      : "Train a network, or open one from a file.";
  }

  async #write(): Promise<void> {
    const value = (id: string) => element<HTMLInputElement>(id).value;
    const prompt = value("prompt");
    const place = element("written");
    this.#writing = true;
    this.show(this.#session);
    try {
      const text = await this.#session.write(prompt, Number(value("length")), Number(value("temperature")));
      place.replaceChildren(made("b", prompt), text);
    } catch (error) {
      const { title, text } = failure(error);
      place.replaceChildren(made("p", `${title}: ${text}`, "problem"));
    } finally {
      this.#writing = false;
      this.show(this.#session);
    }
  }

  async #saveModel(): Promise<void> {
    try {
      const name = this.#session.model!.name.replace(/\.[^.]*$/, "");
      download(await this.#session.modelFile(), `${name}.safetensors`);
    } catch (error) {
      const { title, text } = failure(error);
      element("written").replaceChildren(made("p", `${title}: ${text}`, "problem"));
    }
  }
}
