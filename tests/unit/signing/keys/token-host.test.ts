import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pkcs11 from 'pkcs11js';
import { afterAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { forkHost, type HostChannel } from '../../../../src/main/signing/keys/token-host/channel.ts';
import { CKR } from '../../../../src/main/signing/keys/token-host/ckr.ts';
import { createTokenHost } from '../../../../src/main/signing/keys/token-host/client.ts';
import { tokenError } from '../../../../src/main/signing/keys/token-host/errors.ts';
import { hostRequest } from '../../../../src/main/signing/keys/token-host/messages.ts';

const CHOICE = { label: 'counter', serial: null };
const folder = mkdtempSync(path.join(tmpdir(), 'token-host-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('token host in its own process', () => {
  const pids: number[] = [];
  const launch = (script?: string) => () =>
    forkHost({ ...(script ? { script } : {}), onLaunch: (pid) => pids.push(pid) });

  it('names a module that is not there, and a file that is no module', async () => {
    const host = createTokenHost({ launch: launch() });
    const text = path.join(folder, 'text.so');
    writeFileSync(text, 'not a module');
    await expect(host.probe(path.join(folder, 'absent.so'))).rejects.toMatchObject({
      code: 'TOKEN_MODULE_MISSING',
      details: { module: 'absent.so' },
    });
    await expect(host.probe(text)).rejects.toMatchObject({ code: 'TOKEN_MODULE_INVALID' });
    await expect(host.open(text, CHOICE, '1234')).rejects.toMatchObject({ code: 'TOKEN_MODULE_INVALID' });
    await host.shutdown();
    expect(isAlive(pids.at(-1)!)).toBe(false);
  });

  it('kills a host that hangs and says so; the next request gets a new one', async () => {
    const script = path.join(import.meta.dirname, 'token-host-hanging.ts');
    const host = createTokenHost({ launch: launch(script), patience: { probe: 300, open: 300 } });
    await expect(host.probe('/any')).rejects.toMatchObject({
      code: 'TOKEN_HUNG',
      details: { operation: 'probe', seconds: 0.3 },
    });
    const first = pids.at(-1)!;
    await expect(host.open('/any', CHOICE, '1234')).rejects.toMatchObject({ code: 'TOKEN_HUNG' });
    const second = pids.at(-1)!;
    expect(second).not.toBe(first);
    await expect.poll(() => isAlive(first) || isAlive(second)).toBe(false);
  });

  it('names a host that dies over a request', async () => {
    const script = path.join(folder, 'dying.mjs');
    writeFileSync(script, "process.on('message', () => process.kill(process.pid, 'SIGSEGV'));");
    const host = createTokenHost({ launch: launch(script) });
    await expect(host.probe('/any')).rejects.toMatchObject({ code: 'TOKEN_HOST_CRASHED' });
    await expect(host.open('/any', CHOICE, '1')).rejects.toMatchObject({ code: 'TOKEN_HOST_CRASHED' });
  });

  it('names a host that cannot start', async () => {
    const host = createTokenHost({ launch: launch(path.join(folder, 'nowhere.mjs')) });
    await expect(host.probe('/any')).rejects.toMatchObject({ code: 'TOKEN_HOST_CRASHED' });
  });

  it('speaks over a utility process’s port where there is one', async () => {
    const script = path.join(folder, 'utility.mjs');
    const main = path.join(import.meta.dirname, '../../../../src/main/signing/keys/token-host/main.ts');
    writeFileSync(
      script,
      `process.parentPort = {
         on: (_, listener) => process.on('message', (data) => listener({ data })),
         postMessage: (message) => process.send({ ...message, viaPort: true }),
       };
       await import(${JSON.stringify(main)});`,
    );
    const channel = forkHost({ script });
    const reply = new Promise((resolve) => channel.onMessage(resolve));
    const gone = new Promise<void>((resolve) => channel.onExit(resolve));
    channel.post({ seq: 5, op: 'probe', module: '/absent.so' });
    expect(await reply).toEqual({
      ...{ seq: 5, ok: false, viaPort: true },
      error: { code: 'TOKEN_MODULE_MISSING', details: { module: 'absent.so' } },
    });
    channel.kill();
    await gone;
  });

  it('ends itself rather than guess at what it was told', async () => {
    const channel = forkHost();
    const gone = new Promise<string>((resolve) => channel.onExit(() => resolve('exit')));
    channel.post({ seq: 1, op: 'format-token' });
    expect(await gone).toBe('exit');
  });

  it('gives the host no environment beyond what modules look for', async () => {
    const script = path.join(folder, 'environment.mjs');
    writeFileSync(
      script,
      "process.on('message', ({ seq }) => process.send({ seq, ok: true, result: { library: JSON.stringify(process.env), slots: [] } }));",
    );
    process.env.COUNTER_TEST_SECRET = 'hidden';
    process.env.NODE_OPTIONS ??= '';
    const host = createTokenHost({ launch: launch(script) });
    const { library } = await host.probe('/any');
    delete process.env.COUNTER_TEST_SECRET;
    await host.shutdown();
    expect(library).toContain('"PATH"');
    expect(library).not.toMatch(/COUNTER_TEST_SECRET|NODE_OPTIONS/);
  });
});

/** A host inside the test: what it is told is kept, `reply` says what it answers. */
function scripted(reply: (request: Record<string, unknown>) => unknown): {
  told: unknown[];
  launch: () => HostChannel;
  killed: () => number;
} {
  const told: unknown[] = [];
  let killed = 0;
  return {
    told,
    killed: () => killed,
    launch: () => {
      let onMessage: (message: unknown) => void = () => {};
      const onExit: (() => void)[] = [];
      const exit = () => {
        for (const handler of onExit) handler();
      };
      return {
        post: (message) => {
          const copy = structuredClone(message) as Record<string, unknown>;
          told.push(copy);
          if (copy.op === 'end') queueMicrotask(exit);
          const answer = copy.op === 'end' ? undefined : reply(copy);
          if (answer !== undefined) queueMicrotask(() => onMessage(answer));
        },
        onMessage: (handler) => {
          onMessage = handler;
        },
        onExit: (handler) => void onExit.push(handler),
        kill: () => {
          killed++;
          queueMicrotask(exit);
        },
      };
    },
  };
}

const TOKEN = {
  ...{ label: 'counter', serial: '1', model: 'm', manufacturer: 'v' },
  ...{ initialised: true, pinState: 'ok', pinPad: false },
};
const OPENED = { session: 7, token: TOKEN, keyIds: ['01'], certificates: [], pss: false };

describe('token host as a service', () => {
  it('sends the PIN once, as octets', async () => {
    const { told, launch } = scripted(({ seq }) => ({ seq, ok: true, result: OPENED }));
    await createTokenHost({ launch }).open('/m', CHOICE, 'mã-12');
    expect(told).toHaveLength(1);
    const { pin } = told[0] as { pin: Uint8Array };
    expect(Buffer.from(pin).toString('utf8')).toBe('mã-12');
    expect(hostRequest.safeParse(told[0]).success).toBe(true);
  });

  it('passes the token’s own failure on, tries nothing again and ends the host that knows the PIN', async () => {
    const error = { code: 'TOKEN_PIN_WRONG', details: { ckr: 'CKR_PIN_INCORRECT', pinState: 'low' } };
    const { told, launch, killed } = scripted(({ seq }) => ({ seq, ok: false, error }));
    const host = createTokenHost({ launch });
    await expect(host.open('/m', CHOICE, '0000')).rejects.toMatchObject(error);
    expect(told.map((request) => (request as { op: string }).op)).toEqual(['open', 'end']);
    expect(killed()).toBe(0);
  });

  it.each([
    ['a reply of another shape', { ok: true, result: { session: 'seven' } }],
    ['a code that is none', { ok: false, error: { code: 'NO_SUCH_CODE', details: {} } }],
    ['nothing but the number', {}],
  ])('ends a host that gives %s', async (_, reply) => {
    const { launch, killed } = scripted(({ seq }) => ({ seq, ...reply }));
    await expect(createTokenHost({ launch }).open('/m', CHOICE, '1')).rejects.toMatchObject({
      code: 'TOKEN_HOST_CRASHED',
      details: { reason: 'protocol' },
    });
    expect(killed()).toBe(1);
  });

  it('asks one thing at a time, in order', async () => {
    const order: unknown[] = [];
    let busy = 0;
    const { told, launch } = scripted(({ seq, op }) => {
      busy++;
      order.push(op);
      expect(busy).toBe(1);
      busy--;
      return {
        seq,
        ok: true,
        result: op === 'open' ? OPENED : op === 'sign' ? { signature: new Uint8Array(2) } : {},
      };
    });
    const token = await createTokenHost({ launch }).open('/m', CHOICE, '1');
    const sign = () => token.sign({ keyId: '01', algorithm: 'ecdsa-sha256', data: new Uint8Array(1) });
    await Promise.all([sign(), sign(), token.close()]);
    expect(order).toEqual(['open', 'sign', 'sign', 'close']);
    expect(told.at(-1)).toMatchObject({ op: 'end' });
  });

  it('does not sign on a host that is another than the one that was logged in', async () => {
    const { launch } = scripted(({ seq, op }) =>
      op === 'sign'
        ? undefined
        : { seq, ok: true, result: op === 'open' ? OPENED : { library: '', slots: [] } },
    );
    const host = createTokenHost({ launch, patience: { sign: 20 } });
    const token = await host.open('/m', CHOICE, '1');
    const request = { keyId: '01', algorithm: 'ecdsa-sha256' as const, data: new Uint8Array(1) };
    await expect(token.sign(request)).rejects.toMatchObject({ code: 'TOKEN_HUNG' });
    await host.probe('/m');
    await expect(token.sign(request)).rejects.toMatchObject({ code: 'TOKEN_HOST_CRASHED' });
    await token.close();
  });
});

describe('a call that stalls', () => {
  const request = { keyId: '01', algorithm: 'ecdsa-sha256' as const, data: new Uint8Array(1) };
  const hostWhere = (present: (seq: unknown) => unknown) =>
    scripted(({ seq, op }) => {
      if (op === 'present') return present(seq);
      return op === 'sign' ? undefined : { seq, ok: true, result: op === 'open' ? OPENED : {} };
    });

  it('is a removal where another process sees no token, long before the limit', async () => {
    const { told, launch, killed } = hostWhere((seq) => ({ seq, ok: true, result: { present: false } }));
    const host = createTokenHost({ launch, patience: { stall: 10, sign: 60_000 } });
    const token = await host.open('/lib/m.so', CHOICE, '1234');
    await expect(token.sign(request)).rejects.toMatchObject({
      code: 'TOKEN_REMOVED',
      details: { operation: 'sign', module: 'm.so', reason: 'module-hung' },
    });
    expect(killed()).toBe(1);
    expect(told.map((message) => (message as { op: string }).op)).toEqual(['open', 'sign', 'present', 'end']);
    // The one that looks is told which token, and no PIN.
    expect(told[2]).toMatchObject({ token: { label: 'counter', serial: '1' } });
    expect(told[2]).not.toHaveProperty('pin');
  });

  it.each([
    ['sees the token', (seq: unknown) => ({ seq, ok: true, result: { present: true } })],
    ['fails', (seq: unknown) => ({ seq, ok: false, error: { code: 'TOKEN_MODULE_INVALID', details: {} } })],
    ['hangs as well', () => undefined],
  ])('is one of the module where that other process %s', async (_, present) => {
    const { launch } = hostWhere(present);
    const host = createTokenHost({ launch, patience: { stall: 10, sign: 120, present: 30 } });
    const token = await host.open('/lib/m.so', CHOICE, '1234');
    await expect(token.sign(request)).rejects.toMatchObject({
      code: 'TOKEN_HUNG',
      details: { operation: 'sign', module: 'm.so', seconds: 0.12 },
    });
  });
});

describe('return values of a module', () => {
  const failure = (name: string, value: number) => new pkcs11.Pkcs11Error(`${name}:${value}`);

  it('has every value that pkcs11js names, under the same number, and none twice', () => {
    const theirs = Object.entries(pkcs11)
      .filter(([name]) => name.startsWith('CKR_') && name !== 'CKR_OK')
      .map(([name, value]) => `${name} ${value}`);
    const ours = CKR.map(([value, name]) => `${name} ${value}`);
    expect(theirs.length).toBeGreaterThan(85);
    for (const one of theirs) expect(ours).toContain(one);
    expect(new Set(CKR.map(([value]) => value)).size).toBe(CKR.length);
    expect(new Set(CKR.map(([, name]) => name)).size).toBe(CKR.length);
  });

  it.each(CKR)('%i %s is %s and keeps its name', (value, name, meaning) => {
    // pkcs11js calls what it does not know a maker's own; the number counts.
    const known = name in pkcs11 ? name : 'CKR_VENDOR_DEFINED';
    const error = tokenError(failure(known, value), { pinState: 'low' });
    expect(error).toBeInstanceOf(CounterError);
    expect(error).toMatchObject({
      code: meaning,
      details: { ckr: name, value: `0x${value.toString(16)}`, pinState: 'low' },
    });
    expect(meaning === 'TOKEN_PIN_WRONG').toBe(name === 'CKR_PIN_INCORRECT');
  });

  it.each([0x80000101, 0xffffffff, 0x4711])('shows the number of a value that nobody names: %i', (value) => {
    expect(tokenError(failure('CKR_VENDOR_DEFINED', value))).toMatchObject({
      code: 'TOKEN_FUNCTION_FAILED',
      details: { ckr: 'CKR_VENDOR_DEFINED', value: `0x${value.toString(16)}` },
    });
  });

  it('leaves other failures as they are', () => {
    const other = new TypeError('x');
    expect(tokenError(other)).toBe(other);
  });
});
