import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { CounterError } from '../../contract/errors.ts';

export type BarcodeKind = 'code128' | 'qr';

/** A barcode as modules, row by row from the top, without quiet zone. Code 128 has one row. */
export interface BarcodeMatrix {
  readonly width: number;
  readonly height: number;
  readonly dark: (x: number, y: number) => boolean;
}

export type EncodeBarcode = (kind: BarcodeKind, text: string) => Promise<BarcodeMatrix>;

/**
 * An encoder on zxing's own binary (`zxing-wasm/dist/writer/zxing_writer.wasm`), given as bytes: left to itself the
 * package would fetch it from a CDN, and a counter works without a network. QR codes are made at error correction
 * level M. A text that cannot be encoded throws SLIP_TEXT_UNPRINTABLE.
 */
export async function createBarcodeEncoder(wasm: Uint8Array): Promise<EncodeBarcode> {
  const wasmBinary = new Uint8Array(wasm).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  return encode;
}

async function encode(kind: BarcodeKind, text: string): Promise<BarcodeMatrix> {
  // Code 128 without a function character holds ASCII only; zxing would otherwise switch to another page unasked.
  if (text === '' || (kind === 'code128' && !/^[\x20-\x7e]+$/.test(text))) throw unprintable(kind);
  const { error, symbol } = await writeBarcode(text, {
    format: kind === 'qr' ? 'QRCode' : 'Code128',
    ...(kind === 'qr' ? { options: 'ecLevel=M' } : {}),
    scale: 1,
    addQuietZones: false,
  });
  if (error !== '' || symbol.width === 0) throw unprintable(kind, error);
  const { data, width } = symbol;
  return {
    width,
    height: kind === 'qr' ? symbol.height : 1,
    dark: (x, y) => data[y * width + x] === 0,
  };
}

function unprintable(kind: BarcodeKind, cause?: string): CounterError {
  return new CounterError('SLIP_TEXT_UNPRINTABLE', { field: kind, character: '' }, { cause });
}
