import { beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient, type Transport } from '../../../src/contract/client.ts';
import type { CallMessage } from '../../../src/contract/wire.ts';

let sent: CallMessage[];
let receive: (message: unknown) => void;
let closeLine: () => void;
let client: Client;

beforeEach(() => {
  sent = [];
  const transport: Transport = {
    send: (message) => sent.push(message),
    onMessage: (handler) => {
      receive = handler;
      return () => {};
    },
    onClose: (handler) => {
      closeLine = handler;
      return () => {};
    },
  };
  client = createClient(transport);
});

const status = { waiting: 1, sending: 0, sent: 0, needsPerson: 0, online: false, lastFault: null };
const ok = (seq: number, value: unknown) => ({ type: 'reply', seq, result: { ok: true, value } });

describe('the typed client', () => {
  it('gives each reply to the call that it belongs to, in whatever order replies come', async () => {
    const first = client.call('outbox.status', {});
    const second = client.call('keys.list', {});
    receive(ok(sent[1]!.seq, []));
    receive(ok(sent[0]!.seq, status));
    expect(await second).toEqual([]);
    expect(await first).toEqual(status);
  });

  it('throws the named failure of the engine', async () => {
    const call = client.call('outbox.push', {});
    const error = { code: 'PROVINCE_TIMEOUT', details: { seconds: 30 } };
    receive({ type: 'reply', seq: sent[0]!.seq, result: { ok: false, error } });
    await expect(call).rejects.toMatchObject(error);
  });

  it('does not believe a reply that breaks the contract', async () => {
    const call = client.call('outbox.status', {});
    receive(ok(sent[0]!.seq, { waiting: 'x' }));
    await expect(call).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it('ignores what is no message, replies twice given, and events that break the contract', async () => {
    const seen: unknown[] = [];
    client.on('outbox.changed', (payload) => seen.push(payload));
    const call = client.call('outbox.status', {});
    for (const junk of [null, 1, 'x', {}, { type: 'event', name: 'toString', payload: {} }, ok(999, status)])
      receive(junk);
    receive({ type: 'event', name: 'outbox.changed', payload: { waiting: -0.5 } });
    receive(ok(sent[0]!.seq, status));
    receive(ok(sent[0]!.seq, { ...status, waiting: 9 }));
    expect(await call).toEqual(status);
    expect(seen).toEqual([]);
  });

  it('tells every listener of an event until it is taken off', () => {
    const seen: string[] = [];
    const off = client.on('outbox.changed', () => seen.push('a'));
    client.on('outbox.changed', () => seen.push('b'));
    receive({ type: 'event', name: 'outbox.changed', payload: status });
    off();
    receive({ type: 'event', name: 'outbox.changed', payload: status });
    expect(seen).toEqual(['a', 'b', 'b']);
  });

  it('fails open and later calls when the engine is gone', async () => {
    const open = client.call('outbox.status', {});
    closeLine();
    await expect(open).rejects.toMatchObject({ code: 'ENGINE_GONE' });
    await expect(client.call('outbox.status', {})).rejects.toMatchObject({ code: 'ENGINE_GONE' });
  });
});
