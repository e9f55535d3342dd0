import { describe, expect, it } from 'vitest';
import {
  NO_SCAN,
  type ScanAction,
  type ScanState,
  scanReducer,
} from '../../../src/renderer/desks/clerk/scan-state.ts';

const asked: ScanAction = { type: 'asked', dossierId: 'd', componentId: 'c' };
const page = (scanId = 's'): ScanAction => ({ type: 'page', scanId, dossierId: 'd', componentId: 'c' });
const run = (...actions: ScanAction[]): ScanState => actions.reduce(scanReducer, NO_SCAN);
const jam = { code: 'SCANNER_JAMMED', details: {} } as const;

describe('a scan on the screen', () => {
  it('counts the pages that arrive and ends with the count that the engine gives', () => {
    expect(run(asked, { type: 'accepted', scanId: 's' }, page(), page())).toMatchObject({
      phase: 'running',
      pages: 2,
    });
    expect(run(asked, page(), { type: 'finished', scanId: 's', pages: 5 })).toMatchObject({
      phase: 'finished',
      pages: 5,
    });
  });

  it('takes events that overtake the answer to its start', () => {
    const state = run(
      asked,
      page(),
      { type: 'finished', scanId: 's', pages: 1 },
      { type: 'accepted', scanId: 's' },
    );
    expect(state).toMatchObject({ phase: 'finished', pages: 1 });
  });

  it('takes no part in scans of others', () => {
    const before = run(asked, { type: 'accepted', scanId: 's' });
    expect(scanReducer(before, page('other'))).toBe(before);
    expect(scanReducer(before, { type: 'finished', scanId: 'other', pages: 1 })).toBe(before);
    expect(scanReducer(before, { type: 'failed', scanId: 'other', pages: 1, fault: jam })).toBe(before);
    expect(scanReducer(run(asked), { ...page(), componentId: 'x' } as ScanAction)).toMatchObject({
      scanId: null,
    });
    expect(run(page())).toBe(NO_SCAN);
  });

  it('keeps the count of whole pages with the fault that ended it', () => {
    const state = run(asked, page(), page(), { type: 'failed', scanId: 's', pages: 2, fault: jam });
    expect(state).toMatchObject({ phase: 'failed', pages: 2, fault: jam });
  });

  it('is no failure when the clerk stopped it', () => {
    const cancelled = { code: 'CANCELLED', details: {} } as const;
    const state = run(
      asked,
      page(),
      { type: 'stopping' },
      { type: 'failed', scanId: 's', pages: 1, fault: cancelled },
    );
    expect(state).toMatchObject({ phase: 'finished', pages: 1 });
  });

  it('shows why it was refused at once', () => {
    const busy = { code: 'SCANNER_BUSY', details: {} } as const;
    expect(run(asked, { type: 'refused', fault: busy })).toMatchObject({
      phase: 'failed',
      pages: 0,
      fault: busy,
    });
  });

  it('neither starts a second time nor goes away while it runs', () => {
    const before = run(asked, page());
    expect(scanReducer(before, { ...asked, componentId: 'x' })).toBe(before);
    expect(scanReducer(before, { type: 'dismissed' })).toBe(before);
    expect(run(asked, { type: 'refused', fault: jam }, { type: 'dismissed' })).toBe(NO_SCAN);
  });
});
