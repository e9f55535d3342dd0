import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '../contract/client.ts';
import type { DossierView } from '../contract/model.ts';

export interface ExportedComponent {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
}

/** Writes `dossier.json`, `components/*.pdf` and `slip.pdf` of a received dossier into `folder`. */
export async function exportDossier(
  client: Client,
  dossier: DossierView,
  folder: string,
): Promise<readonly ExportedComponent[]> {
  await mkdir(path.join(folder, 'components'), { recursive: true });
  const components: ExportedComponent[] = [];
  for (const { spec, signature } of dossier.components) {
    if (!signature) continue;
    const file = path.join(
      folder,
      'components',
      await writeDocument(client, signature.documentId, path.join(folder, 'components')),
    );
    components.push({ name: spec.name, file, sha256: signature.sha256 });
  }
  if (dossier.slipDocumentId) await writeDocument(client, dossier.slipDocumentId, folder);
  await writeFile(path.join(folder, 'dossier.json'), `${JSON.stringify(dossier, null, 2)}\n`);
  return components;
}

async function writeDocument(client: Client, documentId: string, folder: string): Promise<string> {
  const { name, base64 } = await client.call('documents.read', { documentId });
  const safe = path.basename(name);
  await writeFile(path.join(folder, safe), Buffer.from(base64, 'base64'));
  return safe;
}
