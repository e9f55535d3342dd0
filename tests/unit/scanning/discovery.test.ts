import { createSocket } from 'node:dgram';
import { Bonjour } from 'bonjour-service';
import { describe, expect, it } from 'vitest';
import { type EsclService, foundFrom, mergeFound } from '../../../src/main/scanning/escl/announced.ts';
import { discoverEscl, listEsclDevices } from '../../../src/main/scanning/index.ts';

const service = (over: Partial<EsclService> = {}): EsclService => ({
  name: 'Printer [1A2B]',
  host: 'printer.local',
  port: 80,
  txt: { ty: 'Example One', rs: 'eSCL', note: 'Quầy 3', UUID: '8EE2D9C0-6510' },
  addresses: ['fe80::1', '2001:db8::5', '192.0.2.7'],
  ...over,
});

describe('an announced scanner', () => {
  it('becomes a URI with its IPv4 address, model, place and identity', () => {
    expect(foundFrom('uscan', service())).toEqual({
      uri: 'escl:http://192.0.2.7/eSCL',
      name: 'Example One',
      origin: 'escl',
      note: 'Quầy 3',
      uuid: '8ee2d9c0-6510',
    });
  });

  it('over https, on another port, under another root', () => {
    const found = foundFrom(
      'uscans',
      service({ port: 9443, txt: { rs: '/scan/eSCL/' }, addresses: ['2001:db8::5'] }),
    );
    expect(found).toMatchObject({
      uri: 'escls:https://[2001:db8::5]:9443/scan/eSCL',
      name: 'Printer [1A2B]',
      note: '',
    });
  });

  it('without a usable address goes by its name', () => {
    expect(foundFrom('uscan', service({ addresses: ['fe80::1'] }))?.uri).toBe(
      'escl:http://printer.local/eSCL',
    );
  });

  it.each([{ port: 0 }, { port: 70000 }, { addresses: [], host: 'evil/../x' }])(
    'with %j is passed over',
    (over) => {
      expect(foundFrom('uscan', service(over))).toBeUndefined();
    },
  );

  it('with hostile texts stays harmless', () => {
    const txt = { ty: `A\n\u0007${'x'.repeat(900)}`, note: 7, uuid: ['a'], rs: 'a b?c#d' };
    const found = foundFrom('uscan', service({ txt }));
    expect(found?.name).toHaveLength(255);
    expect(found?.name).toMatch(/^A {2}x+$/);
    expect(found).toMatchObject({ note: '', uuid: '', uri: 'escl:http://192.0.2.7/a%20b%3Fc%23d' });
  });
});

describe('an announcement that lies', () => {
  it.each([
    ['http://192.0.2.99/eSCL', '/eSCL'],
    ['//192.0.2.99/eSCL', '/192.0.2.99/eSCL'],
    ['../../admin', '/eSCL'],
    ['a/../../b', '/eSCL'],
    ['a\\\\b', '/eSCL'],
    ['', '/eSCL'],
    ['///', '/eSCL'],
  ])('rs=%j leads to no other host: %s', (rs, path) => {
    expect(foundFrom('uscan', service({ txt: { rs } }))?.uri).toBe(`escl:http://192.0.2.7${path}`);
  });

  it.each([
    ['0.0.0.0'],
    ['224.0.0.251'],
    ['255.255.255.255'],
    ['::'],
    ['ff02::fb'],
    ['fe80::1'],
    ['::ffff:192.0.2.1'],
    ['not an address'],
  ])('the address %s is passed over for the name', (address) => {
    expect(foundFrom('uscan', service({ addresses: [address] }))?.uri).toBe('escl:http://printer.local/eSCL');
  });

  it('another machine that claims the loopback address is not believed; this one is (IPP-over-USB)', () => {
    const loopback = { addresses: ['127.0.0.1'], host: '' };
    expect(foundFrom('uscan', service({ ...loopback, referer: { address: '192.0.2.66' } }))).toBeUndefined();
    expect(foundFrom('uscan', service({ ...loopback, referer: { address: '127.0.0.1' } }))?.uri).toBe(
      'escl:http://127.0.0.1/eSCL',
    );
  });

  it.each([{ host: '12' }, { host: '10.1' }, { host: `${'a'.repeat(300)}.local` }, { port: 80.5 }])(
    'with %j is passed over',
    (over) => {
      expect(foundFrom('uscan', service({ addresses: [], ...over }))).toBeUndefined();
    },
  );

  it('texts turn no other way and hide nothing', () => {
    const found = foundFrom('uscan', service({ txt: { ty: 'A\u202eB', note: 'x\u200by' } }));
    expect(found).toMatchObject({ name: 'A B', note: 'x y' });
  });
});

