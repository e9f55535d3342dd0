import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import type { InboxFile } from '../../../src/contract/model.ts';
import { readCard } from './fake-card.ts';
import type { Handlers, World } from './fake-world.ts';

type ImportOperations =
  | 'uploads.begin'
  | 'uploads.chunk'
  | 'uploads.abandon'
  | 'imports.start'
  | 'inbox.list'
  | 'inbox.take'
  | 'cards.read';

export interface FakeImports {
  readonly handlers: Pick<Handlers, ImportOperations>;
  setInbox(files: InboxFile[]): void;
  /** Takes a whole upload out; BAD_REQUEST where it is not whole. */
  takeUpload(uploadId: string): { readonly name: string; readonly bytes: number };
}

interface Upload {
  readonly name: string;
  readonly bytes: number;
  readonly pieces: Uint8Array[];
}

/** Files come in pieces; what begins with `%PDF` is kept whole, what begins with `bad` cannot be read. */
export function fakeImports(world: World): FakeImports {
  const uploads = new Map<string, Upload>();
  let inbox: InboxFile[] = [];

  function complete(uploadId: string): Upload {
    const upload = uploads.get(uploadId);
    const got = upload?.pieces.reduce((n, p) => n + p.length, 0);
    if (!upload || got !== upload.bytes) throw new CounterError('BAD_REQUEST', { uploadId });
    uploads.delete(uploadId);
    return upload;
  }
  async function take(
    scanId: string,
    target: { dossierId: string; componentId: string },
    file: { name: string; head: string; bytes: number },
    as: string,
  ): Promise<void> {
    const { dossierId, componentId } = target;
    await new Promise((resolve) => setTimeout(resolve, 40));
    if (file.head.startsWith('bad')) {
      world.emit('scan.failed', { scanId, pages: 0, error: { code: 'IMAGE_UNREADABLE', details: {} } });
      return;
    }
    if (file.head.startsWith('%PDF') && as !== 'pages') {
      const attachment = {
        id: randomUUID(),
        name: file.name,
        bytes: file.bytes,
        pages: 3,
        sha256: 'ef'.repeat(32),
        signatures: as === 'auto' ? 1 : 0,
        verdict: as === 'auto' ? ('TOTAL-PASSED' as const) : null,
        signature: null,
        addedAt: new Date().toISOString(),
        removed: false,
      };
      world.addAttachment(dossierId, componentId, attachment);
      world.emit('scan.attachment', { scanId, dossierId, componentId, attachment });
    } else {
      const page = await world.addPage({
        dossierId,
        componentId,
        place: { at: 'end' },
        dpi: 300,
        origin: 'import',
        sheet: {},
      });
      world.emit('scan.page', { scanId, dossierId, componentId, page });
    }
    world.emit('scan.finished', { scanId, pages: 1, note: null });
  }

  return {
    takeUpload: complete,
    setInbox(files) {
      inbox = files;
      world.emit('inbox.changed', { files: files.length });
    },
    handlers: {
      'uploads.begin': ({ name, bytes }) => {
        const uploadId = randomUUID();
        uploads.set(uploadId, { name, bytes, pieces: [] });
        return { uploadId };
      },
      'uploads.chunk': ({ uploadId, index, base64 }) => {
        const upload = uploads.get(uploadId);
        if (!upload || upload.pieces.length !== index) throw new CounterError('BAD_REQUEST', { index });
        upload.pieces.push(Buffer.from(base64, 'base64'));
        return {};
      },
      'uploads.abandon': ({ uploadId }) => {
        uploads.delete(uploadId);
        return {};
      },
      'imports.start': ({ uploadId, as, ...target }) => {
        const { name, bytes, pieces } = complete(uploadId);
        const scanId = randomUUID();
        const head = Buffer.from(pieces[0] ?? new Uint8Array())
          .subarray(0, 4)
          .toString('latin1');
        void take(scanId, target, { name, head, bytes }, as);
        return { scanId };
      },
      'inbox.list': () => inbox,
      'inbox.take': ({ name, as, ...target }) => {
        const file = inbox.find((f) => f.name === name);
        if (!file) throw new CounterError('FILE_MISSING', { name });
        inbox = inbox.filter((f) => f !== file);
        const scanId = randomUUID();
        const head = name.endsWith('.pdf') ? '%PDF' : 'JPEG';
        void take(scanId, target, { name, head, bytes: file.bytes }, as);
        world.emit('inbox.changed', { files: inbox.length });
        return { scanId };
      },
      'cards.read': ({ uploadId }) => {
        const { pieces } = complete(uploadId);
        return readCard(Buffer.concat(pieces).toString('utf8'));
      },
    },
  };
}
