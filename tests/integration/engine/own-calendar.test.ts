import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { refusal, startCounter, type TestCounter } from './support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

/** 1.004884 has five working days; Wednesday, 7 October 2026, nine o'clock. */
const NOW = new Date('2026-10-07T02:00:00.000Z');
const FILE = {
  ...{ kind: 'working-calendar-overlay', year: 2026, version: '1', provenance: 'Thông báo 12/TB-UBND' },
  offDays: [
    { day: '2026-10-12', name: 'Lễ hội', nameEn: 'Festival', source: 'Thông báo 12/TB-UBND', sure: 'unit' },
  ],
};

describe('a unit with days off of its own', () => {
  it('counts by its own file, and is told which file is wrong', async () => {
    counter = await startCounter({ clock: { now: () => NOW } });
    const { id } = await counter.draft('1.004884');
    const dueOf = async () => (await counter.call('dossiers.previewDue', { dossierId: id })).due?.at;
    expect(await dueOf()).toBe('2026-10-14T02:00:00.000Z');

    const own = path.join(path.dirname(counter.configFile), 'own.json');
    writeFileSync(own, JSON.stringify(FILE));
    counter.writeConfig({ calendar: ['own.json'] });
    await counter.restart();
    expect(await dueOf()).toBe('2026-10-15T02:00:00.000Z');

    writeFileSync(own, JSON.stringify({ ...FILE, year: 2031 }));
    const { code, details } = await refusal(counter.restart());
    expect([code, details.file]).toEqual(['CALENDAR_INVALID', 'own.json']);
    writeFileSync(own, JSON.stringify(FILE));
    await counter.restart();
  });
});
