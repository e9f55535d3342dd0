import { rm } from 'node:fs/promises';
import { CounterError } from '../../contract/errors.ts';
import type { CitizenCard, PageFindings } from '../../contract/model.ts';
import { isCitizenLine, readCitizenCard } from '../citizens/citizen-card.ts';
import type { Imaging } from '../imaging/port.ts';
import type { ImportDeps } from '../importing/deps.ts';
import { importFile } from '../importing/import-file.ts';
import type { Uploads } from '../importing/uploads.ts';
import type { RawPage, Scanner } from '../scanning/port.ts';
import type { Clock } from './clock.ts';

/** Resolution at which the QR of a card, 20 mm wide and of up to 57 modules, is read with certainty. */
const CARD_DPI = 300;

export interface Cards {
  /** The card on the scanner's glass. The picture is not kept. */
  scan(scanner: Scanner, signal: AbortSignal): Promise<CitizenCard>;
  /** A picture of a card that was uploaded: a photo, or a page of a file. The file is gone afterwards. */
  readUpload(uploadId: string, signal: AbortSignal): Promise<CitizenCard>;
}

/** Reads the QR of a citizen card (facts §7) off a picture. Throws CITIZEN_QR_INVALID {reason: 'none' | 'several'}. */
export function createCards(parts: {
  readonly imaging: Imaging;
  readonly uploads: Uploads;
  readonly importing: ImportDeps;
  readonly clock: Clock;
}): Cards {
  function cardOf(findings: PageFindings): CitizenCard {
    const lines = new Set(
      findings.codes.filter((c) => c.format === 'qr' && isCitizenLine(c.text)).map((c) => c.text),
    );
    const [line] = lines;
    if (line === undefined) throw new CounterError('CITIZEN_QR_INVALID', { reason: 'none' });
    // Two cards on one glass: whose they are, only a person can say.
    if (lines.size > 1) throw new CounterError('CITIZEN_QR_INVALID', { reason: 'several' });
    return readCitizenCard(line, parts.clock.now());
  }

  async function read(page: RawPage, photo: boolean): Promise<CitizenCard> {
    return cardOf((await parts.imaging.process(page, photo ? { photo: true } : {})).findings);
  }

  return {
    async readUpload(uploadId, signal) {
      const file = await parts.uploads.finish(uploadId);
      try {
        for await (const found of importFile(file, 'pages', parts.importing, signal))
          if (found.kind === 'page') return await read(found.page, found.photo);
        throw new CounterError('CITIZEN_QR_INVALID', { reason: 'none' });
      } finally {
        await rm(file.path, { force: true });
      }
    },
    async scan(scanner, signal) {
      const settings = { source: 'platen', dpi: CARD_DPI, mode: 'color' } as const;
      for await (const page of scanner.scan(settings, signal)) return read(page, false);
      throw new CounterError('SCANNER_EMPTY');
    },
  };
}
