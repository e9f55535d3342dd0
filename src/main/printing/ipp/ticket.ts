import { CounterError } from '../../../contract/errors.ts';
import type { PrinterCapabilities, PrintSides } from '../../../contract/printing.ts';
import type { PrintOptions } from '../port.ts';
import {
  A4,
  customBounds,
  fitsOn,
  nameOfSheet,
  type SheetSize,
  sameSheet,
  sheetOfName,
} from '../sheet-size.ts';
import type { JobTicket, PrinterFacts } from './client.ts';

/** RFC 8011 §5.2.10. */
const ORIENTATION = { portrait: 3, landscape: 4 } as const;
const SIDES: readonly PrintSides[] = ['one-sided', 'two-sided-long-edge', 'two-sided-short-edge'];

/** What a printer can do, from what it says of itself. */
export function capabilitiesOf(uri: string, facts: PrinterFacts): PrinterCapabilities {
  // A sheet that is not in any tray would make the job wait for somebody who puts it there.
  const names = facts.mediaReady.length > 0 ? facts.mediaReady : facts.media;
  const sheets = names.filter((name) => !name.startsWith('custom_m')).map(sheetOfName);
  const distinct: SheetSize[] = [];
  for (const sheet of sheets)
    if (sheet && !distinct.some((known) => sameSheet(known, sheet))) distinct.push(sheet);
  return {
    uri,
    sheets: distinct,
    custom: customBounds(facts.media),
    trays: [...facts.trays],
    sides: SIDES.filter((side) => side === 'one-sided' || facts.sides.includes(side)),
    maxCopies: facts.maxCopies,
    formats: [...facts.formats],
  };
}

/**
 * What the printer is asked to do, once it is known that it can.
 *
 * @throws CounterError BAD_REQUEST {field}; PRINTER_REJECTED {reason: not-accepting | copies | sides | tray};
 *   PRINTER_UNSUPPORTED_FORMAT; PRINTER_PAPER_MISSING {paper} where it has no such sheet
 */
export function ticketOf(
  facts: PrinterFacts,
  name: string,
  format: string,
  options: PrintOptions,
): JobTicket {
  const { copies = 1, sides = 'one-sided', sheet = A4, tray = '', scaling, orientation } = options;
  if (!Number.isInteger(copies) || copies < 1 || copies > 999)
    throw new CounterError('BAD_REQUEST', { field: 'copies' });
  if (!facts.accepting) throw new CounterError('PRINTER_REJECTED', { reason: 'not-accepting' });
  const takesAll = facts.formats.length === 0 || facts.formats.includes(format);
  if (!takesAll) throw new CounterError('PRINTER_UNSUPPORTED_FORMAT', { format });
  if (copies > 1 && copies > facts.maxCopies)
    throw new CounterError('PRINTER_REJECTED', { reason: 'copies', most: facts.maxCopies });
  if (sides !== 'one-sided' && !facts.sides.includes(sides))
    throw new CounterError('PRINTER_REJECTED', { reason: 'sides' });
  if (tray !== '' && !facts.trays.includes(tray))
    throw new CounterError('PRINTER_REJECTED', { reason: 'tray' });
  return {
    ...{ name, format, copies, sides },
    media: mediaOf(facts, sheet, tray === '' ? null : tray),
    scaling: scaling && facts.scalings.includes(scaling) ? scaling : null,
    orientation:
      format !== 'application/pdf' && orientation && facts.orientations.includes(ORIENTATION[orientation])
        ? ORIENTATION[orientation]
        : null,
  };
}

function mediaOf(facts: PrinterFacts, sheet: SheetSize, tray: string | null): JobTicket['media'] {
  const name = nameOfSheet(sheet);
  const listed = facts.media.find((known) => {
    const size = known.startsWith('custom_m') ? undefined : sheetOfName(known);
    return size !== undefined && sameSheet(size, sheet);
  });
  // A printer that lists nothing is asked for what every counter's printer has.
  const known = listed ?? (facts.media.length === 0 ? name : undefined);
  const bySize = facts.mediaCol.includes('media-size');
  if (known === undefined && !(bySize && takesCustom(facts, sheet))) {
    const mm = `${Math.round(sheet.width / 100)}x${Math.round(sheet.height / 100)}`;
    throw new CounterError('PRINTER_PAPER_MISSING', { paper: mm });
  }
  if (tray === null && known !== undefined) return { name: known };
  return { size: bySize ? sheet : null, tray };
}

function takesCustom(facts: PrinterFacts, sheet: SheetSize): boolean {
  const bounds = customBounds(facts.media);
  return bounds !== null && fitsOn(sheet, bounds.to) && fitsOn(bounds.from, sheet);
}
