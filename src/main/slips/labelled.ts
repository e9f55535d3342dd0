import type { Draft } from './draft.ts';
import { LEADING, type Place } from './sheet.ts';
import { widthOf } from './text.ts';

/** A field of a form: its label and its value, which wraps; without a value, dots to write on. */
export function labelled(draft: Draft, label: string, value: string, bold = false): void {
  const { sheet, fonts, print } = draft;
  const text = print(value);
  sheet.paragraph(
    [
      { text: print(label), font: fonts.regular },
      { text, font: bold ? fonts.bold : fonts.regular },
    ],
    { leader: text === '' },
  );
}

/** One centred line of text, wrapped where it is longer than the sheet is wide. */
export function centred(draft: Draft, text: string, font: 'regular' | 'bold' | 'italic', size: number): void {
  const { sheet, fonts, print } = draft;
  const written = print(text);
  if (written === '') return;
  if (widthOf(written, fonts[font], size) > sheet.width) {
    sheet.paragraph([{ text: written, font: fonts[font] }], { size });
    return;
  }
  const place: Place = { from: sheet.left, to: sheet.right, align: 'centre' };
  sheet.room(size * LEADING);
  sheet.line(written, fonts[font], size, place);
}
