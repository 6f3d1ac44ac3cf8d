import { fileName, saveFile } from "./save-file.ts";

/** What a picture looks like depends on these properties; a file of its own has no style sheet. */
const PROPERTIES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "visibility",
  "display",
] as const;

/** Height in pixels of the two lines above a picture, and where they stand. */
const [HEAD, FIRST, SECOND] = [52, 20, 40];

const NAMESPACE = "http://www.w3.org/2000/svg";

/** What stands above a picture in its file: its title, and below what it is of. */
export interface Heading {
  readonly title: string;
  readonly about: string;
}

/** Returns a picture as an SVG file that looks as it does on the page, with its title above. */
export function svgFile(svg: SVGSVGElement, { title, about }: Heading): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  for (const [i, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const name of PROPERTIES) copies[i]!.style.setProperty(name, style.getPropertyValue(name));
  }
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("width", String(Math.round(width)));
  copy.setAttribute("height", String(Math.round(height)));
  copy.setAttribute("y", String(HEAD));
  copy.style.overflow = "visible";
  const colours = getComputedStyle(document.documentElement);
  const whole = document.createElementNS(NAMESPACE, "svg");
  whole.setAttribute("width", String(Math.round(width)));
  whole.setAttribute("height", String(Math.round(height) + HEAD));
  whole.style.background = colours.getPropertyValue("--card");
  whole.style.fontFamily = getComputedStyle(document.body).fontFamily;
  const write = (words: string, y: number, style: Readonly<Record<string, string>>) => {
    const line = document.createElementNS(NAMESPACE, "text");
    line.setAttribute("y", String(y));
    line.textContent = words;
    for (const [name, value] of Object.entries(style)) line.style.setProperty(name, value);
    whole.append(line);
  };
  write(title, FIRST, { "font-size": "16px", "font-weight": "600", fill: colours.getPropertyValue("--ink") });
  write(about, SECOND, { "font-size": "13px", fill: colours.getPropertyValue("--muted") });
  whole.append(copy);
  return new XMLSerializer().serializeToString(whole);
}

/** Names a file by what the picture is of, so that two of them can be told apart. */
export const pictureName = ({ title, about }: Heading): string =>
  fileName(about ? `${title} ${about}` : title);

export function saveSvg(heading: Heading, svg: SVGSVGElement): void {
  saveFile(`${pictureName(heading)}.svg`, svgFile(svg, heading), "image/svg+xml");
}

/** Saves a picture as a PNG file with twice its size, for sharp prints. */
export async function savePng(heading: Heading, svg: SVGSVGElement): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgFile(svg, heading))}`;
  await image.decode();
  const canvas = new OffscreenCanvas(2 * image.width, 2 * image.height);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  saveFile(`${pictureName(heading)}.png`, await canvas.convertToBlob(), "image/png");
}
