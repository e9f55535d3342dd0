import type { Migration } from './index.ts';

export const peopleAndReceipts: Migration = {
  version: 8,
  name: 'people-and-receipts',
  up() {},
};
