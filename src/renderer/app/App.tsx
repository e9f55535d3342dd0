import { Button, FluentProvider, makeStyles, Spinner, Toaster, tokens } from '@fluentui/react-components';
import { Component, type ReactNode } from 'react';
import type { Transport } from '../../contract/client.ts';
import type { ErrorShape } from '../../contract/errors.ts';
import { ClerkDesk } from '../desks/clerk/ClerkDesk.tsx';
import { SigningChip } from '../desks/clerk/signing/SigningChip.tsx';
import { useSigning } from '../desks/clerk/signing/useSigning.ts';
import { useSigningOutcome } from '../desks/clerk/signing/useSigningOutcome.ts';
import { Announcer } from '../ui/announcer.tsx';
import { Fault } from '../ui/Fault.tsx';
import { TOASTER } from '../ui/notify.tsx';
import { useEngineGone } from './engine.tsx';
import { shapeOf } from './faults.ts';
import { useSession } from './queries.ts';
import { TopBar } from './TopBar.tsx';
import { type Language, TextsProvider, useTexts } from './texts.tsx';
import { useSystemTheme } from './theme.ts';

const useStyles = makeStyles({
  root: {
    height: '100%',
    display: 'grid',
    gridTemplate: 'auto minmax(0, 1fr) / minmax(0, 1fr)',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  alone: { display: 'grid', placeItems: 'center', padding: '24px' },
  notice: { maxWidth: '560px' },
});

export function App(props: { transport: Transport }) {
  const theme = useSystemTheme();
  return (
    <TextsProvider>
      {(language, choose) => (
        <FluentProvider theme={theme}>
          <Announcer>
            <Guard>
              <Frame transport={props.transport} language={language} onLanguage={choose} />
            </Guard>
            <Toaster toasterId={TOASTER} position="bottom-end" limit={3} />
          </Announcer>
        </FluentProvider>
      )}
    </TextsProvider>
  );
}

function Frame(props: { transport: Transport; language: Language; onLanguage: (l: Language) => void }) {
  const styles = useStyles();
  const t = useTexts();
  const gone = useEngineGone(props.transport);
  const session = useSession();
  const signing = useSigning();
  useSigningOutcome(signing);
  if (gone) return <Alone fault={{ code: 'ENGINE_GONE', details: {} }} />;
  if (session.error) return <Alone fault={shapeOf(session.error)} />;
  if (!session.data) {
    return (
      <div className={styles.alone}>
        <Spinner label={t('app.starting')} />
      </div>
    );
  }
  return (
    <div className={styles.root}>
      <TopBar session={session.data} language={props.language} onLanguage={props.onLanguage}>
        <SigningChip signing={signing} />
      </TopBar>
      <ClerkDesk signing={signing} />
    </div>
  );
}

/** A failure that leaves nothing else to show. */
function Alone(props: { fault: ErrorShape }) {
  const styles = useStyles();
  const t = useTexts();
  return (
    <main className={styles.alone}>
      <div className={styles.notice}>
        <Fault
          fault={props.fault}
          actions={
            <Button appearance="primary" onClick={() => location.reload()}>
              {t('action.reload')}
            </Button>
          }
        />
      </div>
    </main>
  );
}

/** Keeps a mistake in the screen itself from leaving a blank window. */
class Guard extends Component<{ children: ReactNode }, { fault: ErrorShape | null }> {
  override state: { fault: ErrorShape | null } = { fault: null };

  static getDerivedStateFromError(error: unknown): { fault: ErrorShape } {
    return { fault: shapeOf(error) };
  }

  override render(): ReactNode {
    return this.state.fault ? <Alone fault={this.state.fault} /> : this.props.children;
  }
}