describe('what an announcement says of the device', () => {
  it('is a hint', () => {
    const txt = {
      ...{ ty: 'X', rs: 'eSCL', uuid: 'urn:uuid:AA-BB', is: 'platen,adf', cs: 'binary,grayscale,color' },
      ...{ duplex: 'T', pdl: 'application/pdf,image/jpeg', vers: '2.63', adminurl: 'http://192.0.2.7/' },
    };
    expect(foundFrom('uscan', service({ txt }))).toMatchObject({
      uuid: 'aa-bb',
      hints: {
        sources: ['adf', 'adf-duplex', 'platen'],
        modes: ['bw', 'gray', 'color'],
        formats: ['application/pdf', 'image/jpeg'],
        version: '2.63',
        adminUrl: 'http://192.0.2.7/',
      },
    });
  });

  it('of both sides counts only with a feeder, and an admin page only over http', () => {
    const txt = { is: 'platen', duplex: 'T', adminurl: 'javascript:alert(1)' };
    expect(foundFrom('uscan', service({ txt }))?.hints).toMatchObject({ sources: ['platen'], adminUrl: '' });
  });
});

describe('services of one device', () => {
  const found = (type: 'uscan' | 'uscans', port: number, address: string, uuid = 'aa') =>
    foundFrom(type, service({ port, addresses: [address], txt: { ty: 'X', uuid } }))!;

  it('are one entry, over https, in whatever order they come', () => {
    const both = [found('uscan', 80, '192.0.2.7'), found('uscans', 443, '192.0.2.7')];
    for (const list of [both, both.toReversed()]) {
      expect(mergeFound(list).map((each) => each.uri)).toEqual(['escls:https://192.0.2.7/eSCL']);
    }
  });

  it('without an identity go by their name', () => {
    const both = [found('uscan', 80, '192.0.2.7', ''), found('uscans', 443, '192.0.2.7', '')];
    expect(mergeFound(both)).toHaveLength(1);
  });

  it('at two addresses stay two: an identity can be borrowed', () => {
    const two = [found('uscan', 80, '192.0.2.7'), found('uscans', 443, '192.0.2.66')];
    expect(mergeFound(two).map((each) => each.uri)).toEqual([
      'escl:http://192.0.2.7/eSCL',
      'escls:https://192.0.2.66/eSCL',
    ]);
  });

  it('of two devices behind one address stay two', () => {
    const two = [found('uscan', 60000, '192.0.2.7', 'aa'), found('uscan', 60001, '192.0.2.7', 'bb')];
    expect(mergeFound(two)).toHaveLength(2);
  });
});

describe('the search on a network', () => {
  // Port and interface of its own: nothing leaves the loopback.
  const port = 20_000 + (process.pid % 20_000);
  const loopback = { interface: '127.0.0.1', bind: '0.0.0.0', port };

  it('finds what is announced over http and https, and prefers https', async () => {
    const responder = new Bonjour(loopback as unknown as ConstructorParameters<typeof Bonjour>[0]);
    try {
      const txt = { ty: 'Example One', rs: 'eSCL', UUID: 'aa-bb' };
      const common = { name: 'Example 2.0', host: 'example.local', probe: false, txt };
      responder.publish({ ...common, type: 'uscan', port: 8080 });
      responder.publish({ ...common, type: 'uscans', port: 8443 });
      const stop = new AbortController();
      const options = { signal: stop.signal, timeoutMs: 5_000, interface: '127.0.0.1', port };
      const schemes = new Set<string>();
      for await (const found of discoverEscl(options)) {
        schemes.add(found.uri.slice(0, found.uri.indexOf(':')));
        if (schemes.size === 2) break;
      }
      expect([...schemes].sort()).toEqual(['escl', 'escls']);
      const devices = await listEsclDevices({ ...options, timeoutMs: 700 });
      expect(devices).toHaveLength(1);
      expect(devices[0]?.uri).toMatch(/^escls:https:\/\/.*:8443\/eSCL$/);
    } finally {
      await new Promise<void>((resolve) => responder.destroy(resolve));
    }
  });

  it('ends without a device where there is no such interface', async () => {
    const signal = new AbortController().signal;
    const notes: string[] = [];
    const note = (what: string) => notes.push(what);
    // 203.0.113.0/24 is for documentation (RFC 5737): no machine has it.
    const found = await listEsclDevices({
      signal,
      timeoutMs: 100,
      interface: '203.0.113.99',
      port: port + 1,
      note,
    });
    expect(found).toEqual([]);
    expect(notes.length).toBeGreaterThan(0);
  });

  it('ends without a device where another program holds the port for itself', async () => {
    const holder = createSocket({ type: 'udp4', reuseAddr: false });
    await new Promise<void>((resolve) => holder.bind(0, '0.0.0.0', resolve));
    try {
      const signal = new AbortController().signal;
      const notes: string[] = [];
      const found = await listEsclDevices({
        signal,
        timeoutMs: 3_600_000,
        interface: '127.0.0.1',
        port: holder.address().port,
        note: (what) => notes.push(what),
      });
      expect({ found, first: notes[0] }).toEqual({ found: [], first: 'mdns: no search' });
    } finally {
      holder.close();
    }
  });

  it('ends at once when it is cancelled', async () => {
    const options = {
      signal: AbortSignal.abort(),
      timeoutMs: 3_600_000,
      interface: '127.0.0.1',
      port: port + 2,
    };
    expect(await listEsclDevices(options)).toEqual([]);
  });
});
