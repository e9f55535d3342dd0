import { describe, expect, it } from 'vitest';
import type { ScannerDevice } from '../../../src/contract/model.ts';
import { comboOf } from '../../../src/renderer/app/hotkeys.ts';
import {
  fitChoice,
  offeredDpis,
  type ScanChoice,
} from '../../../src/renderer/desks/clerk/scanning/scan-choice.ts';

const device = (change: Partial<ScannerDevice> = {}): ScannerDevice => ({
  uri: 'escl:http://one',
  name: 'One',
  origin: 'escl',
  sources: ['adf', 'platen'],
  dpis: [75, 150, 200, 300, 600],
  modes: ['color', 'gray'],
  ...change,
});
const wanted: ScanChoice = {
  device: 'escl:http://one',
  settings: { source: 'adf', dpi: 300, mode: 'color' },
};

describe('the remembered way of scanning', () => {
  it('is kept where the scanner can do it', () => {
    expect(fitChoice(wanted, [device({ uri: 'escl:http://two' }), device()])).toEqual(wanted);
  });

  it('is bent to what another scanner can do', () => {
    const other = device({ uri: 'sane:flat', sources: ['platen'], dpis: [200, 400], modes: ['gray'] });
    expect(fitChoice(wanted, [other])).toEqual({
      device: 'sane:flat',
      settings: { source: 'platen', dpi: 200, mode: 'gray' },
    });
  });

  it('survives a scanner that tells nothing of itself', () => {
    const silent = device({ sources: [], dpis: [], modes: [] });
    expect(fitChoice(wanted, [silent])?.settings).toEqual(wanted.settings);
  });

  it('is nothing without a scanner', () => {
    expect(fitChoice(wanted, [])).toBeNull();
  });

  it('offers no resolution below the 200 dpi that the rule asks for, unless there is no other', () => {
    expect(offeredDpis(device())).toEqual([200, 300, 600]);
    expect(offeredDpis(device({ dpis: [100] }))).toEqual([100]);
  });
});

describe('names of key combinations', () => {
  const key = (key: string, change: object = {}) =>
    comboOf({ key, ctrlKey: false, altKey: false, shiftKey: false, ...change });
  it.each([
    [key('F2'), 'F2'],
    [key('z', { ctrlKey: true }), 'Ctrl+Z'],
    [key('ArrowDown', { altKey: true }), 'Alt+ArrowDown'],
  ])('%s', (name, expected) => expect(name).toBe(expected));
});
