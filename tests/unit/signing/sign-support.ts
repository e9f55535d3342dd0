import { constants, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import type { SignatureAlgorithm, SigningKey } from '../../../src/main/signing/port.ts';
import type { TestSigner } from '../../support/pki.ts';

/** A key in memory behind the port; `calls` counts the private key's operations. */
export function softKey(
  signer: TestSigner,
  algorithm: SignatureAlgorithm = 'rsa-pkcs1-sha256',
): SigningKey & { calls: number; milliseconds: number } {
  return {
    info: { uri: 'pkcs12:test', label: 'test', kind: 'pkcs12', pinState: 'ok' },
    certificates: signer.certificates,
    algorithm,
    calls: 0,
    milliseconds: 0,
    async sign(data) {
      this.calls++;
      const from = performance.now();
      const signature = sign(algorithm.slice(-6), data, signingOptions(signer.privateKey, algorithm));
      this.milliseconds += performance.now() - from;
      return signature;
    },
    close: async () => {},
  };
}

function signingOptions(key: KeyObject, algorithm: SignatureAlgorithm): SignKeyObjectInput {
  if (!algorithm.startsWith('rsa-pss')) return { key };
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

export interface Folder {
  readonly path: string;
  file(name: string): string;
  write(name: string, bytes: Uint8Array | string): string;
  remove(): void;
}

export function newFolder(): Folder {
  const folder = mkdtempSync(path.join(tmpdir(), 'counter-sign-'));
  const file = (name: string) => path.join(folder, name);
  return {
    path: folder,
    file,
    write(name, bytes) {
      writeFileSync(file(name), bytes, typeof bytes === 'string' ? 'latin1' : undefined);
      return file(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface MadePage {
  readonly size?: readonly [number, number];
  readonly rotate?: number;
  readonly crop?: readonly [x: number, y: number, width: number, height: number];
  readonly text?: string;
}

/** A PDF by pdf-lib: with a classic table, or with object streams and a cross-reference stream. */
export async function makePdf(
  kind: 'table' | 'stream',
  pages: readonly MadePage[] = [{}],
): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const { size = [595, 842], rotate, crop, text = 'Body of the paper' } of pages) {
    const page = pdf.addPage([size[0], size[1]]);
    if (rotate) page.setRotation({ type: 'degrees' as never, angle: rotate });
    if (crop) page.setCropBox(...crop);
    page.drawText(text, { x: 60, y: size[1] / 2, size: 12, font });
  }
  return pdf.save({ useObjectStreams: kind === 'stream' });
}

/** A file from its objects, with a right table; `objects[0]` is number 1. */
export function rawPdf(objects: readonly string[], trailer = '/Root 1 0 R'): string {
  let text = '%PDF-1.7\n';
  const offsets: number[] = [];
  for (const [i, body] of objects.entries()) {
    offsets.push(text.length);
    text += `${i + 1} 0 obj\n${body}\nendobj\n`;
  }
  return (
    text +
    tableAt(
      text.length,
      offsets.map((offset, i) => [i + 1, offset]),
      `${trailer} /Size ${objects.length + 1}`,
    )
  );
}

/** Appends objects as an incremental update over a classic base, as an editor or an attacker would. */
export function appendUpdate(base: Uint8Array, objects: ReadonlyMap<number, string>, root = '1 0 R'): Buffer {
  const before = Buffer.from(base).toString('latin1');
  const prev = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(before)![1]!;
  let text = before;
  const entries: [number, number][] = [];
  for (const [num, body] of objects) {
    entries.push([num, text.length]);
    text += `${num} 0 obj\n${body}\nendobj\n`;
  }
  const size = Math.max(
    ...[...before.matchAll(/\/Size (\d+)/g)].map((m) => Number(m[1])),
    ...[...objects.keys()].map((n) => n + 1),
  );
  text += tableAt(text.length, entries, `/Root ${root} /Prev ${prev} /Size ${size}`);
  return Buffer.from(text, 'latin1');
}

function tableAt(at: number, entries: readonly (readonly [number, number])[], trailer: string): string {
  const lines = entries.map(([num, offset]) => `${num} 1\n${String(offset).padStart(10, '0')} 00000 n \n`);
  return `xref\n0 1\n0000000000 65535 f \n${lines.join('')}trailer\n<<${trailer}>>\nstartxref\n${at}\n%%EOF\n`;
}

export const ONE_PAGE = [
  '<</Type /Catalog /Pages 2 0 R>>',
  '<</Type /Pages /Kids [3 0 R] /Count 1>>',
  '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>',
  '<</Length 55>>\nstream\nBT /F1 12 Tf 60 400 Td (Amount: 100 000 dong) Tj ET     \nendstream',
  '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>',
] as const;
