/** The scanner simulator in the place of NAPS2 sharing a scanner: `node fake-naps2-server.ts PORT [never|late]`. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { startScannerSimulator } from '../../src/simulators/scanner/index.ts';

const [, , port = '', how = ''] = process.argv;
appendFileSync(path.join(process.env.FAKE_ROOT ?? '', 'starts'), `${how}\n`);
console.log('sharing');
if (how === 'ends') process.exit(3);
if (how === 'never') setInterval(() => {}, 3_600_000);
else await startScannerSimulator({ port: Number(port), sheets: 2, seed: 1 });
