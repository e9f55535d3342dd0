import { isArray, PdfDict, PdfName, type PdfObject, PdfRef, PdfString } from './objects.ts';

/** An object as it is written to a file. A stream's data is the writer's business; its dictionary is written here. */
export function serialize(object: PdfObject): string {
  if (object === null) return 'null';
  if (typeof object === 'boolean') return String(object);
  if (typeof object === 'number') return numberText(object);
  if (object instanceof PdfName) return nameText(object.value);
  if (object instanceof PdfRef) return `${object.num} ${object.gen} R`;
  if (object instanceof PdfString) return stringText(object);
  if (isArray(object)) return `[${object.map(serialize).join(' ')}]`;
  const dict = object instanceof PdfDict ? object : object.dict;
  const entries = [...dict.entries].map(([key, value]) => `${nameText(key)} ${serialize(value)}`);
  return `<<${entries.join(' ')}>>`;
}

/** Never in exponent form, which PDF does not know. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return '0';
  if (Number.isSafeInteger(value)) return String(value);
  if (Math.abs(value) >= 1e15) return String(BigInt(Math.trunc(value)));
  return value.toFixed(6).replace(/\.?0+$/, '');
}

function nameText(name: string): string {
  const escaped = name.replace(/[^!$&'*+\-.0-9:;=?@A-Z\\^_`a-z|~,"]/g, (c) => {
    return `#${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `/${escaped}`;
}

function stringText({ bytes, hex }: PdfString): string {
  const buffer = Buffer.from(bytes);
  if (hex) return `<${buffer.toString('hex')}>`;
  const escaped = buffer.toString('latin1').replace(/[\\()\r\n]/g, (c) => {
    if (c === '\r') return '\\r';
    return c === '\n' ? '\\n' : `\\${c}`;
  });
  return `(${escaped})`;
}
