import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../src/main/scanning/sane/faults.ts';
import { chooseArguments, parseOptions, readCaps } from '../../../src/main/scanning/sane/options.ts';
import { SETTINGS } from './scripted-device.ts';

/** In the form that scanimage 1.1 prints: groups at two blanks, options at four, descriptions at eight. */
const TEST_DEVICE = `
All options specific to device \`test:0':
  Scan Mode:
    --mode Gray|Color [Gray]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --three-pass-order RGB|RBG|GBR|GRB|BRG|BGR [inactive]
    --resolution 1..1200dpi (in steps of 1) [50]
        Sets the resolution of the scanned image.
    --source Flatbed|Automatic Document Feeder [Flatbed]
  Special Options:
    --read-delay[=(yes|no)] [no]
    --read-return-value Default|SANE_STATUS_JAMMED [Default]
    --print-options
  Geometry:
    -x 0..200mm (in steps of 1) [80]
    -y 0..200mm (in steps of 1) [100]
`;
const caps = (text: string) => readCaps(parseOptions(text));
const line = (name: string, constraint: string) => `    ${name} ${constraint}\n`;

describe('the options of a SANE device', () => {
  it('of the test back end are read', () => {
    const read = caps(TEST_DEVICE);
    expect(read.sources).toEqual({ adf: 'Automatic Document Feeder', platen: 'Flatbed' });
    expect(read.modes).toEqual({ color: 'Color', gray: 'Gray' });
    expect(read.resolutions).toEqual({ kind: 'range', min: 1, max: 1200, step: 1 });
    expect(read.hasArea).toBe(true);
    expect(read.names.has('--read-delay')).toBe(true);
  });

  it.each([
    ['ADF Front|ADF Back|ADF Duplex [ADF Front]', { adf: 'ADF Front', 'adf-duplex': 'ADF Duplex' }],
    [
      'FlatBed|Automatic Document Feeder(centrally aligned)|Automatic Document Feeder(centrally aligned,Duplex) [FlatBed]',
      {
        adf: 'Automatic Document Feeder(centrally aligned)',
        'adf-duplex': 'Automatic Document Feeder(centrally aligned,Duplex)',
        platen: 'FlatBed',
      },
    ],
    [
      'Flatbed|ADF|ADF Duplex|Card Front [ADF]',
      { platen: 'Flatbed', adf: 'ADF', 'adf-duplex': 'ADF Duplex' },
    ],
  ])('name their sources freely: %s', (constraint, sources) => {
    expect(caps(line('--source', constraint)).sources).toEqual(sources);
  });

  it('that are switches keep what may be given, and whether they are there now', () => {
    expect(
      parseOptions(line('--three-pass[=(yes|no)]', '[inactive]') + line('--read-delay[=(yes|no)]', '[no]')),
    ).toEqual([
      { name: '--three-pass', constraint: 'yes|no', active: false },
      { name: '--read-delay', constraint: 'yes|no', active: true },
    ]);
  });

  it.each([
    [
      'an option of its own (epson2)',
      '    --source Flatbed|Automatic Document Feeder [Flatbed]\n    --adf-mode Simplex|Duplex [inactive]\n',
      ['adf', 'adf-duplex', 'platen'],
      ['--source=Automatic Document Feeder', '--adf-mode=Duplex'],
      ['--source=Automatic Document Feeder', '--adf-mode=Simplex'],
    ],
    [
      'a switch (kvs40xx)',
      '    --source adf|fb [adf]\n    --duplex[=(yes|no)] [no]\n',
      ['adf', 'adf-duplex', 'platen'],
      ['--source=adf', '--duplex=yes'],
      ['--source=adf', '--duplex=no'],
    ],
    [
      'a switch of a sheet-fed device without sources (kvs20xx)',
      '    --duplex[=(yes|no)] [no]\n',
      ['adf', 'adf-duplex'],
      ['--duplex=yes'],
      ['--duplex=no'],
    ],
    [
      'a source, with a switch beside it',
      '    --source ADF|ADF Duplex [ADF]\n    --duplex[=(yes|no)] [no]\n',
      ['adf', 'adf-duplex'],
      ['--source=ADF Duplex', '--duplex=no'],
      ['--source=ADF', '--duplex=no'],
    ],
    [
      'a source, the paper told apart (fujitsu)',
      '    --source Flatbed|ADF Front|ADF Back|ADF Duplex [Flatbed]\n    --page-width 0..224.846mm [inactive]\n    --page-height 0..863.6mm [inactive]\n',
      ['adf', 'adf-duplex', 'platen'],
      ['--source=ADF Duplex', '--page-width=210', '--page-height=297'],
      ['--source=ADF Front', '--page-width=210', '--page-height=297'],
    ],
  ])('turn the sheet by %s', (_, text, sources, both, one) => {
    const read = caps(text);
    expect(Object.keys(read.sources).sort()).toEqual(sources);
    expect(chooseArguments(read, { ...SETTINGS, source: 'adf-duplex' }, {}).args).toEqual(both);
    expect(chooseArguments(read, { ...SETTINGS, source: 'adf' }, {}).args).toEqual(one);
    if (sources.includes('platen')) {
      const { args } = chooseArguments(read, { ...SETTINGS, source: 'platen' }, {});
      expect(args).toEqual([expect.stringMatching(/^--source=/)]);
    }
  });

  it.each([
    [
      'Black & White|Gray[Error Diffusion]|True Gray|24bit Color|24bit Color[Fast] [24bit Color]',
      {
        color: '24bit Color',
        gray: 'Gray[Error Diffusion]',
        bw: 'Black & White',
      },
    ],
    ['Lineart|Gray|Color [Lineart]', { color: 'Color', gray: 'Gray', bw: 'Lineart' }],
  ])('name their modes freely: %s', (constraint, modes) => {
    expect(caps(line('--mode', constraint)).modes).toEqual(modes);
  });

  it('may list their resolutions', () => {
    expect(caps(line('--resolution', '300|100|200dpi [200]')).resolutions).toEqual({
      kind: 'list',
      values: [100, 200, 300],
    });
  });

  it('that name no source stand for one side at a time', () => {
    expect(caps('').sources).toEqual({ platen: undefined });
    expect(() => chooseArguments(caps(''), SETTINGS, {})).toThrowError(
      expect.objectContaining({ code: 'SCANNER_UNSUPPORTED' }),
    );
    expect(chooseArguments(caps(''), { ...SETTINGS, source: 'platen' }, {}).args).toEqual([]);
  });
});

