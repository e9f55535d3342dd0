/** Loaded before a utility process's own code: Electron's `process.parentPort` over Node's IPC channel. */
Object.defineProperty(process, 'parentPort', {
  value: {
    postMessage: (message: unknown) => process.send?.(message),
    on: (_event: 'message', listener: (event: { data: unknown }) => void) =>
      process.on('message', (data) => listener({ data })),
  },
});
process.on('disconnect', () => process.exit(0));
