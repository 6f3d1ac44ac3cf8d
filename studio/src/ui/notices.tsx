import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { failure, type Notice } from "./words.ts";

/** A notice on the page, with an action that takes something back or continues. */
interface Shown extends Notice {
  readonly id: number;
  readonly action?: { readonly name: string; readonly run: () => void } | undefined;
  /** Whether it goes when the page changes. */
  readonly passing?: boolean | undefined;
  /** The run that it is about, if there is one. */
  readonly about?: string | undefined;
}

export const notices = signal<readonly Shown[]>([]);

let last = 0;

/** Seconds after which news vanish: enough to read them, and longer if there is something to press. */
const [TO_READ, TO_ACT] = [8, 20];

/** Seconds that a notice stays after its time, until the pointer or the keyboard has left it. */
const HELD = 3;

interface TellOptions {
  readonly action?: Shown["action"];
  readonly about?: string;
  readonly passing?: boolean;
  /** Whether news stay until they are closed. */
  readonly stays?: boolean;
}

/**
 * Shows a notice. News vanish by themselves. Warnings stay until they are closed. An error belongs to the page where it arose and goes
 * with it, unless it is about a run: then it stays until the run continues or is deleted.
 *
 * @returns a function that closes it
 */
export function tell(
  notice: Notice,
  { action, about, passing, stays = notice.kind !== "info" }: TellOptions = {},
) {
  const id = ++last;
  const close = () => remove((one) => one.id === id);
  remove(({ title, text }) => title === notice.title && text === notice.text);
  notices.value = [...notices.value, { ...notice, id, action, about, passing }];
  const expire = () => {
    const shown = globalThis.document?.querySelector(`[data-notice="${id}"]`);
    if (shown?.matches(":hover, :focus-within")) setTimeout(expire, 1000 * HELD);
    else close();
  };
  if (!stays) setTimeout(expire, 1000 * (action ? TO_ACT : TO_READ));
  return close;
}

/** Shows an error of the library, or of the browser. */
export const tellError = (error: unknown) => tell(failure(error));

function remove(which: (notice: Shown) => boolean): void {
  if (notices.value.some(which)) notices.value = notices.value.filter((one) => !which(one));
}

/** Closes the errors of what was tried before, or on another page. */
export const closeErrors = () => remove(({ kind, about }) => kind === "error" && !about);

/** Closes news that nobody has to act on: they belong to the page where they arose. */
export const closeNews = () =>
  remove(({ kind, action, passing }) => kind === "info" && !action && passing === true);

/** Closes what was said about a run. */
export const closeAbout = (run: string) => remove(({ about }) => about === run);

/** The notices. A screen reader says errors at once, and other notices when it has finished its sentence. */
export function Notices() {
  const list = useRef<HTMLDivElement>(null);
  /** Closes a notice. The keyboard's place moves to the next one, or to the heading of the page. */
  function close(id: number): void {
    const others = [...list.current!.querySelectorAll<HTMLElement>(`:not([data-notice="${id}"]) > .close`)];
    (others.at(-1) ?? document.querySelector<HTMLElement>("main h1"))?.focus({ preventScroll: true });
    remove((one) => one.id === id);
  }
  const isError = ({ kind }: Shown) => kind === "error";
  return (
    <div class="notices" ref={list}>
      <div role="status" aria-atomic="false">
        {notices.value
          .filter((one) => !isError(one))
          .map((one) => (
            <NoticeBox key={one.id} notice={one} onClose={close} />
          ))}
      </div>
      <div role="alert" aria-atomic="false">
        {notices.value.filter(isError).map((one) => (
          <NoticeBox key={one.id} notice={one} onClose={close} />
        ))}
      </div>
    </div>
  );
}

interface NoticeBoxProps {
  readonly notice: Shown;
  readonly onClose: (id: number) => void;
}

function NoticeBox({ notice: { id, kind, title, text, action }, onClose }: NoticeBoxProps) {
  return (
    <div class={`notice ${kind}`} data-notice={id}>
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      {action && (
        <button
          type="button"
          class="small"
          onClick={() => {
            onClose(id);
            action.run();
          }}
        >
          {action.name}
        </button>
      )}
      <button type="button" class="small close" aria-label={`Close: ${title}`} onClick={() => onClose(id)}>
        ×
      </button>
    </div>
  );
}
