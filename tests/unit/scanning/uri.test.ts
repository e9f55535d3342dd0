import { describe, expect, it } from 'vitest';
import { helperUri, openScanner, saneUri } from '../../../src/main/scanning/index.ts';
import { parseScannerUri } from '../../../src/main/scanning/uri.ts';
import { testDeps } from './scripted-device.ts';

describe('a scanner URI', () => {
  it('of eSCL keeps the root without its trailing slash', () => {
    const address = parseScannerUri('escl:http://10.1.2.3:8080/eSCL/');
    expect(address).toEqual({ kind: 'escl', base: new URL('http://10.1.2.3:8080/eSCL') });
  });

  it('of eSCL without a path means the root of the specification', () => {
    const address = parseScannerUri('escls:https://scanner.local');
    expect(address).toEqual({ kind: 'escl', base: new URL('https://scanner.local/eSCL') });
  });

  it('of SANE takes everything after the first colon as the device', () => {
    expect(parseScannerUri('sane:test:0')).toEqual({ kind: 'sane', device: 'test:0', options: {} });
    expect(parseScannerUri('sane:airscan:e0:What? A Printer')).toEqual({
      kind: 'sane',
      device: 'airscan:e0:What? A Printer',
      options: {},
    });
  });

  it('of SANE may carry options after the last question mark', () => {
    expect(parseScannerUri('sane:net:h?x:test:0?read-delay=yes&test-picture=Color%20pattern')).toEqual({
      kind: 'sane',
      device: 'net:h?x:test:0',
      options: { 'read-delay': 'yes', 'test-picture': 'Color pattern' },
    });
  });

  it('of a helper names it, its device percent-encoded, and options', () => {
    expect(parseScannerUri('helper:win/Canon%20DR-C225%2Fx%3F')).toEqual({
      kind: 'helper',
      helper: 'win',
      device: 'Canon DR-C225/x?',
      options: {},
    });
    expect(parseScannerUri('helper:naps2-1/fi?driver=twain&x-y=a%26b')).toMatchObject({
      device: 'fi',
      options: { driver: 'twain', 'x-y': 'a&b' },
    });
  });

  it.each(['wia:{6BDD1FC6-810F}\\0001', 'Máy quét ở quầy 1', 'a?b=c&d', '../../etc', '--output=x', '100%'])(
    'leads back to the device %s of a helper',
    (device) => {
      expect(parseScannerUri(helperUri('h', device))).toEqual({
        kind: 'helper',
        helper: 'h',
        device,
        options: {},
      });
    },
  );

  it.each(['plain', 'odd?tail=looks-like-options', 'ends with?'])(
    'leads back to the SANE device %s',
    (device) => {
      expect(parseScannerUri(saneUri(device))).toEqual({ kind: 'sane', device, options: {} });
    },
  );

  it.each([
    '',
    'sane',
    'sane:',
    'folder:',
    'ftp://10.0.0.1/',
    'http://10.0.0.1/eSCL',
    'escl:https://10.0.0.1/eSCL',
    'escls:http://10.0.0.1/eSCL',
    'escl:10.0.0.1',
    'escl:http://',
    'escl:http://user:secret@10.0.0.1/eSCL',
    'escl:http://10.0.0.1/eSCL?x=1',
    'escl:http://10.0.0.1:0/eSCL',
    'escl:http://10.0.0.1:99999/eSCL',
    'sane:test:0?read-delay=%E0%A4%A',
    'sane:test:0\n--output-file=x',
    'folder:a\0b',
    `folder:${'x'.repeat(3000)}`,
    'helper:',
    'helper:win',
    'helper:win/',
    'helper:/device',
    'helper:Win/device',
    'helper:../device',
    'helper:C:\\x.exe/device',
    'helper:win/a/b',
    'helper:win/a b',
    'helper:win/%00',
    'helper:win/%E0%A4%A',
    'helper:win/a?',
    'helper:win/a?x',
    'helper:win/a?--args=1',
  ])('like %j is refused by name', (uri) => {
    expect(() => openScanner(uri, testDeps())).toThrowError(
      expect.objectContaining({ code: 'SCANNER_URI_INVALID' }),
    );
  });
});
