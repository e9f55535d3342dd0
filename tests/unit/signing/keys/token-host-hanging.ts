/** A host that never answers and blocks its thread, as a vendor's module does when its reader is stuck. */
process.on('message', () => {
  for (;;);
});
