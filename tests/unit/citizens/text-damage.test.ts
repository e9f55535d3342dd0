import { describe, expect, it } from 'vitest';
import { inputMethodLeftover } from '../../../src/main/citizens/input-method.ts';
import { looksDamaged, repairText } from '../../../src/main/citizens/mojibake.ts';
import { placesSample } from './places-sample.ts';

const wrongly = (text: string, page: string) => new TextDecoder(page).decode(new TextEncoder().encode(text));
const VIETNAMESE = [
  'Nông Thị Mẫu',
  'NGUYỄN ĐỨC ƯỚC',
  'Tổ 3, Phường Thục Phán, Cao Bằng',
  'Xóm Lũng Ỷ, Xã Bảo Lạc',
  'Ỡ ợ ữ ặ ẵ ẳ ằ ắ ậ ẫ ẩ ầ ấ ế ề ể ễ ệ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ ứ ừ ử ữ ự ỳ ỵ ỷ ỹ',
  'K’Brơi – H’Hen',
];

describe('UTF-8 read in another code page', () => {
  it.each(VIETNAMESE)('is put right: %s', (text) => {
    for (const page of ['windows-1252', 'windows-1258']) {
      expect(repairText(wrongly(text, page)), page).toEqual({ text, repaired: true });
    }
    expect(repairText(Buffer.from(text).toString('latin1'))).toEqual({ text, repaired: true });
  });

  it('twice over is put right', () => {
    for (const text of VIETNAMESE) {
      expect(repairText(wrongly(wrongly(text, 'windows-1252'), 'windows-1252')).text).toBe(text);
    }
  });

  it('is put right for the names of all places in force', () => {
    const names = placesSample().flatMap((p) => [p.FullName, ...p.Wards.map((w) => w.FullName)]);
    expect(names.length).toBeGreaterThan(1000);
    for (const name of names) {
      const nfc = name.normalize('NFC');
      const garbled = wrongly(nfc, 'windows-1252');
      if (garbled === nfc) continue;
      const repair = repairText(garbled);
      if (repair.text !== nfc) expect(repair.text).toBe(nfc);
      // What is right already is left alone.
      const right = repairText(nfc);
      if (right.repaired) expect(right.text, nfc).toBe(nfc);
    }
  });

  it.each([
    ...['', 'plain ASCII', 'LÃ THỊ HẢI', 'Đặng Ãnh', 'Nguyễn Thị Ngã', 'Siu Black', 'Müller', 'Ä', 'Æ°'],
    // The second byte of ễ is lost, so the bytes are no UTF-8.
    'Nguyá…n',
    'Nguy\ufffdn',
    // Whole UTF-8, but of a language that no card is written in.
    wrongly('Привет', 'windows-1252'),
  ])('that is not proved stays as it came: %j', (text) => {
    expect(repairText(text)).toEqual({ text: text === 'Æ°' ? 'ư' : text, repaired: text === 'Æ°' });
  });

  it('is seen where it cannot be put right', () => {
    for (const text of ['Nguy\ufffdn', 'Nguyá»n', 'M??u', 'PhÆ°á»?ng'])
      expect(looksDamaged(text), text).toBe(true);
    for (const text of VIETNAMESE) expect(looksDamaged(text), text).toBe(false);
  });
});

describe('keystrokes of an input method', () => {
  it.each([
    ['Nguyeenx An', 'telex'],
    ['Nguyeexn Vawn An', 'telex'],
    ['DDoong Thij Laan', 'telex'],
    ['phuowngf Thucj Phans', 'telex'],
    ['Hoangf Thij Thur', 'telex'],
    ['TRAANF VAWN HUNGF', 'telex'],
    ['Nguye6n4 Thi5 Ma6u4', 'vni'],
    ['D9a85ng Va8n', 'vni'],
  ])('in %s are those of %s', (text, method) => {
    expect(inputMethodLeftover(text)).toBe(method);
  });

  it.each([
    ...[
      'Nông Thị Mẫu',
      'Nguyen Thi Mau',
      'TRAN VAN HUNG',
      'Ksor Phước',
      'Siu Black',
      'Nay Her',
      "R'Com Sa Duyên",
    ],
    ...[
      'Y Moan Êban',
      "H'Hen Niê",
      'Rơ Châm Pel',
      'Kpă Klơng',
      'Rmah H’Bé',
      'Alexander Smith',
      'Kim Lee',
      'Park',
    ],
    ...['Tổ 3, số 12A ngõ 5', 'to 6 khu B2', 'QL4A', 'A1', ''],
  ])('are not seen in %s', (text) => {
    expect(inputMethodLeftover(text)).toBeNull();
  });

  it('are seen in no name of a place, with or without diacritics', () => {
    for (const { FullName, Wards } of placesSample()) {
      for (const name of [FullName, ...Wards.map((w) => w.FullName)]) {
        if (inputMethodLeftover(name) !== null) expect(inputMethodLeftover(name), name).toBeNull();
      }
    }
  });
});
