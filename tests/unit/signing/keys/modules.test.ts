import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { awaitToken } from '../../../../src/main/signing/keys/await-token.ts';
import { assertLoadable, inspectModule } from '../../../../src/main/signing/keys/module-file.ts';
import { findModules, probeModules, readModuleListing } from '../../../../src/main/signing/keys/modules.ts';
import type { TokenHost } from '../../../../src/main/signing/keys/token-host/client.ts';
import type { TokenReport } from '../../../../src/main/signing/keys/token-host/messages.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'modules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const RESOURCES = path.resolve(import.meta.dirname, '../../../../resources');

let files = 0;
function fileOf(octets: Uint8Array): string {
  const file = path.join(folder, `module-${files++}.so`);
  writeFileSync(file, octets);
  return file;
}

interface Shape {
  readonly machine: number;
  readonly wide: boolean;
  readonly exports: readonly string[];
}

/** The least of a DLL that a loader would look at: headers, one section, an export directory. */
function dll({ machine, wide, exports: names }: Shape): Buffer {
  const octets = Buffer.alloc(0x600);
  octets.write('MZ', 0, 'latin1');
  octets.writeUInt32LE(0x80, 60);
  octets.write('PE\0\0', 0x80, 'latin1');
  octets.writeUInt16LE(machine, 0x84);
  octets.writeUInt16LE(1, 0x86);
  const size = wide ? 240 : 224;
  octets.writeUInt16LE(size, 0x94);
  const optional = 0x98;
  octets.writeUInt16LE(wide ? 0x20b : 0x10b, optional);
  octets.writeUInt32LE(16, optional + (wide ? 108 : 92));
  octets.writeUInt32LE(names.length > 0 ? 0x1000 : 0, optional + (wide ? 112 : 96));
  const section = optional + size;
  octets.writeUInt32LE(0x200, section + 8);
  octets.writeUInt32LE(0x1000, section + 12);
  octets.writeUInt32LE(0x200, section + 16);
  octets.writeUInt32LE(0x400, section + 20);
  octets.writeUInt32LE(names.length, 0x400 + 24);
  octets.writeUInt32LE(0x1040, 0x400 + 32);
  names.forEach((name, i) => {
    octets.writeUInt32LE(0x1080 + i * 32, 0x440 + i * 4);
    octets.write(`${name}\0`, 0x480 + i * 32, 'latin1');
  });
  return octets;
}

/** The least of a shared object: header, .dynsym and .dynstr. */
function sharedObject({ machine, wide, exports: names }: Shape): Buffer {
  const octets = Buffer.alloc(0x600);
  octets.write('\x7fELF', 0, 'latin1');
  octets[4] = wide ? 2 : 1;
  octets[5] = 1;
  octets.writeUInt16LE(machine, 18);
  const header = wide ? 64 : 40;
  const table = 0x400;
  if (wide) octets.writeBigUInt64LE(BigInt(table), 40);
  else octets.writeUInt32LE(table, 32);
  octets.writeUInt16LE(header, wide ? 58 : 46);
  octets.writeUInt16LE(3, wide ? 60 : 48);
  const step = wide ? 24 : 16;
  const strings = `\0${names.map((name) => `${name}\0`).join('')}`;
  octets.write(strings, 0x300, 'latin1');
  let at = 1;
  names.forEach((name, i) => {
    octets.writeUInt32LE(at, 0x200 + (i + 1) * step);
    octets.writeUInt16LE(1, 0x200 + (i + 1) * step + (wide ? 6 : 14));
    at += name.length + 1;
  });
  const put = (index: number, type: number, [offset, length, link]: [number, number, number]) => {
    const start = table + index * header;
    octets.writeUInt32LE(type, start + 4);
    if (wide) octets.writeBigUInt64LE(BigInt(offset), start + 24);
    else octets.writeUInt32LE(offset, start + 16);
    if (wide) octets.writeBigUInt64LE(BigInt(length), start + 32);
    else octets.writeUInt32LE(length, start + 20);
    octets.writeUInt32LE(link, start + (wide ? 40 : 24));
  };
  put(1, 11, [0x200, (names.length + 1) * step, 2]);
  put(2, 3, [0x300, strings.length, 0]);
  return octets;
}

const ENTRY = ['C_Finalize', 'C_GetFunctionList'];
const HERE = process.arch === 'arm64' ? 0xb7 : 0x3e;

