import { randomUUID } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { AttachmentView, ComponentView, PageView, SignatureView } from '../../contract/model.ts';
import { signAttachment, signComponent } from '../dossiers/commands.ts';
import { type Dossier, liveAttachments, livePages } from '../dossiers/dossier.ts';
import type { DossierEvent, Stamp } from '../dossiers/events.ts';
import { type ScannedPage, writeScannedPdf } from '../pdf/scanned-pdf.ts';
import type { PageText } from '../reading/port.ts';
import { appearanceFont } from '../signing/appearance/font.ts';
import type { KeySource, SigningKey } from '../signing/port.ts';
import { signPdf } from '../signing/writing/sign-pdf.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import { documentName } from './document-name.ts';
import type { EventBus } from './events.ts';
import type { Journal } from './journal.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Resources } from './resources.ts';

export interface SignRequest {
  readonly dossierId: string;
  readonly key: string;
  readonly pin: string;
  readonly actor: string;
}

/** One document that wants a signature: a component's pages, or a file that was kept whole and carries none. */
interface Unsigned {
  readonly component: ComponentView;
  /** Null = the pages. */
  readonly attachment: AttachmentView | null;
}

/**
 * Turns every component whose pages are not yet under a signature into a PDF/A-2b and signs it, and every kept file
 * that came without one, with one PIN for all. What is signed when a later one fails stays signed; asking again goes on with the rest.
 */
export function createDossierSigner(parts: {
  readonly openKey: (uri: string) => KeySource;
  readonly store: Store;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly resources: Resources;
  readonly producer: string;
  /** What was read on a page's picture, where it was read. */
  readonly textOf: (page: PageView) => PageText | null;
}): (request: SignRequest) => Promise<Dossier> {
  const { openKey, store, journal, bus, clock, resources, producer } = parts;
  const font = appearanceFont(resources.fonts.regular);

  /** What was read on a page by now goes under its picture; what was not read yet is not waited for. */
  async function* pictures(pages: readonly PageView[]): AsyncGenerator<ScannedPage> {
    for (const page of pages) {
      const record = store.pages.get(page.id);
      if (!record) throw new CounterError('PAGE_UNKNOWN', { pageId: page.id });
      const text = parts.textOf(page);
      yield {
        image: await store.vault.read(record.imageHash),
        dpi: page.dpi,
        ...(text && { text }),
      };
    }
  }

  /** Signs `plain` and keeps what comes of it; `record` says which events follow. */
  async function signFile(
    folder: string,
    plain: string,
    { component, attachment }: Unsigned,
    key: SigningKey,
    request: SignRequest,
    pages: number,
    record: (d: Dossier, signature: SignatureView, stamp: Stamp) => DossierEvent[],
  ): Promise<Dossier> {
    const signed = `${folder}/signed.pdf`;
    const result = await signPdf({
      input: plain,
      output: signed,
      key,
      appearance: { kind: 'digitised-component' },
      font,
      at: clock.now(),
    });
    const object = await store.vault.putFile(signed);
    const documentId = randomUUID();
    const signature = {
      documentId,
      sha256: result.sha256,
      bytes: result.bytes,
      pages,
      signer: result.signer,
      signedAt: result.signedAt.toISOString(),
    };
    const at = attachment ? component.attachments.indexOf(attachment) + 1 : 0;
    return journal.change(request.dossierId, request.actor, (d, stamp) => record(d, signature, stamp), {
      objects: [object],
      document: {
        id: documentId,
        kind: 'component',
        componentId: component.spec.id,
        vaultHash: object.hash,
        name: documentName(component.spec.id, at),
        sha256: result.sha256,
        bytes: result.bytes,
      },
    });
  }

  async function signPages(unsigned: Unsigned, key: SigningKey, request: SignRequest): Promise<Dossier> {
    const { spec } = unsigned.component;
    const pages = livePages(unsigned.component);
    const pageIds = pages.map((p) => p.id);
    return store.workspace.withFolder(async (folder) => {
      const plain = `${folder}/component.pdf`;
      const written = await writeScannedPdf({
        path: plain,
        pages: pictures(pages),
        title: spec.name,
        createdAt: clock.now(),
        producer,
        icc: resources.icc,
      });
      return signFile(folder, plain, unsigned, key, request, written.pages, (d, signature, stamp) =>
        signComponent(d, { componentId: spec.id, signature, pageIds }, stamp),
      );
    });
  }

  async function signKept(
    unsigned: Unsigned,
    attachment: AttachmentView,
    key: SigningKey,
    request: SignRequest,
  ): Promise<Dossier> {
    const document = store.documents.get(attachment.id);
    if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId: attachment.id });
    return store.workspace.withFolder(async (folder) => {
      const plain = `${folder}/attachment.pdf`;
      await store.vault.copyTo(document.vaultHash, plain);
      return signFile(folder, plain, unsigned, key, request, attachment.pages, (d, signature, stamp) =>
        signAttachment(d, { attachmentId: attachment.id, signature }, stamp),
      );
    });
  }

  /** Documents that no signature covers, in the order of the components. */
  function unsigned(dossier: Dossier): readonly Unsigned[] {
    if (dossier.state !== 'draft')
      throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: 'draft' });
    return dossier.components.flatMap((component) => [
      ...(livePages(component).length > 0 && !component.signature ? [{ component, attachment: null }] : []),
      ...liveAttachments(component)
        .filter((attachment) => attachment.signatures === 0 && !attachment.signature)
        .map((attachment) => ({ component, attachment })),
    ]);
  }

  /** One PIN, one session at the token at a time; whoever asks twice finds the work done. */
  return oneAtATime(async (request: SignRequest) => {
    const { dossierId } = request;
    const total = unsigned(journal.load(dossierId)).length;
    if (total === 0) return journal.load(dossierId);
    const key = await openKey(request.key).open(request.pin);
    try {
      for (let done = 0; ; done += 1) {
        bus.publish('sign.progress', { dossierId, done, total: Math.max(total, done) });
        // Looked up anew: the clerk may have gone on with the pages while the last one was signed.
        const [next] = unsigned(journal.load(dossierId));
        if (!next) return journal.load(dossierId);
        if (next.attachment) await signKept(next, next.attachment, key, request);
        else await signPages(next, key, request);
      }
    } finally {
      await key.close();
    }
  });
}
