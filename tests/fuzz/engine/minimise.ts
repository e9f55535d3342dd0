const MAX_TRIALS = 400;

/**
 * Takes parts away from an input as long as it still fails in the same way: halves first, single octets last.
 * `fails` is asked at most `trials` times.
 */
export async function minimised(
  input: Uint8Array,
  fails: (candidate: Uint8Array) => Promise<boolean>,
  trials: number = MAX_TRIALS,
): Promise<Uint8Array> {
  let best = Buffer.from(input);
  let left = trials;
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < best.length; ) {
      if (--left < 0) return best;
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (await fails(candidate)) best = candidate;
      else at += size;
    }
  }
  return best;
}
