import { dateText, makeAddress, makePerson, type Person } from './people.ts';
import type { Chance } from './random.ts';
import { createSheet, type Sheet } from './sheet.ts';
import type { Typesetter } from './typeset.ts';

/**
 * The papers that the generator knows. `blank` is an empty sheet; `numbered` carries nothing but its page number.
 */
export const PAPER_KINDS = [
  'birth-declaration',
  'birth-notice',
  'residence-declaration',
  'request',
  'household-list',
  'commitment',
  'numbered',
  'blank',
] as const;
export type PaperKind = (typeof PAPER_KINDS)[number];

type Fill = (sheet: Sheet, chance: Chance) => void;

const AGENCY = 'ỦY BAN NHÂN DÂN';
const UNIT = 'XÃ AN MẪU';
const gender = (p: Person) => (p.male ? 'Nam' : 'Nữ');

function placeAndDate(chance: Chance): string {
  const [day, month] = dateText(chance, 2026, 2026).split('/');
  return `An Mẫu, ngày ${day} tháng ${month} năm 2026`;
}

const birthDeclaration: Fill = (sheet, chance) => {
  const mother = makePerson(chance, false, 1985, 2003);
  const father = makePerson(chance, true, 1982, 2002);
  const child = makePerson(chance, chance.next() < 0.5, 2026, 2026);
  const place = placeAndDate(chance);
  sheet.heading(AGENCY, UNIT, place);
  sheet.title('TỜ KHAI ĐĂNG KÝ KHAI SINH', 'Kính gửi: Ủy ban nhân dân xã An Mẫu, tỉnh Bình Mẫu');
  sheet.field('Họ, chữ đệm, tên người yêu cầu:', father.name);
  sheet.field('Nơi cư trú:', father.address);
  sheet.pair(['Số định danh:', father.number], ['Điện thoại:', father.phone]);
  sheet.field('Quan hệ với người được khai sinh:', 'Cha đẻ');
  sheet.section('Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:');
  sheet.field('Họ, chữ đệm, tên:', child.name);
  sheet.pair(['Ngày, tháng, năm sinh:', child.birth], ['Giới tính:', gender(child)]);
  sheet.pair(['Dân tộc:', child.ethnicity], ['Quốc tịch:', 'Việt Nam']);
  sheet.field('Nơi sinh:', 'Trạm Y tế xã An Mẫu, tỉnh Bình Mẫu');
  sheet.field('Quê quán:', father.address);
  for (const [who, parent] of [['mẹ', mother] as const, ['cha', father] as const]) {
    sheet.field(`Họ, chữ đệm, tên người ${who}:`, parent.name);
    sheet.pair(['Ngày sinh:', parent.birth], ['Dân tộc:', parent.ethnicity]);
    sheet.field('Nơi cư trú:', parent.address);
  }
  sheet.paragraph(
    'Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thoả thuận nhất trí của các bên liên quan theo quy định pháp luật.',
  );
  sheet.signatures(place, [
    { role: 'CÁN BỘ TIẾP NHẬN', note: '(Ký, đóng dấu)', name: makePerson(chance, false).name, stamped: true },
    {
      role: 'NGƯỜI YÊU CẦU',
      note: '(Ký, ghi rõ họ, chữ đệm, tên)',
      name: father.name,
      stamped: false,
    },
  ]);
  sheet.footer(1, 1, 'Mẫu thử số 01');
};

const birthNotice: Fill = (sheet, chance) => {
  const mother = makePerson(chance, false, 1985, 2003);
  const place = placeAndDate(chance);
  sheet.heading('SỞ Y TẾ BÌNH MẪU', 'TRẠM Y TẾ XÃ AN MẪU', `Số: ${chance.integer(10, 999)}/GCS-2026`);
  sheet.title('GIẤY CHỨNG SINH', '(Cấp lần đầu)');
  sheet.field('Họ và tên mẹ:', mother.name);
  sheet.pair(['Năm sinh:', mother.birth], ['Dân tộc:', mother.ethnicity]);
  sheet.field('Số định danh cá nhân:', mother.number);
  sheet.field('Nơi đăng ký thường trú:', mother.address);
  sheet.field('Đã sinh con vào lúc:', `${chance.integer(0, 23)} giờ ${chance.integer(0, 59)} phút`);
  sheet.pair(['Ngày:', dateText(chance, 2026, 2026)], ['Số con trong lần sinh này:', '01']);
  sheet.pair(
    ['Giới tính của con:', chance.pick(['Nam', 'Nữ'])],
    ['Cân nặng:', `${chance.integer(2600, 3900)} gam`],
  );
  sheet.field('Dự định đặt tên con là:', makePerson(chance, true).name);
  sheet.field('Người đỡ đẻ:', makePerson(chance, false).name);
  sheet.gap(4);
  sheet.paragraph(
    'Lưu ý: tên dự định đặt có thể thay đổi khi đăng ký khai sinh; giấy này do cơ sở y tế lập thành hai bản, một bản giao cho gia đình để làm thủ tục.',
  );
  sheet.signatures(place, [
    { role: 'NGƯỜI THÂN CỦA TRẺ', note: '(Ký, ghi rõ họ tên)', name: mother.name, stamped: false },
    {
      role: 'TRƯỞNG TRẠM',
      note: '(Ký, ghi rõ họ tên, đóng dấu)',
      name: makePerson(chance, true).name,
      stamped: true,
    },
  ]);
  sheet.footer(1, 1, 'Mẫu thử số 02');
};

