import { readFile } from 'node:fs/promises';
import { CounterError } from '../../contract/errors.ts';
import { componentOf } from '../dossiers/dossier.ts';
import { previewPage } from '../signing/appearance/preview.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { Journal } from './journal.ts';
import { type DocumentSigning, unsignedDocuments } from './sign-documents.ts';

const setting = (key: string) => `signer-name.${key}`;

/** The names in the certificates that have signed here: a token tells them only to who has logged in. */
export function createSignerNames(settings: Store['settings']) {
  return {
    get: (key: string): string | undefined => settings.get(setting(key)),
    note(key: string, name: string): void {
      if (settings.get(setting(key)) !== name) settings.set(setting(key), name);
    },
  };
}

/**
 * The first page as it will look under the signature, drawn by what draws the signature itself. Where the key has not
 * signed here yet, the clerk's own name stands for the one in the certificate.
 */
export function createSigningPreview(parts: {
  readonly store: Pick<Store, 'workspace'>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly documents: DocumentSigning;
  readonly signerName: (key: string) => string;
}): (dossierId: string, componentId: string, key: string) => Promise<Uint8Array> {
  const { store, journal, clock, documents } = parts;
  return async (dossierId, componentId, key) => {
    const dossier = journal.load(dossierId);
    if (!componentOf(dossier, componentId)) throw new CounterError('COMPONENT_UNKNOWN', { componentId });
    const document = unsignedDocuments(dossier).find((d) => d.component.spec.id === componentId);
    if (!document) throw new CounterError('COMPONENT_MISSING', { componentId });
    return store.workspace.withFolder(async (folder) => {
      const input = `${folder}/document.pdf`;
      const output = `${folder}/preview.pdf`;
      await documents.write(document, input);
      await previewPage(input, output, { kind: 'digitised-component' }, parts.signerName(key), clock.now());
      return readFile(output);
    });
  };
}
