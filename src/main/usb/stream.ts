import { Duplex } from 'node:stream';
import { UsbFault } from './faults.ts';

export type StreamCall =
  | { readonly op: 'open' }
  | { readonly op: 'write'; readonly data: Uint8Array }
  | { readonly op: 'read' }
  | { readonly op: 'close' };

/**
 * One exchange with a device as a stream that node:http takes for a socket. It ends itself with the device's
 * answer: on the USB there is no connection to keep, and the interface is wanted by the next exchange.
 */
export function deviceStream(
  ask: (call: StreamCall) => Promise<{ data?: Uint8Array | undefined; end?: boolean | undefined }>,
  named: (fault: UsbFault) => Error,
): Duplex {
  const opened = ask({ op: 'open' });
  const failure = (error: unknown) =>
    named(error instanceof UsbFault ? error : new UsbFault('failed', 'unexpected', { cause: error }));
  let over = false;

  const stream = new Duplex({
    read() {
      opened
        .then(() => ask({ op: 'read' }))
        .then(
          ({ data, end }) => {
            over ||= end === true;
            if (data && data.length > 0) stream.push(data);
            else if (!over) stream.destroy(named(new UsbFault('protocol', 'empty read')));
            if (over) stream.push(null);
          },
          (error: unknown) => stream.destroy(failure(error)),
        );
    },
    write(chunk: Uint8Array, _encoding, callback) {
      opened
        .then(() => ask({ op: 'write', data: chunk }))
        .then(
          () => callback(),
          (error: unknown) => callback(failure(error)),
        );
    },
    destroy(error, callback) {
      callback(error);
      if (over) return;
      over = true;
      // A stream that never opened has nothing to close, and a host that is gone has closed it.
      opened.then(() => ask({ op: 'close' })).catch(() => {});
    },
  });
  opened.then(
    () => stream.destroyed || stream.emit('connect'),
    (error: unknown) => stream.destroy(failure(error)),
  );
  // An HTTP client that keeps connections says so; this one is of use only once.
  stream.once('free', () => stream.destroy());
  return stream;
}
