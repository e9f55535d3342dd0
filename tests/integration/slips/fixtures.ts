import type { DossierView } from '../../../src/contract/model.ts';
import type { Slip, SlipContext } from '../../../src/main/slips/slip.ts';
import { dossier, PAPERS, spec } from './samples.ts';

/** One paper of each form, with every field filled: what the tests compare and what docs/images/slips shows. */
export interface Fixture {
  /** Name of its picture. */
  readonly name: string;
  readonly slip: Slip;
  readonly context: Partial<SlipContext>;
}

const HEAD = 'Lê Thị Đứng Đầu';
/** VietQR of an account that does not exist; the checksum is right. */
const VIETQR =
  '00020101021238540010A00000072701240006970400011012345678900208QRIBFTTA53037045405500005802VN62110807H14ABCD6304CF41';

const authorised: Partial<DossierView> = {
  submitter: {
    name: 'Bế Văn Giúp',
    identityNumber: '004085000456',
    address: 'Xóm Bản Mẫu, xã Bảo Lâm, tỉnh Cao Bằng',
    phone: '0987 654 321',
    email: 'giup@example.vn',
    authorisation: 'Giấy ủy quyền số 12/2026, UBND phường Thục Phán chứng thực ngày 02/02/2026',
  },
};

const intake: DossierView['intake'] = {
  channel: 'counter',
  summary: '',
  sets: 2,
  situation: '',
  result: { way: 'post', place: 'Tổ 3, Phường Thục Phán, tỉnh Cao Bằng' },
};

function counted(base: DossierView): DossierView {
  const [first, second, third, ...rest] = base.components;
  return {
    ...base,
    components: [
      { ...first!, counts: { originals: 1, certified: 0, photocopies: 0 } },
      { ...second!, counts: { originals: 0, certified: 1, photocopies: 2 } },
      third!,
      ...rest.map((c) => ({
        ...c,
        pages: [],
        lookup: {
          base: 'Cơ sở dữ liệu quốc gia về dân cư',
          reference: 'SPDC01-778',
          at: '2026-02-03T02:03:00.000Z',
          answer: 'match' as const,
          fallback: '',
        },
      })),
    ],
  };
}

const SPECS = [...PAPERS, spec(4, 'Giấy tờ chứng minh nơi cư trú')];
const NEW = counted(dossier(SPECS, { intake }));
const OLD_TIMES: Partial<DossierView> = {
  receivedAt: '2025-09-12T02:05:00.000Z',
  due: { at: '2025-09-19T02:05:00.000Z', reasons: [] },
  code: { value: 'H14.22.05-250912-0975', kind: 'official' },
};
const OLD = counted(dossier(SPECS, { intake, ...authorised, ...OLD_TIMES }));
const OLD_DAY = { issuedAt: '2025-09-12T02:05:00.000Z' };

const supplement = {
  askedAt: '2026-02-04T01:00:00.000Z',
  askedBy: 'clerk.a',
  items: [
    'Tờ khai đăng ký lại khai sinh: bổ sung ngày, tháng, năm sinh của mẹ và chữ ký người yêu cầu',
    'Văn bản ủy quyền, trong trường hợp ủy quyền',
    'Giấy tờ chứng minh mối quan hệ với người được ủy quyền',
  ],
  reason:
    'Tờ khai chưa đủ thông tin theo khoản 1 Điều 26 Nghị định số 123/2015/NĐ-CP; chưa có văn bản ủy quyền.',
  contact: { name: 'Hoàng Văn Tiếp', phone: '0206 385 0000' },
  documentId: null,
  answeredAt: null,
};

const ending = {
  at: '2026-02-04T03:00:00.000Z',
  by: 'clerk.a',
  reason:
    'Yêu cầu không thuộc thẩm quyền giải quyết của Ủy ban nhân dân phường Thục Phán; thuộc thẩm quyền của Sở Tư pháp.',
  askedBy: '',
  documentId: null,
};

