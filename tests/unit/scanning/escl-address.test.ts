import { describe, expect, it } from 'vitest';
import { normaliseScannerAddress } from '../../../src/main/scanning/index.ts';

describe('an address typed by hand', () => {
  it.each([
    ['192.168.1.20', 'escl:http://192.168.1.20/eSCL'],
    ['  192.168.1.20 ', 'escl:http://192.168.1.20/eSCL'],
    ['192,168,1,20', 'escl:http://192.168.1.20/eSCL'],
    ['192.168.001.020', 'escl:http://192.168.1.20/eSCL'],
    ['192.168.1.20:8080', 'escl:http://192.168.1.20:8080/eSCL'],
    ['192.168.1.20:80', 'escl:http://192.168.1.20/eSCL'],
    ['192.168.1.20:443', 'escls:https://192.168.1.20/eSCL'],
    ['http://192.168.1.20', 'escl:http://192.168.1.20/eSCL'],
    ['HTTP://Scan.LOCAL/eSCL/', 'escl:http://scan.local/eSCL'],
    ['http:/192.168.1.20/', 'escl:http://192.168.1.20/eSCL'],
    ['https://scan.local', 'escls:https://scan.local/eSCL'],
    ['https://scan.local:9096/eSCL', 'escls:https://scan.local:9096/eSCL'],
    ['https://scan.local:443/eSCL', 'escls:https://scan.local/eSCL'],
    ['http://scan.local:443/eSCL', 'escl:http://scan.local:443/eSCL'],
    ['scan.local.', 'escl:http://scan.local/eSCL'],
    ['BRN30055C123456.local:80/eSCL', 'escl:http://brn30055c123456.local/eSCL'],
    ['host/scan/eSCL', 'escl:http://host/scan/eSCL'],
    ['host//eSCL///', 'escl:http://host/eSCL'],
    ['http://host/eSCL/ScannerCapabilities', 'escl:http://host/eSCL'],
    ['host/eSCL/ScanJobs/12/NextDocument', 'escl:http://host/eSCL'],
    ['[2001:db8::5]', 'escl:http://[2001:db8::5]/eSCL'],
    ['2001:DB8::5', 'escl:http://[2001:db8::5]/eSCL'],
    ['https://[2001:db8::5]:9096/eSCL', 'escls:https://[2001:db8::5]:9096/eSCL'],
    ['escl:http://192.168.1.20/eSCL', 'escl:http://192.168.1.20/eSCL'],
    ['ESCL:http://192.168.1.20/eSCL/', 'escl:http://192.168.1.20/eSCL'],
    ['escl:192.168.1.20', 'escl:http://192.168.1.20/eSCL'],
    ['escls:https://host:9096/eSCL', 'escls:https://host:9096/eSCL'],
    ['escls:host', 'escls:https://host/eSCL'],
    ['escl:usb:03f0:1234:AB', 'escl:usb:03f0:1234:AB'],
    ['\u200e192.168.1.20\ufeff', 'escl:http://192.168.1.20/eSCL'],
  ])('%j → %s, and stays what it is', (typed, uri) => {
    expect(normaliseScannerAddress(typed)).toBe(uri);
    expect(normaliseScannerAddress(uri)).toBe(uri);
  });

  it.each([
    ['', 'empty'],
    [' \u200b', 'empty'],
    ['192.168.1', 'host'],
    ['3232235796', 'host'],
    ['0xc0a80114', 'host'],
    ['192.168.1.300', 'host'],
    ['0.0.0.0', 'host'],
    ['255.255.255.255', 'host'],
    ['224.0.0.251', 'host'],
    ['fe80::1', 'link-local'],
    ['[fe80::1%25eth0]', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['http://admin:123@192.168.1.20', 'credentials'],
    ['192.168.1.20/eSCL?x=1', 'query'],
    ['192.168.1.20/#/', 'query'],
    ['\\\\may-quet\\scan', 'host'],
    ['host:0', 'port'],
    ['host:65536', 'port'],
    ['ftp://host/eSCL', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['escl:escl:http://host', 'host'],
    ['host:', 'port'],
    ['escl:https://host/eSCL', 'scheme'],
    ['http://', 'host'],
    ['máy quét', 'host'],
    ['-host', 'host'],
    [`${'a'.repeat(64)}.local`, 'host'],
    ['a'.repeat(5000), 'too-long'],
    [`${'a-'.repeat(1000)}!`, 'host'],
  ])('%j is refused: %s', (typed, reason) => {
    expect(() => normaliseScannerAddress(typed)).toThrowError(
      expect.objectContaining({
        code: 'SCANNER_URI_INVALID',
        details: expect.objectContaining({ reason }),
      }),
    );
  });
});
