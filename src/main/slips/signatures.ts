import type { PDFFont } from 'pdf-lib';
import type { Draft } from './draft.ts';
import { drawBlock } from './head.ts';
import { LEADING, type Place } from './sheet.ts';
import { wrap } from './text.ts';

/** Where one person signs. */
export interface SignatureBlock {
  /** Capacity in capitals: 'NGƯỜI TIẾP NHẬN HỒ SƠ'. */
  readonly title: string;
  /** Notes under it: '(Ký và ghi rõ họ tên)'. */
  readonly notes: readonly string[];
  /** Printed under the signature; empty = written by hand. */
  readonly name: string;
  /** Name of the empty signature field over the place to sign; absent = signed by hand alone. */
  readonly field?: string;
}

/** Points that the signatures take, with the gap above them. */
export function signaturesHeight(draft: Draft, blocks: readonly SignatureBlock[]): number {
  const { fonts, sheet, sizes, exact } = draft;
  const width = sheet.width / Math.max(2, blocks.length) - 4;
  const linesOf = (text: string, font: PDFFont, size: number) =>
    wrap([{ text, font }], size, width).length * size * LEADING;
  const heads = blocks.map(
    ({ title, notes }) =>
      linesOf(title, fonts.bold, sizes.signer) +
      notes.reduce((sum, note) => sum + linesOf(note, fonts.italic, sizes.small), 0),
  );
  const names = blocks.map(({ name }) => linesOf(exact(name, 'signer'), fonts.bold, sizes.signer));
  return sizes.body / 2 + Math.max(0, ...heads) + sizes.signing + Math.max(0, ...names);
}

/** Signatures side by side, kept together on one page; a single one stands on the right, as in official papers. */
export function drawSignatures(draft: Draft, blocks: readonly SignatureBlock[]): void {
  const { fonts, sheet, sizes, exact } = draft;
  const columns = Math.max(2, blocks.length);
  const width = sheet.width / columns;
  sheet.room(signaturesHeight(draft, blocks));
  sheet.y += sizes.body / 2;
  const top = sheet.y;
  const places = blocks.map((_, i): Place => {
    const column = columns - blocks.length + i;
    const from = sheet.left + column * width;
    return { from: from + 2, to: from + width - 2, align: 'centre' };
  });
  let below = top;
  blocks.forEach(({ title, notes }, i) => {
    sheet.y = top;
    drawBlock(sheet, title, fonts.bold, sizes.signer, places[i]!);
    for (const note of notes) drawBlock(sheet, note, fonts.italic, sizes.small, places[i]!);
    below = Math.max(below, sheet.y);
  });
  const nameTop = below + sizes.signing;
  blocks.forEach(({ field }, i) => {
    const { from, to } = places[i]!;
    if (field !== undefined) sheet.signatureField(field, { from, to, top: below, bottom: nameTop });
  });
  let end = nameTop;
  blocks.forEach(({ name }, i) => {
    sheet.y = nameTop;
    drawBlock(sheet, exact(name, 'signer'), fonts.bold, sizes.signer, places[i]!);
    end = Math.max(end, sheet.y);
  });
  sheet.y = end;
}
