import type { Page } from 'playwright-core';
import type { Transport } from '../../../src/contract/client.ts';
import type { Input, OperationName, Output } from '../../../src/contract/operations.ts';
import type { ReplyMessage } from '../../../src/contract/wire.ts';

let lastSeq = 1_000_000;

/** Asks the engine from within the page, over `window.counter`, beside what the screen itself asks. */
export async function ask(page: Page, operation: string, input: unknown): Promise<ReplyMessage['result']> {
  lastSeq += 1;
  return page.evaluate(
    ([operation, input, seq]) => {
      const { counter } = window as unknown as { counter: Transport };
      return new Promise<ReplyMessage['result']>((resolve) => {
        const off = counter.onMessage((message) => {
          const reply = message as ReplyMessage;
          if (reply.type !== 'reply' || reply.seq !== seq) return;
          off();
          resolve(reply.result);
        });
        counter.send({ type: 'call', seq, operation, input });
      });
    },
    [operation, input, lastSeq] as const,
  );
}

/** As `ask`, for a call that must succeed. */
export async function askFor<N extends OperationName>(
  page: Page,
  operation: N,
  input: Input<N>,
): Promise<Output<N>> {
  const result = await ask(page, operation, input);
  if (!result.ok) throw new Error(`${operation}: ${JSON.stringify(result.error)}`);
  return result.value as Output<N>;
}
