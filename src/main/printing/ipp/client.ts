import type { Duplex } from 'node:stream';
import { CounterError } from '../../../contract/errors.ts';
import type { DevicePin } from '../../scanning/escl/certificate.ts';
import type { SheetSize } from '../sheet-size.ts';
import { decodeResponse } from './decode.ts';
import { encodeRequest } from './encode.ts';
import type { PrintLimits } from './limits.ts';
import {
  flagOf,
  GROUP,
  groupOf,
  type IppField,
  type IppGroup,
  type IppResponse,
  numberOf,
  numbersOf,
  rangeOf,
  TAG,
  textOf,
  textsOf,
} from './message.ts';
import { codeOfStatus, STATUS } from './states.ts';
import { postIpp } from './transport.ts';

/** RFC 8011 §5.4.15: operations-supported. */
const OPERATION = {
  printJob: 0x0002,
  validateJob: 0x0004,
  cancelJob: 0x0008,
  getJobAttributes: 0x0009,
  getJobs: 0x000a,
  getPrinterAttributes: 0x000b,
} as const;

/** CUPS shows a job's name only to the user who sent it, so all counters are one user. */
const USER = 'mot-cua-counter';
/** Jobs looked through for one by name; printers keep some hundred at most. */
const JOBS_LOOKED_AT = 500;

export interface PrinterFacts {
  readonly name: string;
  readonly state: number | undefined;
  readonly reasons: readonly string[];
  readonly accepting: boolean;
  readonly formats: readonly string[];
  readonly maxCopies: number;
  readonly sides: readonly string[];
  /** Names of sheets (PWG 5101.1) that it takes, and of those that lie in it; empty where it does not say. */
  readonly media: readonly string[];
  readonly mediaReady: readonly string[];
  /** Members of media-col that it takes. */
  readonly mediaCol: readonly string[];
  readonly trays: readonly string[];
  /** Values of print-scaling (PWG 5100.13 §6.6.9) and orientation-requested that it takes. */
  readonly scalings: readonly string[];
  readonly orientations: readonly number[];
  /** Seconds since it started (RFC 8011 §5.4.29); undefined where it does not say. CUPS says Unix time. */
  readonly upTime: number | undefined;
}

export interface JobFacts {
  readonly id: number;
  readonly state: number | undefined;
  readonly reasons: readonly string[];
  readonly sides: number;
}

export interface JobTicket {
  readonly name: string;
  readonly format: string;
  readonly copies: number;
  readonly sides: string;
  /** By name, or by size and tray where a name does not do. */
  readonly media:
    | { readonly name: string }
    | { readonly size: SheetSize | null; readonly tray: string | null };
  readonly scaling: string | null;
  readonly orientation: number | null;
}

/** The operations of one printer. Failures are CounterErrors PRINTER_… and CANCELLED. */
export interface IppClient {
  printer(signal: AbortSignal): Promise<PrinterFacts>;
  /** Asks whether a job would be taken; `PRINTER_BUSY` is no answer to that. */
  validate(ticket: JobTicket, signal: AbortSignal): Promise<void>;
  send(
    ticket: JobTicket,
    document: { file: string; bytes: number },
    signal: AbortSignal,
  ): Promise<{ id: number; ignored: readonly string[] }>;
  /** Undefined where the printer does not know the job (any more). */
  job(id: number, signal: AbortSignal): Promise<JobFacts | undefined>;
  /** The newest job of that name, running ones first. */
  findJob(name: string, signal: AbortSignal): Promise<JobFacts | undefined>;
  cancel(id: number, signal: AbortSignal): Promise<void>;
}

export interface IppClientOptions {
  readonly http: URL;
  readonly printerUri: string;
  readonly limits: PrintLimits;
  readonly pin?: DevicePin;
  readonly connect?: () => Duplex;
}

