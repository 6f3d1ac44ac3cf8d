// The page of app/ by Parcel, which heeds `exports` only if the project says so. Without that it finds `unrolled` by `main`.

import { strict as assert } from "node:assert";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runScript } from "./consumer.mjs";

async function build(folder, entry, out) {
  const options = ["--dist-dir", out, "--public-url", "./", "--no-cache", "--no-autoinstall"];
  await runScript("parcel/lib/bin.js", ["build", entry, ...options], { cwd: folder });
}

async function buildWithExports(folder, out) {
  const file = join(folder, "package.json");
  const project = JSON.parse(await readFile(file, "utf8"));
  const settings = { "@parcel/resolver-default": { packageExports: true } };
  await writeFile(file, JSON.stringify({ ...project, ...settings }, null, 2));
  await build(folder, "index.html", out);
}

/** An entry of `bundlers`. Without `chunk`: Parcel's loader keeps a file that could not be fetched as failed until a reload. */
export const parcel = {
  build: buildWithExports,
  kernels: 'export default new URL("npm:unrolled/wasm/strict.wasm", import.meta.url);',
};

/** Has to come before the other builds by Parcel, which change the settings of the project. */
export function* parcelChecks(folder) {
  yield [
    "Parcel, without settings: builds a page that imports unrolled",
    async () => {
      await writeFile(join(folder, "library.html"), '<script type="module" src="./train.js"></script>');
      const out = join(folder, "../parcel-library");
      await build(folder, "library.html", out);
      const kernels = (await readdir(out)).filter((name) => /^(strict|relaxed).*\.js$/.test(name));
      assert.equal(kernels.length, 2);
    },
  ];
}
