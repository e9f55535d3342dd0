import { X509Certificate } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';

const BLOCK =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM file, as DER. Throws CONFIG_INVALID where there is none, or one cannot be read. */
export function certificatesFromPem(pem: string): Uint8Array[] {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) throw new CounterError('CONFIG_INVALID', { setting: 'trust' });
  return blocks.map((block) => {
    try {
      return Uint8Array.from(new X509Certificate(block).raw);
    } catch (cause) {
      throw new CounterError('CONFIG_INVALID', { setting: 'trust' }, { cause });
    }
  });
}
