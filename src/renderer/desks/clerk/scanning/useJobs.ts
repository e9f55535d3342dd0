import { useCallback, useReducer } from 'react';
import type { EventPayload } from '../../../../contract/events.ts';
import { useEngineEvent } from '../../../app/engine.tsx';
import { type Jobs, jobsReducer, NO_JOBS } from './jobs.ts';

/** All scans and imports that the engine speaks of. */
export function useJobs(): Jobs {
  const [jobs, dispatch] = useReducer(jobsReducer, NO_JOBS);
  useEngineEvent(
    'scan.page',
    useCallback((e: EventPayload<'scan.page'>) => dispatch({ type: 'came', ...e }), []),
  );
  useEngineEvent(
    'scan.attachment',
    useCallback((e: EventPayload<'scan.attachment'>) => dispatch({ type: 'came', ...e }), []),
  );
  useEngineEvent(
    'scan.finished',
    useCallback((e: EventPayload<'scan.finished'>) => dispatch({ type: 'finished', ...e }), []),
  );
  useEngineEvent(
    'scan.failed',
    useCallback(
      (e: EventPayload<'scan.failed'>) =>
        dispatch({ type: 'failed', scanId: e.scanId, pages: e.pages, fault: e.error }),
      [],
    ),
  );
  return jobs;
}
