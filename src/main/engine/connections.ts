import { CounterError, toErrorShape } from '../../contract/errors.ts';
import { OPERATIONS, type OperationName } from '../../contract/operations.ts';
import { callMessage, type FromEngine } from '../../contract/wire.ts';
import type { Caller, Dispatcher } from './dispatcher.ts';
import type { EngineConnection } from './engine.ts';
import type { EventBus } from './events.ts';
import type { Log } from './log.ts';

export interface Connections {
  connect(receive: (message: FromEngine) => void): EngineConnection;
  /** From now on every call is answered with ENGINE_GONE. */
  refuse(): void;
  /** Resolves once every command that came before has ended; queries leave nothing behind. */
  settled(): Promise<void>;
  /** Tells every screen that the engine is gone. */
  closeAll(): void;
}

/** The screens' lines to the engine: replies to who asked, events to all. One screen's fault is no other's. */
export function createConnections(parts: {
  readonly dispatcher: Dispatcher;
  readonly bus: EventBus;
  readonly caller: Caller;
  readonly log: Log;
}): Connections {
  const { dispatcher, bus, caller, log } = parts;
  const open = new Set<{ close(): void }>();
  const underWay = new Set<Promise<void>>();
  let refusing = false;

  function refused(message: unknown): FromEngine | null {
    const call = callMessage.safeParse(message);
    if (!call.success) return null;
    const error = toErrorShape(new CounterError('ENGINE_GONE'));
    return { type: 'reply', seq: call.data.seq, result: { ok: false, error } };
  }

  return {
    connect(receive) {
      const closing: (() => void)[] = [];
      let isOpen = true;
      function deliver(message: FromEngine | null): void {
        if (!message || !isOpen) return;
        try {
          receive(message);
        } catch (error) {
          log.error({ err: error }, 'a screen could not be told');
        }
      }
      const off = bus.subscribe(deliver);
      const connection = {
        close() {
          if (!isOpen) return;
          isOpen = false;
          off();
          open.delete(connection);
          for (const handler of closing) handler();
        },
      };
      open.add(connection);
      return {
        send(message) {
          if (refusing) return deliver(refused(message));
          const answered = dispatcher.dispatch(message, caller).then(deliver);
          if (!isCommand(message)) return;
          underWay.add(answered);
          void answered.finally(() => underWay.delete(answered));
        },
        onClose: (handler) => void closing.push(handler),
        close: connection.close,
      };
    },
    refuse() {
      refusing = true;
    },
    async settled() {
      await Promise.all(underWay);
    },
    closeAll() {
      for (const connection of [...open]) connection.close();
    },
  };
}

function isCommand(message: unknown): boolean {
  const call = callMessage.safeParse(message);
  if (!call.success || !Object.hasOwn(OPERATIONS, call.data.operation)) return false;
  return OPERATIONS[call.data.operation as OperationName].kind === 'command';
}
