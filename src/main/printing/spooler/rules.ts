import { z } from 'zod';

/**
 * How printers of the Windows spooler are reached: programs that an admin names, called without a shell.
 * `program` prints a PDF with the command line of SumatraPDF; `jobs` and `cancel` speak with the spooler. In `cancel`,
 * `{name}` stands for the job's name, quoted as WQL wants it.
 */
export const spoolerRules = z.strictObject({
  program: z.string().min(1),
  jobs: z
    .array(z.string())
    .min(1)
    .default([
      'wmic',
      'path',
      'Win32_PrintJob',
      'get',
      'Document,Name,PagesPrinted,StatusMask,TotalPages',
      '/format:list',
    ]),
  cancel: z
    .array(z.string())
    .min(1)
    .default(['wmic', 'path', 'Win32_PrintJob', 'where', "Name='{name}'", 'delete']),
});
export type SpoolerRules = z.infer<typeof spoolerRules>;
