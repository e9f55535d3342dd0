import { describe, expect, it } from 'vitest';
import { blockOf, codeOfStatus, PRINTER_STATE } from '../../../src/main/printing/ipp/states.ts';

const { idle, processing, stopped } = PRINTER_STATE;

describe('what holds a printer up', () => {
  it.each([
    [stopped, ['media-empty-error'], false, 'PRINTER_MEDIA_EMPTY'],
    [processing, ['media-empty'], false, 'PRINTER_MEDIA_EMPTY'],
    [processing, ['media-needed'], false, 'PRINTER_MEDIA_EMPTY'],
    [stopped, ['media-jam-error', 'cover-open-error'], false, 'PRINTER_JAMMED'],
    [stopped, ['cover-open-error', 'media-jam'], false, 'PRINTER_JAMMED'],
    [stopped, ['door-open'], false, 'PRINTER_COVER_OPEN'],
    [stopped, ['toner-empty-error'], false, 'PRINTER_SUPPLY_EMPTY'],
    [stopped, ['output-area-full'], false, 'PRINTER_STOPPED'],
    [stopped, ['paused'], false, 'PRINTER_STOPPED'],
    [idle, ['paused'], false, 'PRINTER_STOPPED'],
    [stopped, ['vendor-soup'], false, 'PRINTER_STOPPED'],
    [stopped, [], false, 'PRINTER_STOPPED'],
    [processing, ['offline-report'], false, null],
    [stopped, ['connecting-to-device'], false, 'PRINTER_UNREACHABLE'],
    [processing, ['toner-low', 'media-low-report'], false, null],
    // One tray of two is empty and paper comes out of the other.
    [processing, ['media-empty-warning'], true, null],
    [processing, ['media-jam-error'], true, 'PRINTER_JAMMED'],
    [undefined, [], false, null],
  ] as const)('state %s with %j, working %s: %s', (state, reasons, working, code) => {
    expect(blockOf(state, reasons, working)).toBe(code);
  });
});

describe('a refusal', () => {
  it.each([
    [0x0403, 'PRINTER_DENIED'],
    [0x040a, 'PRINTER_UNSUPPORTED_FORMAT'],
    [0x0507, 'PRINTER_BUSY'],
    [0x0506, 'PRINTER_REJECTED'],
    [0x050a, 'PRINTER_STOPPED'],
    [0x0400, 'PRINTER_REJECTED'],
    [0xffff, 'PRINTER_REJECTED'],
  ])('%i is %s', (status, code) => {
    expect(codeOfStatus(status)).toBe(code);
  });
});
