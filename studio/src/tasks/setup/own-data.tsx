import { useEffect, useRef, useState } from "preact/hooks";
import type { CheckedData, FurtherData } from "../../desk/checked.ts";
import type { Check } from "../../desk/use-check.ts";
import { plain } from "../../ui/plain.ts";
import { whole } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";
import { found } from "./found.ts";
import { fieldNames, type OwnOptions, OwnOptionsFields } from "./own-options.tsx";
import { pastedFile } from "./pasted.ts";
import { ReadingProgress } from "./reading-progress.tsx";

/** Milliseconds after the last key until pasted text is read. */
const REST = 500;

/** Size in bytes from which reading takes so long that its progress is shown. */
const LARGE = 500_000;

interface OwnDataProps {
  readonly task: StudioTask;
  readonly data: File | undefined;
  readonly checked: Check<CheckedData | FurtherData>;
  /** Where the recipe comes from. */
  readonly why: string | undefined;
  readonly options: OwnOptions;
  readonly onData: (data: File | undefined) => void;
  readonly onOptions: (options: OwnOptions) => void;
}

/** Takes data of one's own: a file that is chosen or dropped, or pasted text. It says what is in them. */
export function OwnData({ task, data, checked, why, options, onData, onOptions }: OwnDataProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!text.trim()) return;
    const timer = setTimeout(() => onData(pastedFile(text, task.task)), REST);
    return () => clearTimeout(timer);
  }, [text]);
  const isLong = data !== undefined && checked.busy && data.size > LARGE;
  const wasLong = useRef(false);
  useEffect(() => {
    // The button that cancels may have been the keyboard's place, and is gone.
    if (wasLong.current && !isLong && document.activeElement === document.body) field.current?.focus();
    wasLong.current = isLong;
  }, [isLong]);
  const names = fieldNames(task.task);
  const problem = checked.error && plain(checked.error, names);
  const namesField = problem !== undefined && Object.values(names).some((name) => problem.includes(name));
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (namesField) setOpen(true);
  }, [namesField]);
  const { whole: spec } = (checked.value ?? {}) as {
    readonly whole?: { readonly columns?: readonly string[]; readonly horizon?: number };
  };
  return (
    <div class="own">
      <p class="about">{task.format.about}</p>
      <pre class="example">{task.format.example}</pre>
      <div class="drop">
        <label class="button">
          Choose a file
          <input
            ref={field}
            type="file"
            accept={task.format.accept}
            class="spoken"
            onChange={({ currentTarget }) => {
              setText("");
              onData(currentTarget.files?.[0]);
              currentTarget.value = ""; // so that the same file can be chosen again
            }}
          />
        </label>
        <p class="about">
          {data ? `${data.name}: ${whole(data.size)} bytes` : "or drop it here, or paste text:"}
        </p>
      </div>
      <label class="field">
        Pasted text
        <textarea
          rows={4}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            onData(undefined); // until the typing rests, there is nothing to train on
          }}
        />
      </label>
      {isLong && (
        <ReadingProgress
          bytes={data.size}
          progress={checked.progress}
          onCancel={() => {
            setText("");
            onData(undefined);
          }}
        />
      )}
      <div class="checked" role="status">
        {data && checked.busy && <p class={isLong ? "spoken" : "about"}>Reading …</p>}
        {data && !checked.busy && checked.error && (
          <p class="problem">
            {problem}
            {namesField && " (under “How the data are read”, below)"}
          </p>
        )}
        {data && !checked.busy && !checked.error && checked.value && (
          <>
            <p>
              <strong>✓</strong> {found(checked.value)}
            </p>
            {checked.value.notes.length > 0 && (
              <ul class="notes about">
                {checked.value.notes.map((note) => (
                  <li key={note}>{plain(note, names)}</li>
                ))}
              </ul>
            )}
            {why && <p class="about">{why}</p>}
          </>
        )}
      </div>
      <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>How the data are read</summary>
        <OwnOptionsFields
          task={task.task}
          options={options}
          columns={spec?.columns ?? []}
          horizon={spec?.horizon ?? 7}
          onChange={onOptions}
        />
      </details>
    </div>
  );
}