describe('a module before it is loaded', () => {
  it.each([
    ['64-bit DLL', dll, 0x8664, true, { format: 'pe', bits: 64, machine: 'x64' }],
    ['32-bit DLL', dll, 0x14c, false, { format: 'pe', bits: 32, machine: 'ia32' }],
    ['ARM DLL', dll, 0xaa64, true, { format: 'pe', bits: 64, machine: 'arm64' }],
    ['64-bit shared object', sharedObject, 0x3e, true, { format: 'elf', bits: 64, machine: 'x64' }],
    ['32-bit shared object', sharedObject, 0x03, false, { format: 'elf', bits: 32, machine: 'ia32' }],
    ['unknown machine', sharedObject, 0x4711, true, { format: 'elf', bits: 64, machine: '18193' }],
  ] as const)('%s: says its machine and its entry point', (_, make, machine, wide, facts) => {
    const look = (names: readonly string[]) => inspectModule(fileOf(make({ machine, wide, exports: names })));
    expect(look(ENTRY)).toEqual({ ...facts, cryptoki: true });
    expect(look(['C_GetFunctionListEx', 'DllMain'])).toEqual({ ...facts, cryptoki: false });
  });

  it('is refused by name where this machine cannot load it', () => {
    const foreign = fileOf(sharedObject({ machine: 0x03, wide: false, exports: ENTRY }));
    expect(() => assertLoadable(foreign)).toThrow(
      expect.objectContaining({
        code: 'TOKEN_MODULE_BITS',
        details: { module: path.basename(foreign), bits: 32, machine: 'ia32' },
      }),
    );
    const refused = (octets: Uint8Array, reason: string) =>
      expect(() => assertLoadable(fileOf(octets))).toThrow(
        expect.objectContaining({
          code: 'TOKEN_MODULE_INVALID',
          details: expect.objectContaining({ reason }),
        }),
      );
    refused(dll({ machine: 0x8664, wide: true, exports: ENTRY }), 'other-system');
    refused(sharedObject({ machine: HERE, wide: true, exports: ['printf'] }), 'no-entry-point');
    refused(Buffer.from('#!/bin/sh\n'.repeat(20)), 'not-a-library');
    refused(Buffer.alloc(0), 'not-a-library');
  });

  it('answers every cut and every flipped octet with facts or null', () => {
    for (const make of [dll, sharedObject]) {
      const whole = make({ machine: HERE, wide: true, exports: ENTRY });
      const file = path.join(folder, 'hostile');
      for (let at = 0; at < whole.length; at += 29) {
        const flipped = Buffer.from(whole);
        flipped[at]! ^= 0xff;
        for (const bad of [flipped, whole.subarray(0, at)]) {
          writeFileSync(file, bad);
          const facts = inspectModule(file);
          if (facts) expect([true, false, null]).toContain(facts.cryptoki);
        }
      }
    }
  });
});

describe('the modules that are known', () => {
  const listing = readModuleListing(RESOURCES);

  it('have each a maker and file names, and stand once each', () => {
    const names = listing.modules.flatMap((module) => module.files);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    // The field's own list (government and public authorities).
    for (const name of ['bit4xpki.dll', 'gclib.dll', 'eTPKCS11.dll', 'IDPrimePKCS1164.dll', 'BkavCA.dll'])
      expect(names).toContain(name);
  });

  it('refuse a listing of another shape by name', () => {
    writeFileSync(path.join(folder, 'pkcs11-modules.json'), '{"folders":{},"modules":[{"vendor":"x"}]}');
    expect(() => readModuleListing(folder)).toThrow('CONFIG_INVALID');
    expect(() => readModuleListing(path.join(folder, 'absent'))).toThrow('CONFIG_INVALID');
  });

  it('are found by name in their folders, once each, those that can be loaded first', async () => {
    const system = path.join(folder, 'System32');
    const wow = path.join(folder, 'SysWOW64');
    for (const made of [system, wow]) mkdirSync(made);
    const x64 = dll({ machine: 0x8664, wide: true, exports: ENTRY });
    writeFileSync(path.join(wow, 'VNPTCA_P11_V8.DLL'), dll({ machine: 0x14c, wide: false, exports: ENTRY }));
    writeFileSync(path.join(system, 'viettel-ca_v6.dll'), x64);
    writeFileSync(path.join(system, 'viettel-ca_v6xdll'), x64);
    writeFileSync(path.join(system, 'my-viettel-ca_v6.dll'), x64);
    writeFileSync(path.join(system, 'gclib.dll'), 'MZ');
    symlinkSync(path.join(system, 'viettel-ca_v6.dll'), path.join(system, 'viettel-ca_v5.dll'));
    symlinkSync(path.join(folder, 'nowhere.dll'), path.join(system, 'BkavCA.dll'));
    const found = await findModules(listing, {
      platform: 'win32',
      arch: 'x64',
      // The listing's separator is Windows' own; here a folder may be called so.
      env: { SystemRoot: folder },
    });
    // Without Windows' separators the folders are not found: nothing, and no failure.
    expect(found).toEqual([]);
    const here = {
      ...listing,
      folders: { win32: ['%SystemRoot%/System32', '%SystemRoot%/SysWOW64', '%Gone%/x'] },
    };
    const again = await findModules(here, { platform: 'win32', arch: 'x64', env: { SystemRoot: folder } });
    expect(again.map(({ file, vendor, loadable }) => [path.basename(file), vendor, loadable])).toEqual([
      ['viettel-ca_v6.dll', 'Viettel-CA', true],
      ['gclib.dll', 'Ban Cơ yếu Chính phủ (GCA)', false],
      ['VNPTCA_P11_V8.DLL', 'VNPT-CA', false],
    ]);
    expect(again[2]!.facts).toMatchObject({ bits: 32, machine: 'ia32', cryptoki: true });
    expect(again[1]!.facts).toBeNull();
    expect(await findModules(here, { platform: 'plan9', arch: 'x64', env: {} })).toEqual([]);
  });
});

