interface Bar {
  readonly name: string;
  /** Length, 0 to 1. */
  readonly share: number;
  readonly value: string;
}

interface BarListProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Number of rows to keep free, so that nothing below moves. */
  readonly rows: number;
}

/** A list of names with bars and values. */
export function BarList({ title, bars, rows }: BarListProps) {
  return (
    <ol class="bars" aria-label={title} style={{ minHeight: `${1.8 * rows}rem` }}>
      {bars.map(({ name, share, value }, i) => (
        <li key={`${i} ${name}`}>
          <span>{name}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} />
          </span>
          <span>{value}</span>
        </li>
      ))}
    </ol>
  );
}
