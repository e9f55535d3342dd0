import { link, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { CounterError, type ErrorCode } from '../../contract/errors.ts';
import type { RawPage } from '../../main/scanning/port.ts';
import type { Command } from '../command.ts';
import { withScanner } from '../devices.ts';

const SOURCES = ['adf', 'adf-duplex', 'platen'] as const;
const MODES = ['color', 'gray', 'bw'] as const;
const EXTENSIONS = { jpeg: 'jpg', png: 'png', tiff: 'tif', pnm: 'pnm' } as const;

/** Pages of a device as files, each whole or not there at all. */
export const scan: Command = {
  usage:
    '--device URI --out DIR [--source adf|adf-duplex|platen] [--dpi 300] [--mode color|gray|bw] [--config F.json]',
  options: {
    device: { type: 'string' },
    out: { type: 'string' },
    source: { type: 'string' },
    dpi: { type: 'string' },
    mode: { type: 'string' },
    config: { type: 'string' },
  },
  async run(args, io) {
    const device = args.required('device');
    const out = args.required('out');
    const settings = {
      source: args.oneOf('source', SOURCES, 'adf'),
      dpi: args.integer('dpi', 300),
      mode: args.oneOf('mode', MODES, 'color'),
    };
    await mkdir(out, { recursive: true });
    const files: string[] = [];
    try {
      await withScanner(device, args.text('config'), async (scanner) => {
        for await (const page of scanner.scan(settings, io.signal)) {
          files.push(await keepPage(out, page));
          io.progress('cli.scanned', { page: files.length, file: files.at(-1)! });
        }
      });
    } catch (error) {
      if (files.length > 0) io.progress('cli.scanKept', { pages: files.length, folder: out });
      throw error;
    }
    return {
      json: { device, pages: files.length, files },
      text: io.texts.say('cli.scanDone', { pages: files.length, folder: out }),
    };
  },
};

/**
 * Written, synced, then given its name: a page is whole or not there. A name that is taken is somebody's work and
 * is never overwritten.
 */
async function keepPage(folder: string, page: RawPage): Promise<string> {
  const name = `page-${String(page.index + 1).padStart(4, '0')}.${EXTENSIONS[page.format]}`;
  const target = path.join(folder, name);
  const temp = path.join(folder, `.${name}.${process.pid}.part`);
  try {
    const part = await open(temp, 'wx');
    await part.writeFile(page.bytes);
    await part.sync();
    await part.close();
    await link(temp, target);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new CounterError(FILE_ERRORS[code] ?? 'DISK_FAILED', { file: name }, { cause });
  } finally {
    await rm(temp, { force: true });
  }
  return target;
}

const FILE_ERRORS: Readonly<Record<string, ErrorCode>> = { EEXIST: 'FILE_EXISTS', ENOSPC: 'DISK_FULL' };
