/** Helper servers that run for somebody now: started by the first user, ended after the last. */
export interface HelperServers {
  /** Returns the release, which ends the server where nobody else uses it. */
  use(name: string, start: () => Promise<RunningServer>): Promise<() => Promise<void>>;
}

export interface RunningServer {
  stop(): Promise<void>;
}

interface Entry {
  users: number;
  readonly server: Promise<RunningServer>;
}

export function helperServers(): HelperServers {
  const running = new Map<string, Entry>();
  /** A server that is being ended still holds its port: the next one waits for it. */
  const ending = new Map<string, Promise<void>>();

  async function release(name: string, entry: Entry): Promise<void> {
    entry.users--;
    if (entry.users > 0) return;
    running.delete(name);
    const stopped = entry.server.then((server) => server.stop());
    ending.set(name, stopped);
    try {
      await stopped;
    } finally {
      if (ending.get(name) === stopped) ending.delete(name);
    }
  }

  return {
    async use(name, start) {
      // How it ended is told to whoever ended it.
      await ending.get(name)?.catch(() => {});
      let entry = running.get(name);
      if (!entry) {
        entry = { users: 0, server: start() };
        running.set(name, entry);
      }
      entry.users++;
      const mine = entry;
      try {
        await mine.server;
      } catch (error) {
        // It never ran: the next one tries anew.
        if (running.get(name) === mine) running.delete(name);
        throw error;
      }
      let released: Promise<void> | undefined;
      return () => {
        released ??= release(name, mine);
        return released;
      };
    },
  };
}
