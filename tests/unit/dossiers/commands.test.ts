import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { dossierView } from '../../../src/contract/model.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { apply, type Dossier, fold, toView } from '../../../src/main/dossiers/dossier.ts';
import { type DossierEvent, dossierEvent } from '../../../src/main/dossiers/events.ts';
import { applicant, page, procedure, signature, stamp, uuid } from './samples.ts';

const RECEIPT = { reference: 'R-1', at: '2026-10-08T02:00:00.000Z', recordSha256: 'b'.repeat(64) };

function failure(action: () => unknown): { code: string; details: Readonly<Record<string, unknown>> } {
  try {
    action();
  } catch (error) {
    if (error instanceof CounterError) return { code: error.code, details: error.details };
    throw error;
  }
  throw new Error('nothing was thrown');
}

function drive(dossier: Dossier, ...steps: ((d: Dossier) => DossierEvent[])[]): Dossier {
  return steps.reduce((d, decide) => decide(d).reduce((x, e) => apply(x, e), d), dossier);
}

function draft(): Dossier {
  return fold(commands.open({ dossierId: uuid(1), procedure }, stamp()));
}

function add(componentId: string, n: number) {
  return (d: Dossier) => commands.addPage(d, { componentId, page: page(n) }, stamp(n));
}

function sign(componentId: string, ...pages: number[]) {
  return (d: Dossier) =>
    commands.signComponent(
      d,
      { componentId, signature: signature(pages.length), pageIds: pages.map(uuid) },
      stamp(50),
    );
}

const named = (d: Dossier) => commands.setApplicant(d, applicant, stamp(2));
const receive = (kind: 'official' | 'temporary') => (d: Dossier) =>
  commands.receive(
    d,
    {
      code: { value: kind === 'official' ? 'H14.20-261008-0001' : 'TAM-01-0001', kind },
      receivedAt: '2026-10-08T01:10:00.000Z',
      due: { at: '2026-10-15T01:10:00.000Z', reasons: [] },
      slipDocumentId: uuid(800),
      slipNumber: 1,
    },
    stamp(55),
  );

function complete(): Dossier {
  return drive(draft(), named, add('don', 10), add('giay-phep', 11), sign('don', 10), sign('giay-phep', 11));
}

const idsOf = (d: Dossier, component: string) =>
  d.components
    .find((c) => c.spec.id === component)!
    .pages.filter((p) => !p.removed)
    .map((p) => p.id);
const signed = (d: Dossier, component: string) =>
  d.components.find((c) => c.spec.id === component)!.signature !== null;

describe('a dossier from draft to sent', () => {
  it('shows at each stage a view that the contract accepts unchanged', () => {
    const stages = [draft(), complete(), drive(complete(), receive('temporary'))];
    stages.push(drive(stages[2]!, (d) => commands.markSent(d, RECEIPT, 0, stamp(58))));
    for (const stage of stages) expect(dossierView.strict().parse(toView(stage))).toEqual(toView(stage));
    expect(stages.map((s) => s.state)).toEqual(['draft', 'draft', 'received', 'received']);
    expect(stages.map((s) => s.delivery)).toEqual(['none', 'none', 'waiting', 'sent']);
  });

  it('makes only events that survive the journal', () => {
    const made: DossierEvent[] = [];
    const keep = (d: Dossier, events: DossierEvent[]) => {
      made.push(...events);
      return events.reduce((x, e) => apply(x, e), d);
    };
    const first = commands.open({ dossierId: uuid(1), procedure }, stamp());
    made.push(...first);
    let d = fold(first);
    for (const decide of [
      named,
      add('don', 10),
      add('giay-phep', 11),
      sign('don', 10),
      sign('giay-phep', 11),
    ]) {
      d = keep(d, decide(d));
    }
    d = keep(d, receive('temporary')(d));
    d = keep(d, commands.assignCode(d, 'H14.20-261008-0002', stamp(56)));
    d = keep(d, commands.markSent(d, RECEIPT, 0, stamp(57)));
    const stored = made.map((e) => dossierEvent.parse(JSON.parse(JSON.stringify(e))));
    expect(fold(stored)).toEqual(d);
  });

  it('is not received without an applicant, and says what is missing', () => {
    const bare = drive(draft(), add('don', 10));
    expect(failure(() => receive('official')(bare))).toMatchObject({
      code: 'APPLICANT_INCOMPLETE',
      details: { missing: 'applicant' },
    });
    const numberless = drive(bare, (d) =>
      commands.setApplicant(d, { ...applicant, identityNumber: ' ' }, stamp()),
    );
    expect(failure(() => receive('official')(numberless)).details).toEqual({ missing: 'identityNumber' });
  });

  it('is not received while a required paper has no page, and names every one', () => {
    const none = drive(draft(), named);
    expect(failure(() => receive('official')(none))).toEqual({
      code: 'COMPONENT_MISSING',
      details: { names: 'Giấy don; Giấy giay-phep', count: 2 },
    });
    const emptied = drive(complete(), (d) => commands.removePage(d, uuid(10), stamp()));
    expect(failure(() => receive('official')(emptied)).details).toEqual({ names: 'Giấy don', count: 1 });
  });

  it('is not received while scanned pages are unsigned, also those of an optional paper', () => {
    const extra = drive(complete(), add('uy-quyen', 12));
    expect(failure(() => receive('official')(extra))).toEqual({
      code: 'COMPONENT_UNSIGNED',
      details: { names: 'Giấy uy-quyen', count: 1 },
    });
    expect(drive(extra, sign('uy-quyen', 12), receive('official')).state).toBe('received');
  });

  it('takes no change of its content once it is received or discarded', () => {
    const closed = [drive(complete(), receive('official'))];
    closed.push(drive(draft(), (d) => commands.discard(d, 'Công dân rút hồ sơ', stamp())));
    for (const d of closed) {
      for (const attempt of [named, add('don', 77), sign('don', 10), receive('official')]) {
        expect(failure(() => attempt(d)).code).toBe('DOSSIER_STATE');
      }
      expect(failure(() => commands.removePage(d, uuid(10), stamp())).code).toBe('DOSSIER_STATE');
      expect(failure(() => commands.discard(d, 'x', stamp())).code).toBe('DOSSIER_STATE');
    }
  });

  it('is not discarded without a reason', () => {
    expect(failure(() => commands.discard(draft(), '  ', stamp())).code).toBe('BAD_REQUEST');
  });
});

