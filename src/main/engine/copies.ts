import { randomUUID } from 'node:crypto';
import { CounterError, toErrorShape } from '../../contract/errors.ts';
import type { ScanSettings } from '../../contract/model.ts';
import type { Imaging } from '../imaging/port.ts';
import { type ScannedPage, writeScannedPdf } from '../pdf/scanned-pdf.ts';
import type { Printer } from '../printing/port.ts';
import type { Scanner } from '../scanning/port.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';
import type { Log } from './log.ts';
import type { Resources } from './resources.ts';

export interface CopyRequest {
  readonly device: string;
  readonly settings: ScanSettings;
  readonly printer: string;
  readonly copies: number;
}

export interface Copies {
  /** Starts a copy, or throws before the feeder moves; the end comes as an event. */
  start(request: CopyRequest): string;
  cancel(copyId: string): void;
  close(): Promise<void>;
}

/**
 * Scan and print, as a photocopier does. Pages lie in the workspace, which is wiped, and nowhere else: a copy is no
 * record. A stack that jams in mid-copy prints nothing, so that no half set is handed out.
 */
export function createCopies(parts: {
  readonly openScanner: (uri: string) => Scanner;
  readonly openPrinter: (uri: string) => Printer;
  readonly imaging: Imaging;
  readonly store: Pick<Store, 'workspace'>;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly resources: Resources;
  readonly log: Log;
}): Copies {
  const { imaging, store, bus, log } = parts;
  const running = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();

  /** Pages as they stand on the paper: straightened, nothing else done to them. */
  async function* pages(
    scanner: Scanner,
    settings: ScanSettings,
    signal: AbortSignal,
    onPage: () => void,
  ): AsyncGenerator<ScannedPage> {
    for await (const raw of scanner.scan(settings, signal)) {
      const page = await imaging.process(raw, { wish: { crop: null, turn: 0 } });
      yield { image: page.image, dpi: page.dpi };
      onPage();
    }
  }

  async function run(
    copyId: string,
    request: CopyRequest,
    scanner: Scanner,
    printer: Printer,
    signal: AbortSignal,
  ) {
    let count = 0;
    const tell = (stage: 'scanning' | 'printing') => {
      bus.publish('copy.progress', { copyId, stage, pages: count });
    };
    const onPage = () => {
      count += 1;
      tell('scanning');
    };
    try {
      await store.workspace.withFolder(async (folder) => {
        const path = `${folder}/copy.pdf`;
        await writeScannedPdf({
          path,
          pages: pages(scanner, request.settings, signal, onPage),
          title: '',
          createdAt: parts.clock.now(),
          producer: '',
          icc: parts.resources.icc,
        });
        tell('printing');
        const job = await printer.print(path, copyId, signal, { copies: request.copies });
        if (job.state !== 'completed') throw new CounterError('PRINTER_STOPPED', { state: job.state });
      });
      bus.publish('copy.finished', { copyId, pages: count, copies: request.copies });
    } catch (error) {
      log.warn({ copyId, err: error }, 'a copy failed');
      bus.publish('copy.failed', { copyId, error: toErrorShape(error) });
    }
  }

  return {
    start(request) {
      const scanner = parts.openScanner(request.device);
      const printer = parts.openPrinter(request.printer);
      const copyId = randomUUID();
      const stop = new AbortController();
      const done = new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => run(copyId, request, scanner, printer, stop.signal))
        .finally(() => running.delete(copyId));
      running.set(copyId, { stop, done });
      return copyId;
    },
    cancel(copyId) {
      running.get(copyId)?.stop.abort();
    },
    async close() {
      for (const copy of running.values()) copy.stop.abort();
      await Promise.all([...running.values()].map((copy) => copy.done));
    },
  };
}
