import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';

/** A calm blue; steps 60 to 80 keep a contrast of 4.5:1 and more with white. */
const BRAND: BrandVariants = {
  10: '#020409',
  20: '#0d1a2b',
  30: '#102b4a',
  40: '#113863',
  50: '#11467c',
  60: '#0f5497',
  70: '#0f5fae',
  80: '#1a6dc2',
  90: '#3a7ecc',
  100: '#568fd5',
  110: '#709fde',
  120: '#8ab1e6',
  130: '#a4c2ed',
  140: '#bed3f3',
  150: '#d7e4f8',
  160: '#eef4fd',
};

/** Segoe UI is on every Windows and covers Vietnamese; elsewhere the system's own face. */
const FONT = "'Segoe UI Variable Text', 'Segoe UI', 'Noto Sans', 'Liberation Sans', system-ui, sans-serif";

function withFont(theme: Theme): Theme {
  return { ...theme, fontFamilyBase: FONT };
}

const LIGHT = withFont(createLightTheme(BRAND));
const DARK = withFont(createDarkTheme(BRAND));

/** Light or dark, as the system is set. */
export function useSystemTheme(): Theme {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const onChange = () => setDark(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return dark ? DARK : LIGHT;
}