describe('pages', () => {
  it('go only into components that exist and are handed in', () => {
    for (const component of ['cccd', 'ghi-chu', 'khong-co']) {
      expect(failure(() => add(component, 10)(draft())).code).toBe('COMPONENT_UNKNOWN');
    }
  });

  it('are added once however often the same message comes', () => {
    const d = drive(draft(), add('don', 10));
    expect(add('don', 10)(d)).toEqual([]);
    expect(failure(() => add('giay-phep', 10)(d)).code).toBe('DOSSIER_STATE');
  });

  it('come back to their place after removal', () => {
    const d = drive(draft(), add('don', 10), add('don', 11), add('don', 12));
    const removed = drive(d, (x) => commands.removePage(x, uuid(11), stamp()));
    expect(idsOf(removed, 'don')).toEqual([uuid(10), uuid(12)]);
    const restored = drive(removed, (x) => commands.restorePage(x, uuid(11), stamp()));
    expect(idsOf(restored, 'don')).toEqual([uuid(10), uuid(11), uuid(12)]);
  });

  it('move within and between components, counted among the pages on view', () => {
    const d = drive(
      draft(),
      add('don', 10),
      add('don', 11),
      add('don', 12),
      add('giay-phep', 20),
      (x) => commands.removePage(x, uuid(10), stamp()),
      (x) => commands.movePages(x, { pageIds: [uuid(12)], componentId: 'don', index: 0 }, stamp()),
    );
    expect(idsOf(d, 'don')).toEqual([uuid(12), uuid(11)]);
    const over = drive(d, (x) =>
      commands.movePages(x, { pageIds: [uuid(12)], componentId: 'giay-phep', index: 99 }, stamp()),
    );
    expect(idsOf(over, 'don')).toEqual([uuid(11)]);
    expect(idsOf(over, 'giay-phep')).toEqual([uuid(20), uuid(12)]);
  });

  it('drop the signature of every component that they leave or enter, and no other', () => {
    const d = complete();
    const moved = drive(d, add('don', 13), sign('don', 10, 13));
    expect([signed(moved, 'don'), signed(moved, 'giay-phep')]).toEqual([true, true]);
    const across = drive(moved, (x) =>
      commands.movePages(x, { pageIds: [uuid(13)], componentId: 'giay-phep', index: 0 }, stamp()),
    );
    expect([signed(across, 'don'), signed(across, 'giay-phep')]).toEqual([false, false]);
    const removed = drive(d, (x) => commands.removePage(x, uuid(10), stamp()));
    expect([signed(removed, 'don'), signed(removed, 'giay-phep')]).toEqual([false, true]);
  });

  it('moved to where they are keep the signature', () => {
    const d = drive(complete(), (x) =>
      commands.movePages(x, { pageIds: [uuid(10)], componentId: 'don', index: 5 }, stamp()),
    );
    expect(signed(d, 'don')).toBe(true);
  });

  it('unknown to the dossier or removed are named as such', () => {
    expect(failure(() => commands.removePage(draft(), uuid(5), stamp())).code).toBe('PAGE_UNKNOWN');
    const d = drive(draft(), add('don', 10), (x) => commands.removePage(x, uuid(10), stamp()));
    const move = () => commands.movePages(d, { pageIds: [uuid(10)], componentId: 'don', index: 0 }, stamp());
    expect(failure(move)).toMatchObject({ code: 'PAGE_UNKNOWN', details: { reason: 'removed' } });
  });
});

