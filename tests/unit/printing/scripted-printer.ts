import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GROUP, TAG } from '../../../src/main/printing/ipp/message.ts';
import { answer, group, int, value } from './ipp-octets.ts';

export const OPERATION = {
  print: 0x0002,
  validate: 0x0004,
  cancel: 0x0008,
  job: 0x0009,
  jobs: 0x000a,
  printer: 0x000b,
} as const;

export interface Asked {
  readonly operation: number;
  readonly requestId: number;
  readonly version: number;
  readonly body: Buffer;
}

export interface ScriptedPrinter {
  readonly http: URL;
  readonly asked: Asked[];
  /** What it answers instead of a good printer's answer; undefined leaves it at that. */
  script: (
    asked: Asked,
    response: ServerResponse,
    request: IncomingMessage,
  ) => Buffer | 'handled' | undefined;
  /** State and reasons of the job and of the printer. */
  jobState: number;
  jobReasons: string[];
  printerState: number;
  printerReasons: string[];
  /** Names of the jobs that it has taken. */
  readonly jobs: string[];
  stop(): Promise<void>;
}

/** A printer on loopback that does what a test says, and is a good one in all else. */
export async function startScriptedPrinter(): Promise<ScriptedPrinter> {
  const printer: { -readonly [K in keyof ScriptedPrinter]: ScriptedPrinter[K] } = {
    http: new URL('http://127.0.0.1'),
    asked: [],
    script: () => undefined,
    jobState: 9,
    jobReasons: ['none'],
    printerState: 3,
    printerReasons: ['none'],
    jobs: [],
    stop: async () => {},
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const asked: Asked = {
      version: body.readUInt16BE(0),
      operation: body.readUInt16BE(2),
      requestId: body.readUInt32BE(4),
      body,
    };
    printer.asked.push(asked);
    const scripted = printer.script(asked, response, request);
    if (scripted === 'handled') return;
    response.writeHead(200, { 'content-type': 'application/ipp' }).end(scripted ?? good(printer, asked));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  printer.http = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ipp/print`);
  printer.stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return printer;
}

const keywords = (name: string, values: readonly string[]) =>
  values.map((text, index) => value(TAG.keyword, index === 0 ? name : '', text));

function good(printer: ScriptedPrinter, { operation, requestId, body }: Asked): Buffer {
  const job = (id: number, name: string) =>
    group(
      GROUP.job,
      int('job-id', id),
      value(TAG.name, 'job-name', name),
      int('job-state', printer.jobState, TAG.enum),
      ...keywords('job-state-reasons', printer.jobReasons),
    );
  switch (operation) {
    case OPERATION.printer:
      return answer(
        0,
        requestId,
        group(
          GROUP.printer,
          value(TAG.name, 'printer-name', 'Scripted'),
          int('printer-state', printer.printerState, TAG.enum),
          ...keywords('printer-state-reasons', printer.printerReasons),
          value(TAG.mimeMediaType, 'document-format-supported', 'application/pdf'),
          value(TAG.mimeMediaType, '', 'image/jpeg'),
          value(TAG.keyword, 'sides-supported', 'one-sided'),
          value(TAG.range, 'copies-supported', Buffer.from('0000000100000009', 'hex')),
        ),
      );
    case OPERATION.jobs:
      return answer(0, requestId, ...printer.jobs.map((name, index) => job(index + 1, name)));
    case OPERATION.print:
      printer.jobs.push(jobNameIn(body));
      return answer(0, requestId, job(printer.jobs.length, ''));
    case OPERATION.job:
      return answer(0, requestId, job(printer.jobs.length, printer.jobs.at(-1) ?? ''));
    default:
      return answer(0, requestId);
  }
}

export function jobNameIn(body: Buffer): string {
  const label = Buffer.from('job-name');
  const at = body.indexOf(label) + label.length;
  return body.subarray(at + 2, at + 2 + body.readUInt16BE(at)).toString();
}
