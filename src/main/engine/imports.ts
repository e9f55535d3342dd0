import { rm } from 'node:fs/promises';
import { CounterError } from '../../contract/errors.ts';
import type { ImportAs, InboxFile } from '../../contract/model.ts';
import { assertTakesPages } from '../dossiers/commands.ts';
import type { ImportDeps } from '../importing/deps.ts';
import { importFile } from '../importing/import-file.ts';
import type { Inbox } from '../importing/inbox.ts';
import type { Uploads } from '../importing/uploads.ts';
import type { Journal } from './journal.ts';
import type { Incoming, PageJobs } from './page-jobs.ts';
import { createRoute } from './page-route.ts';

export interface ImportRequest {
  readonly dossierId: string;
  readonly componentId: string;
  readonly as: ImportAs;
  readonly actor: string;
}

export interface Imports {
  /** Takes in a file that came in pieces; it leaves the workspace afterwards, however that ends. */
  startUpload(uploadId: string, request: ImportRequest): Promise<string>;
  /** Files of the watched folder; none where none is watched. */
  inboxFiles(): Promise<InboxFile[]>;
  /** Takes in a file of the watched folder: moved to what is done, or given back where it failed. */
  startInbox(name: string, request: ImportRequest): Promise<string>;
}

interface Source {
  readonly path: string;
  readonly name: string;
  /** Once all is durable, or has failed. */
  end(failure: unknown): Promise<void>;
}

/** Files become pages and kept PDFs of a component, by the same way as pages of a scanner. */
export function createImports(parts: {
  readonly deps: ImportDeps;
  readonly uploads: Uploads;
  readonly inbox: Inbox | null;
  readonly jobs: PageJobs;
  readonly journal: Journal;
}): Imports {
  const { deps, uploads, inbox, jobs, journal } = parts;

  async function* incoming(source: Source, as: ImportAs, signal: AbortSignal): AsyncGenerator<Incoming> {
    for await (const found of importFile(source, as, deps, signal))
      yield found.kind === 'page' ? found : { ...found, name: source.name };
  }

  function start(source: Source, request: ImportRequest): string {
    const { dossierId, componentId, actor, as } = request;
    return jobs.start({
      ...{ dossierId, actor, origin: 'import' },
      route: createRoute({ componentId, place: { at: 'end' }, separate: false, duplex: false }),
      order: {},
      open: (signal) => incoming(source, as, signal),
      settle: (failure) => source.end(failure),
    });
  }

  function assertWanted(request: ImportRequest): void {
    assertTakesPages(journal.load(request.dossierId), request.componentId);
  }

  return {
    async startUpload(uploadId, request) {
      assertWanted(request);
      const file = await uploads.finish(uploadId);
      return start({ ...file, end: () => rm(file.path, { force: true }) }, request);
    },
    async inboxFiles() {
      return inbox ? await inbox.list() : [];
    },
    async startInbox(name, request) {
      assertWanted(request);
      if (!inbox) throw new CounterError('FILE_MISSING', { file: name });
      const taken = await inbox.take(name);
      const end = (failure: unknown) => (failure === null ? taken.done() : taken.giveBack());
      return start({ path: taken.path, name: taken.name, end }, request);
    },
  };
}
