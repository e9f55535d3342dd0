import { expect, it } from 'vitest';
import { describeWithPeers } from '../support/peers.ts';
import { CARD, clerkDesk, eventually } from './support/clerk-desk.ts';
import { PIN } from './support/fake-signing.ts';

const SMALL = { width: 1024, height: 768 };

describeWithPeers(['chromium', 'fonts'], "digitising on the clerk's screen", () => {
  const desk = clerkDesk();
  const { press, type, shot, thumbs, order, fault, focusIsIn, openDossier, shootCard, scan } = desk;
  const doubtful = () => desk.page.locator('[data-doubtful-pages]').getAttribute('data-doubtful-pages');
  const toast = (text: string) => desk.page.locator('.fui-ToastTitle').filter({ hasText: text }).first();

  async function atPapers(): Promise<void> {
    await openDossier();
    await shootCard();
  }

  it('leads through the doubtful pages by keys alone, with the reason in words', async () => {
    await atPapers();
    desk.engine.nextSheets([
      {},
      { flags: ['blurred'] },
      { flags: ['blank'] },
      {},
      { flags: ['orientation-unsure', 'skewed'] },
    ]);
    await scan('c1', 5);
    expect(await doubtful()).toBe('3');
    expect(await desk.page.locator('[data-component="c1"]').textContent()).toContain('3 trang cần xem lại');
    await desk.page.locator('[data-component="c1"] img').nth(4).waitFor();
    await shot('doubtful');
    const [, blurred, blank, , unsure] = await order('c1');

    await press('F7');
    await desk.page.locator('[data-doubt="blurred"]').waitFor();
    expect(await desk.page.locator('[data-doubt]').textContent()).toContain('Chữ bị nhòe');
    await focusIsIn('[data-picture]');
    await desk.page.locator('[data-picture] img').waitFor();
    await shot('doubt-blurred');
    await desk.page.setViewportSize(SMALL);
    await shot('doubt-blurred-1024');
    await desk.page.setViewportSize({ width: 1366, height: 768 });

    // Let it stand; the next is blank and set aside; the last is scanned again into its place.
    await press('Enter');
    await desk.page.locator('[data-doubt="blank"]').waitFor();
    await focusIsIn('[data-picture]');
    await shot('doubt-blank');
    await press('Delete');
    await desk.page.locator('[data-doubt="orientation-unsure skewed"]').waitFor();
    await shot('doubt-two');
    desk.engine.loadFeeder(1);
    await press('r');
    await eventually(() => order('c1')).not.toContain(unsure);
    await desk.page.getByText('Trang 4/4', { exact: false }).waitFor();
    await desk.page.locator('[data-doubt]').waitFor({ state: 'detached' });
    expect(desk.callsTo('scans.start').at(-1)?.input).toMatchObject({
      place: { at: 'replace', pageId: unsure },
      separate: false,
    });
    await press('Escape');
    await desk.page.locator('[role=dialog]').waitFor({ state: 'detached' });
    await desk.page.locator('[data-doubtful-pages]').waitFor({ state: 'detached' });
    expect(desk.callsTo('pages.confirm').map((c) => c.input)).toMatchObject([{ pageIds: [blurred] }]);
    expect(await order('c1')).not.toContain(blank);
  });

  it('turns, straightens and crops a page, each step taken back and done again', async () => {
    await atPapers();
    await scan('c1', 2);
    const page = () =>
      desk.engine.dossiers().find((d) => d.state === 'draft')!.components[0]!.pages[0]!.treatment;
    const plain = page();
    await thumbs('c1').first().focus();
    await press('Enter');
    await focusIsIn('[data-picture]');
    // Two presses in a row are two quarter turns, however long one takes.
    const release = desk.engine.holdTreatments();
    await press(']');
    await press(']');
    await press(']');
    await press('[');
    release();
    await eventually(() => desk.callsTo('pages.treat').length).toBe(4);
    await eventually(() => page().turn).toBe(180);
    await desk.page.locator('[data-step="turn"]').filter({ hasText: '180°' }).waitFor();
    await shot('turned');
    await press('Control+z');
    await eventually(() => page().turn).toBe(270);
    await desk.page.locator('[data-told]').filter({ hasText: 'Đã hoàn tác: Xoay 1 trang' }).waitFor();
    await press('Control+Shift+Z');
    await eventually(() => page().turn).toBe(180);

    // On another page the way back is still there, and leads to the page that it concerns.
    await press('ArrowRight');
    await desk.page.getByText('Trang 2/2', { exact: false }).waitFor();
    for (let i = 0; i < 4; i += 1) await press('Control+z');
    await eventually(() => page()).toEqual(plain);
    await desk.page.getByText('Trang 1/2', { exact: false }).waitFor();

    await press('s');
    await focusIsIn('[data-angle]');
    await press('ArrowRight');
    await press('Shift+ArrowRight');
    await desk.page.locator('[data-shown-angle="1.7"]').waitFor();
    await desk.page.locator('[data-sheet] svg').waitFor();
    await shot('straighten');
    await press('Enter');
    await eventually(() => page().straightenedBy).toBe(1.7);

    await press('c');
    await focusIsIn('[data-corner="0"]');
    await press('Escape');
    await focusIsIn('[data-picture]');
    await press('c');
    await focusIsIn('[data-corner="0"]');
    for (let i = 0; i < 4; i += 1) await press('Shift+ArrowRight');
    await press('Tab');
    await focusIsIn('[data-corner="1"]');
    const corner = (await desk.page.locator('[data-corner="2"]').boundingBox())!;
    await desk.page.mouse.move(corner.x + 14, corner.y + 14);
    await desk.page.mouse.down();
    await desk.page.mouse.move(corner.x - 60, corner.y - 40, { steps: 4 });
    await desk.page.mouse.up();
    await shot('crop');
    await desk.page.setViewportSize(SMALL);
    await shot('crop-1024');
    await desk.page.locator('[data-corner="1"]').focus();
    await press('Enter');
    await eventually(() => page().crop?.[0].x).toBeCloseTo(0.08, 5);
    expect(page().crop?.[2].x).toBeLessThan(0.95);

    // A step is switched off and, remembered, on again; then nothing at all, then what the program thinks best.
    const cropped = page().crop;
    const cropSwitch = desk.page.locator('[data-step="crop"] [role=switch]');
    await cropSwitch.focus();
    await press('Space');
    await eventually(() => page().crop).toBeNull();
    await eventually(() => cropSwitch.isChecked()).toBe(false);
    await press('Space');
    await eventually(() => page().crop).toEqual(cropped);
    await desk.page.locator('[data-picture]').focus();
    await press('o');
    await eventually(() => page().straightenedBy).toBe(0);
    await press('a');
    await eventually(() => page()).toEqual(plain);
    await desk.page.keyboard.down('b');
    await desk.page.getByText('Bản gốc, như máy quét đưa').waitFor();
    await desk.page.keyboard.up('b');
    await desk.page.getByText('Bản gốc, như máy quét đưa').waitFor({ state: 'detached' });
    await desk.page.getByLabel('Chế độ màu').selectOption('bw');
    await eventually(() => page().colour).toBe('bw');
    await shot('viewer-1024');
  });

  it('moves several pages, splits and merges, and takes each back in words', async () => {
    await atPapers();
    await scan('c1', 5);
    await eventually(() => desk.page.locator('[data-scan="c2"]:focus').count()).toBe(1);
    const before = await order('c1');
    await thumbs('c1').nth(1).focus();
    await press('Shift+ArrowRight');
    await press('Shift+ArrowRight');
    await desk.page.locator('[data-selected="3"]').waitFor();
    await shot('selected');
    await desk.page.setViewportSize(SMALL);
    await shot('selected-1024');
    await desk.page.setViewportSize({ width: 1366, height: 768 });
    await press('m');
    await focusIsIn('[data-move-search]');
    await shot('move');
    await type('ban sao');
    await press('Enter');
    await eventually(() => order('c2')).toEqual(before.slice(1, 4));
    expect(await order('c1')).toEqual([before[0], before[4]]);
    await toast('Chuyển 3 trang từ').waitFor();
    await shot('moved');
    await press('Control+z');
    await eventually(() => order('c1')).toEqual(before);
    await toast('Đã hoàn tác: Chuyển 3 trang').waitFor();
    await press('Control+y');
    await eventually(() => order('c2')).toEqual(before.slice(1, 4));
    await press('Control+z');
    await eventually(() => order('c1')).toEqual(before);

    await thumbs('c1').nth(3).focus();
    await press('t');
    await eventually(() => order('c2')).toEqual(before.slice(3));
    await thumbs('c2').first().focus();
    await press('g');
    await eventually(() => order('c1')).toEqual(before);
    await press('Control+z');
    await press('Control+z');
    await eventually(() => order('c1')).toEqual(before);
    expect(await order('c2')).toEqual([]);
  });

  it('drags pages within a component and into another, and shows where they would go', async () => {
    await atPapers();
    await scan('c1', 3);
    const [first, second, third] = await order('c1');
    const box = async (n: number) => (await thumbs('c1').nth(n).boundingBox())!;
    const from = await box(0);
    const to = await box(2);
    await desk.page.mouse.move(from.x + 30, from.y + 40);
    await desk.page.mouse.down();
    await desk.page.mouse.move(to.x + 20, to.y + 30, { steps: 5 });
    await desk.page.mouse.move(to.x + 60, to.y + 40, { steps: 5 });
    await shot('dragging');
    await desk.page.mouse.up();
    await eventually(() => order('c1')).toEqual([second, third, first]);
    const away = await box(0);
    const other = (await desk.page.locator('[data-component="c2"]').boundingBox())!;
    await desk.page.mouse.move(away.x + 30, away.y + 40);
    await desk.page.mouse.down();
    // The browser asks whether it may drop there only when the mouse moves on over the same thing.
    await desk.page.mouse.move(other.x + 200, other.y + 20, { steps: 8 });
    await desk.page.mouse.move(other.x + 204, other.y + 22, { steps: 2 });
    await desk.page.locator('[data-component="c2"][data-drop="pages"]').waitFor();
    await desk.page.mouse.up();
    await eventually(() => order('c2')).toEqual([second]);
    expect(await order('c1')).toEqual([third, first]);
  });

  it('sets all blanks of a component aside at once, and brings them back', async () => {
    await atPapers();
    desk.engine.nextSheets([{}, { flags: ['blank'] }, {}, { flags: ['blank'] }]);
    await scan('c1', 4);
    const before = await order('c1');
    await thumbs('c1').first().focus();
    await press('b');
    await eventually(() => order('c1')).toEqual([before[0], before[2]]);
    await toast('Bỏ 2 trang trắng').waitFor();
    await press('Control+z');
    await eventually(() => order('c1')).toEqual(before);
    await thumbs('c1').nth(2).focus();
    await press('i');
    expect(desk.callsTo('scans.start').at(-1)?.input).toMatchObject({
      place: { at: 'before', pageId: before[2] },
    });
  });

  /** Drops files on a component as the desktop would. */
  async function drop(component: string, files: readonly { name: string; content: string; type: string }[]) {
    const data = await desk.page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const { name, content, type } of files) transfer.items.add(new File([content], name, { type }));
      return transfer;
    }, files);
    const target = desk.page.locator(`[data-component="${component}"]`);
    await target.dispatchEvent('dragover', { dataTransfer: data });
    await desk.page.locator(`[data-component="${component}"][data-drop="files"]`).waitFor();
    await shot('drop');
    await target.dispatchEvent('drop', { dataTransfer: data });
  }

  it('takes files that are dropped on a paper, says which is bad, and keeps a signed PDF whole', async () => {
    await atPapers();
    const big = 'x'.repeat(2_500_000);
    await drop('c1', [
      { name: 'anh-chup.jpg', content: big, type: 'image/jpeg' },
      { name: 'hong.png', content: 'bad', type: 'image/png' },
      { name: 'quyet-dinh.pdf', content: '%PDF-1.7', type: 'application/pdf' },
    ]);
    await focusIsIn('[data-pdf-take]');
    await shot('pdf');
    await press('Enter');
    await eventually(() => thumbs('c1').count()).toBe(1);
    await fault('IMAGE_UNREADABLE').waitFor();
    expect(await fault('IMAGE_UNREADABLE').textContent()).toContain('hong.png');
    const file = desk.page.locator('[data-attachment]');
    await file.waitFor();
    expect(await file.textContent()).toContain('đã có 1 chữ ký số');
    await shot('imported');
    // The photo went in pieces of at most 1 MiB.
    expect(desk.callsTo('uploads.chunk').length).toBe(5);
    await file.locator('[data-remove]').focus();
    await press('Enter');
    await file.waitFor({ state: 'detached' });
    await toast('Bỏ tệp quyet-dinh.pdf').waitFor();
    await press('Control+z');
    await file.waitFor();
  });

  it('lists what lies in the watched folder and takes it into the paper at hand', async () => {
    await atPapers();
    desk.engine.setInbox([
      { name: 'zalo-1.jpg', bytes: 345_678, at: '2026-11-23T02:00:00.000Z', duplicateOf: '' },
      { name: 'so-ho-khau.pdf', bytes: 1_245_678, at: '2026-11-23T02:05:00.000Z', duplicateOf: 'skh.pdf' },
    ]);
    await desk.page.locator('[data-inbox="2"]').waitFor();
    await press('Shift+F3');
    await focusIsIn('[data-take]');
    await desk.page.getByText('Cùng nội dung với tệp đã lấy: skh.pdf').waitFor();
    await shot('inbox');
    await press('Enter');
    await eventually(() => thumbs('c1').count()).toBe(1);
    await desk.page.locator('[data-take]').nth(1).waitFor({ state: 'detached' });
    await press('Escape');
  });

  it('offers what was read on the pages as ghost text, accepted by one key', async () => {
    await atPapers();
    await scan('c1', 1);
    await press('Alt+ArrowUp');
    desk.engine.suggest(desk.dossierId(), 'c1', {
      number: '12/2020/TK-UBND',
      date: '2020-02-05',
      issuer: 'UBND phường Thục Phán',
      title: 'Tờ khai đăng ký lại khai sinh',
    });
    await desk.page.locator('[data-accept="c1"]').waitFor();
    const strip = desk.page.locator('[data-facts="c1"]');
    expect(await strip.locator('[name="fact-date"]').getAttribute('placeholder')).toBe('05/02/2020');
    await shot('facts');
    await press('Alt+Enter');
    await eventually(() => desk.callsTo('components.describe').length).toBe(1);
    expect(desk.callsTo('components.describe')[0]?.input).toMatchObject({
      facts: { number: '12/2020/TK-UBND', date: '2020-02-05', issuer: 'UBND phường Thục Phán' },
    });
    await strip.locator('[name="fact-number"]').focus();
    await press('Control+a');
    await type('13/2020');
    await press('Enter');
    await eventually(
      () => desk.engine.dossiers().find((d) => d.state === 'draft')?.components[0]?.facts?.number,
    ).toBe('13/2020');
    await strip.locator('[name="fact-date"]').focus();
    await press('Control+a');
    await type('31/02/2020');
    await press('Enter');
    await desk.page.getByText('Ngày chưa đúng', { exact: false }).waitFor();
    await shot('facts-problem');
    await press('Escape');
    await desk.page.locator('[data-scan="c1"]').focus();
    await press('Control+z');
    await eventually(() => strip.locator('[name="fact-number"]').inputValue()).toBe('12/2020/TK-UBND');
  });

  it('scrolls through a thousand pages of one paper and draws only those in view', async () => {
    await atPapers();
    await desk.engine.fill(desk.dossierId(), 'c1', 1000);
    await thumbs('c1').first().waitFor();
    const frame = desk.page.locator('[data-strip="c1"]');
    const asked = desk.callsTo('pages.image').length;
    await frame.hover();
    for (let i = 0; i < 40; i += 1) {
      await desk.page.mouse.wheel(0, 400);
      await desk.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
    expect(await thumbs('c1').count()).toBeLessThan(120);
    await thumbs('c1').first().focus();
    await press('End');
    await eventually(() => desk.page.locator('[data-index="999"]:focus').count()).toBe(1);
    await desk.page.locator('[data-index="999"] img').waitFor();
    await shot('thousand');
    expect(desk.callsTo('pages.image').length - asked).toBeLessThan(1000);
    await press('Control+a');
    await desk.page.locator('[data-selected="1000"]').waitFor();
    await press('Home');
    await press('Delete');
    await desk.page.locator('[data-selected]').waitFor({ state: 'detached' });
  });

  it('guides through both sides by hand where the feeder reads one', async () => {
    desk.engine.takeDuplexAway();
    await desk.page.reload();
    await atPapers();
    await desk.page.getByLabel('Nguồn giấy').selectOption('by-hand');
    await desk.page.locator('[data-profile="chosen"]').waitFor();
    await desk.page.locator('[data-scan="c1"]').focus();
    await scan('c1', 3);
    await desk.page.locator('[data-duplex]').waitFor();
    await focusIsIn('[data-backs]');
    await shot('duplex');
    await desk.page.setViewportSize(SMALL);
    await shot('duplex-1024');
    const fronts = desk.callsTo('scans.start')[0];
    desk.engine.loadFeeder(2);
    await press('F6');
    await eventually(() => desk.callsTo('scans.start').length).toBe(2);
    expect(fronts?.input).not.toHaveProperty('backsOf');
    expect(desk.callsTo('scans.start')[1]?.input).toMatchObject({ backsOf: expect.any(String) });
    await desk.page.locator('[data-notice="backs-differ"]').waitFor();
    expect(await desk.page.locator('[data-duplex]').count()).toBe(0);
    await shot('backs-differ');
  });

  it('sends the next scan to the next paper with a key while one runs, and says where settings come from', async () => {
    await atPapers();
    const release = desk.engine.holdPages();
    await desk.page.locator('[data-profile="default"]').waitFor();
    await press('F6');
    await desk.page.getByText('Nhấn F6 để lần quét sau', { exact: false }).waitFor();
    await press('F6');
    await desk.page.getByText('Lần quét sau vào: Bản sao', { exact: false }).waitFor();
    await desk.page.locator('[data-profile="procedure"]').waitFor();
    await press('F6');
    await desk.page.getByText('Lần quét sau vào: Văn bản ủy quyền', { exact: false }).waitFor();
    await shot('next-paper');
    release();
    await desk.page.locator('.fui-ProgressBar').waitFor({ state: 'detached' });
    await focusIsIn('[data-scan="c4"]');
    expect(desk.callsTo('scans.start')).toHaveLength(1);
    expect(desk.callsTo('scans.start')[0]?.input).toMatchObject({ separate: true, autoColour: false });
  });

  it('copies as a photocopier does, and says when the printer cannot', async () => {
    await atPapers();
    desk.engine.loadFeeder(3);
    const release = desk.engine.holdPages();
    await press('Shift+F6');
    await focusIsIn('[data-copies]');
    await press('Control+a');
    await type('4');
    await shot('copy');
    await press('Enter');
    await desk.page.locator('[data-copy-stage="scanning"]').waitFor();
    await shot('copying');
    release();
    await desk.page.getByText('Đã in 4 bản của 3 trang.').waitFor();
    expect(desk.callsTo('copies.start')[0]?.input).toMatchObject({ copies: 4 });
    const hold = desk.engine.holdPages();
    await desk.page.locator('[role=dialog] button[type=submit]').focus();
    await press('Enter');
    await desk.page.locator('[data-copy-stage="scanning"]').waitFor();
    await desk.page.locator('[data-copy-stop]').focus();
    await press('Enter');
    await eventually(() => desk.callsTo('copies.cancel').length).toBe(1);
    hold();
    await desk.page.locator('[data-copy-stage]').waitFor({ state: 'detached' });
    expect(await desk.page.locator('[data-fault]').count()).toBe(0);
    desk.engine.setPrinter('unreachable');
    await desk.page.locator('[role=dialog] button[type=submit]').focus();
    await press('Enter');
    await fault('SCANNER_UNREACHABLE').waitFor();
  });

  it('says before signing how many pages are doubtful, and when the token goes', async () => {
    await atPapers();
    const token = {
      id: '1-2',
      vendorId: 0x096e,
      productId: 0x0703,
      manufacturer: 'Feitian',
      product: 'ePass3003',
      serial: '1',
      kinds: ['token' as const],
      ippUsb: false,
    };
    desk.engine.plug([token]);
    desk.engine.nextSheets([{ flags: ['too-light'] }]);
    await scan('c1', 1);
    await scan('c2', 1);
    await desk.page.locator('[data-usb="1"]').waitFor();
    await press('F8');
    await focusIsIn('[data-pin]');
    await desk.page.locator('[data-doubtful="1"]').first().waitFor();
    await shot('sign-doubtful');
    desk.engine.setTokenPresent(false);
    desk.engine.plug([]);
    await desk.page.locator('[data-token-gone]').waitFor();
    await shot('token-gone');
    desk.engine.setTokenPresent(true);
    desk.engine.plug([token]);
    await desk.page.locator('[data-token-gone]').waitFor({ state: 'detached' });
    await press('F7');
    await desk.page.locator('[data-doubt="too-light"]').waitFor();
    await press(' ');
    await desk.page.locator('[role=dialog]').waitFor({ state: 'detached' });
    await press('F8');
    await focusIsIn('[data-pin]');
    expect(await desk.page.locator('[data-doubtful]').count()).toBe(0);
    await type(PIN);
    await press('Enter');
    await focusIsIn('[data-next]');
  });

  it('reads the card from the glass, a photo, a serial reader and a scanned page', async () => {
    await openDossier();
    await press('Shift+F4');
    await fault('SCANNER_EMPTY').waitFor();
    desk.engine.layCard(CARD);
    await press('Shift+F4');
    await focusIsIn('[data-scan="c1"]');
    expect(desk.engine.dossiers().some((d) => d.applicant?.name === 'Nông Thị Mẫu')).toBe(true);

    // Another person's card is shown, not saved, where a citizen is entered already.
    desk.engine.readerLine(
      CARD.replace('004190000123', '004190000999').replace('Nông Thị Mẫu', 'Bế Thị Khác'),
    );
    await focusIsIn('input[name=name]');
    expect(await desk.page.locator('input[name=name]').inputValue()).toBe('Bế Thị Khác');
    expect(desk.callsTo('dossiers.setApplicant')).toHaveLength(1);
    await press('Enter');
    await eventually(() => desk.callsTo('dossiers.setApplicant').length).toBe(2);
    await focusIsIn('[data-scan="c1"]');

    await desk.page.locator('[data-card-photo]').setInputFiles({
      name: 'the.jpg',
      mimeType: 'image/jpeg',
      buffer: Buffer.from(CARD.replace('004190000123', '004190000999'), 'utf8'),
    });
    await eventually(() => desk.callsTo('cards.read').length).toBe(1);
    await eventually(() => desk.callsTo('dossiers.setApplicant').length).toBe(3);

    await focusIsIn('[data-scan="c1"]');
    desk.engine.nextSheets([{ qr: CARD }]);
    await scan('c1', 1);
    await thumbs('c1').first().focus();
    await press('Enter');
    await desk.page.locator('[data-use-citizen]').waitFor();
    await shot('citizen-on-page');
    await desk.page.locator('[data-use-citizen]').focus();
    await press('Enter');
    await focusIsIn('input[name=name]');
    expect(await desk.page.locator('input[name=identityNumber]').inputValue()).toBe('004190000123');
  });

  it('shows the separator sheets as a paper to print', async () => {
    await atPapers();
    await desk.page.getByRole('button', { name: 'Phiếu phân cách…' }).focus();
    await press('Enter');
    await desk.page.locator('[role=dialog] iframe').waitFor();
    await focusIsIn('[data-separators-close]');
    await shot('separators');
    await press('Enter');
    await desk.page.locator('[role=dialog]').waitFor({ state: 'detached' });
  });

  it('reads well in English, dark, in forced colours and at 1024 pixels', async () => {
    await desk.page.context().close();
    desk.page = await desk.open({ colorScheme: 'dark', viewport: SMALL });
    await atPapers();
    desk.engine.nextSheets([{ flags: ['blank'] }, {}, { flags: ['cut-off'] }]);
    await scan('c1', 3);
    await desk.page.locator('[data-component="c1"] img').nth(2).waitFor();
    await shot('doubtful-dark-1024');
    await desk.page.emulateMedia({ forcedColors: 'active' });
    await shot('doubtful-forced-1024');
    await desk.page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
    await desk.page.getByRole('button', { name: 'English' }).focus();
    await press('Enter');
    await desk.page.locator('html[lang=en]').waitFor();
    await press('F7');
    await desk.page.locator('[data-doubt]').waitFor();
    await shot('doubt-english-1024');
    const overflow = await desk.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