const residence: Fill = (sheet, chance) => {
  const person = makePerson(chance, chance.next() < 0.5);
  const head = makePerson(chance, true);
  const place = placeAndDate(chance);
  sheet.heading(AGENCY, UNIT, place);
  sheet.title('TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ', 'Kính gửi: Công an xã An Mẫu');
  sheet.field('1. Họ, chữ đệm và tên:', person.name);
  sheet.pair(['2. Ngày sinh:', person.birth], ['3. Giới tính:', gender(person)]);
  sheet.field('4. Số định danh cá nhân:', person.number);
  sheet.pair(['5. Điện thoại:', person.phone], ['6. Email:', 'mau@vidu.example']);
  sheet.field('7. Nơi thường trú:', person.address);
  sheet.field('8. Nơi ở hiện tại:', makeAddress(chance));
  sheet.field('9. Họ, chữ đệm và tên chủ hộ:', head.name);
  sheet.section('10. Thành viên cùng thay đổi');
  sheet.gap(1);
  const members = Array.from({ length: chance.integer(3, 5) }, (_, i) => {
    const p = makePerson(chance, chance.next() < 0.5, 1990, 2024);
    return [String(i + 1), p.name, p.birth, gender(p), p.number];
  });
  sheet.table(
    [
      ['TT', 9],
      ['Họ, chữ đệm và tên', 50],
      ['Ngày sinh', 28],
      ['Giới tính', 20],
      ['Số định danh', 38],
    ],
    members,
  );
  sheet.signatures(place, [
    { role: 'Ý KIẾN CỦA CHỦ HỘ', note: '(Ký, ghi rõ họ tên)', name: head.name, stamped: false },
    { role: 'NGƯỜI KÊ KHAI', note: '(Ký, ghi rõ họ tên)', name: person.name, stamped: false },
  ]);
  sheet.footer(1, 2, 'Mẫu thử số 03');
};

const request: Fill = (sheet, chance) => {
  const person = makePerson(chance, chance.next() < 0.5);
  const place = placeAndDate(chance);
  sheet.heading(AGENCY, UNIT, place);
  sheet.title('ĐƠN ĐỀ NGHỊ CẤP GIẤY XÁC NHẬN', 'Kính gửi: Ủy ban nhân dân xã An Mẫu');
  sheet.field('Tôi tên là:', person.name);
  sheet.pair(['Sinh ngày:', person.birth], ['Dân tộc:', person.ethnicity]);
  sheet.field('Số định danh cá nhân:', person.number);
  sheet.field('Nơi cư trú:', person.address);
  sheet.paragraph(
    'Nay tôi làm đơn này đề nghị quý cơ quan xem xét, xác nhận thửa đất của gia đình tôi đang sử dụng ổn định, không có tranh chấp, phù hợp với quy hoạch đã được công bố tại địa phương, để bổ sung vào hồ sơ nộp tại Bộ phận Một cửa.',
  );
  sheet.paragraph(
    'Các giấy tờ gửi kèm theo đơn gồm: bản sao giấy tờ tuỳ thân, sơ đồ vị trí thửa đất và biên bản họp của khu dân cư. Tôi xin chịu trách nhiệm trước pháp luật về tính chính xác của những nội dung đã khai.',
  );
  sheet.section('Thông tin thửa đất');
  sheet.pair(
    ['Thửa đất số:', String(chance.integer(1, 900))],
    ['Tờ bản đồ số:', String(chance.integer(1, 60))],
  );
  sheet.pair(
    ['Diện tích:', `${chance.integer(60, 900)} mét vuông`],
    ['Mục đích sử dụng:', 'Đất ở nông thôn'],
  );
  sheet.field('Địa chỉ thửa đất:', makeAddress(chance));
  sheet.signatures(place, [
    {
      role: 'XÁC NHẬN CỦA UBND XÃ',
      note: '(Ký, ghi rõ họ tên, đóng dấu)',
      name: makePerson(chance, true).name,
      stamped: true,
    },
    { role: 'NGƯỜI LÀM ĐƠN', note: '(Ký, ghi rõ họ tên)', name: person.name, stamped: false },
  ]);
  sheet.footer(1, 1, 'Mẫu thử số 04');
};

