import { describe, expect, it } from 'vitest';
import type { ComponentView, DossierView, PageView } from '../../../src/contract/model.ts';
import * as make from '../../../src/renderer/desks/clerk/edits/edits.ts';
import {
  did,
  didAgain,
  LONGEST_STACK,
  NOTHING_DONE,
  tookBack,
} from '../../../src/renderer/desks/clerk/edits/undo-stack.ts';
import { component, dossier, page } from './support.ts';

/** What the contract says that the engine does, on a dossier in memory. */
function apply(before: DossierView, step: make.Step): DossierView {
  const each = (change: (c: ComponentView) => ComponentView): DossierView => ({
    ...before,
    components: before.components.map(change),
  });
  const eachPage = (ids: readonly string[], change: (p: PageView) => PageView) =>
    each((c) => ({ ...c, pages: c.pages.map((p) => (ids.includes(p.id) ? change(p) : p)) }));
  switch (step.do) {
    case 'remove':
    case 'restore':
      return eachPage([step.pageId], (p) => ({ ...p, removed: step.do === 'remove' }));
    case 'confirm':
      return eachPage(step.pageIds, (p) => ({ ...p, confirmed: step.confirmed }));
    case 'treat': {
      const wish = typeof step.wish === 'string' ? {} : step.wish;
      return eachPage([step.pageId], (p) => ({
        ...p,
        treatment: { ...p.treatment, ...(wish as typeof p.treatment) },
      }));
    }
    case 'move': {
      const all = new Map(before.components.flatMap((c) => c.pages).map((p) => [p.id, p]));
      const moved = step.pageIds.map((id) => all.get(id)!);
      return each((c) => {
        const rest = c.pages.filter((p) => !step.pageIds.includes(p.id));
        if (c.spec.id !== step.componentId) return { ...c, pages: rest };
        const follower = rest.filter((p) => !p.removed)[step.index];
        const at = follower ? rest.indexOf(follower) : rest.length;
        return { ...c, pages: [...rest.slice(0, at), ...moved, ...rest.slice(at)] };
      });
    }
    case 'describe':
      return each((c) => (c.spec.id === step.componentId ? { ...c, facts: step.facts } : c));
    case 'attachment':
      return each((c) => ({
        ...c,
        attachments: c.attachments.map((a) =>
          a.id === step.attachmentId ? { ...a, removed: step.removed } : a,
        ),
      }));
  }
}

const forth = (before: DossierView, edit: make.Edit) => edit.pairs.map((p) => p.step).reduce(apply, before);
const back = (after: DossierView, edit: make.Edit) =>
  edit.pairs
    .toReversed()
    .flatMap((p) => p.back)
    .reduce(apply, after);
const live = (d: DossierView) =>
  Object.fromEntries(
    d.components.map((c) => [
      c.spec.id,
      c.pages
        .filter((p) => !p.removed)
        .map((p) => p.id)
        .join(''),
    ]),
  );

const attachment = {
  id: 'f',
  name: 'f.pdf',
  bytes: 1,
  pages: 1,
  sha256: 'ab'.repeat(32),
  signatures: 1,
  verdict: null,
  signature: null,
  addedAt: '2026-11-23T01:00:00.000Z',
  removed: false,
};
const start = dossier(
  component('A', ['a', 'b', page('x', { removed: true }), 'c', 'd', 'e']),
  component('N', [], {}, 'note'),
  component('B', ['p', 'q'], { attachments: [attachment] }),
);

