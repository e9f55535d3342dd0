import { QueryClient, useQuery } from '@tanstack/react-query';
import { useEngine } from './engine.tsx';
import { KEYS } from './query-keys.ts';

/** The engine is local and announces its changes: answers stay fresh, and the network's state means nothing here. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

export function useSession() {
  const engine = useEngine();
  return useQuery({ queryKey: KEYS.session, queryFn: () => engine.call('session.info', {}) });
}

export function useOutbox() {
  const engine = useEngine();
  return useQuery({ queryKey: KEYS.outbox, queryFn: () => engine.call('outbox.status', {}) });
}

export function useSigningKeys(enabled: boolean) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.keys,
    queryFn: () => engine.call('keys.list', {}),
    enabled,
    staleTime: 0,
  });
}

/** What waits for a signature, asked for anew each time that it is looked at; no ids = all drafts. */
export function usePending(dossierIds: readonly string[]) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.pending(dossierIds),
    queryFn: () => engine.call('signing.pending', { dossierIds: [...dossierIds] }),
    staleTime: 0,
    gcTime: 0,
  });
}

export function useScanners() {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.scanners,
    queryFn: () => engine.call('scanners.list', { search: false }),
  });
}

export function useDossierList(text: string) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.dossierList(text),
    queryFn: () => engine.call('dossiers.list', { text, limit: 200 }),
    placeholderData: (previous) => previous,
  });
}

export function useDossier(dossierId: string) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.dossier(dossierId),
    queryFn: () => engine.call('dossiers.get', { dossierId }),
  });
}

export function useDuePreview(dossierId: string, enabled: boolean) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.due(dossierId),
    queryFn: () => engine.call('dossiers.previewDue', { dossierId }),
    enabled,
  });
}

/** What this person can do with the dossier now, and what stands in the way of the rest. */
export function usePossibleActions(dossierId: string, enabled: boolean) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.actions(dossierId),
    queryFn: () => engine.call('dossiers.actions', { dossierId }),
    enabled,
  });
}

/** Asked for anew each time that it is looked at: every step adds to it. */
export function useHistory(dossierId: string) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.history(dossierId),
    queryFn: () => engine.call('dossiers.history', { dossierId }),
    staleTime: 0,
    gcTime: 0,
  });
}

/** What the catalogue would ask; pages and copies (0 = not said) count where a scale goes by them. */
export function useFeeProposals(dossierId: string, pages: number, copies: number) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.feeProposals(dossierId, pages, copies),
    queryFn: () =>
      engine.call('fees.propose', {
        dossierId,
        ...(pages > 0 ? { pages } : {}),
        ...(copies > 0 ? { copies } : {}),
      }),
    placeholderData: (previous) => previous,
    gcTime: 0,
  });
}

const PERSON_NUMBER = /^(\d{9}|\d{10}|\d{12,13})$/;

/** Who was seen before under a number, once it is whole. */
export function useKnownPerson(identityNumber: string) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.known(identityNumber),
    queryFn: () => engine.call('citizens.known', { identityNumber, limit: 1 }),
    enabled: PERSON_NUMBER.test(identityNumber),
    staleTime: 0,
    gcTime: 0,
  });
}

/** Asked for anew where what is owed changes. */
export function useTransferCode(dossierId: string, total: number) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.transfer(dossierId, total),
    queryFn: () => engine.call('fees.qr', { dossierId }),
    gcTime: 0,
  });
}

export function useProcedures(text: string) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.procedures(text),
    queryFn: () => engine.call('procedures.search', { text, limit: 50 }),
    placeholderData: (previous) => previous,
    gcTime: 60_000,
  });
}

/** How a paper is scanned on a device; null while there is nothing to ask about. */
export function useScanProfile(dossierId: string, componentId: string | null, device: string) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.profile(dossierId, componentId ?? '', device),
    queryFn: () => engine.call('profiles.get', { dossierId, componentId: componentId ?? '', device }),
    enabled: componentId !== null && device !== '',
  });
}

export function useSuggestion(dossierId: string, componentId: string, enabled: boolean) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.suggestion(dossierId, componentId),
    queryFn: () => engine.call('components.suggestion', { dossierId, componentId }),
    enabled,
  });
}

export function useInbox() {
  const engine = useEngine();
  return useQuery({ queryKey: KEYS.inbox, queryFn: () => engine.call('inbox.list', {}) });
}

export function usePrinters() {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.printers,
    queryFn: () => engine.call('printers.list', {}),
    staleTime: 0,
  });
}

/** What a printer can do; asked each time that it is chosen, for paper is put in and taken out. */
export function usePrinterCapabilities(printer: string) {
  const engine = useEngine();
  return useQuery({
    queryKey: KEYS.printer(printer),
    queryFn: () => engine.call('printers.capabilities', { printer }),
    enabled: printer !== '',
    staleTime: 0,
  });
}

export function useUsb() {
  const engine = useEngine();
  return useQuery({ queryKey: KEYS.usb, queryFn: () => engine.call('usb.list', {}) });
}
