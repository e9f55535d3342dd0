/**
 * The simulated province as a process of its own.
 * Usage: node src/simulators/province/main.ts --folder DIR [--port N] [--unit CODE] [--token-seconds N]
 * Environment: PROVINCE_CLIENTS = JSON [{"id","secret"}] (made at random and told where absent),
 * PROVINCE_FAULTS = JSON list of faults. Prints one JSON line with its url once it listens; ends on SIGTERM or SIGINT.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { fault } from './faults.ts';
import { startProvinceSimulator } from './server.ts';

const clientsShape = z.array(z.object({ id: z.string().min(1), secret: z.string().min(1) })).min(1);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      port: { type: 'string', default: '0' },
      unit: { type: 'string', default: 'H14.22.05' },
      'token-seconds': { type: 'string', default: '3600' },
    },
  });
  if (!values.folder) throw new Error('--folder is needed');
  const given = process.env.PROVINCE_CLIENTS;
  const clients = given
    ? clientsShape.parse(JSON.parse(given))
    : [{ id: 'counter', secret: randomBytes(24).toString('base64url') }];
  const simulator = await startProvinceSimulator({
    folder: values.folder,
    port: z.coerce.number().int().min(0).max(65_535).parse(values.port),
    unit: values.unit,
    clients,
    tokenSeconds: z.coerce.number().int().positive().parse(values['token-seconds']),
    faults: z.array(fault).parse(JSON.parse(process.env.PROVINCE_FAULTS ?? '[]')),
  });
  // A secret that the caller gave is not repeated: standard output may end in a log.
  const made = given ? {} : { clientId: clients[0]!.id, clientSecret: clients[0]!.secret };
  console.log(JSON.stringify({ url: simulator.url, pid: process.pid, unit: values.unit, ...made }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.stop());
}

await main();
