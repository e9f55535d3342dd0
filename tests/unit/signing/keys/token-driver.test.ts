import pkcs11 from 'pkcs11js';
import { describe, expect, it } from 'vitest';
import { CKR } from '../../../../src/main/signing/keys/token-host/ckr.ts';
import type { Library } from '../../../../src/main/signing/keys/token-host/library.ts';
import { createTokenDriver } from '../../../../src/main/signing/keys/token-host/module.ts';

/** Any file that is there: what is loaded of it is the fake below. */
const MODULE = import.meta.filename;
const CHOICE = { label: 'counter', serial: null };
const SLOT = Buffer.from([1]);
const KEY = Buffer.from([9]);

interface FakeToken {
  flags?: number;
  mechanisms?: number[];
  alwaysAuthenticate?: boolean;
  present?: boolean;
  /** CKR names that calls fail with, in turn, by the call's name; '' = it succeeds. */
  failures?: Record<string, string[]>;
}

function fail(call: string, name: string): never {
  const value = CKR.find(([, known]) => known === name)?.[0] ?? 0x80000001;
  throw Object.assign(new pkcs11.Pkcs11Error(`${name}:${value}`), { method: call });
}

/** A module as pkcs11js shows it, with a log of its calls. */
function fakeModule(token: FakeToken) {
  const calls: string[] = [];
  let sessions = 0;
  const done = (call: string, note = '') => {
    calls.push(note === '' ? call : `${call} ${note}`);
    const name = token.failures?.[call]?.shift();
    if (name) fail(call, name);
  };
  const module = {
    C_Initialize: () => done('C_Initialize'),
    C_Finalize: () => done('C_Finalize'),
    C_GetSlotList: () => (token.present === false ? [] : [SLOT]),
    C_GetSlotInfo: () => ({ slotDescription: 's', flags: token.present === false ? 0 : 1 }),
    C_GetTokenInfo: () => ({
      ...{ label: 'counter   ', serialNumber: 'AB12\0\0', model: 'm', manufacturerID: 'v' },
      ...{ flags: pkcs11.CKF_TOKEN_INITIALIZED | (token.flags ?? 0), minPinLen: 4, maxPinLen: 8 },
    }),
    C_OpenSession: () => {
      done('C_OpenSession');
      return Buffer.from([++sessions]);
    },
    C_CloseSession: () => done('C_CloseSession'),
    C_Login: (_: Buffer, user: number, pin: unknown) => done('C_Login', `${user} ${JSON.stringify(pin)}`),
    C_Logout: () => done('C_Logout'),
    C_GetMechanismList: () => token.mechanisms ?? [],
    C_FindObjectsInit: (_: Buffer, [{ value }]: [{ value: number }]) => {
      found = value === pkcs11.CKO_PRIVATE_KEY ? [KEY] : [];
    },
    C_FindObjects: () => found,
    C_FindObjectsFinal: () => {},
    C_GetAttributeValue: (_: Buffer, __: Buffer, [{ type }]: [{ type: number }]) => {
      if (type !== pkcs11.CKA_ALWAYS_AUTHENTICATE) return [{ type, value: Buffer.from([1]) }];
      if (token.alwaysAuthenticate === undefined) fail('C_GetAttributeValue', 'CKR_ATTRIBUTE_TYPE_INVALID');
      return [{ type, value: Buffer.from([token.alwaysAuthenticate ? 1 : 0]) }];
    },
    C_SignInit: (_: Buffer, { mechanism }: { mechanism: number }) => done('C_SignInit', String(mechanism)),
    C_Sign: (_: Buffer, input: Buffer) => {
      done('C_Sign', String(input.length));
      return Buffer.from([7]);
    },
  };
  let found: Buffer[] = [];
  const driver = createTokenDriver({ load: () => module as unknown as Library, removalPauseMs: 1 });
  const open = (pin = '1234') => driver.open(MODULE, CHOICE, Buffer.from(pin));
  const sign = (session: number, algorithm: Parameters<typeof driver.sign>[0]['algorithm']) =>
    driver.sign({ seq: 1, op: 'sign', session, keyId: '01', algorithm, data: Buffer.from('x') });
  const logins = () => calls.filter((call) => call.startsWith('C_Login'));
  return { calls, logins, driver, open, sign };
}

