import { Bonjour } from 'bonjour-service';

export interface Announcement {
  readonly name: string;
  readonly uuid: string;
  readonly port: number;
  readonly secure: boolean;
  readonly platen: boolean;
  readonly feeder: 'none' | 'simplex' | 'duplex';
}

/**
 * Announces an eSCL device by multicast DNS on the loopback interface (service types of the eSCL specification:
 * `_uscan._tcp`, `_uscans._tcp`). Returns what takes it back.
 */
export function announce(what: Announcement): () => Promise<void> {
  // bonjour-service hands its options to multicast-dns, which binds to the interface's address unless told otherwise.
  const options: Record<string, string | boolean> = {
    interface: '127.0.0.1',
    bind: '0.0.0.0',
    loopback: true,
  };
  const bonjour = new Bonjour(options, (error: unknown) => {
    process.emitWarning(`scanner simulator: multicast DNS: ${String(error)}`);
  });
  const service = bonjour.publish({
    name: what.name,
    type: what.secure ? 'uscans' : 'uscan',
    protocol: 'tcp',
    port: what.port,
    disableIPv6: true,
    txt: {
      txtvers: '1',
      vers: '2.63',
      rs: 'eSCL',
      ty: what.name,
      uuid: what.uuid,
      pdl: 'image/jpeg',
      cs: 'binary,grayscale,color',
      is: [...(what.platen ? ['platen'] : []), ...(what.feeder === 'none' ? [] : ['adf'])].join(','),
      duplex: what.feeder === 'duplex' ? 'T' : 'F',
    },
  });
  // It would name every address of the machine but the loopback one, and the simulator listens there alone.
  const records = service.records.bind(service);
  service.records = () => [
    ...records().filter((record) => record.type !== 'A' && record.type !== 'AAAA'),
    { name: service.host, type: 'A', ttl: 120, data: '127.0.0.1' },
  ];
  return () =>
    new Promise<void>((resolve) => {
      bonjour.unpublishAll(() => bonjour.destroy(() => resolve()));
    });
}
