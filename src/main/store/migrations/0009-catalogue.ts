import type { Migration } from './index.ts';

export const catalogue: Migration = {
  version: 9,
  name: 'catalogue',
  up() {},
};
