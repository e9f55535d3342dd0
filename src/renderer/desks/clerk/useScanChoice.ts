import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { ScannerDevice, ScanSettings } from '../../../contract/model.ts';
import { useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useScanners } from '../../app/queries.ts';
import { KEYS } from '../../app/query-keys.ts';
import { fitChoice, rememberChoice, rememberedChoice, type ScanChoice } from './scan-choice.ts';

export interface Scanners {
  readonly devices: readonly ScannerDevice[];
  readonly loading: boolean;
  readonly searching: boolean;
  readonly fault: ErrorShape | null;
  /** Null while there is no scanner. */
  readonly choice: ScanChoice | null;
  chooseDevice(uri: string): void;
  chooseSettings(change: Partial<ScanSettings>): void;
  /** Looks on the network and at the ports, which takes seconds. */
  search(): void;
}

export function useScanChoice(): Scanners {
  const engine = useEngine();
  const queries = useQueryClient();
  const list = useScanners();
  const [wanted, setWanted] = useState(rememberedChoice);
  const [searching, setSearching] = useState(false);
  const [searchFault, setSearchFault] = useState<ErrorShape | null>(null);
  const devices = list.data ?? NONE;
  const choice = useMemo(() => fitChoice(wanted, devices), [wanted, devices]);

  const keep = useCallback((next: ScanChoice) => {
    setWanted(next);
    rememberChoice(next);
  }, []);
  const search = useCallback(() => {
    setSearching(true);
    setSearchFault(null);
    engine
      .call('scanners.list', { search: true })
      .then((found) => queries.setQueryData(KEYS.scanners, found))
      .catch((error: unknown) => setSearchFault(shapeOf(error)))
      .finally(() => setSearching(false));
  }, [engine, queries]);

  return {
    devices,
    loading: list.isPending,
    searching,
    fault: searchFault ?? (list.error ? shapeOf(list.error) : null),
    choice,
    chooseDevice: (device) => keep({ ...wanted, device }),
    chooseSettings: (change) =>
      keep({
        device: choice?.device ?? wanted.device,
        settings: { ...(choice?.settings ?? wanted.settings), ...change },
      }),
    search,
  };
}

const NONE: readonly ScannerDevice[] = [];
