import { describe, expect, it } from 'vitest';
import { addPage, open } from '../../../src/main/dossiers/commands.ts';
import { assertNotConfidential, confidentialMark } from '../../../src/main/dossiers/confidential.ts';
import { fold } from '../../../src/main/dossiers/dossier.ts';
import { page, procedure, stamp, uuid } from './samples.ts';

describe('papers under secrecy', () => {
  it.each([
    ['MẬT', 'MẬT'],
    ['mật', 'MẬT'],
    ['Mật'.normalize('NFD'), 'MẬT'],
    ['12-MẬT.pdf', 'MẬT'],
    ['Công văn 15 (MẬT).pdf', 'MẬT'],
    ['CV_MẬT_2026.pdf', 'MẬT'],
    ['Văn bản mật', 'MẬT'],
    ['đóng dấu mật', 'MẬT'],
    ['Công văn mật của tỉnh', 'MẬT'],
    ['TỐI MẬT', 'TỐI MẬT'],
    ['quyết định tối mật số 3', 'TỐI MẬT'],
    ['TUYỆT MẬT', 'TUYỆT MẬT'],
    ['bao cao TUYET_MAT.pdf', 'TUYỆT MẬT'],
    ['Mật, sau nâng thành Tuyệt mật', 'TUYỆT MẬT'],
  ])('%s is the mark %s', (text, mark) => {
    expect(confidentialMark(text)).toBe(mark);
  });

  it.each([
    'Cam kết bảo mật thông tin',
    'THỎA THUẬN BẢO MẬT',
    'Chính sách bí mật kinh doanh',
    'Mật khẩu đăng nhập',
    'Giấy phép kinh doanh mật mã dân sự',
    'Đơn đăng ký nuôi ong lấy mật ong',
    'mật độ xây dựng',
    'thân mật',
    'Nguyễn Thị Mật',
    'NGUYỄN VĂN MẬT',
    'Hộ ông Nông Văn Mật xóm Bản Mẫu',
    'CCCD mặt trước.jpg',
    'CCCD-MAT-TRUOC.jpg',
    'Đơn trình báo mất giấy tờ',
    '',
  ])('%s carries none', (text) => {
    expect(confidentialMark(text)).toBeNull();
    expect(() => assertNotConfidential(text)).not.toThrow();
  });

  it('stop the intake with the rule, and leave no event', () => {
    const dossier = fold(open({ dossierId: uuid(1), procedure }, stamp()));
    const attempt = () =>
      addPage(dossier, { componentId: 'don', page: page(2), label: 'Công văn MẬT.pdf' }, stamp());
    expect(attempt).toThrow(
      expect.objectContaining({
        code: 'CONFIDENTIAL_PAPER',
        details: { mark: 'MẬT', rule: expect.stringContaining('Điều 22 khoản 4') },
      }),
    );
  });
});
