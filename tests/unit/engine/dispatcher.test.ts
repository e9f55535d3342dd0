import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { OPERATIONS, type OperationName } from '../../../src/contract/operations.ts';
import { createDispatcher, type Handlers } from '../../../src/main/engine/dispatcher.ts';
import { silentLog } from '../../../src/main/engine/log.ts';

const clerk = { role: 'clerk', user: 'an' } as const;

/** Handlers that all refuse, but for those given. */
function handlers(given: Partial<Handlers>): Handlers {
  const refuse = () => {
    throw new Error('not expected');
  };
  const all = Object.fromEntries(Object.keys(OPERATIONS).map((name) => [name, refuse]));
  return { ...all, ...given } as Handlers;
}

function call(operation: string, input: unknown, given: Partial<Handlers> = {}, caller = clerk as never) {
  const message = { type: 'call', seq: 7, operation, input };
  return createDispatcher(handlers(given), silentLog).dispatch(message, caller);
}

const failed = (code: string) => ({
  type: 'reply',
  seq: 7,
  result: { ok: false, error: expect.objectContaining({ code }) },
});

describe('the dispatcher', () => {
  it('hands the parsed input and the caller to the handler and answers with the same number', async () => {
    const seen: unknown[] = [];
    const status = { waiting: 0, sending: 0, sent: 1, needsPerson: 0, online: true, lastFault: null };
    const reply = await call(
      'outbox.status',
      {},
      {
        'outbox.status': (input, caller) => {
          seen.push(input, caller);
          return status;
        },
      },
    );
    expect(reply).toEqual({ type: 'reply', seq: 7, result: { ok: true, value: status } });
    expect(seen).toEqual([{}, clerk]);
  });

  it('fills in defaults before the handler sees the input', async () => {
    let limit = 0;
    await call(
      'procedures.search',
      { text: 'khai sinh' },
      {
        'procedures.search': (input) => {
          limit = input.limit;
          return [];
        },
      },
    );
    expect(limit).toBe(20);
  });

  it('does not answer what is not a call', async () => {
    const dispatcher = createDispatcher(handlers({}), silentLog);
    for (const raw of [null, 'x', {}, { type: 'call', seq: -1, operation: 'a' }, { type: 'reply', seq: 1 }]) {
      expect(await dispatcher.dispatch(raw, clerk)).toBeNull();
    }
  });

  it.each(['nothing.here', 'constructor', '__proto__', 'toString'])(
    'refuses the operation %s',
    async (name) => {
      expect(await call(name, {})).toEqual(failed('UNKNOWN_OPERATION'));
    },
  );

  it('refuses a caller whose role may not ask', async () => {
    const admin = { role: 'admin', user: 'it' } as never;
    const reply = await call('signing.start', {}, {}, admin);
    expect(reply).toEqual(failed('FORBIDDEN_ROLE'));
  });

  it('refuses bad input and names where it is bad, not what it was', async () => {
    const reply = await call('dossiers.get', { dossierId: 'Nguyễn Văn A' });
    expect(reply).toEqual(failed('BAD_REQUEST'));
    expect(JSON.stringify(reply)).toContain('dossierId');
    expect(JSON.stringify(reply)).not.toContain('Nguyễn');
  });

  it('does not let an answer out that breaks the contract', async () => {
    const bad = { 'outbox.status': () => ({ waiting: 'many' }) as never };
    expect(await call('outbox.status', {}, bad)).toEqual(failed('BAD_RESPONSE'));
  });

  it('lets a named failure out as its code and details, and anything else as INTERNAL without a word', async () => {
    const named = {
      'outbox.push': () => {
        throw new CounterError('PROVINCE_UNREACHABLE', { host: 'h' });
      },
    };
    expect(await call('outbox.push', {}, named)).toEqual({
      type: 'reply',
      seq: 7,
      result: { ok: false, error: { code: 'PROVINCE_UNREACHABLE', details: { host: 'h' } } },
    });
    const broken = {
      'outbox.push': () => {
        throw new TypeError('secret path /home/x');
      },
    };
    const reply = await call('outbox.push', {}, broken);
    expect(reply).toEqual(failed('INTERNAL'));
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  it('has a role and schemas for every operation', () => {
    for (const name of Object.keys(OPERATIONS) as OperationName[]) {
      expect(OPERATIONS[name].roles.length, name).toBeGreaterThan(0);
    }
  });
});
