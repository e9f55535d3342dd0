import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { ScannerDevice, ScanProfile, ScanSettings } from '../../../../contract/model.ts';
import { useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { useScanners, useScanProfile } from '../../../app/queries.ts';
import { KEYS } from '../../../app/query-keys.ts';
import { fitChoice, rememberChoice, rememberedChoice } from './scan-choice.ts';

/** How the next scan is done. */
export interface Choice {
  readonly device: string;
  readonly settings: ScanSettings;
  /** Fronts and backs in two passes through a feeder that reads one side. */
  readonly byHand: boolean;
  readonly autoColour: boolean;
  readonly separate: boolean;
  /** Where the settings come from; chosen = by the clerk just now, remembered = on this machine. */
  readonly from: ScanProfile['from'] | 'chosen' | 'remembered';
}

export type Change = Partial<ScanSettings> & { readonly byHand?: boolean; readonly autoColour?: boolean };

export interface Scanners {
  readonly devices: readonly ScannerDevice[];
  readonly loading: boolean;
  readonly searching: boolean;
  readonly fault: ErrorShape | null;
  /** Null while there is no scanner. */
  readonly choice: Choice | null;
  chooseDevice(uri: string): void;
  change(change: Change): void;
  setSeparate(separate: boolean): void;
  /** Looks on the network and at the ports, which takes seconds. */
  search(): void;
}

/** What a clerk chose by hand, for one paper on one device. */
interface ByHand {
  readonly place: string;
  readonly settings: ScanSettings;
  readonly byHand: boolean;
  readonly autoColour: boolean;
}

export function useScanChoice(dossierId: string, componentId: string | null): Scanners {
  const engine = useEngine();
  const queries = useQueryClient();
  const list = useScanners();
  const [wanted, setWanted] = useState(rememberedChoice);
  const [chosen, setChosen] = useState<ByHand | null>(null);
  const [separate, setSeparate] = useState(true);
  const [searching, setSearching] = useState(false);
  const [searchFault, setSearchFault] = useState<ErrorShape | null>(null);
  const devices = list.data ?? NONE;
  const fitted = useMemo(() => fitChoice(wanted, devices), [wanted, devices]);
  const device = fitted?.device ?? '';
  const profile = useScanProfile(dossierId, componentId, device);
  const place = `${device} ${componentId}`;

  const choice = useMemo<Choice | null>(() => {
    if (!fitted) return null;
    const own = chosen?.place === place ? chosen : null;
    const base = own ?? profile.data ?? null;
    const settings = fitChoice({ device, settings: base?.settings ?? fitted.settings }, devices)?.settings;
    return {
      device,
      settings: settings ?? fitted.settings,
      byHand: own?.byHand ?? false,
      autoColour: base?.autoColour ?? false,
      separate,
      from: own ? 'chosen' : (profile.data?.from ?? 'remembered'),
    };
  }, [fitted, chosen, place, profile.data, device, devices, separate]);

  const search = useCallback(() => {
    setSearching(true);
    setSearchFault(null);
    engine
      .call('scanners.list', { search: true })
      .then((found) => queries.setQueryData(KEYS.scanners, found))
      .catch((error: unknown) => setSearchFault(shapeOf(error)))
      .finally(() => setSearching(false));
  }, [engine, queries]);

  const fault = searchFault ?? errorOf(list.error) ?? errorOf(profile.error);
  return {
    devices,
    loading: list.isPending,
    searching,
    fault,
    choice,
    chooseDevice: (uri) => {
      const next = { ...wanted, device: uri };
      setWanted(next);
      rememberChoice(next);
    },
    change: ({ byHand, autoColour, ...settings }) => {
      if (!choice) return;
      const next: ByHand = {
        place,
        settings: { ...choice.settings, ...settings },
        byHand: byHand ?? (settings.source === undefined ? choice.byHand : false),
        autoColour: autoColour ?? choice.autoColour,
      };
      setChosen(next);
      setWanted({ device: choice.device, settings: next.settings });
      rememberChoice({ device: choice.device, settings: next.settings });
    },
    setSeparate,
    search,
  };
}

function errorOf(error: Error | null): ErrorShape | null {
  return error ? shapeOf(error) : null;
}

const NONE: readonly ScannerDevice[] = [];
