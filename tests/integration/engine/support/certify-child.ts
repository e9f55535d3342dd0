/** Makes one certified copy in a process that may be killed. argv = data folder, id of the act; keys by environment. */
import { openKeySource } from '../../../../src/main/signing/keys/open.ts';
import { certifierOver, factsFor, openCounterStore, scans } from './certify.ts';

const [dataDir, id] = process.argv.slice(2) as [string, string];
const tell = (message: object) => process.send?.(message);
const steps = () => (globalThis as unknown as { crashSteps(): number }).crashSteps();

const store = await openCounterStore(dataDir);
const copies = await certifierOver(store, (uri) =>
  openKeySource(uri, {
    now: () => new Date(),
    tokenHost: {
      request: () => Promise.reject(new Error('there is no token here')),
    } as never,
  }),
);
tell({ type: 'ready', steps: steps() });
const pin = process.env.CERTIFY_PIN ?? '';
const entry = await copies.make({
  facts: factsFor(id),
  pages: scans(1),
  officer: { key: process.env.CERTIFY_OFFICER!, pin },
  authority: { key: process.env.CERTIFY_AUTHORITY!, pin },
});
tell({ type: 'made', number: entry.number, steps: steps() });
await store.close();
process.disconnect?.();