describe('a login', () => {
  it('sends the PIN once and wipes what it was given', () => {
    const { driver, logins } = fakeModule({});
    const pin = Buffer.from('1234');
    driver.open(MODULE, CHOICE, pin);
    expect(logins()).toEqual(['C_Login 1 "1234"']);
    expect(pin).toEqual(Buffer.alloc(4));
  });

  it('sends no octet of it to a token whose PIN is typed on the reader', () => {
    const { open, logins } = fakeModule({ flags: pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH });
    expect(open('').token.pinPad).toBe(true);
    open('1234');
    expect(logins()).toEqual(['C_Login 1 ""', 'C_Login 1 ""']);
  });

  it.each(CKR.map(([, name]) => name))(
    'tries nothing again after %s, and leaves no session',
    (name) => {
      const { driver, calls, logins } = fakeModule({ failures: { C_Login: [name] } });
      const pin = Buffer.from('1234');
      expect(() => driver.open(MODULE, CHOICE, pin)).toThrow(
        expect.objectContaining({
          details: expect.objectContaining({ ckr: name, pinState: 'ok', pinStateBefore: 'ok' }),
        }),
      );
      expect(logins()).toHaveLength(1);
      expect(calls).toContain('C_CloseSession');
      expect(pin).toEqual(Buffer.alloc(4));
    },
    20_000,
  );

  it('spends no try on a token that says it is locked', () => {
    const { open, logins } = fakeModule({ flags: pkcs11.CKF_USER_PIN_LOCKED });
    expect(() => open()).toThrow(expect.objectContaining({ code: 'TOKEN_PIN_LOCKED' }));
    expect(logins()).toEqual([]);
  });

  it.each([
    [0, 'ok'],
    [pkcs11.CKF_USER_PIN_COUNT_LOW, 'low'],
    [pkcs11.CKF_USER_PIN_COUNT_LOW | pkcs11.CKF_USER_PIN_FINAL_TRY, 'final-try'],
  ])('reads the flags %i as %s', (flags, pinState) => {
    expect(fakeModule({ flags }).open().token.pinState).toBe(pinState);
  });

  it('starts a module anew that missed a reinsertion, before any PIN is sent', () => {
    const { open, calls, logins } = fakeModule({ failures: { C_OpenSession: ['CKR_DEVICE_REMOVED'] } });
    open();
    expect(calls.filter((call) => /Init|Final|Open|Login/.test(call))).toEqual([
      ...['C_OpenSession', 'C_Finalize', 'C_Initialize', 'C_OpenSession', 'C_Login 1 "1234"'],
    ]);
    expect(logins()).toHaveLength(1);
  });
});

describe('a signature', () => {
  it('goes on to the next mechanism where the token lists what it cannot', () => {
    const { open, sign, calls } = fakeModule({
      mechanisms: [pkcs11.CKM_SHA384_RSA_PKCS],
      failures: { C_SignInit: ['CKR_MECHANISM_INVALID'] },
    });
    expect([...sign(open().session, 'rsa-pkcs1-sha384')]).toEqual([7]);
    // DigestInfo and hash: 19 + 48 octets.
    expect(calls.slice(-3)).toEqual([
      `C_SignInit ${pkcs11.CKM_SHA384_RSA_PKCS}`,
      `C_SignInit ${pkcs11.CKM_RSA_PKCS}`,
      'C_Sign 67',
    ]);
  });

  it('is refused by name where no mechanism is left, and as RSASSA-PSS where none is listed', () => {
    const { open, sign, calls } = fakeModule({
      failures: { C_SignInit: ['CKR_MECHANISM_INVALID', 'CKR_FUNCTION_NOT_SUPPORTED'] },
    });
    const { session, pss } = open();
    expect(pss).toBe(false);
    const unsupported = expect.objectContaining({ code: 'KEY_UNSUPPORTED' });
    expect(() => sign(session, 'ecdsa-sha256')).toThrow(unsupported);
    const before = calls.length;
    expect(() => sign(session, 'rsa-pss-sha256')).toThrow(unsupported);
    expect(calls).toHaveLength(before);
  });

  it('gives a token that pads by itself our hash', () => {
    const { open, sign, calls } = fakeModule({ mechanisms: [pkcs11.CKM_RSA_PKCS_PSS] });
    const { session, pss } = open();
    expect(pss).toBe(true);
    sign(session, 'rsa-pss-sha512');
    expect(calls.slice(-2)).toEqual([`C_SignInit ${pkcs11.CKM_RSA_PKCS_PSS}`, 'C_Sign 64']);
  });

  it('takes the PIN along for each where the key wants that', () => {
    const { open, sign, logins } = fakeModule({ alwaysAuthenticate: true });
    const { session } = open();
    sign(session, 'ecdsa-sha256');
    sign(session, 'ecdsa-sha256');
    expect(logins()).toEqual(['C_Login 1 "1234"', 'C_Login 2 "1234"', 'C_Login 2 "1234"']);
  });

  it('sends a PIN that is refused with a signature never again', () => {
    const { open, sign, logins } = fakeModule({
      alwaysAuthenticate: true,
      failures: { C_Login: ['', 'CKR_PIN_INCORRECT'] },
    });
    const { session } = open();
    expect(() => sign(session, 'ecdsa-sha256')).toThrow(
      expect.objectContaining({
        code: 'TOKEN_PIN_WRONG',
        details: expect.objectContaining({ pinState: 'ok' }),
      }),
    );
    expect(() => sign(session, 'ecdsa-sha256')).toThrow(
      expect.objectContaining({ code: 'TOKEN_PIN_NEEDED' }),
    );
    expect(logins()).toHaveLength(2);
  });

  it('that fails in general is a removal where the slot is empty, and else what it was', () => {
    const token: FakeToken = { failures: { C_Sign: ['CKR_FUNCTION_FAILED', 'CKR_FUNCTION_FAILED'] } };
    const { open, sign } = fakeModule(token);
    const { session } = open();
    expect(() => sign(session, 'ecdsa-sha256')).toThrow(
      expect.objectContaining({ code: 'TOKEN_FUNCTION_FAILED' }),
    );
    token.present = false;
    expect(() => sign(session, 'ecdsa-sha256')).toThrow(
      expect.objectContaining({
        code: 'TOKEN_REMOVED',
        details: expect.objectContaining({ ckr: 'CKR_FUNCTION_FAILED' }),
      }),
    );
    expect(() => sign(session, 'ecdsa-sha256')).toThrow(
      expect.objectContaining({ code: 'TOKEN_PIN_NEEDED' }),
    );
  });
});
