import { CounterError, fromErrorShape } from './errors.ts';
import { EVENTS, type EventName, type EventPayload } from './events.ts';
import { type Input, OPERATIONS, type OperationName, type Output } from './operations.ts';
import { type CallMessage, eventMessage, replyMessage } from './wire.ts';

/** What carries messages: Electron's bridge, the web host's socket, or a direct hand-over in tests. */
export interface Transport {
  send(message: CallMessage): void;
  onMessage(handler: (message: unknown) => void): () => void;
  /** Called once when the other side is gone for good; every open call then fails with ENGINE_GONE. */
  onClose(handler: () => void): () => void;
}

export interface Client {
  call<N extends OperationName>(operation: N, input: Input<N>): Promise<Output<N>>;
  on<N extends EventName>(name: N, handler: (payload: EventPayload<N>) => void): () => void;
  close(): void;
}

type AnyHandler = (payload: never) => void;

/** The typed client of the engine, inferred from the contract; replies are validated before they are believed. */
export function createClient(transport: Transport): Client {
  const open = new Map<
    number,
    { operation: OperationName; resolve(v: unknown): void; reject(e: Error): void }
  >();
  const handlers = new Map<EventName, Set<AnyHandler>>();
  let seq = 0;
  let gone = false;

  function settle(raw: unknown): void {
    const reply = replyMessage.safeParse(raw);
    if (!reply.success) return;
    const call = open.get(reply.data.seq);
    if (!call) return;
    open.delete(reply.data.seq);
    if (!reply.data.result.ok) {
      call.reject(fromErrorShape(reply.data.result.error));
      return;
    }
    const output = OPERATIONS[call.operation].output.safeParse(reply.data.result.value);
    if (output.success) call.resolve(output.data);
    else
      call.reject(new CounterError('BAD_RESPONSE', { operation: call.operation }, { cause: output.error }));
  }

  function announce(raw: unknown): void {
    const event = eventMessage.safeParse(raw);
    if (!event.success || !Object.hasOwn(EVENTS, event.data.name)) return;
    const name = event.data.name as EventName;
    const payload = EVENTS[name].safeParse(event.data.payload);
    if (!payload.success) return;
    for (const handler of handlers.get(name) ?? []) handler(payload.data as never);
  }

  function abandon(): void {
    gone = true;
    for (const call of open.values()) call.reject(new CounterError('ENGINE_GONE'));
    open.clear();
  }

  const offMessage = transport.onMessage((raw) => {
    settle(raw);
    announce(raw);
  });
  const offClose = transport.onClose(abandon);

  return {
    call(operation, input) {
      if (gone) return Promise.reject(new CounterError('ENGINE_GONE'));
      seq += 1;
      const number = seq;
      return new Promise((resolve, reject) => {
        open.set(number, { operation, resolve: resolve as (v: unknown) => void, reject });
        transport.send({ type: 'call', seq: number, operation, input });
      });
    },
    on(name, handler) {
      const set = handlers.get(name) ?? new Set();
      handlers.set(name, set.add(handler as AnyHandler));
      return () => set.delete(handler as AnyHandler);
    },
    close() {
      offMessage();
      offClose();
      abandon();
    },
  };
}
