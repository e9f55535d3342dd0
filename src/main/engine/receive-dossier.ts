import { createHash, randomUUID } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { DossierCode, DueDate } from '../../contract/model.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { dueDate } from '../calendar/due-date.ts';
import { assertReceivable, receive } from '../dossiers/commands.ts';
import type { Dossier } from '../dossiers/dossier.ts';
import type { Store } from '../store/index.ts';
import type { NewOutboxFile } from '../store/outbox.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import { localDay, type OfficialNumbers } from './numbers.ts';

/** How long a clerk waits for the province when no number is in hand; after that the slip says 'temporary'. */
const NUMBER_PATIENCE_MS = 4_000;

export interface ReceiveParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly calendar: Calendar;
  /** Null where no province is configured. */
  readonly numbers: OfficialNumbers | null;
  readonly counter: string;
  readonly renderSlip: (dossier: Dossier, actor: string) => Promise<Uint8Array>;
  readonly onReceived: () => void;
  readonly log: Log;
}

/**
 * Receives a dossier: due date, code, slip, and the outbox row, the last three in one transaction. What fails leaves
 * the draft as it was; what succeeded survives any kill and leaves for the province by itself.
 */
export function createReceiver(parts: ReceiveParts): (dossierId: string, actor: string) => Promise<Dossier> {
  const { store, journal, clock, numbers, log } = parts;
  let turn: Promise<unknown> = Promise.resolve();

  async function numberInHand(at: Date): Promise<void> {
    if (!numbers || numbers.inHand(at) > 0) return;
    await numbers.fetch(at, AbortSignal.timeout(NUMBER_PATIENCE_MS)).catch((error: unknown) => {
      log.warn({ err: error }, 'no official number could be had; the slip will carry a temporary code');
    });
  }

  /** The code is chosen before the slip is drawn and taken in the transaction; only this function takes numbers for drafts. */
  function chooseCode(dossierId: string, at: Date): DossierCode {
    const official = numbers?.take(dossierId, at);
    if (official !== undefined) return { value: official, kind: 'official' };
    return { value: temporaryCode(store, parts.counter, at), kind: 'temporary' };
  }

  async function run(dossierId: string, actor: string): Promise<Dossier> {
    const draft = journal.load(dossierId);
    if (draft.state === 'received' || draft.state === 'sent') return draft;
    assertReceivable(draft);
    const at = clock.now();
    const due = computeDue(draft, at, parts.calendar);
    await numberInHand(at);
    // A number that is taken here and not used, because of a kill, stays the dossier's: it gets the same one again.
    const code = chooseCode(dossierId, at);
    const slipDocumentId = randomUUID();
    const facts = { code, receivedAt: at.toISOString(), due, slipDocumentId };
    const preview: Dossier = { ...draft, ...facts, state: 'received' };
    const slip = await parts.renderSlip(preview, actor);
    const object = await store.vault.putBytes(slip);
    const dossier = journal.change(
      dossierId,
      actor,
      (d, stamp) => receive(d, facts, { ...stamp, at: facts.receivedAt }),
      {
        objects: [object],
        document: {
          id: slipDocumentId,
          kind: 'slip',
          componentId: null,
          vaultHash: object.hash,
          name: 'slip.pdf',
          sha256: createHash('sha256').update(slip).digest('hex'),
          bytes: slip.length,
        },
      },
      (received) => enqueue(store, received, facts.receivedAt),
    );
    parts.onReceived();
    return dossier;
  }

  return (dossierId, actor) => {
    const result = turn.then(() => run(dossierId, actor));
    turn = result.catch(() => undefined);
    return result;
  };
}

export function computeDue(dossier: Dossier, at: Date, calendar: Calendar): DueDate | null {
  const { duration } = dossier.procedure;
  return duration && dueDate({ receivedAt: at.toISOString(), duration, calendar });
}

/** Local and said to be so: `TAM-<counter>-<yyMMdd>-<nnnn>`; never in the shape of an official code. */
function temporaryCode(store: Store, counter: string, at: Date): string {
  const day = localDay(at).replaceAll('-', '').slice(2);
  const setting = `temporary-code.${day}`;
  const next = Number(store.settings.get(setting) ?? '0') + 1;
  store.settings.set(setting, String(next));
  return `TAM-${counter}-${day}-${String(next).padStart(4, '0')}`;
}

function enqueue(store: Store, dossier: Dossier, at: string): void {
  const files: NewOutboxFile[] = dossier.components.flatMap(({ signature }) => {
    if (!signature) return [];
    const document = store.documents.get(signature.documentId);
    if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId: signature.documentId });
    const { id, name, sha256, bytes, vaultHash } = document;
    return [{ documentId: id, key: id, name, sha256, bytes, vaultHash }];
  });
  store.outbox.add({
    id: randomUUID(),
    dossierId: dossier.id,
    // One dossier is received once: its own id is the key, so that no path can enqueue it twice.
    idempotencyKey: dossier.id,
    payload: { dossierId: dossier.id },
    files,
    createdAt: at,
  });
}