const householdList: Fill = (sheet, chance) => {
  sheet.heading(AGENCY, UNIT, `Số: ${chance.integer(10, 400)}/DS-UBND`);
  sheet.title('DANH SÁCH HỘ GIA ĐÌNH ĐỀ NGHỊ HỖ TRỢ', '(Kèm theo tờ trình của khu dân cư)');
  const rows = Array.from({ length: 17 }, (_, i) => {
    const p = makePerson(chance, chance.next() < 0.5);
    return [String(i + 1), p.name, p.birth.slice(-4), p.number, String(chance.integer(1, 7)), ''];
  });
  sheet.gap(4);
  sheet.table(
    [
      ['TT', 9],
      ['Họ và tên chủ hộ', 48],
      ['Năm sinh', 20],
      ['Số định danh', 38],
      ['Nhân khẩu', 22],
      ['Ghi chú', 22],
    ],
    rows,
  );
  sheet.signatures(placeAndDate(chance), [
    { role: 'NGƯỜI LẬP', note: '(Ký, ghi rõ họ tên)', name: makePerson(chance, false).name, stamped: false },
    { role: 'CHỦ TỊCH', note: '(Ký, đóng dấu)', name: makePerson(chance, true).name, stamped: true },
  ]);
  sheet.footer(2, 3, 'Mẫu thử số 05');
};

const commitment: Fill = (sheet, chance) => {
  const person = makePerson(chance, chance.next() < 0.5);
  const place = placeAndDate(chance);
  sheet.title('BẢN CAM KẾT', '(Trang tiếp theo)');
  const clauses = [
    'Chấp hành đúng quy định về vệ sinh môi trường, thu gom và phân loại rác thải tại khu dân cư; không đổ phế thải ra đường làng, ngõ xóm, kênh mương thuỷ lợi.',
    'Sử dụng đất đúng mục đích, đúng ranh giới đã được xác định; không lấn chiếm hành lang an toàn giao thông, công trình công cộng.',
    'Bảo đảm an toàn phòng cháy, chữa cháy; bố trí phương tiện chữa cháy tại chỗ và giữ lối thoát nạn thông suốt.',
    'Thực hiện đầy đủ nghĩa vụ tài chính theo thông báo của cơ quan có thẩm quyền và lưu giữ chứng từ để xuất trình khi được yêu cầu.',
    'Phối hợp với tổ dân phố, lực lượng chức năng trong việc kiểm tra, giám sát; kịp thời báo cáo khi có thay đổi thông tin đã kê khai.',
  ];
  for (const [i, clause] of clauses.entries()) sheet.paragraph(`${i + 1}. ${clause}`);
  sheet.field('Người cam kết:', person.name);
  sheet.pair(['Số định danh:', person.number], ['Điện thoại:', person.phone]);
  sheet.field('Nơi cư trú:', person.address);
  sheet.signatures(place, [
    {
      role: 'ĐẠI DIỆN KHU DÂN CƯ',
      note: '(Ký, ghi rõ họ tên)',
      name: makePerson(chance, true).name,
      stamped: false,
    },
    { role: 'NGƯỜI CAM KẾT', note: '(Ký, ghi rõ họ tên)', name: person.name, stamped: false },
  ]);
  sheet.footer(3, 3, 'Mẫu thử số 06');
};

const FORMS: Readonly<Record<PaperKind, Fill>> = {
  'birth-declaration': birthDeclaration,
  'birth-notice': birthNotice,
  'residence-declaration': residence,
  request,
  'household-list': householdList,
  commitment,
  numbered: (sheet) => sheet.footer(2, 2, ''),
  blank: () => undefined,
};

/** What is printed and written on one sheet, as SVG in millimetres. */
export function drawForm(kind: PaperKind, type: Typesetter, chance: Chance): string {
  const sheet = createSheet(type, chance);
  FORMS[kind](sheet, chance);
  return sheet.svg();
}
