import type { Migration } from './index.ts';

export const printJobs: Migration = {
  version: 7,
  name: 'print-jobs',
  up() {},
};
