import type { Migration } from './index.ts';

export const dossierFacts: Migration = {
  version: 6,
  name: 'dossier-facts',
  up() {},
};
