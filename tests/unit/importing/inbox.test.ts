import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Inbox, type InboxOptions, openInbox } from '../../../src/main/importing/inbox.ts';
import { testFolder } from './support/import.ts';

const place = testFolder();
const open: Inbox[] = [];
let folder: string;
let folders = 0;
let time: number;

beforeEach(() => {
  folder = path.join(place.folder, `inbox-${folders++}`);
  mkdirSync(folder);
  time = 1_700_000_000_000;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((inbox) => inbox.close()));
});
afterAll(place.remove);

function start(options: Partial<InboxOptions> = {}): Inbox {
  const inbox = openInbox({ folder, owner: 'one', settleMs: 2000, now: () => time, ...options });
  open.push(inbox);
  return inbox;
}

const put = (name: string, content = name) => writeFileSync(path.join(folder, name), content);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

/** What is offered after two looks that lie far enough apart. */
async function settled(inbox: Inbox) {
  await inbox.list();
  time += 2500;
  return inbox.list();
}

describe('the watched folder', () => {
  it('offers a file once it has kept still over two looks', async () => {
    const inbox = start();
    put('a.pdf', 'half');
    expect(await inbox.list()).toEqual([]);
    time += 1000;
    expect(await inbox.list()).toEqual([]);
    time += 1000;
    const [file] = await inbox.list();
    expect(file).toMatchObject({ name: 'a.pdf', bytes: 4, duplicateOf: '' });
    expect(Number.isNaN(Date.parse(file!.at))).toBe(false);
  });

  it('waits as long as a file grows or is rewritten', async () => {
    const inbox = start();
    put('a.pdf', 'x');
    for (let n = 0; n < 5; n++) {
      expect(await settled(inbox)).toHaveLength(1);
      appendFileSync(path.join(folder, 'a.pdf'), 'more');
      expect(await inbox.list()).toEqual([]);
      appendFileSync(path.join(folder, 'a.pdf'), 'more');
    }
    await settled(inbox);
    utimesSync(path.join(folder, 'a.pdf'), 1, 1);
    expect(await inbox.list()).toEqual([]);
  });

  it('passes over what is hidden, partial, empty, a link, a folder or a pipe', async () => {
    for (const name of ['.hidden.pdf', 'a.pdf.part', 'b.crdownload', '~$c.docx', 'Thumbs.db', 'desktop.ini'])
      put(name);
    put('empty.pdf', '');
    put('tệp thật.jpg');
    symlinkSync('/etc/passwd', path.join(folder, 'link.pdf'));
    mkdirSync(path.join(folder, 'folder.pdf'));
    spawnSync('mkfifo', [path.join(folder, 'pipe.pdf')]);
    expect((await settled(start())).map((f) => f.name)).toEqual(['tệp thật.jpg']);
  });

  it('lists the newest where there are too many', async () => {
    for (let n = 0; n < 30; n++) {
      put(`${n}.pdf`);
      utimesSync(path.join(folder, `${n}.pdf`), 1000 + n, 1000 + n);
    }
    const names = (await settled(start({ maxFiles: 5 }))).map((f) => f.name);
    expect(names).toEqual(['29.pdf', '28.pdf', '27.pdf', '26.pdf', '25.pdf']);
  });

  it('survives that it goes and comes back', async () => {
    const inbox = start();
    put('a.pdf');
    expect(await settled(inbox)).toHaveLength(1);
    renameSync(folder, `${folder}-gone`);
    expect(await codeOf(inbox.list())).toBe('INBOX_UNREACHABLE');
    expect(await codeOf(inbox.take('a.pdf'))).toBe('FILE_MISSING');
    renameSync(`${folder}-gone`, folder);
    expect(await settled(inbox)).toHaveLength(1);
  });

  it('refuses a name for done files that leads elsewhere', () => {
    for (const doneFolder of ['../other', '.hidden', '', 'a/b'])
      expect(() => start({ doneFolder })).toThrow('CONFIG_INVALID');
  });
});

