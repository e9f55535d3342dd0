/** Barcode and QR readers in COM mode. */
export type { SerialReading } from './lines.ts';
export { listSerialPorts, type SerialPort } from './list.ts';
export {
  type SerialReader,
  type SerialReaderOptions,
  type SerialState,
  watchSerialReader,
} from './reader.ts';