const TOKEN: TokenReport = {
  ...{ label: 'quầy 1', serial: 'AB12', model: 'm', manufacturer: 'v' },
  ...{ initialised: true, pinState: 'ok', pinPad: false },
};

/** A token host of which each module shows what is given, or fails so. */
function hostOf(modules: Readonly<Record<string, TokenReport[] | CounterError>>) {
  const asked: string[] = [];
  const unexpected = () => Promise.reject(new Error('no PIN may be near a probe'));
  const host: TokenHost = {
    probe: async (module) => {
      asked.push(module);
      const shown = modules[path.basename(module)] ?? new CounterError('TOKEN_MODULE_MISSING');
      if (shown instanceof CounterError) throw shown;
      return { library: 'l', slots: shown.map((token) => ({ description: 's', token, fault: null })) };
    },
    present: unexpected,
    open: unexpected,
    shutdown: async () => {},
  };
  return { asked, host };
}

describe('a probe of several modules', () => {
  it('tells apart two ways to one token, two tokens, and one module under two names', async () => {
    const other = { ...TOKEN, serial: 'CD34' };
    const { asked, host } = hostOf({
      'a.so': [TOKEN],
      'b.so': [{ ...TOKEN, serial: 'ab12', manufacturer: 'another name' }, other],
      'hung.so': new CounterError('TOKEN_HUNG', { operation: 'probe', module: 'hung.so' }),
      'blank.so': [{ ...TOKEN, initialised: false, serial: '' }],
    });
    const at = (name: string) => path.join(folder, name);
    for (const name of ['a.so', 'b.so', 'hung.so', 'blank.so'])
      copyFileSync(fileOf(Buffer.from('x')), at(name));
    symlinkSync(at('a.so'), at('a-link.so'));
    const names = ['hung.so', 'a.so', 'a-link.so', 'b.so', 'blank.so', 'absent.so'];
    const report = await probeModules(host, names.map(at));
    expect(asked.map((file) => path.basename(file))).toEqual([
      'hung.so',
      'a.so',
      'b.so',
      'blank.so',
      'absent.so',
    ]);
    expect(report.modules[0]!.failure).toMatchObject({ code: 'TOKEN_HUNG' });
    expect(report.modules.at(-1)!.failure).toMatchObject({ code: 'TOKEN_MODULE_MISSING' });
    expect(
      report.tokens.map(({ token, modules }) => [token.serial, modules.map((m) => path.basename(m))]),
    ).toEqual([
      ['AB12', ['a.so', 'b.so']],
      ['CD34', ['b.so']],
    ]);
  });
});

describe('waiting for a token that was pulled out', () => {
  const TOKEN_OF = { module: '/m', token: { label: 'a', serial: null }, pauseMs: 1 };
  const hostSaying = (...answers: (boolean | Error)[]) => {
    let asked = 0;
    const present = async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const { host } = hostOf({});
    return { tokenHost: { ...host, present }, asked: () => asked };
  };

  it('looks again, also past a host that hung, until it is there', async () => {
    const { tokenHost, asked } = hostSaying(false, new CounterError('TOKEN_HUNG'), false, true);
    expect(await awaitToken({ tokenHost, ...TOKEN_OF })).toBe(true);
    expect(asked()).toBe(4);
  });

  it('ends when its looks are used up, when it is told to, and at what waiting does not mend', async () => {
    const never = hostSaying(false);
    expect(await awaitToken({ tokenHost: never.tokenHost, ...TOKEN_OF, looks: 3 })).toBe(false);
    expect(never.asked()).toBe(3);
    const abort = new AbortController();
    const waiting = awaitToken({
      ...{ tokenHost: never.tokenHost, ...TOKEN_OF, pauseMs: 60_000 },
      signal: abort.signal,
    });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    const { tokenHost } = hostSaying(new CounterError('TOKEN_MODULE_MISSING'));
    await expect(awaitToken({ tokenHost, ...TOKEN_OF })).rejects.toThrow('TOKEN_MODULE_MISSING');
  });
});
