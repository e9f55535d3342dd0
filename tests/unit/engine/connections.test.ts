import { describe, expect, it } from 'vitest';
import type { FromEngine } from '../../../src/contract/wire.ts';
import { createConnections } from '../../../src/main/engine/connections.ts';
import type { Dispatcher } from '../../../src/main/engine/dispatcher.ts';
import { createEventBus } from '../../../src/main/engine/events.ts';
import { silentLog } from '../../../src/main/engine/log.ts';

const STATUS = { waiting: 0, sending: 0, sent: 0, needsPerson: 0, online: false, lastFault: null };
const call = (seq: number, operation = 'outbox.push') => ({ type: 'call', seq, operation, input: {} });
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Answers a call when it is told to. */
function scripted() {
  const waiting = new Map<number, () => void>();
  const dispatcher: Dispatcher = {
    dispatch: (raw) =>
      new Promise((resolve) => {
        const { seq } = raw as { seq: number };
        waiting.set(seq, () => resolve({ type: 'reply', seq, result: { ok: true, value: STATUS } }));
      }),
  };
  return { dispatcher, answer: (seq: number) => waiting.get(seq)?.(), asked: () => [...waiting.keys()] };
}

function connections(dispatcher: Dispatcher) {
  const bus = createEventBus();
  const caller = { role: 'clerk', user: 'an' } as const;
  return { bus, ...createConnections({ dispatcher, bus, caller, log: silentLog }) };
}

describe('the connections of the engine', () => {
  it('answer who asked and tell events to all', async () => {
    const { dispatcher, answer } = scripted();
    const { connect, bus } = connections(dispatcher);
    const [mine, theirs]: FromEngine[][] = [[], []];
    const connection = connect((message) => mine?.push(message));
    connect((message) => theirs?.push(message));
    connection.send(call(1));
    answer(1);
    await tick();
    bus.publish('outbox.changed', STATUS);
    expect(mine?.map((m) => m.type)).toEqual(['reply', 'event']);
    expect(theirs?.map((m) => m.type)).toEqual(['event']);
  });

  it('tell the others though one screen cannot be told', () => {
    const { connect, bus } = connections(scripted().dispatcher);
    const heard: FromEngine[] = [];
    connect(() => {
      throw new Error('window is gone');
    });
    connect((message) => heard.push(message));
    bus.publish('outbox.changed', STATUS);
    expect(heard).toHaveLength(1);
  });

  it('say nothing to a screen that has left', async () => {
    const { dispatcher, answer } = scripted();
    const { connect, bus } = connections(dispatcher);
    const heard: FromEngine[] = [];
    const connection = connect((message) => heard.push(message));
    connection.send(call(1));
    connection.close();
    connection.close();
    answer(1);
    bus.publish('outbox.changed', STATUS);
    await tick();
    expect(heard).toEqual([]);
  });

  it('refuse what comes while the engine closes, wait for commands but not for queries, and then say goodbye once', async () => {
    const { dispatcher, answer, asked } = scripted();
    const { connect, refuse, settled, closeAll } = connections(dispatcher);
    const heard: FromEngine[] = [];
    let goodbyes = 0;
    const connection = connect((message) => heard.push(message));
    connection.onClose(() => {
      goodbyes += 1;
    });
    connection.send(call(1));
    connection.send(call(2, 'scanners.list'));
    refuse();
    connection.send(call(3));
    connection.send('no call');
    expect(asked()).toEqual([1, 2]);
    expect(heard).toEqual([
      { type: 'reply', seq: 3, result: { ok: false, error: { code: 'ENGINE_GONE', details: {} } } },
    ]);
    let isSettled = false;
    const end = settled().then(() => {
      isSettled = true;
    });
    await tick();
    expect(isSettled).toBe(false);
    answer(1);
    await end;
    closeAll();
    closeAll();
    expect(goodbyes).toBe(1);
  });
});
