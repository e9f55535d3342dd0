const LF = 0x0a;
const CR = 0x0d;

export interface LineQueue {
  /** False where a line grew beyond the limit: nothing after it is kept. */
  push(bytes: Uint8Array): boolean;
  /** No more comes. What stands after the last line end is no line. */
  end(): void;
  /** Lines that wait for the reader. */
  waiting(): number;
  /** Octets after the last line end. */
  unfinished(): number;
  read(taken: () => void): AsyncGenerator<Buffer, void, void>;
}

/**
 * Whole lines in the order of their writing, without their line end (LF or CR LF); none is lost before the reader
 * comes. Lines are octets: whether they are UTF-8 is the reader's question.
 */
export function lineQueue(maxLineBytes: number): LineQueue {
  const ready: Buffer[] = [];
  let rest: Buffer[] = [];
  let restBytes = 0;
  let over = false;
  let wake = () => {};

  function take(part: Uint8Array): boolean {
    restBytes += part.length;
    if (restBytes > maxLineBytes) {
      over = true;
      rest = [];
      return false;
    }
    rest.push(Buffer.from(part));
    return true;
  }

  function finishLine() {
    const line = Buffer.concat(rest);
    ready.push(line.at(-1) === CR ? line.subarray(0, -1) : line);
    rest = [];
    restBytes = 0;
  }

  return {
    push(bytes) {
      if (over) return false;
      let from = 0;
      let fits = true;
      for (let at = bytes.indexOf(LF); at >= 0 && fits; at = bytes.indexOf(LF, from)) {
        fits = take(bytes.subarray(from, at));
        if (fits) finishLine();
        from = at + 1;
      }
      if (fits && from < bytes.length) fits = take(bytes.subarray(from));
      wake();
      return fits;
    },
    end() {
      over = true;
      wake();
    },
    waiting: () => ready.length,
    unfinished: () => restBytes,
    async *read(taken) {
      for (;;) {
        const line = ready.shift();
        if (line !== undefined) {
          taken();
          yield line;
        } else if (over) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
