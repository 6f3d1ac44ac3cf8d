import { DATASETS, LICENCES } from "../tasks/datasets.ts";

/** Where the data come from, and what the studio stores. */
export function AboutPage() {
  return (
    <>
      <h1 tabIndex={-1}>About</h1>
      <p>
        The studio trains with <a href="https://www.npmjs.com/package/unrolled">unrolled</a>, in this page.
        Texts, runs and models stay in this browser; nothing is sent anywhere.
      </p>
      <h2>Where the data come from</h2>
      <ul>
        {DATASETS.map(({ id, title, origin: { name, url, licence, by } }) => (
          <li key={id}>
            <strong>{title}</strong>: <a href={url}>{name}</a>
            {by && ` by ${by}`}, {licence}
          </li>
        ))}
      </ul>
      <p>
        <a href={LICENCES}>The licences in full</a>
      </p>
    </>
  );
}