export function createIppClient(options: IppClientOptions): IppClient {
  const { http, printerUri, limits, pin, connect } = options;
  let requestId = 0;
  /** Printers of before 2013 know 1.1 only; what this client asks is the same in both. */
  let version: '1.1' | '2.0' = '2.0';

  async function ask(
    operation: number,
    fields: readonly IppField[],
    signal: AbortSignal,
    more: { jobFields?: readonly IppField[]; document?: { file: string; bytes: number } } = {},
  ): Promise<IppResponse> {
    requestId++;
    const message = encodeRequest({
      version,
      operation,
      requestId,
      operationFields: [{ name: 'printer-uri', tag: TAG.uri, values: [printerUri] }, ...fields],
      ...(more.jobFields ? { jobFields: more.jobFields } : {}),
    });
    const wanted = requestId;
    const octets = await postIpp(
      {
        url: http,
        message,
        ...(more.document ? { document: more.document } : {}),
        ...(pin ? { pin } : {}),
        ...(connect ? { connect } : {}),
      },
      limits,
      signal,
    );
    const response = decodeResponse(octets);
    // An answer to another question may be one that an earlier program left in a USB pipe.
    if (response.requestId !== wanted) throw new CounterError('PRINTER_PROTOCOL', { reason: 'request-id' });
    if (response.status === STATUS.versionNotSupported && version === '2.0') {
      version = '1.1';
      return ask(operation, fields, signal, more);
    }
    return response;
  }

  async function get(operation: number, fields: readonly IppField[], signal: AbortSignal) {
    const response = await ask(operation, fields, signal);
    requireOk(response);
    return response;
  }

  return {
    async printer(signal) {
      const response = await get(
        OPERATION.getPrinterAttributes,
        [keywords('requested-attributes', PRINTER_ATTRIBUTES)],
        signal,
      );
      const group = groupOf(response, GROUP.printer);
      return {
        name: textOf(group, 'printer-make-and-model') || textOf(group, 'printer-name'),
        state: numberOf(group, 'printer-state'),
        reasons: textsOf(group, 'printer-state-reasons').filter((reason) => reason !== 'none'),
        accepting: flagOf(group, 'printer-is-accepting-jobs') ?? true,
        formats: textsOf(group, 'document-format-supported'),
        maxCopies: rangeOf(group, 'copies-supported')?.upper ?? 1,
        sides: textsOf(group, 'sides-supported'),
        media: textsOf(group, 'media-supported'),
        mediaReady: textsOf(group, 'media-ready'),
        mediaCol: textsOf(group, 'media-col-supported'),
        trays: textsOf(group, 'media-source-supported'),
        scalings: textsOf(group, 'print-scaling-supported'),
        orientations: numbersOf(group, 'orientation-requested-supported'),
        upTime: numberOf(group, 'printer-up-time'),
      };
    },

    async validate(ticket, signal) {
      const more = { jobFields: jobFields(ticket) };
      const response = await ask(OPERATION.validateJob, ticketFields(ticket), signal, more);
      if (response.status !== STATUS.busy) requireOk(response);
    },

    async send(ticket, document, signal) {
      const more = { jobFields: jobFields(ticket), document };
      const response = await ask(OPERATION.printJob, ticketFields(ticket), signal, more);
      requireOk(response);
      const id = numberOf(groupOf(response, GROUP.job), 'job-id');
      if (id === undefined) throw new CounterError('PRINTER_PROTOCOL', { reason: 'no-job-id' });
      return { id, ignored: [...groupOf(response, GROUP.unsupported).attributes.keys()] };
    },

    async job(id, signal) {
      const fields = [integer('job-id', id), user, keywords('requested-attributes', JOB_ATTRIBUTES)];
      const response = await ask(OPERATION.getJobAttributes, fields, signal);
      if (response.status === STATUS.notFound || response.status === STATUS.gone) return undefined;
      requireOk(response);
      return jobFacts(groupOf(response, GROUP.job));
    },

    async findJob(name, signal) {
      for (const which of ['not-completed', 'completed']) {
        const fields = [
          user,
          integer('limit', JOBS_LOOKED_AT),
          keywords('requested-attributes', ['job-name', ...JOB_ATTRIBUTES]),
          keywords('which-jobs', [which]),
        ];
        const response = await get(OPERATION.getJobs, fields, signal);
        const jobs = response.groups.filter(
          (group) => group.tag === GROUP.job && textOf(group, 'job-name') === name,
        );
        const facts = jobs.map(jobFacts).sort((a, b) => b.id - a.id)[0];
        if (facts) return facts;
      }
      return undefined;
    },

    async cancel(id, signal) {
      const response = await ask(OPERATION.cancelJob, [integer('job-id', id), user], signal);
      // A job that has ended meanwhile cannot be cancelled and need not be.
      if (response.status !== STATUS.notPossible && response.status !== STATUS.notFound) requireOk(response);
    },
  };
}

