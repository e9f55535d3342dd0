import type { QueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Client, Transport } from '../../contract/client.ts';
import type { EventName, EventPayload } from '../../contract/events.ts';
import type { DossierRow, DossierView, UsbPresence } from '../../contract/model.ts';
import { rowOf, upsertRow, withAttachment, withPage } from './dossier-cache.ts';
import { KEYS } from './query-keys.ts';

const EngineContext = createContext<Client | null>(null);

export function EngineProvider(props: { client: Client; children: ReactNode }) {
  return <EngineContext.Provider value={props.client}>{props.children}</EngineContext.Provider>;
}

export function useEngine(): Client {
  const client = useContext(EngineContext);
  if (!client) throw new Error('useEngine outside EngineProvider');
  return client;
}

/** Calls `handler` on each event of that name; the handler must be stable (useCallback, dispatch). */
export function useEngineEvent<N extends EventName>(
  name: N,
  handler: (payload: EventPayload<N>) => void,
): void {
  const client = useEngine();
  useEffect(() => client.on(name, handler), [client, name, handler]);
}

/** True once the engine is gone for good. */
export function useEngineGone(transport: Transport): boolean {
  const [gone, setGone] = useState(false);
  useEffect(() => transport.onClose(() => setGone(true)), [transport]);
  return gone;
}

/** Puts a dossier, as the engine gave it, into every place where screens read it from. */
export function keepDossier(queries: QueryClient, dossier: DossierView): void {
  queries.setQueryData(KEYS.dossier(dossier.id), dossier);
  for (const [key, rows] of queries.getQueriesData<DossierRow[]>({ queryKey: KEYS.dossierLists })) {
    if (rows) queries.setQueryData(key, upsertRow(rows, rowOf(dossier), key[1] === ''));
  }
  void queries.invalidateQueries({ queryKey: KEYS.due(dossier.id) });
  void queries.invalidateQueries({ queryKey: KEYS.actions(dossier.id) });
}

/** Keeps the cached answers in step with what the engine announces; returns the way to stop. */
export function followEngine(client: Client, queries: QueryClient): () => void {
  const dossierOfJob = new Map<string, string>();
  const shown = (dossierId: string) => queries.getQueryData<DossierView>(KEYS.dossier(dossierId));
  /** Pages that came may stand between others: their order is the engine's. */
  const settle = (scanId: string) => {
    const dossierId = dossierOfJob.get(scanId);
    dossierOfJob.delete(scanId);
    if (dossierId !== undefined) void queries.invalidateQueries({ queryKey: KEYS.dossier(dossierId) });
  };
  const offs = [
    client.on('dossier.changed', ({ dossier }) => keepDossier(queries, dossier)),
    client.on('scan.page', ({ scanId, dossierId, componentId, page }) => {
      dossierOfJob.set(scanId, dossierId);
      const dossier = shown(dossierId);
      if (dossier) keepDossier(queries, withPage(dossier, componentId, page));
    }),
    client.on('scan.attachment', ({ dossierId, componentId, attachment }) => {
      const dossier = shown(dossierId);
      if (dossier) keepDossier(queries, withAttachment(dossier, componentId, attachment));
    }),
    client.on('scan.finished', ({ scanId }) => settle(scanId)),
    client.on('scan.failed', ({ scanId }) => settle(scanId)),
    client.on('reading.changed', ({ dossierId, componentId }) => {
      void queries.invalidateQueries({ queryKey: KEYS.suggestion(dossierId, componentId) });
    }),
    client.on('inbox.changed', () => void queries.invalidateQueries({ queryKey: KEYS.inbox })),
    client.on('usb.changed', (presence) => {
      const before = queries.getQueryData<UsbPresence>(KEYS.usb);
      queries.setQueryData(KEYS.usb, presence);
      // A scanner that comes or goes is one that the list must show or forget; so with tokens and keys.
      if (kinds(before, 'scanner') !== kinds(presence, 'scanner')) {
        void queries.invalidateQueries({ queryKey: KEYS.scanners });
      }
      if (kinds(before, 'token') !== kinds(presence, 'token')) {
        void queries.invalidateQueries({ queryKey: KEYS.keys });
      }
    }),
    client.on('outbox.changed', (status) => queries.setQueryData(KEYS.outbox, status)),
  ];
  return () => {
    for (const off of offs) off();
  };
}

function kinds(
  presence: UsbPresence | undefined,
  kind: UsbPresence['devices'][number]['kinds'][number],
): string {
  const devices = presence?.devices.filter((d) => d.kinds.includes(kind)) ?? [];
  return devices
    .map((d) => d.id)
    .sort()
    .join();
}
