import { makeStyles } from '@fluentui/react-components';
import { createContext, type ReactNode, useCallback, useContext, useRef } from 'react';

const useStyles = makeStyles({
  hidden: {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  },
});

const AnnouncerContext = createContext<(text: string) => void>(() => undefined);

/** One polite live region for the whole screen, so that announcements never cut each other off. */
export function Announcer(props: { children: ReactNode }) {
  const styles = useStyles();
  const region = useRef<HTMLDivElement>(null);
  const announce = useCallback((text: string) => {
    if (region.current) region.current.textContent = text;
  }, []);
  return (
    <AnnouncerContext.Provider value={announce}>
      {props.children}
      <div ref={region} className={styles.hidden} role="status" aria-live="polite" />
    </AnnouncerContext.Provider>
  );
}

/** Says something to those who cannot see it. */
export function useAnnounce(): (text: string) => void {
  return useContext(AnnouncerContext);
}
