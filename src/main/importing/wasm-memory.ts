const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const MEMORY_SECTION = 5;
const PAGE = 65_536;

/**
 * A copy of a WebAssembly module whose memory cannot grow above `maxBytes`. Decoders are built to take 2 GB; on a
 * counter with 4 GB a hostile file would then starve everything else. Beyond the bound their own allocation fails.
 * (WebAssembly core specification §5.5: sections of id, size, contents; a memory's limits are flag, least, most.)
 *
 * Throws TypeError where the module has no memory of its own.
 */
export function capMemory(module: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (!MAGIC.every((byte, i) => module[i] === byte)) throw new TypeError('no WebAssembly module');
  let at = 8;
  while (at < module.length) {
    const from = at;
    const id = module[at];
    const size = readLeb(module, at + 1);
    const end = size.next + size.value;
    if (id === MEMORY_SECTION) {
      const count = readLeb(module, size.next);
      const least = readLeb(module, count.next + 1);
      if (count.value !== 1) throw new TypeError('more than one memory');
      const most = Math.max(least.value, Math.floor(maxBytes / PAGE));
      const body = [1, 1, ...leb(least.value), ...leb(most)];
      const section = [MEMORY_SECTION, ...leb(body.length), ...body];
      return Buffer.concat([module.subarray(0, from), Uint8Array.from(section), module.subarray(end)]);
    }
    at = end;
  }
  throw new TypeError('no memory section');
}

function readLeb(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let at = from, scale = 1; at < from + 5; at++, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw new TypeError('number too long');
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}
