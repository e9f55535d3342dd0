import { CounterError } from '../../../contract/errors.ts';
import type { FactsPlace } from '../../store/dossier-facts.ts';

/** A place in a list as a screen hands it back: minute, id, and the number that its entry had. */
export function showPlace({ at, id }: FactsPlace, order: number): string {
  return `${at}:${order}:${id}`;
}

/** Throws BAD_REQUEST {where: 'after'} for anything but what `showPlace` gave. */
export function readPlace(text: string): { readonly place: FactsPlace; readonly order: number } {
  const found = /^(-?\d{1,15}):(\d{1,15}):([0-9a-f-]{36})$/.exec(text);
  if (!found) throw new CounterError('BAD_REQUEST', { where: 'after' });
  return { place: { at: Number(found[1]), id: found[3]! }, order: Number(found[2]) };
}