describe('a taken file', () => {
  it('is gone for others, and lies with what is done afterwards', async () => {
    const inbox = start();
    put('a.pdf', 'content');
    await settled(inbox);
    const taken = await inbox.take('a.pdf');
    expect([taken.name, readFileSync(taken.path, 'utf8')]).toEqual(['a.pdf', 'content']);
    expect(await settled(inbox)).toEqual([]);
    await taken.done();
    await taken.done();
    expect(readFileSync(path.join(folder, 'da-nhap', 'a.pdf'), 'utf8')).toBe('content');
    expect(readdirSync(path.join(folder, '.dang-nhap'))).toEqual([]);
  });

  it('goes back where it was, beside a new one of its name', async () => {
    const inbox = start();
    put('a.pdf', 'first');
    await settled(inbox);
    const taken = await inbox.take('a.pdf');
    put('a.pdf', 'second');
    await taken.giveBack();
    expect(readFileSync(path.join(folder, 'a.pdf'), 'utf8')).toBe('second');
    expect(readFileSync(path.join(folder, 'a (2).pdf'), 'utf8')).toBe('first');
    expect((await settled(inbox)).map((f) => f.name).sort()).toEqual(['a (2).pdf', 'a.pdf']);
  });

  it('never overwrites one that was done before', async () => {
    const inbox = start();
    for (const content of ['one', 'two', 'three']) {
      put('a.pdf', content);
      await settled(inbox);
      await (await inbox.take('a.pdf')).done();
    }
    const done = path.join(folder, 'da-nhap');
    const contents = readdirSync(done).map((name) => readFileSync(path.join(done, name), 'utf8'));
    expect(contents.sort()).toEqual(['one', 'three', 'two']);
  });

  it('belongs to one of two counters that take it at once', async () => {
    const counters = [start({ owner: 'one' }), start({ owner: 'two' })];
    for (let n = 0; n < 20; n++) put(`${n}.pdf`);
    await Promise.all(counters.map((c) => c.list()));
    time += 2500;
    await Promise.all(counters.map((c) => c.list()));
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => codeOf(counters[n % 2]!.take(`${n >> 1}.pdf`))),
    );
    expect(results.filter((r) => r === 'done')).toHaveLength(20);
    expect(results.filter((r) => r === 'FILE_MISSING')).toHaveLength(20);
  });

  it.each(['../a.pdf', 'da-nhap', '.dang-nhap', '/etc/passwd', 'unseen.pdf', ''])(
    'cannot be %j',
    async (name) => {
      const inbox = start();
      put('a.pdf');
      await settled(inbox);
      expect(await codeOf(inbox.take(name))).toBe('FILE_MISSING');
    },
  );

  it('that was exchanged since it was seen is not taken, and not lost', async () => {
    const inbox = start();
    put('a.pdf', 'seen');
    await settled(inbox);
    put('a.pdf', 'exchanged');
    expect(await codeOf(inbox.take('a.pdf'))).toBe('FILE_MISSING');
    expect(readFileSync(path.join(folder, 'a.pdf'), 'utf8')).toBe('exchanged');
    await settled(inbox);
    rmSync(path.join(folder, 'a.pdf'));
    symlinkSync('/etc/passwd', path.join(folder, 'a.pdf'));
    expect(await codeOf(inbox.take('a.pdf'))).toBe('FILE_MISSING');
  });

  it('is given back after a crash by its own counter, and by others after a day', async () => {
    const first = start({ owner: 'one' });
    put('a.pdf', 'content');
    await settled(first);
    await first.take('a.pdf');
    const other = start({ owner: 'two' });
    expect(await settled(other)).toEqual([]);
    const again = start({ owner: 'one' });
    expect((await settled(again)).map((f) => f.name)).toEqual(['a.pdf']);
    await again.take('a.pdf');
    time += 25 * 60 * 60_000;
    expect((await settled(start({ owner: 'two' }))).map((f) => f.name)).toEqual(['a.pdf']);
    expect(existsSync(path.join(folder, 'a.pdf'))).toBe(true);
  });
});

describe('leftovers that cannot be given back', () => {
  it('hinder nobody, and what is in hand stays in hand', async () => {
    const place = `one~${time}~00000000-0000-4000-8000-000000000000`;
    // A folder cannot be moved over the file that reserves its place.
    mkdirSync(path.join(folder, '.dang-nhap', place, 'folder'), { recursive: true });
    const notes: string[] = [];
    const inbox = start({ note: (what) => notes.push(what) });
    for (const name of ['a.pdf', 'b.pdf', 'c.pdf']) put(name);
    expect(await settled(inbox)).toHaveLength(3);
    const taken = await Promise.all(['a.pdf', 'b.pdf', 'c.pdf'].map((name) => inbox.take(name)));
    expect(await settled(inbox)).toEqual([]);
    for (const file of taken) await file.done();
    expect(readdirSync(path.join(folder, 'da-nhap'))).toHaveLength(3);
    expect(notes).toContain('files that were taken before could not be given back');
  });
});

describe('the same content', () => {
  it('is told, whatever its name', async () => {
    const inbox = start();
    put('a.pdf', 'same content');
    await settled(inbox);
    await (await inbox.take('a.pdf')).done();
    put('again.pdf', 'same content');
    put('other.pdf', 'same length!');
    const files = await settled(inbox);
    expect(Object.fromEntries(files.map((f) => [f.name, f.duplicateOf]))).toEqual({
      'again.pdf': 'a.pdf',
      'other.pdf': '',
    });
  });
});

describe('whoever watches', () => {
  /** Resolves when `test` holds after some call of the listener. */
  function until(inbox: Inbox, test: () => Promise<boolean>): Promise<void> {
    return new Promise((resolve, reject) => {
      const off = inbox.onChange(() => {
        test().then((holds) => {
          if (!holds) return;
          off();
          resolve();
        }, reject);
      });
    });
  }

  it('is told of a file that came, and when the folder goes and comes back', async () => {
    const inbox = start({ pollMs: 20, settleMs: 30, now: Date.now });
    const names = async () => (await inbox.list()).map((f) => f.name).join();
    const came = until(inbox, async () => (await names()) === 'a.pdf');
    put('a.pdf');
    await came;
    const gone = until(inbox, async () => (await codeOf(inbox.list())) === 'INBOX_UNREACHABLE');
    renameSync(folder, `${folder}-gone`);
    await gone;
    const back = until(
      inbox,
      async () => (await codeOf(inbox.list())) === 'done' && (await names()) === 'a.pdf',
    );
    renameSync(`${folder}-gone`, folder);
    await back;
  });

  it('hears nothing more once it has left', async () => {
    const inbox = start({ pollMs: 10, settleMs: 10 });
    let calls = 0;
    inbox.onChange(() => calls++)();
    put('a.pdf');
    await settled(inbox);
    expect(calls).toBe(0);
  });
});
