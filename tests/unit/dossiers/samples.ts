import type { Applicant } from '../../../src/contract/model.ts';
import type { ComponentSpec, Procedure } from '../../../src/contract/procedures.ts';
import type { PageFacts, Stamp } from '../../../src/main/dossiers/events.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { PLAIN_APPLICANT, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

export function stamp(second = 0): Stamp {
  return { at: new Date(Date.UTC(2026, 9, 8, 1, 0, second)).toISOString(), actor: 'clerk.a' };
}

export function spec(id: string, over: Partial<ComponentSpec> = {}): ComponentSpec {
  return {
    id,
    code: '',
    name: `Giấy ${id}`,
    originals: 1,
    copies: 0,
    handling: 'submit',
    required: true,
    group: '',
    ...PLAIN_SPEC,
    ...over,
  };
}

export const procedure: Procedure = {
  code: '1.013227',
  name: 'Gia hạn giấy phép xây dựng',
  field: { code: 'G17-XD', name: 'Hoạt động xây dựng' },
  version: '56/QĐ-BXD',
  duration: { value: 5, unit: 'working-day' },
  ...PLAIN_PROCEDURE,
  components: [
    spec('don'),
    spec('giay-phep'),
    spec('uy-quyen', { required: false }),
    spec('cccd', { handling: 'show', required: false }),
    spec('ghi-chu', { handling: 'note', required: false, originals: 0 }),
  ],
  results: [{ code: 'KQ.G17.000315', name: 'Giấy phép xây dựng được gia hạn' }],
};

export const applicant: Applicant = {
  name: 'Nông Thị Mẫu',
  identityNumber: '004190000123',
  kind: 'citizen',
  birthDate: '1990-02-05',
  gender: 'female',
  address: 'Tổ 3, Phường Thục Phán, Cao Bằng',
  phone: '0912345678',
  email: '',
  ...PLAIN_APPLICANT,
};

export function page(n: number): PageFacts {
  return { id: uuid(n), width: 2480, height: 3508, dpi: 300, ...PLAIN_PAGE };
}

export function signature(pages: number, n = 900) {
  return {
    documentId: uuid(n),
    sha256: 'a'.repeat(64),
    bytes: 12345,
    pages,
    signer: 'Hoàng Văn Tiếp',
    signedAt: '2026-10-08T01:05:00.000Z',
    level: 'B-B' as const,
  };
}
