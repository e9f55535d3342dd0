/** Names of the cached answers. */
export const KEYS = {
  session: ['session'] as const,
  outbox: ['outbox'] as const,
  keys: ['keys'] as const,
  pending: (dossierIds: readonly string[]) => ['pending', ...dossierIds] as const,
  scanners: ['scanners'] as const,
  dossierLists: ['dossiers'] as const,
  dossierList: (text: string) => ['dossiers', text] as const,
  dossier: (id: string) => ['dossier', id] as const,
  actions: (id: string) => ['actions', id] as const,
  history: (id: string) => ['history', id] as const,
  known: (number: string) => ['known', number] as const,
  transfer: (id: string, total: number) => ['transfer', id, total] as const,
  feeProposals: (id: string, pages: number, copies: number) => ['fee-proposals', id, pages, copies] as const,
  due: (id: string) => ['due', id] as const,
  profile: (dossierId: string, componentId: string, device: string) =>
    ['profile', dossierId, componentId, device] as const,
  suggestion: (dossierId: string, componentId: string) => ['suggestion', dossierId, componentId] as const,
  inbox: ['inbox'] as const,
  printers: ['printers'] as const,
  printer: (uri: string) => ['printer', uri] as const,
  prints: ['prints'] as const,
  usb: ['usb'] as const,
  picture: (pageId: string, revision: number, variant: string) =>
    ['picture', pageId, revision, variant] as const,
  procedures: (text: string) => ['procedures', text] as const,
};