describe('many pages moved at once', () => {
  const full = () =>
    drive(
      draft(),
      ...[10, 11, 12, 13, 14].map((n) => add('don', n)),
      ...[20, 21].map((n) => add('giay-phep', n)),
    );
  const move = (d: Dossier, pages: number[], componentId: string, index: number) =>
    drive(d, (x) => commands.movePages(x, { pageIds: pages.map(uuid), componentId, index }, stamp()));
  const names = (...pages: number[]) => pages.map(uuid);

  it('split a component, in their order', () => {
    const d = move(full(), [12, 13, 14], 'giay-phep', 1);
    expect(idsOf(d, 'don')).toEqual(names(10, 11));
    expect(idsOf(d, 'giay-phep')).toEqual(names(20, 12, 13, 14, 21));
  });

  it('are put in the order that is asked for, also within one component', () => {
    for (let index = 0; index <= 4; index += 1) {
      const d = move(full(), [14, 10, 12], 'don', index);
      expect(idsOf(d, 'don')).toEqual(names(...[11, 13].toSpliced(index, 0, 14, 10, 12)));
    }
  });

  it('that stand so already change nothing, and one that is not there moves none', () => {
    const d = full();
    expect(
      commands.movePages(d, { pageIds: [uuid(11), uuid(12)], componentId: 'don', index: 1 }, stamp()),
    ).toEqual([]);
    const move = () =>
      commands.movePages(d, { pageIds: [uuid(10), uuid(77)], componentId: 'giay-phep', index: 0 }, stamp());
    expect(failure(move).code).toBe('PAGE_UNKNOWN');
  });
});

describe('pictures', () => {
  const picture = {
    width: 100,
    height: 200,
    dpi: 200,
    treatment: { ...page(1).treatment, turn: 180 as const },
    findings: page(1).findings,
  };

  it('made anew drop the signature, raise the revision and ask for another look', () => {
    const confirmed = drive(complete(), (x) =>
      commands.confirmPages(x, { pageIds: [uuid(10)], confirmed: true }, stamp()),
    );
    expect(signed(confirmed, 'don')).toBe(true);
    const d = drive(confirmed, (x) => commands.treatPage(x, { pageId: uuid(10), picture }, stamp()));
    const treated = d.components.flatMap((c) => c.pages).find((p) => p.id === uuid(10));
    expect(treated).toMatchObject({ ...picture, revision: 1, confirmed: false });
    expect(signed(d, 'don')).toBe(false);
  });

  it('of a page that is set aside leave the signature alone', () => {
    const d = drive(complete(), add('don', 15), (x) => commands.removePage(x, uuid(15), stamp()));
    const resigned = drive(d, sign('don', 10));
    const after = drive(resigned, (x) => commands.treatPage(x, { pageId: uuid(15), picture }, stamp()));
    expect(signed(after, 'don')).toBe(true);
  });

  it('are confirmed once', () => {
    const d = drive(draft(), add('don', 10));
    const confirm = (x: Dossier) =>
      commands.confirmPages(x, { pageIds: [uuid(10), uuid(10)], confirmed: true }, stamp());
    expect(confirm(d)).toHaveLength(1);
    expect(confirm(drive(d, confirm))).toEqual([]);
  });
});