const stopped = {
  ...ending,
  at: '2026-02-05T08:30:00.000Z',
  reason: 'người yêu cầu đã tìm được bản chính Giấy khai sinh.',
  askedBy: 'Nông Thị Mẫu (đơn ngày 05/02/2026)',
};

const extension = {
  at: '2026-02-09T03:00:00.000Z',
  by: 'head.a',
  reason: 'Cơ quan đăng ký hộ tịch nơi đăng ký khai sinh trước đây chưa trả lời kết quả xác minh.',
  from: '2026-02-10T02:05:00.000Z',
  to: '2026-02-24T09:00:00.000Z',
  documentId: null,
};

const old = {
  supplement: { ...supplement, askedAt: '2025-09-12T03:00:00.000Z' },
  ending: { ...ending, at: '2025-09-12T03:00:00.000Z' },
  extension: {
    ...extension,
    at: '2025-09-18T03:00:00.000Z',
    from: '2025-09-19T02:05:00.000Z',
    to: '2025-09-26T09:00:00.000Z',
  },
};

const paid: Partial<DossierView> = {
  forwarded: [
    { at: '2026-02-03T08:00:00.000Z', by: 'clerk.a', agency: 'Phòng Tư pháp - Hộ tịch', person: '' },
  ],
  payments: [
    {
      id: '00000000-0000-4000-8000-000000000077',
      at: '2026-02-03T02:10:00.000Z',
      by: 'clerk.a',
      amount: 1_250_000,
      way: 'cash',
      reference: '',
      receipt: { form: '', sign: 'AB-26', number: 7, documentId: null },
      lines: [],
      cancelled: null,
    },
  ],
};

export const FIXTURES = {
  reception: {
    name: 'tt03-2025-mau01',
    slip: { kind: 'reception', dossier: NEW },
    context: {
      number: 7,
      register: { book: '01/2026', order: 975 },
      trackingUrl: 'https://tracuu.example.vn/ho-so?ma={code}',
      paymentQr: VIETQR,
    },
  },
  receptionAuthorised: {
    name: 'tt03-2025-mau01-uy-quyen',
    slip: { kind: 'reception', dossier: { ...NEW, ...authorised } },
    context: { number: 8, reprint: 2, trackingUrl: 'https://tracuu.example.vn/ho-so?ma={code}' },
  },
  supplement: {
    name: 'tt03-2025-mau02',
    slip: { kind: 'supplement-request', dossier: NEW, supplement },
    context: { number: 12, issuedAt: '2026-02-04T01:00:00.000Z' },
  },
  refusal: {
    name: 'tt03-2025-mau03',
    slip: { kind: 'refusal', dossier: NEW, ending },
    context: { number: 3, issuedAt: ending.at },
  },
  extension: {
    name: 'tt03-2025-mau04',
    slip: { kind: 'extension', dossier: NEW, extension },
    context: { number: 1, issuedAt: extension.at, headName: HEAD },
  },
  stop: {
    name: 'tt03-2025-mau05',
    slip: { kind: 'stop', dossier: { ...NEW, ...paid }, ending: stopped },
    context: { number: 2, issuedAt: stopped.at, headName: HEAD },
  },
  oldReception: {
    name: 'tt01-2018-mau01',
    slip: { kind: 'reception', dossier: OLD },
    context: { ...OLD_DAY, number: 101, register: { book: '03/2025', order: 5 } },
  },
  oldSupplement: {
    name: 'tt01-2018-mau02',
    slip: { kind: 'supplement-request', dossier: OLD, supplement: old.supplement },
    context: { number: 9, issuedAt: old.supplement.askedAt },
  },
  oldRefusal: {
    name: 'tt01-2018-mau03',
    slip: { kind: 'refusal', dossier: OLD, ending: old.ending },
    context: { issuedAt: old.ending.at },
  },
  oldExtension: {
    name: 'tt01-2018-mau04',
    slip: { kind: 'extension', dossier: OLD, extension: old.extension },
    context: { number: 4, issuedAt: old.extension.at, headName: HEAD },
  },
} as const satisfies Record<string, Fixture>;
