import { csvFormat } from "d3-dsv";
import { type ComponentChildren, createContext } from "preact";
import { useContext, useId, useRef, useState } from "preact/hooks";
import { pictureName, savePng, saveSvg } from "./export-picture.ts";
import { saveFile } from "./save-file.ts";
import { useTips } from "./tips.tsx";

export type Row = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What the pictures below are of: the name of a run. Their files name it. */
export const PicturesOf = createContext("");

export interface FigureProps {
  /** Name of the picture, which also names its files. */
  readonly title: string;
  /** What is chosen in it, such as "unit 3 of layer 1"; its files name it. */
  readonly detail?: string;
  /** One or two sentences on how to read it. */
  readonly about?: ComponentChildren;
  /** The numbers of the picture, for the table and the CSV file. Called when they are asked for. */
  readonly rows: () => readonly Row[];
  /** What the picture shows right now, in words. */
  readonly label: string;
  /** Holds one `svg`. */
  readonly children: ComponentChildren;
}

const MOST_ROWS = 200;

/** A picture with its title, its numbers as a table, and its files. Parts with `data-tip` show that text under the pointer. */
export function Figure({ title, detail, about, rows, label, children }: FigureProps) {
  const body = useRef<HTMLDivElement>(null);
  const owner = useContext(PicturesOf);
  const heading = { title, about: [detail, owner].filter(Boolean).join(", ") };
  const id = useId();
  const [open, setOpen] = useState(false);
  const tip = useTips(body);
  const svg = () => body.current!.querySelector("svg")!;
  return (
    <figure class="figure" aria-labelledby={id}>
      <div class="figure-head">
        <figcaption id={id}>{title}</figcaption>
        <div class="figure-files">
          <button
            type="button"
            class="small"
            aria-label={`Save ${title} as SVG`}
            onClick={() => saveSvg(heading, svg())}
          >
            SVG
          </button>
          <button
            type="button"
            class="small"
            aria-label={`Save ${title} as PNG`}
            onClick={() => savePng(heading, svg())}
          >
            PNG
          </button>
          <button
            type="button"
            class="small"
            aria-label={`Save the numbers of ${title} as CSV`}
            onClick={() => saveFile(`${pictureName(heading)}.csv`, csvFormat(rows() as Row[]), "text/csv")}
          >
            CSV
          </button>
        </div>
      </div>
      {about && <p class="about">{about}</p>}
      <div class="figure-body" ref={body} role="img" aria-label={label}>
        {children}
      </div>
      {tip}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>The numbers</summary>
        {open && <Table title={title} rows={rows()} />}
      </details>
    </figure>
  );
}

function Table({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  const names = Object.keys(rows[0] ?? {});
  return (
    <section class="scroll" tabindex={0} aria-label={`Numbers of ${title}`}>
      <table>
        <thead>
          <tr>
            {names.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, i) => (
            <tr key={i}>
              {names.map((name) => (
                <td key={name}>{cell(row[name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p class="about">{rows.length - MOST_ROWS} more rows are in the CSV file.</p>
      )}
    </section>
  );
}

function cell(value: Row[string]): string {
  if (typeof value !== "number" || Number.isInteger(value)) return String(value ?? "");
  return Math.abs(value) >= 0.001 || value === 0 ? value.toFixed(4) : value.toExponential(2);
}
