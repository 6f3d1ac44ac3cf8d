import type { Dataset } from "./datasets.ts";

/** Loads the file of a data set. @throws Error if it cannot be loaded */
export async function readDataset({ file, id }: Dataset): Promise<File> {
  const response = await fetch(file);
  if (!response.ok) throw new Error(`The data set could not be loaded: ${response.status}. Reload the page.`);
  return new File([await response.blob()], `${id}.${new URL(file).pathname.split(".").pop()}`);
}
