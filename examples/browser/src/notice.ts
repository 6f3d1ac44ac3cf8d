import { element, made } from "./page.ts";
import type { Session } from "./session.ts";
import type { Notice } from "./words.ts";

/** A notice of what went wrong. */
export class NoticeView {
  #shown: Notice | undefined;

  show({ notice }: Session): void {
    if (notice === this.#shown) return;
    this.#shown = notice;
    const place = element("notice");
    place.hidden = !notice;
    place.dataset.kind = notice?.kind ?? "";
    place.replaceChildren(...(notice ? [made("strong", notice.title), made("p", notice.text)] : []));
    if (notice?.kind === "error") place.scrollIntoView({ block: "nearest" });
  }
}
