import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
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

/** The certificates of PEM files, in their order. Throws FILE_MISSING {file}, and CONFIG_INVALID as above. */
export async function certificatesFromFiles(files: readonly string[]): Promise<Uint8Array[]> {
  const texts = await Promise.all(
    files.map((file) =>
      readFile(file, 'utf8').catch((cause: unknown) => {
        throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
      }),
    ),
  );
  return texts.flatMap(certificatesFromPem);
}