describe('kept files', () => {
  const file = (n: number, signatures: number, name = 'giay.pdf') => ({
    id: uuid(n),
    name,
    bytes: 10,
    pages: 1,
    sha256: 'b'.repeat(64),
    signatures,
    verdict: null,
  });
  const keep = (n: number, signatures: number) => (d: Dossier) =>
    commands.addAttachment(d, { componentId: 'don', attachment: file(n, signatures) }, stamp());

  it('stand for the paper: an electronic original needs no signature of the clerk, an unsigned one does', () => {
    const bare = drive(complete(), (d) => commands.removePage(d, uuid(10), stamp()));
    expect(failure(() => receive('official')(bare)).code).toBe('COMPONENT_MISSING');
    expect(drive(bare, keep(50, 2), receive('official')).state).toBe('received');
    const unsigned = drive(bare, keep(51, 0));
    expect(failure(() => receive('official')(unsigned)).code).toBe('COMPONENT_UNSIGNED');
    const under = drive(unsigned, (d) =>
      commands.signAttachment(d, { attachmentId: uuid(51), signature: signature(1) }, stamp()),
    );
    expect(drive(under, receive('official')).state).toBe('received');
  });

  it('of their own signature are never signed over; names of secret papers stop them', () => {
    const d = drive(draft(), keep(50, 1));
    const sign = () =>
      commands.signAttachment(d, { attachmentId: uuid(50), signature: signature(1) }, stamp());
    expect(failure(sign).details).toMatchObject({ reason: 'electronic-original' });
    const secret = () =>
      commands.addAttachment(draft(), { componentId: 'don', attachment: file(52, 0, 'TUYỆT MẬT') }, stamp());
    expect(failure(secret).code).toBe('CONFIDENTIAL_PAPER');
  });

  it('are set aside and brought back', () => {
    const d = drive(draft(), keep(50, 1), keep(50, 1));
    expect(d.components.flatMap((c) => c.attachments)).toHaveLength(1);
    const aside = drive(d, (x) => commands.removeAttachment(x, uuid(50), stamp()));
    expect(commands.removeAttachment(aside, uuid(50), stamp())).toEqual([]);
    const back = drive(aside, (x) => commands.restoreAttachment(x, uuid(50), stamp()));
    expect(back.components).toEqual(d.components);
  });
});

describe('facts of a paper', () => {
  it('are kept in NFC, once, and can be taken back', () => {
    const facts = {
      number: '12/QĐ-UBND',
      date: '2026-02-05',
      issuer: 'UBND xã Bảo Lâm'.normalize('NFD'),
      title: '',
    };
    const describe = (to: typeof facts | null) => (d: Dossier) =>
      commands.describeComponent(d, { componentId: 'don', facts: to }, stamp());
    const d = drive(draft(), describe(facts));
    expect(d.components.find((c) => c.spec.id === 'don')?.facts?.issuer).toBe('UBND xã Bảo Lâm');
    expect(describe(facts)(d)).toEqual([]);
    expect(drive(d, describe(null)).components).toEqual(draft().components);
  });
});

describe('signatures', () => {
  it('over other pages than those of the component are refused', () => {
    const d = drive(draft(), add('don', 10), add('don', 11));
    expect(failure(() => sign('don', 10)(d)).details).toMatchObject({ reason: 'pages-changed' });
    expect(failure(() => sign('don', 11, 10)(d)).details).toMatchObject({ reason: 'pages-changed' });
    expect(signed(drive(d, sign('don', 10, 11)), 'don')).toBe(true);
  });

  it('need a page', () => {
    expect(failure(() => sign('don')(draft())).code).toBe('COMPONENT_MISSING');
  });
});

describe('code and receipt', () => {
  it('a temporary code gives way to the official one, which stays', () => {
    const d = drive(complete(), receive('temporary'));
    const official = drive(d, (x) => commands.assignCode(x, 'H14.20-261008-0003', stamp()));
    expect(official.code).toEqual({ value: 'H14.20-261008-0003', kind: 'official' });
    expect(commands.assignCode(official, 'H14.20-261008-0003', stamp())).toEqual([]);
    expect(failure(() => commands.assignCode(official, 'H14.20-261008-0004', stamp())).code).toBe(
      'DOSSIER_STATE',
    );
    expect(failure(() => commands.assignCode(draft(), 'X', stamp())).code).toBe('DOSSIER_STATE');
  });

  it('a fault of sending is shown until the receipt is there', () => {
    const d = drive(complete(), receive('official'), (x) =>
      commands.markSendFailed(x, 'PROVINCE_UNREACHABLE', stamp()),
    );
    expect(d.sendFault).toBe('PROVINCE_UNREACHABLE');
    expect(commands.markSendFailed(d, 'PROVINCE_UNREACHABLE', stamp())).toEqual([]);
    const sent = drive(d, (x) => commands.markSent(x, RECEIPT, 0, stamp()));
    expect([sent.delivery, sent.sendFault]).toEqual(['sent', null]);
  });

  it('the same receipt twice changes nothing, another one is a conflict', () => {
    const sent = drive(complete(), receive('official'), (x) => commands.markSent(x, RECEIPT, 0, stamp()));
    expect(commands.markSent(sent, RECEIPT, 0, stamp())).toEqual([]);
    const other = { ...RECEIPT, recordSha256: 'c'.repeat(64) };
    expect(failure(() => commands.markSent(sent, other, 0, stamp())).code).toBe('PROVINCE_CONFLICT');
  });

  it('a draft has nothing to be sent', () => {
    expect(failure(() => commands.markSent(complete(), RECEIPT, 0, stamp())).code).toBe('DOSSIER_STATE');
  });
});

