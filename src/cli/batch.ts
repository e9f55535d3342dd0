import type { Client } from '../contract/client.ts';
import { fromErrorShape } from '../contract/errors.ts';
import type { SigningBatch } from '../contract/model.ts';

export interface BatchOrder {
  readonly dossierIds: string[];
  readonly key: string;
  readonly pin: string;
}

/**
 * Signs a batch and waits for its end. Throws what opening the key throws, and the batch's fault where it stops or
 * pauses: at a terminal nobody puts a token back.
 */
export async function signBatch(
  client: Client,
  order: BatchOrder,
  onChange: (batch: SigningBatch) => void = () => {},
): Promise<SigningBatch> {
  const latest = new Map<string, SigningBatch>();
  let notice = (): void => {};
  const off = client.on('signing.changed', (batch) => {
    latest.set(batch.batchId, batch);
    onChange(batch);
    notice();
  });
  try {
    const started = await client.call('signing.start', order);
    for (;;) {
      // It may have been told of before the answer came.
      const now = latest.get(started.batchId) ?? started;
      if (now.fault && now.state !== 'running') {
        if (now.state === 'paused') await client.call('signing.cancel', { batchId: now.batchId });
        throw fromErrorShape(now.fault);
      }
      if (now.state === 'done') return now;
      await new Promise<void>((resolve) => {
        notice = resolve;
      });
    }
  } finally {
    off();
  }
}
