/**
 * The device's side of IPP-over-USB, inside the guest: a USB gadget (Linux configfs) of class 7/1/4 with two
 * interfaces, each a FunctionFS instance whose bulk pipes carry HTTP to servers in the guest. `GET /stall` is
 * answered by a halted pipe first and properly once the host has cleared the halt.
 * Usage: node gadget.ts SCANNER-PORT PRINTER-SOCKET FUNCTIONFS…; says `bound` on stdout once all have descriptors.
 * Linux, Documentation/usb/functionfs.rst and include/uapi/linux/usb/functionfs.h.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { answerFraming, requestFraming } from '../../src/main/usb/framing.ts';

const DESCRIPTORS_MAGIC_V2 = 3;
const STRINGS_MAGIC = 2;
const HAS_FULL_SPEED = 1;
const HAS_HIGH_SPEED = 2;
const BULK = 2;
const READ = 16 * 1024;

/** The server for a request, by its first line. */
type ServerFor = (head: string) => Socket;

function interfaceDescriptors(packet: number): Buffer {
  const endpoint = (address: number) => [7, 5, address, BULK, packet & 0xff, packet >> 8, 0];
  // Printer class, subclass 1, protocol 4; two endpoints; its name is the first string.
  return Buffer.from([9, 4, 0, 0, 2, 7, 1, 4, 1, ...endpoint(0x01), ...endpoint(0x82)]);
}

function descriptors(): Buffer {
  const body = Buffer.concat([words(3, 3), interfaceDescriptors(64), interfaceDescriptors(512)]);
  return Buffer.concat([
    words(DESCRIPTORS_MAGIC_V2, 12 + body.length, HAS_FULL_SPEED | HAS_HIGH_SPEED),
    body,
  ]);
}

function strings(): Buffer {
  const body = Buffer.concat([Buffer.from([0x09, 0x04]), Buffer.from('IPP over USB\0')]);
  return Buffer.concat([words(STRINGS_MAGIC, 16 + body.length, 1, 1), body]);
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
  return buffer;
}

/** One interface: requests come out of ep1, answers go into ep2. A reset by the host drops the request under way. */
async function serve(folder: string, serverFor: ServerFor): Promise<never> {
  const [fromHost, toHost] = await Promise.all([open(`${folder}/ep1`, 'r'), open(`${folder}/ep2`, 'r+')]);
  for (;;) {
    try {
      await oneRequest(fromHost, toHost, serverFor);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The host selected the interface anew or went away: what was under way is forgotten.
      if (code !== 'ESHUTDOWN' && code !== 'EPIPE' && code !== 'ECONNRESET' && code !== 'EINTR') throw error;
    }
  }
}

async function oneRequest(fromHost: FileHandle, toHost: FileHandle, serverFor: ServerFor): Promise<void> {
  let method = '';
  const request = requestFraming((name) => {
    method = name;
  });
  const answer = answerFraming(() => method);
  const buffer = Buffer.alloc(READ);
  let server: Socket | undefined;
  let head = '';
  try {
    while (!request.done) {
      const { bytesRead } = await fromHost.read(buffer, 0, READ);
      const part = request.feed(buffer.subarray(0, bytesRead));
      if (part.length === 0) continue;
      head ||= Buffer.from(part).toString('latin1', 0, 200);
      if (head.startsWith('GET /stall ')) continue;
      server ??= serverFor(head);
      server.write(Buffer.from(part));
    }
    if (head.startsWith('GET /stall ')) await stall(toHost);
    if (!server) return;
    for await (const chunk of server as AsyncIterable<Buffer>) {
      const part = answer.feed(chunk);
      for (let at = 0; at < part.length; at += READ) {
        await toHost.write(Buffer.from(part.subarray(at, at + READ)));
      }
      if (answer.done) return;
    }
    // A server that broke its answer off: the device falls silent, as real ones do.
  } finally {
    server?.destroy();
  }
}

/** Reading from a pipe that leads to the host halts it (FunctionFS: I/O in the wrong direction). */
async function stall(toHost: FileHandle): Promise<void> {
  try {
    await toHost.read(Buffer.alloc(512), 0, 512);
  } catch (error) {
    // EBADMSG, which libuv has no name for.
    if ((error as NodeJS.ErrnoException).errno !== -74) throw error;
  }
  await toHost.write('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nstalled');
}

const [scannerPort, printerSocket, ...folders] = process.argv.slice(2);
const serverFor: ServerFor = (head) =>
  /^\S+ \/eSCL/.test(head) ? connect(Number(scannerPort), '127.0.0.1') : connect(printerSocket!);
const controls = folders.map((folder) => {
  const control = openSync(`${folder}/ep0`, 'r+');
  writeSync(control, descriptors());
  writeSync(control, strings());
  return control;
});
process.on('exit', () => {
  for (const control of controls) closeSync(control);
});
console.log('bound');
await Promise.all(folders.map((folder) => serve(folder, serverFor)));
