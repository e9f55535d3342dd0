import { z } from 'zod';

// zod probes for `new Function` to compile its parsers; the content security policy forbids it and would report
// the probe as a violation. This module must be imported before any schema is used.
z.config({ jitless: true });
