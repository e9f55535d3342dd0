/**
 * Raises INPUT to B-LT into OUTPUT in a process of its own, which a test starves of disk or kills.
 * MODE `hang`: the evidence never comes; else it is the file EVIDENCE, taken for a certificate.
 */
import { readFileSync } from 'node:fs';
import { CounterError } from '../../../../src/contract/errors.ts';
import { raisePdf } from '../../../../src/main/signing/writing/raise.ts';

const [mode, input, output, evidence] = process.argv.slice(2) as [string, string, string, string];
try {
  await raisePdf({
    input,
    output,
    to: 'B-LT',
    timeStamper: { stamp: () => Promise.reject(new Error('not asked for')) },
    evidence: {
      async collect() {
        console.log('collecting');
        if (mode === 'hang') await new Promise((done) => setTimeout(done, 600_000));
        return { certificates: [readFileSync(evidence)], ocsps: [], crls: [] };
      },
    },
    now: () => new Date(),
    signal: new AbortController().signal,
  });
  console.log('raised');
} catch (error) {
  console.log(error instanceof CounterError ? error.code : String(error));
}
