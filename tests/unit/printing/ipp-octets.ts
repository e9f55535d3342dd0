import { GROUP, TAG } from '../../../src/main/printing/ipp/message.ts';

/** Octets of answers, also of such as no printer should send. */
export type Part = Buffer;

export function value(tag: number, name: string, octets: Buffer | string): Part {
  const data = typeof octets === 'string' ? Buffer.from(octets) : octets;
  const label = Buffer.from(name);
  const lengths = [Buffer.alloc(2), Buffer.alloc(2)] as const;
  lengths[0].writeUInt16BE(label.length);
  lengths[1].writeUInt16BE(data.length);
  return Buffer.concat([Buffer.from([tag]), lengths[0], label, lengths[1], data]);
}

export function int(name: string, number: number, tag: number = TAG.integer): Part {
  const octets = Buffer.alloc(4);
  octets.writeInt32BE(number);
  return value(tag, name, octets);
}

export const group = (tag: number, ...parts: Part[]): Part => Buffer.concat([Buffer.from([tag]), ...parts]);

export function answer(status: number, requestId: number, ...groups: Part[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x0200);
  head.writeUInt16BE(status, 2);
  head.writeUInt32BE(requestId, 4);
  const operation = group(
    GROUP.operation,
    value(TAG.charset, 'attributes-charset', 'utf-8'),
    value(TAG.naturalLanguage, 'attributes-natural-language', 'en'),
  );
  return Buffer.concat([head, operation, ...groups, Buffer.from([GROUP.end])]);
}