const PRINTER_ATTRIBUTES = [
  ...['printer-name', 'printer-make-and-model', 'printer-state', 'printer-state-reasons'],
  ...['printer-is-accepting-jobs', 'document-format-supported', 'copies-supported', 'sides-supported'],
  ...['media-supported', 'media-ready', 'media-col-supported', 'media-source-supported'],
  ...['print-scaling-supported', 'orientation-requested-supported', 'printer-up-time'],
];
const JOB_ATTRIBUTES = ['job-id', 'job-state', 'job-state-reasons', 'job-impressions-completed'];

const user: IppField = { name: 'requesting-user-name', tag: TAG.name, values: [USER] };

function integer(name: string, value: number): IppField {
  return { name, tag: TAG.integer, values: [value] };
}

function keywords(name: string, values: readonly string[]): IppField {
  return { name, tag: TAG.keyword, values };
}

function ticketFields(ticket: JobTicket): IppField[] {
  return [
    user,
    { name: 'job-name', tag: TAG.name, values: [ticket.name] },
    { name: 'document-format', tag: TAG.mimeMediaType, values: [ticket.format] },
  ];
}

function jobFields(ticket: JobTicket): IppField[] {
  return [
    integer('copies', ticket.copies),
    keywords('sides', [ticket.sides]),
    mediaField(ticket.media),
    ...(ticket.scaling === null ? [] : [keywords('print-scaling', [ticket.scaling])]),
    ...(ticket.orientation === null
      ? []
      : [{ name: 'orientation-requested', tag: TAG.enum, values: [ticket.orientation] }]),
  ];
}

/** 'media' and 'media-col' exclude each other (PWG 5100.3 §3.13). */
function mediaField(media: JobTicket['media']): IppField {
  if ('name' in media) return keywords('media', [media.name]);
  const { size, tray } = media;
  return {
    name: 'media-col',
    members: [
      ...(size
        ? [
            {
              name: 'media-size',
              members: [integer('x-dimension', size.width), integer('y-dimension', size.height)],
            },
          ]
        : []),
      ...(tray === null ? [] : [keywords('media-source', [tray])]),
    ],
  };
}

function jobFacts(group: IppGroup): JobFacts {
  const id = numberOf(group, 'job-id');
  if (id === undefined) throw new CounterError('PRINTER_PROTOCOL', { reason: 'no-job-id' });
  return {
    id,
    state: numbersOf(group, 'job-state')[0],
    reasons: textsOf(group, 'job-state-reasons').filter((reason) => reason !== 'none'),
    sides: Math.max(0, numberOf(group, 'job-impressions-completed') ?? 0),
  };
}

function requireOk({ status }: IppResponse): void {
  if (status >= STATUS.ok && status <= STATUS.lastOk) return;
  const code = codeOfStatus(status);
  throw new CounterError(code, { reason: 'ipp', status: `0x${status.toString(16).padStart(4, '0')}` });
}
