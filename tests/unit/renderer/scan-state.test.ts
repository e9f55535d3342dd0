import { describe, expect, it } from 'vitest';
import {
  type JobEvent,
  type Jobs,
  jobsReducer,
  NO_JOBS,
} from '../../../src/renderer/desks/clerk/scanning/jobs.ts';
import {
  requestReducer,
  type ScanAction,
  type ScanOrder,
  type ScanRequest,
  scanState,
} from '../../../src/renderer/desks/clerk/scanning/scan-state.ts';

const order: ScanOrder = {
  dossierId: 'd',
  componentId: 'c',
  device: 'x',
  settings: { source: 'adf', dpi: 300, mode: 'color' },
  autoColour: false,
  separate: true,
  place: { at: 'end' },
  sides: 'one',
  backsOf: null,
};
const jam = { code: 'SCANNER_JAMMED', details: {} } as const;
const page = (scanId = 's', componentId = 'c'): JobEvent => ({ type: 'came', scanId, componentId });
const finished = (pages: number): JobEvent => ({ type: 'finished', scanId: 's', pages, note: null });
const jobs = (...events: JobEvent[]): Jobs => events.reduce(jobsReducer, NO_JOBS);
const request = (...actions: ScanAction[]): ScanRequest | null =>
  actions.reduce(requestReducer, null as ScanRequest | null);
const asked = { type: 'asked', order } as const;
const accepted = { type: 'accepted', scanId: 's' } as const;

describe('a scan on the screen', () => {
  it('counts the pages that arrive and ends with the count that the engine gives', () => {
    expect(scanState(request(asked, accepted), jobs(page(), page()))).toMatchObject({
      phase: 'running',
      pages: 2,
    });
    expect(scanState(request(asked, accepted), jobs(page(), finished(5)))).toMatchObject({
      phase: 'finished',
      pages: 5,
    });
  });

  it('takes events that overtake the answer to its start, whatever other jobs do meanwhile', () => {
    const overtaken = jobs(page(), page('other', 'y'), finished(1));
    expect(scanState(request(asked), overtaken)).toMatchObject({ phase: 'running', pages: 0 });
    expect(scanState(request(asked, accepted), overtaken)).toMatchObject({ phase: 'finished', pages: 1 });
  });

  it('takes no part in scans of others', () => {
    const others = jobs(page('other'), { type: 'failed', scanId: 'other', pages: 1, fault: jam });
    expect(scanState(request(asked, accepted), others)).toMatchObject({ phase: 'running', pages: 0 });
    expect(scanState(null, others)).toEqual({ phase: 'idle' });
  });

  it('counts pages that a separator sent to other components', () => {
    const state = scanState(request(asked, accepted), jobs(page(), page('s', 'y'), page(), finished(3)));
    expect(state).toMatchObject({ phase: 'finished', pages: 3, components: ['c', 'y'] });
  });

  it('keeps the count of whole pages with the fault that ended it', () => {
    const events = jobs(page(), page(), { type: 'failed', scanId: 's', pages: 2, fault: jam });
    expect(scanState(request(asked, accepted), events)).toMatchObject({
      phase: 'failed',
      pages: 2,
      fault: jam,
    });
  });

  it('is no failure when the clerk stopped it', () => {
    const cancelled = { code: 'CANCELLED', details: {} } as const;
    const events = jobs(page(), { type: 'failed', scanId: 's', pages: 1, fault: cancelled });
    const state = scanState(request(asked, accepted, { type: 'stopping' }), events);
    expect(state).toMatchObject({ phase: 'finished', pages: 1 });
  });

  it('shows why it was refused at once, until that is dismissed', () => {
    const busy = { code: 'SCANNER_BUSY', details: {} } as const;
    const refused = request(asked, { type: 'refused', fault: busy });
    expect(scanState(refused, NO_JOBS)).toMatchObject({ phase: 'failed', pages: 0, fault: busy });
    expect(requestReducer(refused, { type: 'dismissed' })).toBeNull();
  });

  it('hands on what manual duplex and separators have to say', () => {
    const end: JobEvent = { type: 'finished', scanId: 's', pages: 2, note: 'backs-differ' };
    expect(scanState(request(asked, accepted), jobs(end))).toMatchObject({ note: 'backs-differ' });
  });
});

describe('the jobs that the engine speaks of', () => {
  it('take nothing behind their end', () => {
    const ended = jobs(finished(1));
    expect(jobsReducer(ended, page())).toBe(ended);
    expect(jobsReducer(ended, finished(9))).toBe(ended);
  });

  it('are forgotten when there are too many, the ended ones first', () => {
    const first = jobs(page('running'));
    const many = Array.from({ length: 400 }, (_, i): JobEvent[] => [
      page(`s${i}`),
      { type: 'finished', scanId: `s${i}`, pages: 1, note: null },
    ]).flat();
    const after = many.reduce(jobsReducer, first);
    expect(after.size).toBeLessThanOrEqual(200);
    expect(after.has('running')).toBe(true);
    expect(after.has('s399')).toBe(true);
    expect(after.has('s0')).toBe(false);
  });
});
