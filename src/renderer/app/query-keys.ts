/** Names of the cached answers. */
export const KEYS = {
  session: ['session'] as const,
  outbox: ['outbox'] as const,
  keys: ['keys'] as const,
  scanners: ['scanners'] as const,
  dossierLists: ['dossiers'] as const,
  dossierList: (text: string) => ['dossiers', text] as const,
  dossier: (id: string) => ['dossier', id] as const,
  due: (id: string) => ['due', id] as const,
  procedures: (text: string) => ['procedures', text] as const,
};
