import { expect, it } from 'vitest';
import { oneAtATime } from '../../../src/main/engine/one-at-a-time.ts';

it('work is done one after the other, in order, and a failure holds nobody up', async () => {
  const steps: string[] = [];
  const work = oneAtATime(async (name: string) => {
    steps.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    steps.push(`${name} ends`);
    if (name === 'b') throw new Error('b fails');
    return name;
  });
  const ends = await Promise.allSettled(['a', 'b', 'c'].map((name) => work(name)));
  expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
