import type { Hdf5File, Hdf5Reader } from "./file.ts";

/** Gets an entry of an array of chunks, its bytes and its index. */
type Visit = (entry: Hdf5Reader, index: number) => void;

/** Reads entries one after the other. If there is more than a page, each has a checksum, and some may be unused. */
function readPages(
  block: Hdf5Reader,
  size: number,
  count: number,
  perPage: number,
  there: (page: number) => boolean,
  visit: Visit,
): void {
  const paged = count > perPage;
  for (let begin = 0; begin < count; begin += perPage) {
    const length = Math.min(perPage, count - begin);
    const page = block.file.reader(block.take(length * size + (paged ? 4 : 0)));
    if (paged && !there(begin / perPage)) continue;
    for (let i = 0; i < length; i++) visit(block.file.reader(page.take(size)), begin + i);
  }
}

const bitOf = (bits: Uint8Array, i: number) => ((bits[i >> 3]! >> (7 - (i & 7))) & 1) === 1;

/** Calls `visit` for the entries of a fixed array, which datasets have that cannot grow. */
export function readFixedArray(file: Hdf5File, address: number, visit: Visit): void {
  const header = file.at(address);
  header.expect("FAHD");
  header.version(0);
  header.take(1);
  const size = header.uint(1);
  const perPage = 2 ** header.uint(1);
  const count = header.length();
  const block = file.at(header.knownAddress());
  block.expect("FADB");
  block.take(2 + file.offsetSize);
  const used = count > perPage ? block.take(Math.ceil(count / perPage / 8)) : undefined;
  if (used) block.take(4);
  readPages(block, size, count, perPage, (page) => !used || bitOf(used, page), visit);
}

/**
 * Calls `visit` for the entries of an extensible array, which datasets have that can grow along one axis: an index block, which leads
 * to data blocks and, for the rest, to super blocks of data blocks that grow.
 */
export function readExtensibleArray(file: Hdf5File, address: number, visit: Visit): void {
  const header = file.at(address);
  header.expect("EAHD");
  header.version(0);
  header.take(1);
  const size = header.uint(1);
  const bits = header.uint(1);
  const inIndex = header.uint(1);
  const least = header.uint(1);
  const leastBlocks = header.uint(1);
  const perPage = 2 ** header.uint(1);
  for (let i = 0; i < 6; i++) header.length();
  const index = file.at(header.knownAddress());
  const direct = 2 * Math.log2(leastBlocks);
  if (bits > 48 || !Number.isInteger(Math.log2(least)) || !Number.isInteger(direct)) {
    header.fail();
  }
  index.expect("EAIB");
  index.take(2 + file.offsetSize);
  let begin = 0;
  const visitAll = (block: Hdf5Reader, count: number, there: (page: number) => boolean) =>
    readPages(block, size, count, perPage, there, (entry, i) => visit(entry, begin + i));
  const openBlock = (signature: string, at: number) => {
    const block = file.at(at);
    block.expect(signature);
    block.take(2 + file.offsetSize + ((bits + 7) >> 3));
    return block;
  };
  visitAll(file.reader(index.take(inIndex * size)), inIndex, () => true);
  begin += inIndex;
  const total = 1 + bits - Math.log2(least);
  for (let level = 0; level < total; level++) {
    const blocks = 2 ** (level >> 1);
    const count = 2 ** ((level + 1) >> 1) * least;
    const pages = count > perPage ? count / perPage : 0;
    const superAddress = level < direct ? undefined : index.address();
    const list =
      level < direct ? index : superAddress === undefined ? undefined : openBlock("EASB", superAddress);
    const used = list && list !== index ? list.take(blocks * ((pages + 7) >> 3)) : undefined;
    for (let i = 0; i < blocks; i++, begin += count) {
      if (!list) {
        begin += count * (blocks - i);
        break;
      }
      const at = list.address();
      if (at === undefined) continue;
      const block = openBlock("EADB", at);
      if (pages) block.take(4);
      visitAll(block, count, (page) => !used || bitOf(used, i * pages + page));
    }
  }
}
