import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../src/main/engine/config.ts';

const BASE = { unit: { code: 'H14.22.05', name: 'x' }, counter: 'Q01', user: { name: 'x' } };
const PRINTERS = ['file:a', 'file:b'];
const parse = (printing: unknown) =>
  parseConfig(JSON.stringify({ ...BASE, printers: PRINTERS, printing }), '/').printing;

describe('what the configuration says of printing', () => {
  it('is nothing by default', () => {
    const config = parseConfig(JSON.stringify(BASE), '/');
    expect(config.printing).toEqual({ defaults: {}, spooler: null, lookup: '' });
  });

  it('has printers by kind of paper, and programs with their usual commands', () => {
    const printing = parse({ defaults: { slip: 'file:a' }, spooler: { program: 'C:\\S.exe' }, lookup: 'x' });
    expect(printing.defaults).toEqual({ slip: 'file:a' });
    expect(printing.spooler?.jobs[0]).toBe('wmic');
    expect(printing.spooler?.cancel).toContain("Name='{name}'");
  });

  it.each([
    { defaults: { poster: 'file:a' } },
    // A default is one of the printers, else nobody could print on it.
    { defaults: { slip: 'file:c' } },
    { spooler: {} },
    { spooler: { program: '' } },
    { spooler: { program: 'x', jobs: 'wmic' } },
    { spooler: { program: 'x', jobs: [] } },
    { colour: true },
  ])('takes no %j', (printing) => {
    expect(() => parse(printing)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
