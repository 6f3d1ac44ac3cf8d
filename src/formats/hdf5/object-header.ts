import type { Hdf5File, Hdf5Reader } from "./file.ts";

/** Types of messages of an object header. */
export const MESSAGE = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  link: 6,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  symbolTable: 17,
  attributeInfo: 21,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(MESSAGE));

/** A message of an object header. */
export interface Message {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Reads the messages of an object that have a meaning here. */
export function readMessages(file: Hdf5File, address: number): Message[] {
  const messages: Message[] = [];
  const start = file.at(address);
  const second = start.bytes[0] === 0x4f; // the O of OHDR
  const { flags, blocks } = second ? secondPrefix(start) : firstPrefix(start);
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    const size = second ? 4 + Number((flags & 4) > 0) * 2 : 8;
    while (block.left >= size) {
      file.budget.take(64, "HDF5");
      const type = block.uint(second ? 1 : 2);
      const length = block.uint(2);
      const shared = (block.uint(1) & 2) > 0;
      block.take(size - (second ? 4 : 5));
      const message = file.reader(block.take(length));
      if (type === MESSAGE.continuation) {
        const next = file.at(message.knownAddress(), message.length());
        if (second) {
          next.expect("OCHK");
          blocks.push(file.reader(next.take(next.left - 4)));
        } else blocks.push(next);
      } else if (KNOWN.has(type)) {
        if (shared) message.fail("shared messages are not supported, such as named data types");
        messages.push({ type, bytes: message.bytes });
      }
    }
  }
  return messages;
}

function firstPrefix(reader: Hdf5Reader): { flags: number; blocks: Hdf5Reader[] } {
  reader.version(1);
  reader.take(7);
  const size = reader.uint(4);
  reader.take(4);
  return { flags: 0, blocks: [reader.file.reader(reader.take(size))] };
}

function secondPrefix(reader: Hdf5Reader): { flags: number; blocks: Hdf5Reader[] } {
  reader.expect("OHDR");
  reader.version(2);
  const flags = reader.uint(1);
  reader.take((flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0));
  const size = reader.uint(1 << (flags & 3));
  return { flags, blocks: [reader.file.reader(reader.take(size))] };
}
