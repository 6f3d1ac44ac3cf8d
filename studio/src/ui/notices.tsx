import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { failure, type Notice } from "./words.ts";

/** A notice on the page, with an action that takes something back or goes on. */
interface Shown extends Notice {
  readonly id: number;
  readonly action?: { readonly name: string; readonly run: () => void } | undefined;
}

export const notices = signal<readonly Shown[]>([]);

let last = 0;

/** Shows a notice until it is closed, or until `seconds` are over. @returns a function that closes it */
export function tell(
  notice: Notice,
  { action, seconds }: { action?: Shown["action"]; seconds?: number } = {},
) {
  const id = ++last;
  const close = () => {
    notices.value = notices.value.filter((one) => one.id !== id);
  };
  notices.value = [
    ...notices.value.filter(({ title, text }) => title !== notice.title || text !== notice.text),
    { ...notice, id, action },
  ];
  if (seconds) setTimeout(close, 1000 * seconds);
  return close;
}

/** Shows an error of the library, or of the browser. */
export const tellError = (error: unknown) => tell(failure(error));

/** Closes the errors of what was tried before. */
export function closeErrors(): void {
  notices.value = notices.value.filter(({ kind }) => kind !== "error");
}

export function Notices() {
  const list = useRef<HTMLDivElement>(null);
  /** Closes a notice. The keyboard's place moves to the next one, or to the heading of the page. */
  function close(id: number): void {
    const others = [...list.current!.querySelectorAll<HTMLElement>(`.close:not([data-notice="${id}"])`)];
    (others.at(-1) ?? document.querySelector<HTMLElement>("main h1"))?.focus({ preventScroll: true });
    notices.value = notices.value.filter((one) => one.id !== id);
  }
  return (
    <div class="notices" role="status" ref={list}>
      {notices.value.map(({ id, kind, title, text, action }) => (
        <div key={id} class={`notice ${kind}`}>
          <div>
            <strong>{title}</strong>
            <p>{text}</p>
          </div>
          {action && (
            <button
              type="button"
              class="small"
              onClick={() => {
                close(id);
                action.run();
              }}
            >
              {action.name}
            </button>
          )}
          <button
            type="button"
            class="small close"
            data-notice={id}
            aria-label={`Close: ${title}`}
            onClick={() => close(id)}
          >
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
