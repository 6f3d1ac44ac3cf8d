import { signal } from "@preact/signals";

/** A place in the studio: `#/run/abc` is the page `run` with the parameter `abc`. */
export interface Route {
  readonly page: string;
  readonly parameter: string;
}

function parse(hash: string): Route {
  const [page = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  return { page: page || "home", parameter: decoded(rest.join("/")) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken link has no such place, and its page says so
  }
}

/** The place that is shown. */
export const route = signal(parse(location.hash));

addEventListener("hashchange", () => {
  route.value = parse(location.hash);
});

export const address = (page: string, parameter = "") =>
  `#/${page}${parameter && `/${encodeURIComponent(parameter)}`}`;

export function go(page: string, parameter?: string): void {
  location.hash = address(page, parameter);
}
