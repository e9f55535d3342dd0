import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { FRESH_COURSE } from '../../../src/contract/life-cycle.ts';
import type { DossierView } from '../../../src/contract/model.ts';
import type { ComponentSpec } from '../../../src/contract/procedures.ts';
import { parseSlipForm } from '../../../src/main/slips/form.ts';
import type { Slip, SlipContext } from '../../../src/main/slips/slip.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { PLAIN_APPLICANT, PLAIN_PAPER, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

const RESOURCES = path.join(import.meta.dirname, '../../../resources');
const require = createRequire(import.meta.url);

const font = (style: string) => readFileSync(path.join(RESOURCES, `fonts/LiberationSerif-${style}.ttf`));
export const fonts = {
  regular: font('Regular'),
  bold: font('Bold'),
  italic: font('Italic'),
  boldItalic: font('BoldItalic'),
};
/** Every form that is shipped. */
export const forms = readdirSync(path.join(RESOURCES, 'slips'))
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => parseSlipForm(JSON.parse(readFileSync(path.join(RESOURCES, 'slips', name), 'utf8'))));
export const writerWasm = () => readFileSync(require.resolve('zxing-wasm/writer/zxing_writer.wasm'));
export const readerWasm = () => readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));

export function spec(n: number, name: string, over: Partial<ComponentSpec> = {}): ComponentSpec {
  return {
    id: `tp-${n}`,
    code: '',
    name,
    originals: 1,
    copies: 0,
    handling: 'submit',
    required: true,
    group: '',
    ...PLAIN_SPEC,
    ...over,
  };
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

export function dossier(specs: readonly ComponentSpec[], over: Partial<DossierView> = {}): DossierView {
  return {
    id: uuid(1),
    state: 'received',
    procedure: {
      code: '1.004884',
      name: 'Đăng ký lại khai sinh',
      field: { code: '', name: 'Hộ tịch' },
      version: '163/QĐ-BTP',
      duration: { value: 5, unit: 'working-day' },
      ...PLAIN_PROCEDURE,
      components: [...specs],
      results: [],
    },
    applicant: {
      name: 'Nông Thị Mẫu',
      identityNumber: '004190000123',
      kind: 'citizen',
      birthDate: '1990-02-05',
      gender: 'female',
      address: 'Tổ 3, Phường Thục Phán, tỉnh Cao Bằng',
      phone: '0912 345 678',
      email: 'mau@example.vn',
      ...PLAIN_APPLICANT,
    },
    components: specs.map((s, i) => ({
      spec: s,
      pages: [
        {
          id: uuid(100 + i),
          width: 2480,
          height: 3508,
          dpi: 300,
          ...PLAIN_PAGE,
          addedAt: '2026-02-03T02:00:00.000Z',
          removed: false,
        },
      ],
      signature: null,
      attachments: [],
      facts: null,
      ...PLAIN_PAPER,
    })),
    code: { value: 'H14.22.05-260203-0975', kind: 'official' },
    openedAt: '2026-02-03T02:00:00.000Z',
    openedBy: 'clerk.a',
    receivedAt: '2026-02-03T02:05:00.000Z',
    due: { at: '2026-02-10T02:05:00.000Z', reasons: [] },
    slipDocumentId: uuid(9),
    receipt: null,
    sendFault: null,
    ...FRESH_COURSE,
    ...over,
  };
}

export const PAPERS = [
  spec(1, 'Tờ khai đăng ký lại khai sinh, có cam đoan đã nộp đủ giấy tờ hiện có'),
  spec(2, 'Bản sao Giấy khai sinh do cơ quan có thẩm quyền của Việt Nam cấp hợp lệ', {
    originals: 0,
    copies: 2,
  }),
  spec(3, 'Văn bản ủy quyền, trong trường hợp ủy quyền', { copies: 1 }),
];

/** Who issues a paper, about nothing in particular. */
export function context(
  encodeBarcode: SlipContext['encodeBarcode'],
  over: Partial<SlipContext> = {},
): SlipContext {
  return {
    unit: {
      name: 'Trung tâm Phục vụ hành chính công phường Thục Phán',
      parent: 'UBND phường Thục Phán',
      place: 'Thục Phán',
      address: 'Số 1 phố Mẫu, phường Thục Phán, tỉnh Cao Bằng',
      phone: '0206 000 0000',
    },
    counter: 'Quầy số 2',
    clerkName: 'Hoàng Văn Tiếp',
    headName: 'Lê Thị Đứng Đầu',
    system: 'Một Cửa Counter',
    issuedAt: '2026-02-03T02:05:00.000Z',
    number: null,
    register: null,
    electronic: false,
    reprint: 0,
    trackingUrl: '',
    paymentQr: '',
    fonts,
    forms,
    encodeBarcode,
    ...over,
  };
}

export function reception(over: DossierView = dossier(PAPERS)): Slip {
  return { kind: 'reception', dossier: over };
}
