import { expect, it } from 'vitest';
import { discoverEscl } from '../../../src/main/scanning/escl/discovery.ts';
import { startScannerSimulator } from '../../../src/simulators/scanner/index.ts';

it('a simulated scanner that announces itself is found on the loopback interface, at the address it listens on', async () => {
  const simulator = await startScannerSimulator({
    advertise: true,
    name: `Simulated ${process.pid}`,
    sheets: 0,
  });
  const ended = new AbortController();
  try {
    const search = discoverEscl({ signal: ended.signal, timeoutMs: 20_000, interface: '127.0.0.1' });
    const seen: string[] = [];
    for await (const found of search) {
      if (found.name !== `Simulated ${process.pid}`) continue;
      seen.push(found.uri);
      break;
    }
    expect(seen).toEqual([simulator.uri]);
  } finally {
    ended.abort();
    await simulator.stop();
  }
});
