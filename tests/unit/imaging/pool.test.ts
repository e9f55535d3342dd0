import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createImaging } from '../../../src/main/imaging/index.ts';
import type { Imaging } from '../../../src/main/imaging/port.ts';
import type { RawPage } from '../../../src/main/scanning/port.ts';
import { generatePaper } from '../../../src/simulators/scanner/index.ts';

const FAILING = new URL('./support/failing-worker.ts', import.meta.url);
const EXITS = 66;
const THROWS = 67;
const HANGS = 68;

let jpegs: Uint8Array[];
let imaging: Imaging;

beforeAll(async () => {
  jpegs = await Promise.all(
    Array.from(
      { length: 6 },
      async (_, i) => (await generatePaper({ seed: i, kind: 'commitment', dpi: 75 })).jpeg,
    ),
  );
});

afterEach(() => imaging.close());

const page = (i: number, dpi = 75): RawPage => ({ index: i, bytes: jpegs[i % 6]!, format: 'jpeg', dpi });

describe('the pool of workers', () => {
  it('answers each of many pages with its own picture', async () => {
    imaging = createImaging({ workers: 2 });
    const alone = [];
    for (let i = 0; i < 6; i += 1) alone.push((await imaging.process(page(i))).image);
    const together = await Promise.all(Array.from({ length: 18 }, (_, i) => imaging.process(page(i))));
    for (const [i, done] of together.entries()) expect(Buffer.compare(done.image, alone[i % 6]!)).toBe(0);
  });

  it('leaves the bytes of the caller whole', async () => {
    imaging = createImaging({ workers: 1 });
    const before = Buffer.from(jpegs[0]!);
    await imaging.process(page(0));
    expect(Buffer.compare(jpegs[0]!, before)).toBe(0);
  });

  it.each([
    ['leaves', EXITS],
    ['throws', THROWS],
  ])('loses only the page whose worker %s, and goes on', async (_what, dpi) => {
    imaging = createImaging({ workers: 2, workerPath: FAILING });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => imaging.process(page(i, i === 2 || i === 5 ? dpi : 75))),
    );
    expect(outcomes.map((o) => o.status === 'fulfilled')).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      true,
      true,
    ]);
    for (const o of outcomes)
      if (o.status === 'rejected') expect(o.reason).toMatchObject({ code: 'IMAGE_UNREADABLE' });
    await expect(imaging.process(page(1))).resolves.toMatchObject({ dpi: 75 });
  });

  it('gives up a page that takes for ever', async () => {
    imaging = createImaging({ workers: 1, workerPath: FAILING, limits: { timeoutMs: 1500 } });
    await expect(imaging.process(page(0, HANGS))).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      details: { reason: 'timeout' },
    });
    await expect(imaging.process(page(0))).resolves.toMatchObject({ dpi: 75 });
  });

  it('does not call a missing worker file a bad page', async () => {
    imaging = createImaging({ workerPath: new URL('./support/no-such-worker.ts', import.meta.url) });
    await expect(imaging.process(page(0))).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('finishes the page under way when it closes, and takes no more', async () => {
    imaging = createImaging({ workers: 1 });
    const running = imaging.process(page(0));
    const waiting = imaging.process(page(1));
    const [done, dropped] = await Promise.allSettled([running, waiting, imaging.close()]);
    expect(done).toMatchObject({ status: 'fulfilled', value: { dpi: 75 } });
    expect(dropped).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
    await expect(imaging.process(page(2))).rejects.toMatchObject({ code: 'CANCELLED' });
    await imaging.close();
  });
});
