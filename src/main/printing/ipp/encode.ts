import { GROUP, type IppField, TAG } from './message.ts';

export interface IppRequest {
  readonly version: '1.1' | '2.0';
  /** Operation number (RFC 8011 §5.4.15). */
  readonly operation: number;
  readonly requestId: number;
  readonly operationFields: readonly IppField[];
  readonly jobFields?: readonly IppField[];
}

/** The octets of a request (RFC 8010 §3.1); the document, where there is one, follows them. */
export function encodeRequest(request: IppRequest): Buffer {
  const head = Buffer.alloc(8);
  head[0] = request.version === '1.1' ? 1 : 2;
  head[1] = request.version === '1.1' ? 1 : 0;
  head.writeUInt16BE(request.operation, 2);
  head.writeUInt32BE(request.requestId, 4);
  const jobFields = request.jobFields ?? [];
  return Buffer.concat([
    head,
    Buffer.from([GROUP.operation]),
    // RFC 8011 §4.1.4.1: these two come first, in this order.
    encodeField({ name: 'attributes-charset', tag: TAG.charset, values: ['utf-8'] }),
    encodeField({ name: 'attributes-natural-language', tag: TAG.naturalLanguage, values: ['vi'] }),
    ...request.operationFields.map(encodeField),
    ...(jobFields.length > 0 ? [Buffer.from([GROUP.job]), ...jobFields.map(encodeField)] : []),
    Buffer.from([GROUP.end]),
  ]);
}

function encodeField(field: IppField): Buffer {
  if ('members' in field) return encodeCollection(field.name, field.members);
  const { name, tag, values } = field;
  // Further values of one attribute have an empty name (RFC 8010 §3.1.5).
  return Buffer.concat(values.map((value, index) => encodeValue(index === 0 ? name : '', tag, value)));
}

/** RFC 8010 §3.1.6: a member's name is a value, and the member's own name field is empty. */
function encodeCollection(name: string, members: readonly IppField[]): Buffer {
  return Buffer.concat([
    encodeValue(name, TAG.beginCollection, ''),
    ...members.flatMap((member) => [
      encodeValue('', TAG.memberName, member.name),
      encodeField({ ...member, name: '' }),
    ]),
    encodeValue('', TAG.endCollection, ''),
  ]);
}

function encodeValue(name: string, tag: number, value: number | boolean | string): Buffer {
  const octets = valueOctets(value);
  const label = Buffer.from(name, 'ascii');
  const head = Buffer.alloc(3);
  head[0] = tag;
  head.writeUInt16BE(label.length, 1);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(octets.length);
  return Buffer.concat([head, label, length, octets]);
}

function valueOctets(value: number | boolean | string): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0]);
  const octets = Buffer.alloc(4);
  octets.writeInt32BE(value);
  return octets;
}
