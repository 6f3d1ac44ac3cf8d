interface ScoreTableProps {
  /** What a screen reader calls the table. */
  readonly name: string;
  readonly columns: readonly string[];
  /** The cells of each label, which come after its name. */
  readonly rows: readonly (readonly [label: string, ...cells: (string | number)[]])[];
}

/** A table with a row of numbers for each label. */
export function ScoreTable({ name, columns, rows }: ScoreTableProps) {
  return (
    <section class="scroll" tabindex={0} aria-label={name}>
      <table>
        <thead>
          <tr>
            {["Label", ...columns].map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, ...cells]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {cells.map((cell, i) => (
                <td key={columns[i]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
