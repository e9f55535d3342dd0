import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCapabilities } from '../../../src/main/scanning/escl/capabilities.ts';
import { chooseOrder, settingsXml } from '../../../src/main/scanning/escl/choose.ts';
import { parseStatus } from '../../../src/main/scanning/escl/status.ts';
import { chooseDpi, offeredDpis } from '../../../src/main/scanning/resolution.ts';
import { capabilitiesXml, SETTINGS } from './scripted-device.ts';

const AIRSANE = path.resolve(import.meta.dirname, '../../../../shared/devices/escl-capabilities-airsane.xml');
const protocolError = expect.objectContaining({ code: 'SCANNER_PROTOCOL' });
const read = (text: string) => parseCapabilities(Buffer.from(text));

describe.skipIf(!existsSync(AIRSANE))('the capabilities that AirSane gave', () => {
  const caps = () => parseCapabilities(readFileSync(AIRSANE));

  it('name the device, its sources and resolutions', () => {
    const { model, uuid, version, sources } = caps();
    expect({ model, uuid, version }).toEqual({
      model: 'Noname frontend-tester',
      uuid: '8ee2d9c0-6510-588d-bbcf-4bc1fd245dda',
      version: '2.0',
    });
    expect(Object.keys(sources)).toEqual(['platen', 'adf']);
    expect(sources.adf?.resolutions).toEqual({ kind: 'list', values: [1, 75, 150, 300, 600, 1200] });
    expect(sources.adf?.formats).toContain('image/jpeg');
  });

  it('lead to the request that was recorded: A4 at 300 dpi in colour from the feeder', () => {
    const order = chooseOrder(caps(), SETTINGS, {});
    expect(order).toEqual({
      source: 'adf',
      dpi: 300,
      colorMode: 'RGB24',
      ...{ x: 0, width: 2480, height: 3508 },
      format: 'image/jpeg',
      formatExt: false,
      intent: 'TextAndGraphic',
      notes: [],
    });
  });
});

