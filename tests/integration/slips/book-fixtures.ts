import type { Payment } from '../../../src/contract/fees.ts';
import type { DossierView } from '../../../src/contract/model.ts';
import type {
  DayEndRequest,
  HandOverRequest,
  RegisterRequest,
  TrackingBookRequest,
  TrackingRow,
} from '../../../src/main/slips/registers.ts';
import type { Slip, SlipContext } from '../../../src/main/slips/slip.ts';
import { dossier, PAPERS, spec } from './samples.ts';

/** The papers and registers of this half of the forms, every field filled: what tests compare and docs show. */
export interface SlipFixture {
  /** Name of its picture. */
  readonly name: string;
  readonly slip: Slip;
  readonly context: Partial<SlipContext>;
}
export interface RegisterFixture {
  readonly name: string;
  readonly request: RegisterRequest;
  readonly context: Partial<SlipContext>;
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

/** Handled by one agency with the help of another, and back at the counter a day before it is due. */
export const HANDLED: Partial<DossierView> = {
  state: 'result-ready',
  forwarded: [
    {
      at: '2026-02-03T04:00:00.000Z',
      by: 'clerk.a',
      agency: 'Phòng Tư pháp - Hộ tịch',
      person: 'Đàm Văn Xử',
    },
    {
      at: '2026-02-05T01:30:00.000Z',
      by: 'clerk.a',
      agency: 'Công an phường Thục Phán',
      person: '',
    },
  ],
  finishedAt: '2026-02-09T08:15:00.000Z',
  results: [
    {
      id: uuid(50),
      code: 'KQ.G15.000031',
      name: 'Giấy khai sinh',
      number: '25/2026',
      issuedOn: '2026-02-09',
      validity: 'không thời hạn',
      scope: 'toàn quốc',
      documentId: uuid(51),
    },
    {
      id: uuid(52),
      code: '',
      name: 'Bản sao Giấy khai sinh',
      number: '26/2026-BS',
      issuedOn: null,
      validity: '',
      scope: '',
      documentId: null,
    },
  ],
};

export function handled(over: Partial<DossierView> = {}): DossierView {
  return dossier(PAPERS, { ...HANDLED, ...over });
}

export function handedOut(): DossierView {
  const base = dossier([...PAPERS, spec(4, 'Giấy chứng nhận kết hôn của cha, mẹ', { handling: 'show' })], {
    ...HANDLED,
    state: 'returned',
    handedOut: {
      at: '2026-02-10T01:20:00.000Z',
      by: 'clerk.a',
      to: 'Bế Văn Giúp',
      identityNumber: '004085000456',
      way: 'counter',
      proof: 'signature',
    },
  });
  const last = base.components.length - 1;
  const seen = { at: '2026-02-03T02:04:00.000Z', by: 'clerk.a', returnedAt: '2026-02-03T02:06:00.000Z' };
  return { ...base, components: base.components.map((c, i) => (i === last ? { ...c, seen } : c)) };
}

export const PAYMENT: Payment = {
  id: uuid(60),
  at: '2026-02-03T02:07:00.000Z',
  by: 'clerk.a',
  amount: 61_000,
  way: 'transfer',
  reference: 'FT26034001234',
  receipt: { form: '', sign: 'AA-26T', number: 128, documentId: null },
  lines: [
    {
      code: 'LP01',
      name: 'Lệ phí đăng ký lại khai sinh',
      kind: 'charge',
      amount: 10_000,
      quantity: 1,
      due: 'reception',
      exemption: {
        off: 5_000,
        reason: 'Người thuộc hộ cận nghèo',
        ground: 'Nghị quyết 21/2025/NQ-HĐND Điều 3',
      },
    },
    {
      code: 'LP02',
      name: 'Phí cấp bản sao trích lục hộ tịch',
      kind: 'fee',
      amount: 8_000,
      quantity: 7,
      due: 'reception',
      exemption: null,
    },
  ],
  cancelled: null,
};

export const CANCELLED: Payment = {
  ...PAYMENT,
  cancelled: { at: '2026-02-03T03:00:00.000Z', by: 'clerk.a', reason: 'Ghi nhầm số lượng bản sao' },
};

const NAMES = [
  'Nông Thị Mẫu',
  'Y Moan Êban',
  "H'Hen Niê",
  'Lù A Pết',
  'Trần Đức Thượng',
  'Hoàng Thị Kiều Oanh',
  'Sầm Văn Ngữ',
];
const PROCEDURES = [
  'Đăng ký lại khai sinh',
  'Cấp Giấy xác nhận tình trạng hôn nhân',
  'Đăng ký thành lập hộ kinh doanh',
  'Chứng thực chữ ký trong các giấy tờ, văn bản (áp dụng cho cả trường hợp chứng thực điểm chỉ)',
];

/** Row `n` of a book, from 1; every third is not returned yet. */
export function row(n: number, over: Partial<TrackingRow> = {}): TrackingRow {
  const at = (day: number, minute: number) =>
    new Date(Date.UTC(2026, 1, 2 + day, 1, minute % 60)).toISOString();
  const day = Math.floor(n / 20) % 200;
  const open = n % 3 === 0;
  return {
    order: n,
    code: `H14.22.05-260203-${String(n).padStart(4, '0')}`,
    procedureName: PROCEDURES[n % PROCEDURES.length]!,
    applicant: NAMES[n % NAMES.length]!,
    address: `Tổ ${(n % 12) + 1}, phường Thục Phán, tỉnh Cao Bằng`,
    phone: `0912 ${String(100 + (n % 900))} ${String(100 + ((n * 7) % 900))}`,
    agency: n % 2 === 0 ? 'UBND phường Thục Phán' : 'Sở Tư pháp tỉnh Cao Bằng',
    receivedAt: at(day, n),
    dueAt: at(day + 7, n),
    returnedAt: open ? null : at(day + 6, n + 11),
    way: open ? null : (['counter', 'post', 'online'] as const)[n % 3]!,
    signed: open ? '' : NAMES[n % NAMES.length]!,
    sets: 1 + (n % 2),
    note: n % 5 === 0 ? 'Đã bổ sung giấy tờ' : '',
    ...over,
  };
}

export function book(count: number, over: Partial<TrackingBookRequest> = {}): TrackingBookRequest {
  return {
    kind: 'tracking-book',
    book: { volume: '01', year: 2026, field: 'Hộ tịch' },
    period: { from: '2026-02-01', to: '2026-02-28' },
    rows: Array.from({ length: count }, (_, i) => row(i + 1)),
    closedAt: null,
    ...over,
  };
}

export const HAND_OVER: HandOverRequest = {
  kind: 'hand-over',
  subject: 'dossiers',
  from: { agency: 'Trung tâm Phục vụ hành chính công phường Thục Phán', person: 'Hoàng Văn Tiếp' },
  to: { agency: 'Phòng Tư pháp - Hộ tịch', person: '' },
  at: '2026-02-03T09:30:00.000Z',
  rows: Array.from({ length: 6 }, (_, i) => ({
    code: `H14.22.05-260203-${String(i + 1).padStart(4, '0')}`,
    applicant: NAMES[i % NAMES.length]!,
    name: PROCEDURES[i % PROCEDURES.length]!,
    papers: i + 2,
    dueAt: i === 5 ? null : '2026-02-10T02:05:00.000Z',
    note: i === 2 ? 'Có bản chính' : '',
  })),
};

export const RESULTS_OVER: HandOverRequest = {
  ...HAND_OVER,
  subject: 'results',
  from: { agency: 'Phòng Tư pháp - Hộ tịch', person: 'Đàm Văn Xử' },
  to: { agency: 'Trung tâm Phục vụ hành chính công phường Thục Phán', person: 'Hoàng Văn Tiếp' },
  rows: HAND_OVER.rows.slice(0, 2).map((r) => ({ ...r, name: 'Giấy khai sinh số 25/2026', papers: 1 })),
};

export const DAY_END: DayEndRequest = {
  kind: 'day-end',
  day: '2026-02-03',
  counter: 'Quầy số 2',
  clerk: 'Hoàng Văn Tiếp',
  fields: [
    { name: 'Hộ tịch', received: 31, returned: 24, late: 1 },
    { name: 'Chứng thực', received: 1_204, returned: 1_204, late: 0 },
    { name: 'Thành lập và hoạt động của hộ kinh doanh', received: 6, returned: 3, late: 0 },
  ],
  fees: {
    taken: { cash: { amount: 1_250_000, count: 38 }, transfer: { amount: 436_000, count: 9 } },
    cancelled: { cash: { amount: 16_000, count: 2 }, transfer: { amount: 0, count: 0 } },
    kept: { cash: 1_234_000, transfer: 436_000 },
  },
  receipts: [
    { sign: 'AA-26T', from: 101, to: 140 },
    { sign: 'AA-26T', from: 142, to: 148 },
  ],
  cancelledReceipts: [
    {
      sign: 'AA-26T',
      number: 117,
      amount: 8_000,
      way: 'cash',
      by: 'Hoàng Văn Tiếp',
      reason: 'Ghi nhầm số lượng bản sao',
    },
    {
      sign: 'AA-26T',
      number: 120,
      amount: 8_000,
      way: 'cash',
      by: 'Hoàng Văn Tiếp',
      reason: 'Người dân được miễn lệ phí',
    },
  ],
};

/** Dossiers of one visit; the second has a temporary code, the third no time limit. */
export function visit(count = 3): DossierView[] {
  return Array.from({ length: count }, (_, i) =>
    dossier(PAPERS, {
      id: uuid(200 + i),
      code:
        i === 1
          ? { value: 'TAM-01-260203-0002', kind: 'temporary' }
          : { value: `H14.22.05-260203-${String(1001 + i)}`, kind: 'official' },
      due: i === 2 ? null : { at: `2026-02-${String(10 + (i % 18))}T02:05:00.000Z`, reasons: [] },
    }),
  );
}

/** An original to bring and a fee to pay when the result is fetched. */
export function withDebts(): DossierView {
  return dossier([...PAPERS, spec(4, 'Giấy chứng nhận kết hôn của cha, mẹ', { handling: 'show' })], {
    fees: [{ ...PAYMENT.lines[1]!, due: 'return' }],
  });
}

const NUMBERED: Partial<SlipContext> = { number: 7, issuedAt: '2026-02-03T02:05:00.000Z' };
/** Of the old set: a dossier received while TT 01/2018 was in force. */
export const OLD: Partial<DossierView> = {
  code: { value: 'H14.22.05-250804-0007', kind: 'official' },
  receivedAt: '2025-08-04T02:05:00.000Z',
  due: { at: '2025-08-11T02:05:00.000Z', reasons: [] },
  forwarded: HANDLED.forwarded!.map((f, i) => ({ ...f, at: `2025-08-0${4 + i}T04:00:00.000Z` })),
  finishedAt: '2025-08-12T02:00:00.000Z',
};

export const SLIPS: readonly SlipFixture[] = [
  { name: 'tt03-2025-mau06', slip: { kind: 'process-control', dossier: handled() }, context: NUMBERED },
  {
    name: 'tt01-2018-mau05',
    slip: { kind: 'process-control', dossier: handled(OLD) },
    context: { ...NUMBERED, issuedAt: '2025-08-04T02:06:00.000Z' },
  },
  { name: 'visit-receipt', slip: { kind: 'visit-receipt', dossiers: visit() }, context: NUMBERED },
  { name: 'return-receipt', slip: { kind: 'return-receipt', dossier: handedOut() }, context: NUMBERED },
  {
    name: 'fee-receipt',
    slip: { kind: 'fee-receipt', dossier: handled(), payment: PAYMENT },
    context: NUMBERED,
  },
  {
    name: 'fee-receipt-cancelled',
    slip: { kind: 'fee-receipt', dossier: handled(), payment: CANCELLED },
    context: NUMBERED,
  },
  { name: 'ticket', slip: { kind: 'ticket', dossier: withDebts() }, context: NUMBERED },
];

/** A row of the year 2024. */
function oldRow(n: number): TrackingRow {
  const plain = row(n);
  const then = (at: string | null) => at?.replace('2026-02', '2024-12') ?? null;
  return {
    ...plain,
    code: plain.code.replace('-260203-', '-241202-'),
    receivedAt: then(plain.receivedAt)!,
    dueAt: then(plain.dueAt),
    returnedAt: then(plain.returnedAt),
  };
}

export const REGISTERS: readonly RegisterFixture[] = [
  { name: 'tt03-2025-mau07', request: book(9), context: NUMBERED },
  {
    name: 'tt01-2018-mau06',
    request: book(9, {
      book: { volume: '02', year: 2024, field: '' },
      period: { from: '2024-12-01', to: '2024-12-31' },
      rows: Array.from({ length: 9 }, (_, i) => oldRow(i + 1)),
      closedAt: '2024-12-31T09:30:00.000Z',
    }),
    context: { issuedAt: '2024-12-31T09:31:00.000Z' },
  },
  { name: 'hand-over-dossiers', request: HAND_OVER, context: NUMBERED },
  { name: 'hand-over-results', request: RESULTS_OVER, context: NUMBERED },
  { name: 'day-end', request: DAY_END, context: NUMBERED },
];
