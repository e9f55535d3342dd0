import { Field, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { WarningFilled } from '@fluentui/react-icons/svg/warning';
import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from 'react';
import { useTexts } from '../app/texts.tsx';

const useStyles = makeStyles({
  input: {
    width: '100%',
    marginBottom: '2px',
    height: '32px',
    paddingInline: '10px',
    fontFamily: tokens.fontFamilyBase,
    fontSize: tokens.fontSizeBase300,
    color: tokens.colorNeutralForeground1,
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorNeutralStrokeAccessible}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  caps: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '6px',
    minHeight: '20px',
    color: tokens.colorPaletteDarkOrangeForeground1,
  },
});

export interface SecretHandle {
  /** What is typed; the field is empty from then on. */
  take(): string;
  clear(): void;
}

/**
 * A field for a PIN. What is typed lives in the element alone, never in the screen's state, and leaves it when it is
 * taken. It can be pasted into; Caps Lock is told of.
 */
export function SecretField(props: {
  ref: Ref<SecretHandle>;
  label: string;
  hint: string;
  problem: string | null;
  readOnly?: boolean;
}) {
  const styles = useStyles();
  const t = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const [caps, setCaps] = useState(false);
  useImperativeHandle(
    props.ref,
    () => ({
      take() {
        const typed = input.current?.value ?? '';
        if (input.current) input.current.value = '';
        return typed;
      },
      clear() {
        if (input.current) input.current.value = '';
      },
    }),
    [],
  );
  const look = (event: KeyboardEvent) => setCaps(event.getModifierState('CapsLock'));
  return (
    <div>
      <Field
        label={props.label}
        hint={props.hint}
        required
        {...(props.problem === null ? {} : { validationMessage: props.problem })}
      >
        <input
          ref={input}
          type="password"
          className={mergeClasses('own-focus', styles.input)}
          data-pin=""
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          maxLength={256}
          readOnly={props.readOnly ?? false}
          onKeyDown={look}
          onKeyUp={look}
          onBlur={() => setCaps(false)}
        />
      </Field>
      <div className={styles.caps} role="status">
        {caps && (
          <>
            <WarningFilled aria-hidden="true" />
            <Text size={200} weight="semibold" data-caps="">
              {t('sign.capsLock')}
            </Text>
          </>
        )}
      </div>
    </div>
  );
}
