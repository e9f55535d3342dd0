import { parentPort } from 'node:worker_threads';
import type { ReadingReply, ReadingRequest } from '../../../../src/main/reading/protocol.ts';

/** Does what its dpi says; otherwise answers with one word, the count of pages that this thread has had. */
export const ODD = { exits: 91, throws: 92, hangs: 93, refuses: 94, hungry: 95, babbles: 96 } as const;

let pages = 0;
parentPort?.on('message', (request: ReadingRequest) => {
  pages++;
  const dpi = request.kind === 'read' ? Math.round(request.dpi) : 0;
  if (dpi === ODD.exits) process.exit(7);
  if (dpi === ODD.throws) throw new Error('odd');
  if (dpi === ODD.hangs) for (;;);
  const reply: ReadingReply =
    dpi === ODD.refuses
      ? { ok: false, reason: 'recogniser', cause: 'odd' }
      : {
          ok: true,
          memory: dpi === ODD.hungry ? 9e9 : 1,
          result: {
            kind: 'read',
            words: [
              { text: String(pages), x: 0, y: 0, width: 1, height: 1, baseline: 1, confidence: 1, line: 0 },
            ],
          },
        };
  parentPort?.postMessage(reply);
  if (dpi === ODD.babbles) parentPort?.postMessage(reply);
});
