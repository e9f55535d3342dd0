import { z } from 'zod';
import { type ScanProfile, scanProfile, scanSettings } from '../../contract/model.ts';
import type { Settings } from '../store/settings.ts';

/** What an admin lays down for a procedure or one of its papers. */
export const profileRule = z.strictObject({
  procedure: z.string().min(1),
  /** Empty = every paper of the procedure. */
  component: z.string().default(''),
  settings: scanSettings,
  autoColour: z.boolean().default(false),
});
export type ProfileRule = z.infer<typeof profileRule>;

const remembered = scanProfile.omit({ from: true });
export type Remembered = z.infer<typeof remembered>;

export interface ProfilePlace {
  readonly device: string;
  readonly procedureCode: string;
  readonly componentId: string;
}

/**
 * How a paper was last scanned on a device. The nearest that is known wins: this paper, this procedure, this device;
 * what an admin laid down for a paper or a procedure stands until somebody scanned it otherwise.
 */
export interface Profiles {
  get(place: ProfilePlace): ScanProfile;
  remember(place: ProfilePlace, profile: Remembered): void;
}

/** NĐ 30/2020/NĐ-CP, Phụ lục I, Phần II, I.2: colour, 200 dpi at least; 300 dpi is what reading the text needs. */
const DEFAULT: Remembered = {
  settings: { source: 'adf', dpi: 300, mode: 'color' },
  autoColour: false,
};

export function createProfiles(settings: Settings, rules: readonly ProfileRule[]): Profiles {
  const key = (...parts: string[]) => `scan-profile.${parts.map(encodeURIComponent).join('/')}`;

  function read(...parts: string[]): Remembered | null {
    const text = settings.get(key(...parts));
    if (text === undefined) return null;
    // What another version remembered in another shape is no profile.
    return remembered.safeParse(JSON.parse(text)).data ?? null;
  }

  function rule(procedure: string, component: string): Remembered | null {
    return rules.find((r) => r.procedure === procedure && r.component === component) ?? null;
  }

  return {
    get({ device, procedureCode, componentId }) {
      const places = [
        ['component', read(device, procedureCode, componentId) ?? rule(procedureCode, componentId)],
        ['procedure', rule(procedureCode, '') ?? read(device, procedureCode)],
        ['device', read(device)],
        ['default', DEFAULT],
      ] as const;
      const [from, found] = places.find(([, profile]) => profile !== null)!;
      return { settings: found!.settings, autoColour: found!.autoColour, from };
    },
    remember({ device, procedureCode, componentId }, profile) {
      const text = JSON.stringify(profile);
      for (const parts of [[device], [device, procedureCode], [device, procedureCode, componentId]])
        if (settings.get(key(...parts)) !== text) settings.set(key(...parts), text);
    },
  };
}
