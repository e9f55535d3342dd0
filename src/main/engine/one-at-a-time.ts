/** `work` with its calls one after the other, in the order in which they came; a failed one holds nobody up. */
export function oneAtATime<A extends readonly unknown[], R>(
  work: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const result = last.then(() => work(...args));
    last = result.catch(() => undefined); // told to who asked
    return result;
  };
}
