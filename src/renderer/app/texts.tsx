import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { IntlProvider, type IntlShape, useIntl } from 'react-intl';
import vi from '../../../resources/texts/vi.json' with { type: 'json' };
import { fillIn, type TextValues } from './fill-in.ts';

export type TextKey = keyof typeof vi;
export type Language = 'vi' | 'en';
export type Messages = Record<string, string>;

const LANGUAGE_KEY = 'counter.language';
/** Papers and screens of the counter show Vietnamese time wherever the machine believes to be. */
const TIME_ZONE = 'Asia/Ho_Chi_Minh';

/** Texts that the engine or the command line share stand in files of their own; they join the screen's texts here. */
const sharedTexts = import.meta.glob<Messages>(['../../../resources/texts/{due-reasons,verify,ckr}.*.json'], {
  eager: true,
  import: 'default',
});

function sharedIn(language: Language): Messages {
  const files = Object.entries(sharedTexts).filter(([name]) => name.endsWith(`.${language}.json`));
  return Object.assign({}, ...files.map(([, messages]) => messages)) as Messages;
}

async function loadMessages(language: Language): Promise<Messages> {
  if (language === 'vi') return { ...vi, ...sharedIn('vi') };
  const en = await import('../../../resources/texts/en.json', { with: { type: 'json' } });
  return { ...en.default, ...sharedIn('en') };
}

export function rememberedLanguage(): Language {
  return localStorage.getItem(LANGUAGE_KEY) === 'en' ? 'en' : 'vi';
}

/** Provides the texts in the chosen language; `children` gets the language and the way to change it. */
export function TextsProvider(props: {
  children: (language: Language, choose: (l: Language) => void) => ReactNode;
}) {
  const [loaded, setLoaded] = useState<{ language: Language; messages: Messages }>({
    language: 'vi',
    messages: { ...vi, ...sharedIn('vi') },
  });
  const choose = useCallback((language: Language) => {
    localStorage.setItem(LANGUAGE_KEY, language);
    void loadMessages(language).then((messages) => {
      document.documentElement.lang = language;
      setLoaded({ language, messages });
    });
  }, []);
  useEffect(() => {
    if (rememberedLanguage() !== 'vi') choose(rememberedLanguage());
  }, [choose]);
  return (
    <IntlProvider
      locale={loaded.language === 'vi' ? 'vi-VN' : 'en-GB'}
      timeZone={TIME_ZONE}
      messages={loaded.messages}
    >
      {props.children(loaded.language, choose)}
    </IntlProvider>
  );
}

/** The text of a known key, with its placeholders filled in. */
export type Texts = (key: TextKey, values?: TextValues) => string;

/** One text by any key; null where there is none, so that the caller can choose another wording. */
export function textIfAny(intl: IntlShape, key: string, values: TextValues): string | null {
  const message = intl.messages[key];
  if (typeof message !== 'string') return null;
  return intl.formatMessage({ id: key }, fillIn(message, values));
}

export function useTexts(): Texts {
  const intl = useIntl();
  return useMemo<Texts>(() => (key, values) => textIfAny(intl, key, values ?? {}) ?? key, [intl]);
}
