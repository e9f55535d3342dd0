import { CounterError } from '../../contract/errors.ts';
import { personOf } from '../citizens/person.ts';
import { apply, type Dossier, fold, livePages, toView } from '../dossiers/dossier.ts';
import { type DossierEvent, dossierEvent, type Stamp } from '../dossiers/events.ts';
import { foldText } from '../procedures/fold-text.ts';
import { factsOf, receiptsOf } from '../reports/facts.ts';
import type { DocumentRecord } from '../store/documents.ts';
import type { DossierRecord } from '../store/dossiers.ts';
import type { NewEvent, StoredEvent } from '../store/events.ts';
import type { Store } from '../store/index.ts';
import type { PageRecord } from '../store/pages.ts';
import type { Projection } from '../store/projection.ts';
import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';

/** Vault objects and rows that belong to an event; they ride in its payload so that replay rebuilds them. */
export interface Attachments {
  readonly objects?: readonly { readonly hash: string; readonly bytes: number }[];
  readonly page?: Omit<PageRecord, 'dossierId' | 'addedAt'>;
  readonly document?: Omit<DocumentRecord, 'dossierId' | 'createdAt'>;
}

/** What a decision may do beyond its events, inside the same transaction: an outbox row, a number taken. */
export type AlongWith = (dossier: Dossier) => void;

export interface Journal {
  load(dossierId: string): Dossier;
  find(dossierId: string): Dossier | undefined;
  /** The dossier as it was after its first `version` events. */
  at(dossierId: string, version: number): Dossier;
  /**
   * Decides, appends, folds and saves in one transaction, then tells the screens. The decision sees the dossier
   * as it is now and returns the events to append; none means that nothing changes.
   */
  change(
    dossierId: string,
    actor: string,
    decide: (dossier: Dossier, stamp: Stamp) => readonly DossierEvent[],
    attachments?: Attachments,
    alongWith?: AlongWith,
  ): Dossier;
  /** The dossier as it is where it exists already, else the one that the events begin. */
  open(dossierId: string, events: (stamp: Stamp) => readonly DossierEvent[], actor: string): Dossier;
}

export function createJournal(parts: {
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
}): Journal {
  const { store, bus, clock } = parts;

  function find(dossierId: string): Dossier | undefined {
    return store.dossiers.get(dossierId)?.view as Dossier | undefined;
  }

  function load(dossierId: string): Dossier {
    const dossier = find(dossierId);
    if (!dossier) throw new CounterError('DOSSIER_UNKNOWN');
    return dossier;
  }

  /** After the outermost transaction has ended, and from what it left: a screen never sees what was rolled back. */
  function announce(dossierId: string): void {
    queueMicrotask(() => {
      const dossier = find(dossierId);
      if (dossier) bus.publish('dossier.changed', { dossier: toView(dossier) });
    });
  }

  function append(
    before: Dossier | null,
    dossierId: string,
    events: readonly DossierEvent[],
    attachments: Attachments,
    alongWith?: AlongWith,
  ): Dossier {
    const after = events.reduce<Dossier | null>(apply, before);
    if (!after) throw new CounterError('DOSSIER_UNKNOWN');
    const at = events.at(-1)!.at;
    store.transaction(() => {
      for (const object of attachments.objects ?? []) store.objects.add(object, at);
      store.events.append(dossierId, before?.version ?? 0, toStored(events, attachments));
      store.dossiers.save(toRecord(after));
      store.dossierFacts.save(factsOf(after), receiptsOf(after));
      const person = personOf(after);
      if (person) store.people.save(person);
      if (attachments.page) store.pages.save({ ...attachments.page, dossierId, addedAt: at });
      if (attachments.document) store.documents.save({ ...attachments.document, dossierId, createdAt: at });
      alongWith?.(after);
    });
    announce(dossierId);
    return after;
  }

  const stampOf = (actor: string): Stamp => ({ at: clock.now().toISOString(), actor });

  return {
    find,
    load,
    at(dossierId, version) {
      const events = store.events.of(dossierId).slice(0, version);
      return fold(events.map((stored) => dossierEvent.parse((stored.payload as Payload).event)));
    },
    change(dossierId, actor, decide, attachments = {}, alongWith) {
      const before = load(dossierId);
      const events = decide(before, stampOf(actor));
      return events.length === 0 ? before : append(before, dossierId, events, attachments, alongWith);
    },
    open(dossierId, events, actor) {
      return find(dossierId) ?? append(null, dossierId, events(stampOf(actor)), {});
    },
  };
}

function toStored(events: readonly DossierEvent[], { page, document }: Attachments): NewEvent[] {
  return events.map((event, i) => ({
    type: event.type,
    at: event.at,
    actor: event.actor,
    payload: i === events.length - 1 ? { event, page, document } : { event },
  }));
}

interface Payload extends Attachments {
  readonly event: unknown;
}

/** Replays the stored events of one dossier into all its rows (design, principle 10). */
export function projectDossier(dossierId: string, stored: readonly StoredEvent[]): Projection {
  const payloads = stored.map((s) => ({ at: s.at, ...(s.payload as Payload) }));
  const dossier = fold(payloads.map((p) => dossierEvent.parse(p.event)));
  return {
    dossier: toRecord(dossier),
    person: personOf(dossier),
    facts: factsOf(dossier),
    receipts: receiptsOf(dossier),
    pages: payloads.flatMap((p) => (p.page ? [{ ...p.page, dossierId, addedAt: p.at }] : [])),
    documents: payloads.flatMap((p) => (p.document ? [{ ...p.document, dossierId, createdAt: p.at }] : [])),
  };
}

function toRecord(dossier: Dossier): DossierRecord {
  const { procedure, applicant, code } = dossier;
  const words = [procedure.code, procedure.name, applicant?.name, applicant?.identityNumber, code?.value];
  return {
    id: dossier.id,
    version: dossier.version,
    state: dossier.state,
    delivery: dossier.delivery,
    procedureCode: procedure.code,
    procedureName: procedure.name,
    applicantName: applicant?.name ?? '',
    code: code?.value ?? '',
    openedAt: dossier.openedAt,
    receivedAt: dossier.receivedAt,
    dueAt: dossier.due?.at ?? null,
    visitId: dossier.visitId,
    groupId: dossier.group?.id ?? null,
    pages: dossier.components.reduce((sum, c) => sum + livePages(c).length, 0),
    folded: foldText(words.filter((w) => w !== undefined).join(' ')),
    view: dossier,
  };
}
