import type { Page } from 'playwright-core';
import type { Transport } from '../../../src/contract/client.ts';
import type { EventName, EventPayload } from '../../../src/contract/events.ts';
import type { Input, OperationName, Output } from '../../../src/contract/operations.ts';
import type { FromEngine, ReplyMessage } from '../../../src/contract/wire.ts';

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

/** The next event of that name; ask for it before what makes it come. */
export async function nextEvent<N extends EventName>(page: Page, name: N): Promise<EventPayload<N>> {
  const payload = page.evaluate((name) => {
    const { counter } = window as unknown as { counter: Transport };
    return new Promise<unknown>((resolve) => {
      const off = counter.onMessage((message) => {
        const event = message as FromEngine;
        if (event.type !== 'event' || event.name !== name) return;
        off();
        resolve(event.payload);
      });
    });
  }, name as string);
  return (await payload) as EventPayload<N>;
}
