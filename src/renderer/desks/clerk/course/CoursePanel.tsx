import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  makeStyles,
} from '@fluentui/react-components';
import { ArrowForwardRegular } from '@fluentui/react-icons/svg/arrow-forward';
import { ClipboardTaskRegular } from '@fluentui/react-icons/svg/clipboard-task';
import { HistoryRegular } from '@fluentui/react-icons/svg/history';
import { MoneyRegular } from '@fluentui/react-icons/svg/money';
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal';
import { useEffect } from 'react';
import { useIntl } from 'react-intl';
import type { DossierView } from '../../../../contract/model.ts';
import { faultTexts, shapeOf } from '../../../app/faults.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusSoon } from '../focus.ts';
import { takesPapers } from '../progress.ts';
import { offeredSteps } from './course.ts';
import { IssuedPapers } from './IssuedPapers.tsx';
import type { Course } from './useCourse.ts';

const useStyles = makeStyles({
  part: { display: 'flex', flexDirection: 'column', rowGap: '6px' },
  button: { justifyContent: 'flex-start', textAlign: 'left', minHeight: '32px' },
  key: { marginLeft: 'auto' },
  menu: { overflowY: 'auto', minWidth: '280px', maxWidth: '420px' },
});

/** Steps in the dossier's course that are open to this person, the papers issued so far, and its history. */
export function CoursePanel(props: { dossier: DossierView; course: Course; papers: boolean }) {
  const styles = useStyles();
  const t = useTexts();
  const intl = useIntl();
  const { dossier, course } = props;
  const steps = offeredSteps(course.possible);
  const shown = course.menuOpen && steps.length > 0;
  useEffect(() => {
    // The list may open before it is known what stands in it, when there is nothing to focus yet.
    if (shown) focusSoon('[data-step-item]');
  }, [shown]);
  return (
    <>
      {props.papers && <IssuedPapers dossier={dossier} course={course} />}
      <div className={styles.part}>
        {takesPapers(dossier) && (
          <Button
            className={styles.button}
            icon={<ClipboardTaskRegular />}
            data-intake-open=""
            onClick={() => course.show({ at: 'intake' })}
          >
            {t('intake.title')}
            <span className={styles.key}>
              <Keycap>Shift F2</Keycap>
            </span>
          </Button>
        )}
        {course.fault && <Fault fault={shapeOf(course.fault)} />}
        <Menu
          positioning={{ position: 'before', align: 'end', autoSize: 'height', overflowBoundaryPadding: 8 }}
          open={course.menuOpen}
          onOpenChange={(_, data) => course.openMenu(data.open)}
        >
          <MenuTrigger disableButtonEnhancement>
            <Button className={styles.button} icon={<MoreHorizontalRegular />} data-steps-menu="">
              {t('course.steps')}
              <span className={styles.key}>
                <Keycap>Shift F9</Keycap>
              </span>
            </Button>
          </MenuTrigger>
          <MenuPopover className={styles.menu}>
            <MenuList>
              {steps.map(({ action, allowed, why }) => (
                <MenuItem
                  key={action}
                  icon={<ArrowForwardRegular />}
                  disabled={!allowed}
                  data-step-item={action}
                  {...(why ? { subText: faultTexts(intl, why).heading } : {})}
                  onClick={() => course.take(action)}
                >
                  {t(`dossier.action.${action}`)}
                </MenuItem>
              ))}
            </MenuList>
          </MenuPopover>
        </Menu>
        <Button
          className={styles.button}
          icon={<MoneyRegular />}
          data-fees-open=""
          onClick={() => course.show({ at: 'fees' })}
        >
          {t('fees.open')}
          <span className={styles.key}>
            <Keycap>Ctrl F9</Keycap>
          </span>
        </Button>
        <Button
          className={styles.button}
          icon={<HistoryRegular />}
          data-history-open=""
          onClick={() => course.show({ at: 'history' })}
        >
          {t('course.history')}
          <span className={styles.key}>
            <Keycap>Shift F10</Keycap>
          </span>
        </Button>
      </div>
    </>
  );
}
