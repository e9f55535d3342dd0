import { CounterError } from '../../contract/errors.ts';
import type { DossierEvent } from './events.ts';

/** The commands never make such an event, so the journal has been damaged or written by something else. */
export function impossible(event: DossierEvent): CounterError {
  return new CounterError('STORE_CORRUPT', { reason: 'impossible-event', event: event.type, at: event.at });
}
