// Runs programs one after the other in this process. Prints a JSON list with what each program printed, and its error.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const results = [];
for (const file of process.argv.slice(2)) {
  const lines = [];
  console.log = (...values) => lines.push(format(...values));
  const error = await import(pathToFileURL(resolve(file))).then(
    () => undefined,
    (thrown) => String(thrown.stack),
  );
  results.push({ printed: lines.join("\n"), error });
}
process.stdout.write(JSON.stringify(results));
