import type { Draft } from './draft.ts';
import { drawBlock } from './head.ts';
import { fitted, LEADING, type Place, POINTS_PER_MM } from './sheet.ts';

/** Where one person signs. */
export interface SignatureBlock {
  /** Capacity in capitals: 'NGƯỜI TIẾP NHẬN HỒ SƠ'. */
  readonly title: string;
  /** Notes under it: '(Ký và ghi rõ họ tên)'. */
  readonly notes: readonly string[];
  /** Printed under the signature; empty = written by hand. */
  readonly name: string;
}

/** Height left for a signature, as a share of the paper's short side. */
const SIGNING_SHARE = 15 / 148;

/** Signatures side by side, kept together on one page; a single one stands on the right, as in official papers. */
export function drawSignatures(draft: Draft, blocks: readonly SignatureBlock[]): void {
  const { form, fonts, sheet, sizes, exact } = draft;
  const columns = Math.max(2, blocks.length);
  const width = sheet.width / columns;
  const signing = Math.min(form.paper.widthMm, form.paper.heightMm) * SIGNING_SHARE * POINTS_PER_MM;
  const notes = Math.max(0, ...blocks.map((b) => b.notes.length));
  sheet.room(signing + (5 + 2 * notes) * sizes.body * LEADING);
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
  const nameTop = below + signing;
  let end = nameTop;
  blocks.forEach(({ name }, i) => {
    sheet.y = nameTop;
    const text = exact(name, 'signer');
    const place = places[i]!;
    if (text !== '')
      sheet.line(text, fonts.bold, fitted(text, fonts.bold, sizes.signer, place.to - place.from), place);
    end = Math.max(end, sheet.y);
  });
  sheet.y = end;
}