describe('an edit', () => {
  it.each([
    ['removes pages', make.removePages(start, ['b', 'd']), { A: 'ace', B: 'pq' }],
    ['restores a page', make.restorePages(start, ['x']), { A: 'abxcde', B: 'pq' }],
    [
      'moves scattered pages, in their order',
      make.movePages(start, ['d', 'a'], 'B', 1),
      { A: 'bce', B: 'padq' },
    ],
    ['moves beyond the end', make.movePages(start, ['a'], 'B', 99), { A: 'bcde', B: 'pqa' }],
    ['moves from two components', make.movePages(start, ['p', 'e'], 'A', 0), { A: 'epabcd', B: 'q' }],
    [
      'orders within a component',
      make.movePages(start, ['a', 'd'], 'A', 2, 'order'),
      { A: 'bcade', B: 'pq' },
    ],
    ['shifts one page', make.shiftPages(start, ['b'], 1), { A: 'acbde', B: 'pq' }],
    ['shifts several towards the front', make.shiftPages(start, ['d', 'e'], -1), { A: 'abdec', B: 'pq' }],
    ['splits into the next paper, over a note', make.splitHere(start, 'c'), { A: 'ab', B: 'cdepq' }],
    ['merges with the paper before', make.mergeWithPrevious(start, 'B'), { A: 'abcdepq', B: '' }],
  ] as const)('%s, and takes it back exactly', (_, edit, expected) => {
    expect(edit).not.toBeNull();
    const after = forth(start, edit!);
    expect(live(after)).toMatchObject(expected);
    const home = back(after, edit!);
    expect(live(home)).toEqual(live(start));
    expect(live(forth(home, edit!))).toEqual(live(after));
  });

  it('brings home only what it moved, in as few moves as there were runs', () => {
    const many = dossier(
      component(
        'A',
        Array.from({ length: 1000 }, (_, i) => `a${i}`),
      ),
      component('B', ['b']),
    );
    const edit = make.movePages(many, ['a7', 'a8', 'a500', 'a999'], 'B', 0)!;
    const steps = edit.pairs.flatMap((p) => p.back);
    expect(steps).toMatchObject([
      { pageIds: ['a7', 'a8'], index: 7 },
      { pageIds: ['a500'], index: 500 },
      { pageIds: ['a999'], index: 999 },
    ]);
    expect(live(back(forth(many, edit), edit))).toEqual(live(many));
  });

  it('takes back a turn, a confirmation, a description and a file to what stood there before', () => {
    const treatment = { ...page('y').treatment, turn: 270, straightenedBy: -1.2 } as const;
    const before = dossier(component('A', [page('y', { treatment })], { attachments: [attachment] }));
    const facts = { number: '1', date: null, issuer: 'U', title: '' };
    for (const edit of [
      make.turnPages(before, ['y'], 90),
      make.treatPage(before, 'y', 'original', 'original'),
      make.confirmPages(before, ['y']),
      make.describeComponent(before, 'A', facts),
      make.setAttachmentRemoved(before, 'f', true),
    ]) {
      expect(back(forth(before, edit!), edit!)).toEqual(before);
    }
    expect(forth(before, make.turnPages(before, ['y'], 90)!).components[0]?.pages[0]?.treatment.turn).toBe(0);
    expect(forth(before, make.turnPages(before, ['y'], -90)!).components[0]?.pages[0]?.treatment.turn).toBe(
      180,
    );
  });

  it('is none where nothing would change', () => {
    expect(make.removePages(start, ['x', 'nobody'])).toBeNull();
    expect(make.restorePages(start, ['a'])).toBeNull();
    expect(make.movePages(start, ['a', 'b'], 'A', 0)).toBeNull();
    expect(make.movePages(start, ['a'], 'nowhere', 0)).toBeNull();
    expect(make.shiftPages(start, ['a'], -1)).toBeNull();
    expect(make.splitHere(start, 'p')).toBeNull();
    expect(make.mergeWithPrevious(start, 'A')).toBeNull();
    expect(make.setAttachmentRemoved(start, 'f', false)).toBeNull();
  });

  it('says what it did: the kind, how many pages, and of which paper', () => {
    expect(make.movePages(start, ['b', 'c'], 'B', 0)).toMatchObject({
      kind: 'move',
      pages: 2,
      name: 'A',
      pageId: 'b',
    });
  });
});

describe('the way back', () => {
  const edit = (n: number): make.Edit => ({ kind: 'remove', pages: n, name: '', pageId: null, pairs: [] });

  it('gives edits back in their order, and forgets what was undone once something new is done', () => {
    let stack = did(did(NOTHING_DONE, edit(1)), edit(2));
    stack = tookBack(tookBack(stack));
    expect(stack.undone.map((e) => e.pages)).toEqual([2, 1]);
    stack = didAgain(stack);
    expect(stack.done.map((e) => e.pages)).toEqual([1]);
    stack = did(stack, edit(3));
    expect(stack).toMatchObject({ undone: [] });
    expect(stack.done.map((e) => e.pages)).toEqual([1, 3]);
  });

  it('stays as it is where there is nothing, and does not grow for ever', () => {
    expect(tookBack(NOTHING_DONE)).toBe(NOTHING_DONE);
    expect(didAgain(NOTHING_DONE)).toBe(NOTHING_DONE);
    const many = Array.from({ length: LONGEST_STACK + 9 }, (_, i) => edit(i)).reduce(did, NOTHING_DONE);
    expect(many.done).toHaveLength(LONGEST_STACK);
    expect(many.done.at(-1)?.pages).toBe(LONGEST_STACK + 8);
  });
});
