import { checkInstance, checkIterable, checkText } from "../checks.ts";
import { UnrolledError } from "../errors.ts";

/**
 * Decodes a text. Its UTF-8 bytes arrive in pieces.
 *
 * @param name the name of the text in error messages
 * @param file the name of its file for a shell; undefined if the text is no file. The error for another encoding has a command with it
 * @throws ERR_DATA if the text is empty or is not UTF-8
 */
export async function* decodeText(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  file?: string,
): AsyncGenerator<string> {
  checkText("decodeText: name", name);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let characters = 0;
  const decode = (bytes?: Uint8Array) => {
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      const command = `iconv -f windows-1252 -t utf-8${file === undefined ? "" : ` ${file} > FILE`}`;
      throw new UnrolledError("ERR_DATA", `${name} is not a text in UTF-8; convert it first: ${command}`, {
        cause,
      });
    }
    const zero = text.indexOf("\0");
    if (zero >= 0) {
      const place = characters + zero;
      throw new UnrolledError(
        "ERR_DATA",
        `${name} is not a text: there is a zero byte at character ${place}`,
      );
    }
    characters += text.length;
    return text;
  };
  for await (const bytes of checkIterable("pieces", pieces)) {
    yield decode(checkInstance(`${name}: a piece`, bytes, Uint8Array, "a Uint8Array"));
  }
  yield decode();
  if (characters === 0) throw new UnrolledError("ERR_DATA", `${name} is empty`);
}
