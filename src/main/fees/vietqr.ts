import { CounterError } from '../../contract/errors.ts';

/*
 * VietQR: the EMVCo merchant-presented code (TLV, two digits of id and two of length) with the template of the national
 * switch in field 38 (facts §11.9). Lengths count characters of ASCII text.
 */

/** One field: two digits of id and its text. */
export interface TlvField {
  readonly id: string;
  readonly value: string;
}

export interface VietQr {
  /** Six digits of the bank, as the unit gave them. */
  readonly bin: string;
  /** Up to 19 letters and digits. */
  readonly account: string;
  /** Đồng; null = a static code, the payer types the amount. */
  readonly amount: number | null;
  /** Up to 25 characters of ASCII; empty = none. */
  readonly purpose: string;
}

const GUID = 'A000000727';
/** Transfer to an account. */
const TO_ACCOUNT = 'QRIBFTTA';
const CURRENCY_DONG = '704';
const MAX_AMOUNT = 13;
export const MAX_PURPOSE = 25;

/** The text to be drawn. Throws BAD_REQUEST {field} for what the format cannot hold. */
export function vietQrText(qr: VietQr): string {
  check(/^\d{6}$/.test(qr.bin), 'bin');
  check(/^[A-Za-z0-9]{1,19}$/.test(qr.account), 'account');
  check(/^[\x20-\x7e]*$/.test(qr.purpose) && qr.purpose.length <= MAX_PURPOSE, 'purpose');
  const { amount } = qr;
  if (amount !== null) {
    check(Number.isSafeInteger(amount) && amount > 0 && String(amount).length <= MAX_AMOUNT, 'amount');
  }
  const consumer = encodeTlv([
    { id: '00', value: qr.bin },
    { id: '01', value: qr.account },
  ]);
  return withCrc([
    { id: '00', value: '01' },
    { id: '01', value: amount === null ? '11' : '12' },
    {
      id: '38',
      value: encodeTlv([
        { id: '00', value: GUID },
        { id: '01', value: consumer },
        { id: '02', value: TO_ACCOUNT },
      ]),
    },
    { id: '53', value: CURRENCY_DONG },
    ...(amount === null ? [] : [{ id: '54', value: String(amount) }]),
    { id: '58', value: 'VN' },
    ...(qr.purpose === '' ? [] : [{ id: '62', value: encodeTlv([{ id: '08', value: qr.purpose }]) }]),
  ]);
}

/** Reads a code of any bank back. Throws BAD_REQUEST {field} where it is not one: wrong sum, cut off, another scheme. */
export function parseVietQr(text: string): VietQr {
  const fields = parseChecked(text);
  const value = (list: readonly TlvField[], id: string) => list.find((f) => f.id === id)?.value;
  check(value(fields, '00') === '01', 'format');
  const way = value(fields, '01');
  check(way === '11' || way === '12', 'method');
  const template = decodeTlv(value(fields, '38') ?? '', 'template');
  check(value(template, '00') === GUID, 'scheme');
  const consumer = decodeTlv(value(template, '01') ?? '', 'consumer');
  const bin = value(consumer, '00') ?? '';
  const account = value(consumer, '01') ?? '';
  check(/^\d{6}$/.test(bin), 'bin');
  check(/^[A-Za-z0-9]{1,19}$/.test(account), 'account');
  check(value(fields, '53') === CURRENCY_DONG && value(fields, '58') === 'VN', 'currency');
  const amount = value(fields, '54');
  check(amount === undefined || /^[1-9]\d{0,12}$/.test(amount), 'amount');
  check(way === '11' || amount !== undefined, 'amount');
  const more = value(fields, '62');
  const purpose = more === undefined ? '' : (value(decodeTlv(more, 'purpose'), '08') ?? '');
  check(purpose.length <= MAX_PURPOSE, 'purpose');
  return { bin, account, amount: amount === undefined ? null : Number(amount), purpose };
}

/** The fields of a text whose check sum holds, without the sum. Throws BAD_REQUEST {field: 'crc' | 'length'}. */
export function parseChecked(text: string): TlvField[] {
  check(/^[\x20-\x7e]+$/.test(text), 'text');
  const sum = /6304([0-9A-F]{4})$/.exec(text);
  check(sum !== null && crc16(text.slice(0, -4)) === sum[1], 'crc');
  return decodeTlv(text.slice(0, -8), 'length');
}

/** Fields in their order, then field 63. */
export function withCrc(fields: readonly TlvField[]): string {
  const open = `${encodeTlv(fields)}6304`;
  return `${open}${crc16(open)}`;
}

function encodeTlv(fields: readonly TlvField[]): string {
  return fields
    .map(({ id, value }) => {
      check(value.length >= 1 && value.length <= 99, id);
      return `${id}${String(value.length).padStart(2, '0')}${value}`;
    })
    .join('');
}

function decodeTlv(text: string, field: string): TlvField[] {
  const fields: TlvField[] = [];
  for (let at = 0; at < text.length; ) {
    const head = /^(\d{2})(\d{2})$/.exec(text.slice(at, at + 4));
    check(head !== null, field);
    const [, id, length] = head as unknown as [string, string, string];
    const value = text.slice(at + 4, at + 4 + Number(length));
    check(value.length === Number(length) && value.length > 0 && !fields.some((f) => f.id === id), field);
    fields.push({ id, value });
    at += 4 + value.length;
  }
  return fields;
}

/** CRC-16/CCITT-FALSE (polynomial 1021, start FFFF), four upper-case hexadecimal digits. ASCII only. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (let i = 0; i < text.length; i += 1) {
    crc ^= text.charCodeAt(i) << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

/**
 * What a bank's statement shows: the dossier's code in letters, digits and blanks. One that is too long loses its
 * blanks, and then its beginning: the end tells dossiers apart.
 */
export function purposeOf(dossierCode: string): string {
  const plain = dossierCode
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim();
  if (plain.length <= MAX_PURPOSE) return plain;
  return plain.replaceAll(' ', '').slice(-MAX_PURPOSE);
}

function check(holds: boolean, field: string): asserts holds {
  if (!holds) throw new CounterError('BAD_REQUEST', { field });
}
