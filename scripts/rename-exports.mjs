// Renames exports of a WebAssembly module.

const EXPORT_SECTION = 7;

/** Returns the bytes of `wasm` with the exports renamed as `names` says. Exports that `names` lacks keep their names. */
export function renameExports(wasm, names) {
  let at = 8; // past the magic number and the version
  const byte = () => wasm[at++];
  const bytes = (length) => {
    at += length;
    return wasm.subarray(at - length, at);
  };
  const sections = [wasm.subarray(0, at)];
  while (at < wasm.length) {
    const start = at;
    const id = byte();
    const end = number(byte) + at;
    if (id === EXPORT_SECTION) {
      const count = number(byte);
      const entries = Array.from({ length: count }, () => {
        const name = new TextDecoder().decode(bytes(number(byte)));
        const text = new TextEncoder().encode(names[name] ?? name);
        return [...leb128(text.length), ...text, byte(), ...leb128(number(byte))];
      });
      const body = [leb128(count), ...entries].flat();
      sections.push(Uint8Array.of(id, ...leb128(body.length), ...body));
    } else {
      sections.push(wasm.subarray(start, end));
    }
    at = end;
  }
  return Buffer.concat(sections);
}

/** Reads an unsigned LEB128 number, as all sizes and indices of the format are. */
function number(byte) {
  for (let value = 0, shift = 0; ; shift += 7) {
    const next = byte();
    value += (next & 127) * 2 ** shift;
    if (next < 128) return value;
  }
}

function leb128(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)];
}
