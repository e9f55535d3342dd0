import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { PrintJobView } from '../../../../contract/printing.ts';
import { useEngine, useEngineEvent } from '../../../app/engine.tsx';
import { KEYS } from '../../../app/query-keys.ts';
import { useTexts } from '../../../app/texts.tsx';
import { useAnnounce } from '../../../ui/announcer.tsx';
import { useNotify } from '../../../ui/notify.tsx';

/** Jobs that somebody waits for, or has to see to; what failed stays until it is dismissed. */
export function usePrintJobs(): { jobs: readonly PrintJobView[]; drop: (id: string) => void } {
  const engine = useEngine();
  const queries = useQueryClient();
  const notify = useNotify();
  const announce = useAnnounce();
  const t = useTexts();
  const listed = useQuery({
    queryKey: KEYS.prints,
    queryFn: () => engine.call('prints.list', { day: null }),
  });
  const change = useCallback(
    (next: (jobs: readonly PrintJobView[]) => PrintJobView[]) =>
      queries.setQueryData<PrintJobView[]>(KEYS.prints, (jobs) => next(jobs ?? [])),
    [queries],
  );
  const drop = useCallback((id: string) => void change((jobs) => jobs.filter((j) => j.id !== id)), [change]);
  useEngineEvent(
    'print.changed',
    useCallback(
      (job) => {
        if (job.state === 'done' || job.state === 'cancelled') {
          drop(job.id);
          const words = t(job.state === 'done' ? 'print.finished' : 'print.taken', { name: job.name });
          notify({ intent: job.state === 'done' ? 'success' : 'info', title: words });
          announce(words);
        } else {
          change((jobs) =>
            jobs.some((j) => j.id === job.id) ? jobs.map((j) => (j.id === job.id ? job : j)) : [...jobs, job],
          );
        }
      },
      [change, drop, notify, announce, t],
    ),
  );
  return { jobs: listed.data ?? [], drop };
}
