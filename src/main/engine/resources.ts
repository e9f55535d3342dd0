import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Files that are shipped beside the program, read once at start. */
export interface Resources {
  readonly root: string;
  readonly icc: Uint8Array;
  readonly fonts: {
    readonly regular: Uint8Array;
    readonly bold: Uint8Array;
    readonly italic: Uint8Array;
    readonly boldItalic: Uint8Array;
  };
  json(name: string): Promise<unknown>;
}

export async function loadResources(root: string): Promise<Resources> {
  const bytes = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(path.join(root, name)));
  const font = (style: string) => bytes(`fonts/LiberationSerif-${style}.ttf`);
  const [icc, regular, bold, italic, boldItalic] = await Promise.all([
    bytes('icc/sRGB.icc'),
    ...['Regular', 'Bold', 'Italic', 'BoldItalic'].map(font),
  ]);
  return {
    root,
    icc: icc!,
    fonts: { regular: regular!, bold: bold!, italic: italic!, boldItalic: boldItalic! },
    json: async (name) => JSON.parse(await readFile(path.join(root, name), 'utf8')) as unknown,
  };
}
