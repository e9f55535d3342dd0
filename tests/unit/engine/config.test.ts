import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { parseConfig } from '../../../src/main/engine/config.ts';

const BASE = { unit: { code: 'H14.22.05', name: 'UBND xã Bảo Lâm' }, counter: 'Q01', user: { name: 'an' } };
const read = (more: Readonly<Record<string, unknown>>) =>
  parseConfig(JSON.stringify({ ...BASE, ...more }), '/etc/counter');

function where(more: Readonly<Record<string, unknown>>): unknown {
  try {
    read(more);
  } catch (error) {
    if (error instanceof CounterError && error.code === 'CONFIG_INVALID') return error.details.where;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('counter.json', () => {
  it('takes scanners as a person writes them, and names the one that is no address', () => {
    const { scanners } = read({
      scanners: [
        '192.0.2.7',
        'http://scan.local:8080/eSCL/',
        'escls:https://192.0.2.8/eSCL',
        'sane:test:0',
        'helper:wia/x',
      ],
    });
    expect(scanners).toEqual([
      'escl:http://192.0.2.7/eSCL',
      'escl:http://scan.local:8080/eSCL',
      'escls:https://192.0.2.8/eSCL',
      'sane:test:0',
      'helper:wia/x',
    ]);
    expect(where({ scanners: ['sane:test:0', 'http://a:b@c/'] })).toBe('scanners.1');
  });

  it('starts helpers by their whole path only, under plain names', () => {
    const helper = (program: string, name = 'wia') => ({
      scanHelpers: { [name]: { kind: 'json-lines', program } },
    });
    expect(read(helper('/opt/helper')).scanHelpers.wia).toMatchObject({ args: [], env: {} });
    expect(where(helper('helper.exe'))).toBe('scanHelpers.wia.program');
    expect(where(helper('/opt/helper', '../x'))).toBe('scanHelpers.../x');
    expect(
      read({ scanHelpers: { n: { kind: 'naps2-server', devices: {} } } }).scanHelpers.n,
    ).not.toHaveProperty('program');
  });

  it('finds the watched folder beside itself, and watches none by default', () => {
    expect(read({ inbox: 'cho-nhap' }).inbox).toBe('/etc/counter/cho-nhap');
    expect(read({ inbox: '/srv/scan' }).inbox).toBe('/srv/scan');
    expect(read({}).inbox).toBe('');
  });
});