describe('the arguments of a scan', () => {
  it('set source, mode, resolution and A4, in this order', () => {
    expect(chooseArguments(caps(TEST_DEVICE), SETTINGS, {})).toEqual({
      dpi: 300,
      args: [
        '--source=Automatic Document Feeder',
        '--mode=Color',
        '--resolution=300',
        ...['-l', '0', '-t', '0', '-x', '210', '-y', '297'],
      ],
    });
  });

  it('take grey where there is no black and white', () => {
    expect(chooseArguments(caps(TEST_DEVICE), { ...SETTINGS, mode: 'bw' }, {}).args).toContain('--mode=Gray');
  });

  it('add options of the device from the URI, last', () => {
    const { args } = chooseArguments(caps(TEST_DEVICE), SETTINGS, { 'read-delay': 'yes' });
    expect(args.at(-1)).toBe('--read-delay=yes');
  });

  it.each([
    'batch',
    'output-file',
    'device-name',
    'icc-profile',
    'format',
    'no-such-option',
    'print-optionsx',
  ])('refuse %s, which is no option of the device', (name) => {
    const withOwn = caps(`${TEST_DEVICE}${line('--batch', '<string> []')}`);
    expect(() => chooseArguments(withOwn, SETTINGS, { [name]: '/etc/x' })).toThrowError(
      expect.objectContaining({ code: 'SCANNER_UNSUPPORTED', details: { what: 'option', wanted: name } }),
    );
  });
});

describe('the end of scanimage', () => {
  it.each([
    [0, '', 0, 'SCANNER_EMPTY'],
    [0, '', 3, undefined],
    [7, '', 0, 'SCANNER_EMPTY'],
    [7, '', 3, undefined],
    [2, '', 3, 'CANCELLED'],
    [3, '', 0, 'SCANNER_BUSY'],
    [4, '', 0, 'SCANNER_UNSUPPORTED'],
    [6, '', 3, 'SCANNER_JAMMED'],
    [8, '', 3, 'SCANNER_COVER_OPEN'],
    [9, '', 3, 'SCANNER_IO'],
    [10, '', 3, 'SCANNER_IO'],
    [11, '', 0, 'SCANNER_DENIED'],
    [99, '', 0, 'SCANNER_IO'],
    [undefined, '', 3, 'SCANNER_IO'],
    [1, 'scanimage: open of device x:y failed: Invalid argument\n', 0, 'SCANNER_UNREACHABLE'],
    [1, 'scanimage: open of device x:y failed: Device busy\n', 0, 'SCANNER_BUSY'],
    [1, 'scanimage: open of device x:y failed: Access to resource has been denied\n', 0, 'SCANNER_DENIED'],
    [1, 'scanimage: setting of option --source failed (Invalid argument)', 0, 'SCANNER_UNSUPPORTED'],
    [1, 'Application transferred too few scanlines\n', 2, 'PAGE_TRUNCATED'],
    [1, 'scanimage: sane_read: Operation not supported\n', 0, 'SCANNER_UNSUPPORTED'],
    [1, 'scanimage: sane_start: Document feeder jammed\n', 0, 'SCANNER_JAMMED'],
    [1, 'p00001.jpg.part: No space left on device\n', 0, 'DISK_FULL'],
  ] as const)('with %j %j after %i pages → %s', (code, stderr, pages, wanted) => {
    expect(faultOf({ code, stderr }, pages)?.code).toBe(wanted);
  });

  it.each([
    ['scanimage: sane_start: Document feeder out of documents', 10, undefined],
    ['scanimage: sane_read: Document feeder out of documents', 0, 'SCANNER_EMPTY'],
    ['scanimage: sane_start: Document feeder jammed', 3, 'SCANNER_JAMMED'],
    ['Progress: 0.0%scanimage: sane_read: Scanner cover is open', 0, 'SCANNER_COVER_OPEN'],
    ['scanimage: sane_read: Operation not supported', 0, 'SCANNER_UNSUPPORTED'],
    ['scanimage: sane_read: Something of another language', 2, 'SCANNER_IO'],
    ['', 1, undefined],
  ])('that hung after it had reported %j is judged by that report', (line, pages, wanted) => {
    const stderr = `Scanning page 1\n${line}\nBatch terminated, 1 page scanned\n`;
    expect(faultOf({ code: undefined, stderr, stopped: 'closing' }, pages)?.code).toBe(wanted);
  });

  it('by the watchdog or by a person is named whatever its status', () => {
    expect(faultOf({ code: 0, stderr: '', stopped: 'timeout' }, 5)?.code).toBe('SCANNER_TIMEOUT');
    expect(faultOf({ code: 0, stderr: '', stopped: 'cancelled' }, 5)?.code).toBe('CANCELLED');
  });
});
