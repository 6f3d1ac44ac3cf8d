import { useEffect, useState } from "preact/hooks";
import type { CheckedData } from "../../desk/checked.ts";
import type { Answer } from "../../desk/use-answer.ts";
import { whole } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";
import { found } from "./found.ts";
import { type OwnOptions, OwnOptionsFields } from "./own-options.tsx";
import { pastedFile } from "./pasted.ts";
import { plain } from "./plain.ts";

/** Milliseconds after the last key until pasted text is read. */
const REST = 500;

interface OwnDataProps {
  readonly task: StudioTask;
  readonly data: File | undefined;
  readonly checked: Answer<CheckedData>;
  /** Where the recipe comes from. */
  readonly why: string | undefined;
  readonly options: OwnOptions;
  readonly onData: (data: File | undefined) => void;
  readonly onOptions: (options: OwnOptions) => void;
}

/** Takes data of one's own: a file that is chosen or dropped, or pasted text. It says what is in them. */
export function OwnData({ task, data, checked, why, options, onData, onOptions }: OwnDataProps) {
  const [text, setText] = useState("");
  useEffect(() => {
    if (!text.trim()) return;
    const timer = setTimeout(() => onData(pastedFile(text, task.task)), REST);
    return () => clearTimeout(timer);
  }, [text]);
  const spec = checked.value?.whole as { columns?: readonly string[]; horizon?: number } | undefined;
  return (
    <div class="own">
      <p class="about">{task.format.about}</p>
      <pre class="example">{task.format.example}</pre>
      <div class="drop">
        <label class="button">
          Choose a file
          <input
            type="file"
            accept={task.format.accept}
            class="spoken"
            onChange={({ currentTarget }) => {
              setText("");
              onData(currentTarget.files?.[0]);
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
      <div class="checked" role="status">
        {data && checked.busy && <p class="about">Reading …</p>}
        {data && !checked.busy && checked.error && <p class="problem">{plain(checked.error)}</p>}
        {data && !checked.busy && !checked.error && checked.value && (
          <>
            <p>
              <strong>✓</strong> {found(checked.value)}
            </p>
            {checked.value.notes.length > 0 && (
              <ul class="notes about">
                {checked.value.notes.map((note) => (
                  <li key={note}>{plain(note)}</li>
                ))}
              </ul>
            )}
            {why && <p class="about">{why}</p>}
          </>
        )}
      </div>
      <details>
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
