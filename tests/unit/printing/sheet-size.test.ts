import { describe, expect, it } from 'vitest';
import type { PrinterFacts } from '../../../src/main/printing/ipp/client.ts';
import { capabilitiesOf, ticketOf } from '../../../src/main/printing/ipp/ticket.ts';
import { planOf } from '../../../src/main/printing/sheet-plan.ts';
import { A4, A5, sheetOfName, sheetOfPoints } from '../../../src/main/printing/sheet-size.ts';

const FACTS: PrinterFacts = {
  name: 'x',
  state: 3,
  reasons: [],
  accepting: true,
  formats: ['application/pdf'],
  maxCopies: 9,
  sides: ['one-sided', 'two-sided-long-edge'],
  media: ['iso_a4_210x297mm', 'na_letter_8.5x11in', 'custom_min_50x100mm', 'custom_max_216x1200mm'],
  mediaReady: [],
  mediaCol: ['media-size', 'media-source'],
  trays: ['tray-1', 'by-pass-tray'],
  scalings: ['auto', 'none', 'fit'],
  orientations: [3, 4],
  upTime: 10,
};
const ROLL = { width: 8_000, height: 20_000 };

describe('names of sheets (PWG 5101.1)', () => {
  it.each([
    ['iso_a5_148x210mm', A5],
    ['na_letter_8.5x11in', { width: 21_590, height: 27_940 }],
    ['om_small_80x200.5mm', { width: 8_000, height: 20_050 }],
    ['custom_max_216x1200mm', { width: 21_600, height: 120_000 }],
    ['A4', undefined],
    ['iso_a4_210x297', undefined],
    ['iso_a4_999999x297mm', undefined],
    ['', undefined],
  ])('%s', (name, size) => {
    expect(sheetOfName(name)).toEqual(size);
  });

  it('reads points to the nearest hundredth of a millimetre', () => {
    expect(sheetOfPoints(841.89, 595.276)).toEqual(A4);
  });
});

describe('what a printer is asked for', () => {
  const ask = (facts: Partial<PrinterFacts>, options: Parameters<typeof ticketOf>[3]) =>
    ticketOf({ ...FACTS, ...facts }, 'name', 'application/pdf', options);

  it.each([
    ['A4 by its name', {}, {}, { name: 'iso_a4_210x297mm' }],
    ['A4 of a printer that lists nothing', { media: [] }, {}, { name: 'iso_a4_210x297mm' }],
    ['a roll by its size', {}, { sheet: ROLL }, { size: ROLL, tray: null }],
    ['a tray with its sheet', {}, { tray: 'by-pass-tray' }, { size: A4, tray: 'by-pass-tray' }],
    ['a tray alone', { mediaCol: ['media-source'] }, { tray: 'tray-1' }, { size: null, tray: 'tray-1' }],
  ] as const)('%s', (_name, facts, options, media) => {
    expect(ask(facts, options).media).toEqual(media);
  });

  it.each([
    ['a sheet that it has not', { media: ['iso_a4_210x297mm'] }, { sheet: A5 }, 'PRINTER_PAPER_MISSING'],
    ['a roll that is too wide', {}, { sheet: { width: 30_000, height: 40_000 } }, 'PRINTER_PAPER_MISSING'],
    ['a custom size that it cannot be told', { mediaCol: [] }, { sheet: ROLL }, 'PRINTER_PAPER_MISSING'],
    ['a tray that it has not', {}, { tray: 'tray-9' }, 'PRINTER_REJECTED'],
    [
      'both sides of a one-sided printer',
      { sides: [] },
      { sides: 'two-sided-long-edge' },
      'PRINTER_REJECTED',
    ],
    ['more copies than it makes', {}, { copies: 10 }, 'PRINTER_REJECTED'],
    ['no copy', {}, { copies: 0 }, 'BAD_REQUEST'],
    ['anything while it takes no jobs', { accepting: false }, {}, 'PRINTER_REJECTED'],
    [
      'a PDF that it cannot draw',
      { formats: ['image/pwg-raster', 'image/jpeg'] },
      {},
      'PRINTER_UNSUPPORTED_FORMAT',
    ],
  ] as const)('refuses %s by name', (_name, facts, options, code) => {
    expect(() => ask(facts as Partial<PrinterFacts>, options)).toThrow(expect.objectContaining({ code }));
  });

  it('asks for no scaling and no turning that it does not know', () => {
    expect(ask({}, { scaling: 'none' }).scaling).toBe('none');
    expect(ask({ scalings: [] }, { scaling: 'none' }).scaling).toBeNull();
    // A PDF says itself how it lies; a picture does not.
    expect(ask({}, { orientation: 'landscape' }).orientation).toBeNull();
    const picture = { ...FACTS, formats: ['image/jpeg'] };
    expect(ticketOf(picture, 'n', 'image/jpeg', { orientation: 'landscape' }).orientation).toBe(4);
  });
});

describe('which sheet a document goes on', () => {
  const CAN = capabilitiesOf('ipp://x', FACTS);
  const plan = (
    pages: readonly { width: number; height: number }[],
    facts = {},
    paper: 'auto' | 'a4' | 'a5' = 'auto',
  ) => planOf(pages, { paper }, { ...CAN, ...facts });

  it('is its own where the printer has it, else A5 goes on halves of A4', () => {
    expect(plan([A4])).toEqual({ sheet: A4, scaling: 'none', halves: false });
    expect(plan([ROLL])).toEqual({ sheet: ROLL, scaling: 'none', halves: false });
    expect(plan([A5], { custom: null })).toEqual({ sheet: A4, scaling: 'none', halves: true });
    expect(plan([A5], { custom: null, sheets: [A4, A5] })).toEqual({
      sheet: A5,
      scaling: 'none',
      halves: false,
    });
    expect(plan([A5], { sheets: null })).toEqual({ sheet: A5, scaling: 'none', halves: false });
    expect(plan([A5], { sheets: null }, 'a4')).toEqual({ sheet: A4, scaling: 'none', halves: true });
  });

  it('looks at what lies in the trays, where the printer says', () => {
    const can = capabilitiesOf('ipp://x', {
      ...FACTS,
      media: ['iso_a4_210x297mm', 'iso_a5_148x210mm'],
      mediaReady: ['iso_a4_210x297mm'],
    });
    expect(planOf([A5], { paper: 'auto' }, can).halves).toBe(true);
  });

  it('makes nothing smaller but what is larger than any sheet', () => {
    const odd = { width: 20_700, height: 29_300 };
    expect(plan([odd], { custom: null })).toEqual({ sheet: A4, scaling: 'none', halves: false });
    expect(plan([{ width: 29_700, height: 42_000 }], { custom: null })).toEqual({
      sheet: A4,
      scaling: 'fit',
      halves: false,
    });
    expect(plan([A4, A5], { custom: null })).toEqual({ sheet: A4, scaling: 'none', halves: false });
    expect(plan([A4], {}, 'a5')).toEqual({ sheet: A5, scaling: 'fit', halves: false });
    expect(plan([])).toEqual({ sheet: A4, scaling: 'none', halves: false });
  });
});
