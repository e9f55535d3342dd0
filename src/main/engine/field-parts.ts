import type { OperationName } from '../../contract/operations.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Uploads } from '../importing/uploads.ts';
import type { PrinterDeps } from '../printing/open.ts';
import type { Printer } from '../printing/port.ts';
import type { SignerSource } from '../signing/signers.ts';
import type { EncodeBarcode } from '../slips/barcode.ts';
import type { Store } from '../store/index.ts';
import type { CatalogueService } from './catalogue/catalogue.ts';
import type { Clock } from './clock.ts';
import type { CounterConfig } from './config.ts';
import type { Handlers } from './dispatcher.ts';
import type { EventBus } from './events.ts';
import type { AlongWith, Journal } from './journal.ts';
import type { Log } from './log.ts';
import type { Resources } from './resources.ts';
import type { SlipIssuer } from './slips/issue.ts';
import type { Verification } from './verification.ts';
import type { WorkerFiles } from './worker-files.ts';

/** What every room of the field gets from the composition root. */
export interface FieldParts {
  readonly config: CounterConfig;
  readonly resources: Resources;
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly catalogue: CatalogueService;
  readonly calendar: Calendar;
  readonly bus: EventBus;
  readonly log: Log;
  readonly encodeBarcode: EncodeBarcode;
  readonly openPrinter: (uri: string) => Printer;
  readonly printerDeps: PrinterDeps;
  /** Opens a key that an admin configured or that was found here. Throws KEY_SOURCE_INVALID. */
  readonly openSigner: (uri: string) => SignerSource;
  /** Draws and numbers the counter's papers. */
  readonly slips: SlipIssuer;
  readonly uploads: Uploads;
  /** Where the workers lie that draw pages; absent = the sources, as plain Node runs them. */
  readonly workers?: WorkerFiles;
  readonly verification: Verification;
  /** Queues what changed for the province; belongs in the transaction of the change. */
  readonly tellProvince: AlongWith;
  /** After the transaction: wakes the outbox and tells the screens. */
  readonly onQueued: () => void;
  /** Aborts when the engine closes. */
  readonly closing: AbortSignal;
}

/** The handlers of one room: one for each operation of its part of the contract. */
export type HandlersOf<Operations> = { readonly [N in keyof Operations & OperationName]: Handlers[N] };
