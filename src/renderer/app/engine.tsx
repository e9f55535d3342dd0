import type { QueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Client, Transport } from '../../contract/client.ts';
import type { EventName, EventPayload } from '../../contract/events.ts';
import type { DossierRow, DossierView } from '../../contract/model.ts';
import { rowOf, upsertRow, withPage } from './dossier-cache.ts';
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
}

/** Keeps the cached answers in step with what the engine announces; returns the way to stop. */
export function followEngine(client: Client, queries: QueryClient): () => void {
  const offs = [
    client.on('dossier.changed', ({ dossier }) => keepDossier(queries, dossier)),
    client.on('scan.page', ({ dossierId, componentId, page }) => {
      const dossier = queries.getQueryData<DossierView>(KEYS.dossier(dossierId));
      if (dossier) keepDossier(queries, withPage(dossier, componentId, page));
    }),
    client.on('outbox.changed', (status) => queries.setQueryData(KEYS.outbox, status)),
  ];
  return () => {
    for (const off of offs) off();
  };
}
