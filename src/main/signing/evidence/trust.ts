import { X509Certificate } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import { readCertificate } from '../cms/certificates.ts';

const BLOCK =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM file, as DER. Throws CONFIG_INVALID where there is none, or one cannot be read. */
export function certificatesFromPem(pem: string): Uint8Array[] {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) throw new CounterError('CONFIG_INVALID', { setting: 'trust' });
  return blocks.map((block) => {
    try {
      return readCertificate(new X509Certificate(block).raw).der;
    } catch (cause) {
      throw new CounterError('CONFIG_INVALID', { setting: 'trust' }, { cause });
    }
  });
}
