import { appendFile } from 'node:fs/promises';
import type { Attestation } from '../../dossiers/certified-copy.ts';
import { onDisk } from '../../pdf/output-file.ts';
import { arrayAt, catalogOf, readPdf } from '../../pdf/reader/document.ts';
import { integerOf, PdfDict, PdfName, PdfRef, PdfUnreadable } from '../../pdf/reader/objects.ts';
import { withFile } from '../../pdf/reader/source.ts';
import { newUpdate } from '../writing/update.ts';
import type { AppearanceFont } from './font.ts';
import { cleanName, LEADING, wrap } from './layout.ts';
import { addFont, shown } from './objects.ts';

export interface AttestationFonts {
  readonly regular: AppearanceFont;
  readonly bold: AppearanceFont;
}

/** Where the signatures stand on the page, for `ExplicitPlace.centreMm`. */
export interface AttestationPlaces {
  /** Between the officer's function and name (as ô 7c of NĐ 30/2020/NĐ-CP Phụ lục I). */
  readonly officerMm: readonly [x: number, y: number];
  /** Beside it, for an authority that shows no seal. */
  readonly authorityMm: readonly [x: number, y: number];
}

const MM = 72 / 25.4;
/** A4, margins, sizes and styles of NĐ 30/2020/NĐ-CP Phụ lục I mục I.2–4, II.5b, II.6e, II.7đ. */
const PAGE = { width: 210 * MM, height: 297 * MM, left: 30 * MM, right: 195 * MM, top: 25 * MM };
const SIZE = 14;
const LINE = SIZE * LEADING * 1.15;
/** The signer's column: the right half of the text. */
const COLUMN = { left: 115 * MM, right: 195 * MM };
/** Height for a seal of 36 mm and a hand signature. */
const SIGNING_SPACE = 40 * MM;
const AUTHORITY_CENTRE = 68 * MM;

interface Line {
  readonly text: string;
  readonly bold: boolean;
  readonly from: number;
  readonly to: number;
  /** Baseline from the top of the page, points. */
  readonly y: number;
}

/**
 * Adds the lời chứng as a last page of its own to a PDF that nobody has signed yet, in an incremental update; fonts
 * are embedded and colours are grey, so that a PDF/A-2b stays one. The file is changed in place: it is a draft.
 *
 * Throws what reading a PDF throws, PDF_UNREADABLE {reason: 'pages'}, DISK_FULL, DISK_FAILED.
 */
export async function addAttestationPage(
  file: string,
  attestation: Attestation,
  fonts: AttestationFonts,
): Promise<AttestationPlaces> {
  const { lines, officerCentre } = setLines(attestation, fonts);
  const tail = await withFile(file, async (source) => {
    const document = await readPdf(source);
    const update = newUpdate(document);
    const root = (await catalogOf(document)).get('Pages');
    const tree = await document.resolve(root);
    const kids = tree instanceof PdfDict ? await arrayAt(document, tree, 'Kids') : null;
    const count = tree instanceof PdfDict ? integerOf(await document.resolve(tree.get('Count'))) : null;
    if (!(root instanceof PdfRef) || !(tree instanceof PdfDict) || !kids || count === null) {
      throw new PdfUnreadable('pages');
    }
    const [page, contents] = [update.allocate(), update.allocate()] as const;
    const textOf = (bold: boolean) => lines.filter((l) => l.bold === bold).map((l) => l.text);
    const subsets = {
      regular: fonts.regular.subset(textOf(false).join('')),
      bold: fonts.bold.subset(textOf(true).join('')),
    };
    const drawn = lines.map((line) => {
      const font = line.bold ? fonts.bold : fonts.regular;
      const x = (line.from + line.to - font.widthOf(line.text) * SIZE) / 2;
      const subset = line.bold ? subsets.bold : subsets.regular;
      const place = `1 0 0 1 ${x.toFixed(3)} ${(PAGE.height - line.y).toFixed(3)} Tm`;
      return `/${line.bold ? 'F2' : 'F1'} ${SIZE} Tf\n${place}\n${shown(line.text, subset)}`;
    });
    const content = `q\n0 g\nBT\n${drawn.join('\n')}\nET\nQ\n`;
    update.setStream(contents, new PdfDict(), Buffer.from(content, 'latin1'));
    const embedded = new PdfDict([
      ['F1', addFont(update, subsets.regular, fonts.regular)],
      ['F2', addFont(update, subsets.bold, fonts.bold)],
    ]);
    update.set(
      page,
      new PdfDict([
        ['Type', new PdfName('Page')],
        ['Parent', root],
        ['MediaBox', [0, 0, PAGE.width, PAGE.height]],
        // Said again, so that nothing is taken over from the pages before.
        ['CropBox', [0, 0, PAGE.width, PAGE.height]],
        ['Rotate', 0],
        ['Resources', new PdfDict([['Font', embedded]])],
        ['Contents', contents],
      ]),
    );
    update.set(update.refTo(root.num), tree.with({ Kids: [...kids, page], Count: count + 1 }));
    const last = await source.read(source.size - 1, 1);
    return update.render(source.size, last[0] !== 10).bytes;
  });
  await onDisk(() => appendFile(file, tail));
  return {
    officerMm: [(COLUMN.left + COLUMN.right) / 2 / MM, officerCentre / MM],
    authorityMm: [AUTHORITY_CENTRE / MM, officerCentre / MM],
  };
}

function setLines(
  attestation: Attestation,
  fonts: AttestationFonts,
): { lines: readonly Line[]; officerCentre: number } {
  const lines: Line[] = [];
  let y = PAGE.top + SIZE;
  const put = (text: string, bold: boolean, from: number, to: number): void => {
    const font = bold ? fonts.bold : fonts.regular;
    for (const part of wrap(cleanName(text), to - from, (t) => font.widthOf(t) * SIZE)) {
      lines.push({ text: part, bold, from, to, y });
      y += LINE;
    }
  };
  put(attestation.title, true, PAGE.left, PAGE.right);
  put(attestation.number, false, PAGE.left, PAGE.right);
  put(attestation.date, false, PAGE.left, PAGE.right);
  y += LINE / 2;
  for (const line of attestation.functionLines) put(line, true, COLUMN.left, COLUMN.right);
  const officerCentre = y - LINE / 2 + SIGNING_SPACE / 2;
  y += SIGNING_SPACE;
  put(attestation.officer, true, COLUMN.left, COLUMN.right);
  return { lines, officerCentre };
}