describe('a damaged journal', () => {
  const opened = commands.open({ dossierId: uuid(1), procedure }, stamp());
  const journals: Record<string, DossierEvent[]> = {
    'is empty': [],
    'does not begin with the opening': [{ type: 'page-removed', ...stamp(), pageId: uuid(1) }],
    'opens twice': [...opened, ...opened],
    'removes a page that never came': [...opened, { type: 'page-removed', ...stamp(), pageId: uuid(9) }],
    'sends a draft': [...opened, { type: 'sent', ...stamp(), receipt: RECEIPT }],
    'puts a page into a note': [
      ...opened,
      { type: 'page-added', ...stamp(), componentId: 'ghi-chu', page: page(3) },
    ],
    'signs other pages': [
      ...opened,
      { type: 'page-added', ...stamp(), componentId: 'don', page: page(3) },
      {
        type: 'component-signed',
        ...stamp(),
        componentId: 'don',
        signature: signature(1),
        pageIds: [uuid(4)],
      },
    ],
  };
  for (const [what, journal] of Object.entries(journals)) {
    it(`that ${what} is named, not folded`, () => {
      expect(failure(() => fold(journal)).code).toBe('STORE_CORRUPT');
    });
  }
});

describe('text of the applicant', () => {
  it('is kept in NFC and never re-cased', () => {
    const d = drive(draft(), (x) =>
      commands.setApplicant(x, { ...applicant, name: "Y MOAN H'Hen Nguyễn".normalize('NFD') }, stamp()),
    );
    expect(d.applicant!.name).toBe("Y MOAN H'Hen Nguyễn".normalize('NFC'));
    expect(commands.setApplicant(d, d.applicant!, stamp())).toEqual([]);
  });
});

describe('a page that comes', () => {
  const at =
    (place: commands.Place, n: number, aside = false) =>
    (d: Dossier) =>
      commands.addPageAt(d, { componentId: 'don', page: page(n), place, aside }, stamp());
  const three = () => drive(draft(), add('don', 10), add('don', 11), add('don', 12));

  it('goes in front of another, behind it, or into its place, which sets that one aside', () => {
    const beside = (place: 'before' | 'after' | 'replace') => at({ at: place, pageId: uuid(11) }, 20);
    expect(idsOf(drive(three(), beside('before')), 'don')).toEqual([10, 20, 11, 12].map(uuid));
    expect(idsOf(drive(three(), beside('after')), 'don')).toEqual([10, 11, 20, 12].map(uuid));
    const replaced = drive(three(), beside('replace'));
    expect(idsOf(replaced, 'don')).toEqual([10, 20, 12].map(uuid));
    const back = drive(replaced, (d) => commands.restorePage(d, uuid(11), stamp()));
    expect(idsOf(back, 'don')).toContain(uuid(11));
  });

  it('follows the page it was asked beside into another paper, and goes to the end where that page is gone', () => {
    const moved = drive(three(), (d) =>
      commands.movePages(d, { pageIds: [uuid(11)], componentId: 'giay-phep', index: 0 }, stamp()),
    );
    const beside = drive(moved, at({ at: 'after', pageId: uuid(11) }, 20));
    expect(idsOf(beside, 'giay-phep')).toEqual([11, 20].map(uuid));
    const gone = drive(three(), (d) => commands.removePage(d, uuid(11), stamp()));
    expect(idsOf(drive(gone, at({ at: 'after', pageId: uuid(11) }, 20)), 'don')).toEqual(
      [10, 12, 20].map(uuid),
    );
  });

  it('and only divides is set aside at once, and can be brought back', () => {
    const d = drive(three(), at({ at: 'end' }, 20, true));
    expect(idsOf(d, 'don')).toEqual([10, 11, 12].map(uuid));
    expect(
      idsOf(
        drive(d, (x) => commands.restorePage(x, uuid(20), stamp())),
        'don',
      ),
    ).toHaveLength(4);
  });
});