describe('capabilities', () => {
  it('may share one profile by reference and give a range of resolutions', () => {
    const caps =
      read(`<s:ScannerCapabilities xmlns:s="x" xmlns:p="y"><p:MakeAndModel>A &amp; B</p:MakeAndModel>
      <s:SettingProfiles><s:SettingProfile name="p1"><s:ColorModes><s:ColorMode>RGB24</s:ColorMode></s:ColorModes>
      <s:SupportedResolutions><s:ResolutionRange>
      <s:XResolution><s:Min>50</s:Min><s:Max>600</s:Max><s:Step>1</s:Step></s:XResolution>
      <s:YResolution><s:Min>75</s:Min><s:Max>1200</s:Max><s:Step>1</s:Step></s:YResolution>
      </s:ResolutionRange></s:SupportedResolutions></s:SettingProfile></s:SettingProfiles>
      <s:Adf><s:AdfSimplexInputCaps><s:SettingProfiles><s:SettingProfile ref="p1"/></s:SettingProfiles></s:AdfSimplexInputCaps>
      <s:AdfOptions><s:AdfOption>Duplex</s:AdfOption></s:AdfOptions></s:Adf></s:ScannerCapabilities>`);
    expect(caps.model).toBe('A & B');
    expect(Object.keys(caps.sources)).toEqual(['adf', 'adf-duplex']);
    expect(caps.sources.adf?.resolutions).toEqual({ kind: 'range', min: 75, max: 600, step: 1 });
    expect(caps.sources.adf?.colorModes).toEqual(['RGB24']);
  });

  it('may hold their profiles beside the sections, and of a duplex section in the simplex one', () => {
    const caps =
      read(`<x:ScannerCapabilities xmlns:x="x"><x:SettingProfiles><x:SettingProfile><x:ColorModes><x:ColorMode>RGB24</x:ColorMode></x:ColorModes>
      <x:SupportedResolutions><x:DiscreteResolutions><x:DiscreteResolution><x:XResolution>300</x:XResolution><x:YResolution>300</x:YResolution>
      </x:DiscreteResolution></x:DiscreteResolutions></x:SupportedResolutions></x:SettingProfile></x:SettingProfiles>
      <x:Platen><x:PlatenInputCaps><x:MaxWidth>2550</x:MaxWidth></x:PlatenInputCaps></x:Platen>
      <x:Adf><x:AdfSimplexInputCaps/><x:AdfDuplexInputCaps><x:MaxHeight>3000</x:MaxHeight></x:AdfDuplexInputCaps>
      <x:FeederCapacity>35</x:FeederCapacity><x:Justification><x:XImagePosition>Center</x:XImagePosition></x:Justification></x:Adf>
      </x:ScannerCapabilities>`);
    expect(Object.keys(caps.sources)).toEqual(['platen', 'adf', 'adf-duplex']);
    expect(caps.sources.platen).toMatchObject({ colorModes: ['RGB24'], capacity: 0, justification: 'start' });
    expect(caps.sources['adf-duplex']).toMatchObject({
      maxHeight: 3000,
      capacity: 35,
      justification: 'center',
    });
  });

  it('keep a Latin-1 model name readable', () => {
    const bytes = Buffer.from(capabilitiesXml({ model: 'Scanner \u00e9t\u00e9' }), 'latin1');
    expect(parseCapabilities(bytes).model).toBe('Scanner été');
  });

  it.each([
    ['cut', capabilitiesXml().slice(0, 900)],
    ['empty', ''],
    ['another document', '<html><body>Login</body></html>'],
    ['without a source', '<a:ScannerCapabilities xmlns:a="x"/>'],
    ['with a document type', `<!DOCTYPE x [<!ENTITY e "v">]>${capabilitiesXml()}`],
    ['deeply nested', `${'<ScannerCapabilities>'.repeat(5000)}`],
  ])('that are %s are refused', (_, text) => {
    expect(() => read(text)).toThrowError(protocolError);
  });

  it('with hostile names stay data', () => {
    const caps = read(
      capabilitiesXml({ model: '__proto__' }).replace(
        '</pwg:Version>',
        '</pwg:Version><hasOwnProperty>1</hasOwnProperty>',
      ),
    );
    expect(caps.model).toBe('__proto__');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('what is asked of a device', () => {
  it('stays within its largest region', () => {
    const order = chooseOrder(read(capabilitiesXml({ width: 2000 })), SETTINGS, {});
    expect(order.width).toBe(2000);
    expect(order.height).toBe(3508);
  });

  it('is refused where the device has no such source, mode or format', () => {
    const unsupported = (what: string) =>
      expect.objectContaining({ code: 'SCANNER_UNSUPPORTED', details: expect.objectContaining({ what }) });
    const plain = read(capabilitiesXml());
    expect(() => chooseOrder(plain, { ...SETTINGS, source: 'adf-duplex' }, {})).toThrowError(
      unsupported('source'),
    );
    const grey = read(capabilitiesXml({ modes: ['Grayscale8'] }));
    expect(() => chooseOrder(grey, SETTINGS, {})).toThrowError(unsupported('mode'));
    const pdf = read(capabilitiesXml({ formats: ['application/pdf'] }));
    expect(() => chooseOrder(pdf, SETTINGS, {})).toThrowError(unsupported('format'));
  });

  it('is grey in place of black and white where the device has no such mode', () => {
    expect(chooseOrder(read(capabilitiesXml()), { ...SETTINGS, mode: 'bw' }, {}).colorMode).toBe(
      'Grayscale8',
    );
  });

  it('is what one profile gives together: mode, format and resolution', () => {
    const profile = (mode: string, format: string, dpi: number) => `<SettingProfile>
      <ColorModes><ColorMode>${mode}</ColorMode></ColorModes>
      <DocumentFormats><DocumentFormat>${format}</DocumentFormat></DocumentFormats>
      <SupportedResolutions><DiscreteResolutions><DiscreteResolution><XResolution>${dpi}</XResolution>
      <YResolution>${dpi}</YResolution></DiscreteResolution></DiscreteResolutions></SupportedResolutions></SettingProfile>`;
    const caps =
      read(`<ScannerCapabilities><Adf><AdfSimplexInputCaps><SettingProfiles>${profile('BlackAndWhite1', 'image/tiff', 600)}
      ${profile('RGB24', 'image/png', 300)}${profile('Grayscale8', 'image/jpeg', 400)}${profile('Grayscale8', 'application/pdf', 1200)}
      </SettingProfiles></AdfSimplexInputCaps></Adf></ScannerCapabilities>`);
    const order = (mode: 'color' | 'gray' | 'bw') => chooseOrder(caps, { ...SETTINGS, mode }, {});
    expect(order('bw')).toMatchObject({ colorMode: 'BlackAndWhite1', format: 'image/tiff', dpi: 600 });
    expect(order('color')).toMatchObject({ colorMode: 'RGB24', format: 'image/png', dpi: 300 });
    expect(order('gray')).toMatchObject({ colorMode: 'Grayscale8', format: 'image/jpeg', dpi: 400 });
  });

  it('says what the device gives less than was asked for', () => {
    const low = read(capabilitiesXml({ dpis: [100, 150] }));
    expect(chooseOrder(low, SETTINGS, {}).notes).toEqual([
      '150 dpi is the most the device gives; 300 asked',
      'below the 200 dpi of NĐ 30/2020 Phụ lục I',
    ]);
    expect(chooseOrder(low, { ...SETTINGS, dpi: 100 }, {}).notes).toEqual([]);
    expect(chooseOrder(read(capabilitiesXml({ width: 2475 })), SETTINGS, {}).notes).toEqual([]);
    expect(chooseOrder(read(capabilitiesXml({ width: 2000 })), SETTINGS, {}).notes).toHaveLength(1);
  });

  it('turns both sides only where both are wanted', () => {
    const caps = read(capabilitiesXml({ duplex: true }));
    const body = (source: 'adf' | 'adf-duplex' | 'platen') =>
      settingsXml(chooseOrder(caps, { ...SETTINGS, source }, {}), caps.version);
    expect(body('adf-duplex')).toContain('<scan:Duplex>true</scan:Duplex>');
    expect(body('adf')).toContain('<scan:Duplex>false</scan:Duplex>');
    expect(body('platen')).not.toContain('Duplex');
    expect(body('platen')).toContain('<pwg:InputSource>Platen</pwg:InputSource>');
  });
});

describe('a resolution', () => {
  const list = (...values: number[]) => ({ kind: 'list', values }) as const;

  it('is the nearest one that is not below the wanted one, else the highest', () => {
    expect(chooseDpi(290, list(200, 300, 600))).toBe(300);
    expect(chooseDpi(250, list(200, 300))).toBe(300);
    expect(chooseDpi(100, list(75, 150))).toBe(150);
    expect(chooseDpi(301, list(200, 300, 600))).toBe(600);
    expect(chooseDpi(1200, list(200, 300, 600))).toBe(600);
  });

  it('does not fall under 200 dpi where 200 was asked for and is possible', () => {
    expect(chooseDpi(200, list(150, 300))).toBe(300);
    expect(chooseDpi(200, list(100, 150))).toBe(150);
  });

  it('is taken as it is from a range', () => {
    const range = { kind: 'range', min: 50, max: 600, step: 1 } as const;
    expect(chooseDpi(211, range)).toBe(211);
    expect(chooseDpi(1200, range)).toBe(600);
    expect(offeredDpis(range)).toEqual([75, 100, 150, 200, 240, 300, 400, 600]);
  });

  it('is never above what the device truly does', () => {
    expect(chooseDpi(600, list(200, 300, 600), 300)).toBe(300);
  });
});

describe('a status', () => {
  it.each(['', '<ScannerStatus', '<!DOCTYPE a><ScannerStatus/>'])('like %j is refused', (text) => {
    expect(() => parseStatus(Buffer.from(text))).toThrowError(protocolError);
  });
});
