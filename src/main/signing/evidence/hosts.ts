import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CounterError } from '../../../contract/errors.ts';
import type { HostMap } from './http.ts';

const host = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:\d{1,5})?$/);
const hostsFile = z.strictObject({
  version: z.literal(1),
  /** Where each line comes from, for those who keep the file. */
  sources: z.record(z.string(), z.string()).default({}),
  hosts: z.record(host, host),
});

/** The table of hosts that have moved since certificates were issued. Throws CONFIG_INVALID {setting: 'hosts'}. */
export async function readHostMap(file: string): Promise<HostMap> {
  try {
    return hostsFile.parse(JSON.parse(await readFile(file, 'utf8'))).hosts;
  } catch (cause) {
    throw new CounterError('CONFIG_INVALID', { setting: 'hosts' }, { cause });
  }
}
