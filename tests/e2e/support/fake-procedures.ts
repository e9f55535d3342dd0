import { CounterError } from '../../../src/contract/errors.ts';
import type { Applicant } from '../../../src/contract/model.ts';
import type { PROCEDURES_OPERATIONS } from '../../../src/contract/operations/procedures.ts';
import type { Output, ParsedInput } from '../../../src/contract/operations.ts';
import type { ComponentSpec, Procedure } from '../../../src/contract/procedures.ts';

import { PLAIN_APPLICANT, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

function paper(id: string, name: string, extra: Partial<ComponentSpec> = {}): ComponentSpec {
  return {
    id,
    code: '',
    name,
    originals: 1,
    copies: 0,
    handling: 'submit',
    required: true,
    group: '',
    ...PLAIN_SPEC,
    ...extra,
  };
}

const CIVIL = { code: 'G15-HT01', name: 'Hộ tịch' };

function procedure(
  code: string,
  name: string,
  field: Procedure['field'],
  days: number,
  components: ComponentSpec[],
  more: Partial<Procedure> = {},
): Procedure {
  return {
    code,
    name,
    field,
    version: '2026-07',
    duration: days === 0 ? { value: 0, unit: 'same-day' } : { value: days, unit: 'working-day' },
    ...PLAIN_PROCEDURE,
    components,
    results: [],
    ...more,
  };
}

/** Names, codes and components after the national catalogue, July 2026. */
export const PROCEDURES: readonly Procedure[] = [
  procedure(
    '1.004884',
    'Đăng ký lại khai sinh',
    CIVIL,
    3,
    [
      paper('c1', 'Tờ khai đăng ký lại khai sinh theo mẫu'),
      paper(
        'c2',
        'Bản sao toàn bộ hồ sơ, giấy tờ của người yêu cầu có các thông tin liên quan đến nội dung khai sinh',
        {
          originals: 0,
          copies: 1,
        },
      ),
      paper('c3', 'Giấy tờ tùy thân: thẻ căn cước hoặc hộ chiếu', { handling: 'show', required: false }),
      paper('c4', 'Văn bản ủy quyền được chứng thực (nếu ủy quyền)', { required: false }),
      paper(
        'c5',
        'Trường hợp thông tin đã có trong Cơ sở dữ liệu quốc gia về dân cư thì không phải nộp giấy tờ chứng minh.',
        {
          handling: 'note',
          required: false,
          originals: 0,
        },
      ),
    ],
    {
      results: [{ code: 'KQ.G15.000031', name: 'Giấy khai sinh' }],
      fees: [{ code: 'LP1', name: 'Lệ phí đăng ký lại khai sinh', kind: 'charge', amount: 8000, note: '' }],
    },
  ),
  procedure('1.001193', 'Đăng ký khai sinh', CIVIL, 0, [paper('c1', 'Giấy chứng sinh')]),
  procedure('1.000894', 'Đăng ký kết hôn', CIVIL, 0, [
    paper('c1', 'Tờ khai đăng ký kết hôn'),
    paper('c2', 'Giấy xác nhận tình trạng hôn nhân'),
  ]),
  procedure('1.004873', 'Cấp Giấy xác nhận tình trạng hôn nhân', CIVIL, 3, [
    paper('c1', 'Tờ khai cấp Giấy xác nhận tình trạng hôn nhân'),
  ]),
  procedure('1.000656', 'Đăng ký khai tử', CIVIL, 0, [paper('c1', 'Tờ khai đăng ký khai tử')]),
  procedure(
    '1.012222',
    'Công nhận người có uy tín trong đồng bào dân tộc thiểu số',
    { code: 'G06', name: 'Công tác dân tộc' },
    5,
    [paper('c1', 'Biên bản họp thôn')],
  ),
  procedure('1.002211', 'Công nhận hòa giải viên', { code: 'G15', name: 'Hòa giải ở cơ sở' }, 5, [
    paper('c1', 'Danh sách đề nghị công nhận hòa giải viên'),
    paper('c2', 'Biên bản kiểm phiếu'),
  ]),
  procedure('1.013227', 'Gia hạn giấy phép xây dựng', { code: 'G17', name: 'Hoạt động xây dựng' }, 5, [
    paper('c1', 'Đơn đề nghị gia hạn giấy phép xây dựng'),
    paper('c2', 'Bản chính giấy phép xây dựng đã được cấp'),
  ]),
  procedure('1.004222', 'Đăng ký thường trú', { code: 'G01', name: 'Cư trú' }, 7, [
    paper('c1', 'Tờ khai thay đổi thông tin cư trú'),
  ]),
];

function person(name: string): Applicant {
  return {
    name,
    identityNumber: '004090000456',
    kind: 'citizen',
    birthDate: '1990-08-17',
    gender: 'male',
    address: 'Xóm Bản Mẫu, Xã Bảo Lâm, Cao Bằng',
    phone: '',
    email: '',
    ...PLAIN_APPLICANT,
  };
}

export const EARLIER_APPLICANTS: readonly Applicant[] = [
  'Lý Văn Thử',
  'Hoàng Thị Nghiệm',
  'Y Moan Mẫu',
  'Nguyễn Trần Phương Thảo Nguyên',
  'Đàm Văn Kiểm',
  'Bế Thị Ví Dụ',
].map(person);

const fold = (text: string) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');

function mustFind(code: string): Procedure {
  const found = PROCEDURES.find((p) => p.code === code);
  if (!found) throw new CounterError('PROCEDURE_UNKNOWN', { code });
  return found;
}

/** A catalogue that nobody imported and nobody amended. */
export const catalogueHandlers: {
  readonly [N in keyof typeof PROCEDURES_OPERATIONS]: (input: ParsedInput<N>) => Output<N>;
} = {
  'procedures.search': ({ text, limit }) =>
    PROCEDURES.filter((p) => fold(`${p.code} ${p.name} ${p.field.name}`).includes(fold(text)))
      .slice(0, limit)
      .map(({ code, name, field, duration, components }) => ({
        code,
        name,
        field,
        duration,
        componentCount: components.length,
      })),
  'procedures.get': ({ code }) => mustFind(code),
  'procedures.versions': () => [],
  'procedures.import': () => {
    throw new CounterError('PROCEDURE_FILE_INVALID');
  },
  'procedures.problems': () => ({ last: null, groups: [], total: 0, problems: [] }),
  'procedures.amend': ({ code }) => mustFind(code),
  'procedures.hide': ({ hidden }) => ({ hidden }),
  'procedures.amendments': () => ({ hidden: false, withdrawn: false, amendments: [] }),
};
