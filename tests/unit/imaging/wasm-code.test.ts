import v8 from 'node:v8';
import { Worker } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';

/** V8 tells nobody its flags: what can be seen is that it is told before the first thread. */
it('has compiled WebAssembly kept before the first thread that could share it starts', async () => {
  const order: string[] = [];
  vi.spyOn(v8, 'setFlagsFromString').mockImplementation((flags) => void order.push(flags));
  vi.doMock('node:worker_threads', () => ({
    Worker: class extends Worker {
      constructor() {
        order.push('thread');
        super('', { eval: true });
      }
    },
  }));
  const { createPool } = await import('../../../src/main/imaging/pool.ts');
  const pool = createPool(2, new URL('data:text/javascript,'));
  const request = { bytes: new Uint8Array(1), dpi: 300, limits: { timeoutMs: 10_000 } } as never;
  await Promise.allSettled([pool.run(request), pool.run(request)]);
  await pool.close();
  expect(order).toEqual(['--no-wasm-code-gc', 'thread', 'thread']);
});
