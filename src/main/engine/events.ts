import { EVENTS, type EventName, type EventPayload } from '../../contract/events.ts';
import type { EventMessage } from '../../contract/wire.ts';

export interface EventBus {
  publish<N extends EventName>(name: N, payload: EventPayload<N>): void;
  subscribe(listener: (event: EventMessage) => void): () => void;
}

/** Events leave in the order in which they were published; a payload that breaks the contract is a bug and throws. */
export function createEventBus(): EventBus {
  const listeners = new Set<(event: EventMessage) => void>();
  return {
    publish(name, payload) {
      const event: EventMessage = { type: 'event', name, payload: EVENTS[name].parse(payload) };
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
