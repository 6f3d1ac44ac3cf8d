import { element, made } from "./page.ts";
import type { Sample } from "./saved.ts";
import type { Session } from "./session.ts";
import { whole } from "./words.ts";

/** The samples that the network writes during training, latest first. */
export class Samples {
  #shown: readonly Sample[] = [];

  show({ run }: Session): void {
    const samples = run?.samples ?? [];
    if (samples === this.#shown) return;
    this.#shown = samples;
    element("samples-card").hidden = samples.length === 0;
    const items = samples.map(({ iteration, text }) => {
      const item = document.createElement("li");
      item.append(
        made("span", `after ${whole(iteration)} iterations`, "about"),
        made("p", text.trim(), "text"),
      );
      return item;
    });
    element("samples").replaceChildren(...items);
  }
}
