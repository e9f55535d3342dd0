import { describe, expect, it } from 'vitest';
import { killFeederJobs } from './feeder-kills.ts';

const KILLS = Number(process.env.FEEDER_KILLS ?? 200);

describe('a feeder job killed at random points', () => {
  it('loses no acknowledged page and shows no half page', { timeout: 1_200_000 }, async () => {
    const report = await killFeederJobs(KILLS, 7);
    expect(report.kills).toBe(KILLS);
    // The harness kills jobs that are at work: most have announced pages, some have not yet.
    expect(report.acknowledged).toBeGreaterThan(KILLS);
    expect(report.early).toBeLessThan(KILLS / 2);
  });
});
