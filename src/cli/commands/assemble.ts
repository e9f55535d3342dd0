import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { loadResources } from '../../main/engine/resources.ts';
import { createImaging } from '../../main/imaging/index.ts';
import type { Imaging } from '../../main/imaging/port.ts';
import { writeScannedPdf } from '../../main/pdf/scanned-pdf.ts';
import { formatOf } from '../../main/scanning/index.ts';
import type { Command, Io } from '../command.ts';
import { RESOURCES, readProductInfo } from '../product.ts';

/** Pages as files → one PDF/A-2b. Pages are checked and straightened as they are in the counter. */
export const assemble: Command = {
  usage: '--out F.pdf [--dpi 300] [--title TEXT] PAGE…',
  options: { out: { type: 'string' }, dpi: { type: 'string' }, title: { type: 'string' } },
  async run(args, io) {
    const out = args.required('out');
    const dpi = args.integer('dpi', 300);
    if (args.positionals.length === 0) throw new CounterError('USAGE', { option: 'PAGE' });
    const [resources, product] = await Promise.all([loadResources(RESOURCES), readProductInfo()]);
    const imaging = createImaging();
    try {
      const result = await writeScannedPdf({
        path: out,
        pages: pagesOf(args.positionals, dpi, imaging, io),
        title: args.text('title') ?? path.basename(out, '.pdf'),
        createdAt: new Date(),
        producer: product.producer,
        icc: resources.icc,
      });
      const json = { file: out, pages: result.pages, bytes: result.bytes, sha256: result.sha256 };
      return { json, text: io.texts.say('cli.assembled', { file: out, pages: result.pages }) };
    } finally {
      await imaging.close();
    }
  },
};

async function* pagesOf(files: readonly string[], dpi: number, imaging: Imaging, io: Io) {
  for (const [index, file] of files.entries()) {
    io.signal.throwIfAborted();
    await stat(file).catch((cause: unknown) => {
      throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
    });
    const bytes = await readFile(file);
    const format = formatOf(bytes);
    if (!format) throw new CounterError('IMAGE_UNSUPPORTED', { file: path.basename(file) });
    const image = await imaging.process({ index, bytes, format, dpi });
    io.progress('cli.page', { page: index + 1, of: files.length });
    yield { image: image.image, dpi: image.dpi };
  }
}
