import { z } from 'zod';
import type { ImportProblem } from '../../contract/catalogue.ts';
import { CounterError } from '../../contract/errors.ts';
import type { Procedure } from '../../contract/procedures.ts';
import { isGarbled } from './garbled.ts';
import { isNationalCode, nationalCode } from './national-code.ts';
import { feesOf } from './national-fees.ts';
import { componentsOf } from './national-papers.ts';
import {
  channelsOf,
  list,
  type NationalChannel,
  type Note,
  objects,
  shown,
  text,
} from './national-record.ts';
import { durationsOf } from './national-times.ts';

export interface Imported {
  readonly procedure: Procedure;
  readonly problems: readonly ImportProblem[];
}

const result = z.object({ MAKETQUA: text, TENKETQUA: text });
const field = z.object({ MALINHVUC: text, TENLINHVUC: text });
const record = z.object({
  MATTHC: text,
  TENTTHC: text,
  QUYETDINH: text,
  COQUANCONGBO: text,
  CAPTHUCHIEN: z.unknown().optional(),
  LINHVUC: text,
  LINHVUCTHUCHIEN: list,
  CACHTHUCTHUCHIEN: list,
  THANHPHANHOSO: list,
  KETQUATHUCHIEN: list,
});

/**
 * One record of the national catalogue (`LayThuTuc`, facts §6.1) as a procedure. What is missing or odd is named in
 * `problems` and the rest is kept. Throws PROCEDURE_FILE_INVALID only where there is no code to file it under.
 */
export function fromNational(raw: unknown): Imported {
  const parsed = record.safeParse(raw);
  if (!parsed.success || parsed.data.MATTHC === '') {
    throw new CounterError('PROCEDURE_FILE_INVALID', { reason: 'no-code' });
  }
  const source = parsed.data;
  const code = nationalCode(source.MATTHC);
  const problems: ImportProblem[] = [];
  const note: Note = (what, where, value = '') =>
    problems.push({ procedure: code, code: what, where, value: shown(value) });

  if (!isNationalCode(code)) note('CODE_UNUSUAL', 'MATTHC', code);
  if (source.TENTTHC === '') note('NAME_MISSING', 'TENTTHC');
  if (isGarbled(source.TENTTHC)) note('TEXT_GARBLED', 'TENTTHC', source.TENTTHC);
  if (source.QUYETDINH === '') note('VERSION_MISSING', 'QUYETDINH');
  const channels = channelsOf(source.CACHTHUCTHUCHIEN);
  const procedure: Procedure = {
    code,
    name: withoutBullet(source.TENTTHC) || code,
    field: fieldOf(source, note),
    version: source.QUYETDINH || '-',
    ...durationsOf(channels, note),
    // The national record has one limit a channel; stages of one dossier are the unit's own (internal procedure).
    phases: [],
    agency: source.COQUANCONGBO,
    levels: levelsOf(source.CAPTHUCHIEN, note),
    fees: feesOf(channels, note),
    onlineOnly: isOnlineOnly(channels),
    components: componentsOf(source.THANHPHANHOSO, note),
    results: resultsOf(source.KETQUATHUCHIEN, note),
  };
  return { procedure, problems };
}

/** Neither in person nor by post. A unit that helps people to file it, or takes it all the same, says so in an amendment. */
function isOnlineOnly(channels: readonly NationalChannel[]): boolean {
  return channels.length > 0 && channels.every((c) => c.kind === '2');
}

function fieldOf(source: z.output<typeof record>, note: Note): Procedure['field'] {
  const nested = objects(source.LINHVUCTHUCHIEN, field)[0];
  const name = nested?.TENLINHVUC || source.LINHVUC;
  if (name === '') note('FIELD_MISSING', 'LINHVUC');
  return { code: nested?.MALINHVUC ?? '', name };
}

const LEVELS: Readonly<Record<string, Procedure['levels'][number]>> = {
  'cấp bộ': 'ministry',
  'cấp trung ương': 'ministry',
  'cấp tỉnh': 'province',
  'cấp xã': 'commune',
  'cơ quan khác': 'other',
};

/** 'Cấp tỉnh, Cấp xã', or a list of such. */
function levelsOf(raw: unknown, note: Note): Procedure['levels'] {
  const words = (Array.isArray(raw) ? raw : [raw]).flatMap((item) => text.parse(item).split(/[,;]/));
  const named = words.map((w) => w.trim()).filter((w) => w !== '');
  const levels = named.flatMap((word) => {
    const level = LEVELS[word.toLowerCase()];
    if (level === undefined) note('LEVEL_UNKNOWN', 'CAPTHUCHIEN', word);
    return level ?? [];
  });
  return [...new Set(levels)];
}

/** Names were lines of a list before they were harvested. */
function withoutBullet(name: string): string {
  return name.replace(/^[-–+•.\s]+/, '');
}

function resultsOf(raw: readonly unknown[], note: Note): Procedure['results'] {
  const results = objects(raw, result).map((r, i) => {
    const name = withoutBullet(r.TENKETQUA);
    const code = r.MAKETQUA.replace(/[-.\s]+$/, '');
    if (name === '') note('RESULT_NAME_MISSING', `KETQUATHUCHIEN ${i + 1}`);
    if (code === '') note('RESULT_CODE_MISSING', `KETQUATHUCHIEN ${i + 1}`);
    return { code, name };
  });
  if (results.length === 0) note('RESULTS_MISSING', 'KETQUATHUCHIEN');
  return results;
}
