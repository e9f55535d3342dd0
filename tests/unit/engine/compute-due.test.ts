import { describe, expect, it } from 'vitest';
import { freshIntake } from '../../../src/contract/life-cycle.ts';
import { dueDate } from '../../../src/contract/model.ts';
import type { Dossier } from '../../../src/main/dossiers/dossier.ts';
import { computeDue } from '../../../src/main/engine/receive-dossier.ts';
import { shippedCalendar } from '../calendar/support/shipped.ts';

const calendar = shippedCalendar();
const at = new Date('2026-10-08T10:00:00+07:00');

function due(procedure: object, channel: 'counter' | 'online' | 'post' = 'counter') {
  const plain = { duration: null, onlineDuration: null, phases: [] };
  const dossier = { procedure: { ...plain, ...procedure }, intake: { ...freshIntake, channel } };
  return computeDue(dossier as unknown as Dossier, at, calendar);
}

describe('the due date of a dossier that is received', () => {
  const procedure = {
    duration: { value: 3, unit: 'working-day' },
    onlineDuration: { value: 1, unit: 'working-day' },
  };

  it('follows the channel that it came by', () => {
    expect(due(procedure)?.at).toBe('2026-10-13T03:00:00.000Z');
    expect(due(procedure, 'post')?.at).toBe('2026-10-13T03:00:00.000Z');
    expect(due(procedure, 'online')?.at).toBe('2026-10-09T03:00:00.000Z');
  });

  it('follows the stages, and is kept in the contract’s shape', () => {
    const stage = (name: string, value: number) => ({ name, duration: { value, unit: 'working-day' } });
    const staged = due({ phases: [stage('a', 1), stage('b', 2)] });
    expect(staged?.at).toBe('2026-10-13T03:00:00.000Z');
    expect(dueDate.strict().parse(staged)).toEqual(staged);
  });

  it('is none where the catalogue names no limit', () => {
    expect(due({})).toBeNull();
  });
});
