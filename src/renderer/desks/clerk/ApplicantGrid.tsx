import { Field, Input, makeStyles, Select } from '@fluentui/react-components';
import { type Control, Controller } from 'react-hook-form';
import { type TextKey, useTexts } from '../../app/texts.tsx';
import type { ApplicantFields } from './applicant-form.ts';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(6, minmax(0, 1fr))',
    alignItems: 'start',
    columnGap: '12px',
    rowGap: '6px',
    '@media (max-width: 760px)': { gridTemplateColumns: 'repeat(2, minmax(0, 1fr))' },
  },
  two: { gridColumn: 'span 2' },
  four: { gridColumn: 'span 4', '@media (max-width: 760px)': { gridColumn: 'span 2' } },
});

/** The typed fields of a citizen, each with its problem in words beneath it. */
export function ApplicantGrid(props: { control: Control<ApplicantFields> }) {
  const styles = useStyles();
  const t = useTexts();
  const text = (name: TextFieldName, extra: Partial<TextFieldProps> = {}) => (
    <TextField control={props.control} name={name} {...extra} />
  );
  return (
    <div className={styles.grid}>
      {text('name', { className: styles.two, required: true, maxLength: 255 })}
      {text('identityNumber', { className: styles.two, required: true, maxLength: 20, inputMode: 'numeric' })}
      <Choice
        control={props.control}
        name="kind"
        className={styles.two}
        options={KINDS.map((k) => [k, t(`applicant.kind.${k}`)])}
      />
      {text('birthDate', {
        className: styles.two,
        maxLength: 10,
        inputMode: 'numeric',
        placeholder: t('applicant.day'),
      })}
      <Choice
        control={props.control}
        name="gender"
        className={styles.two}
        options={GENDERS.map((g) => [g, g === '' ? t('applicant.gender.none') : t(`applicant.gender.${g}`)])}
      />
      {text('phone', { className: styles.two, maxLength: 20, inputMode: 'tel' })}
      {text('address', { className: styles.four, maxLength: 500 })}
      {text('email', { className: styles.two, maxLength: 254, inputMode: 'email' })}
    </div>
  );
}

const KINDS = ['citizen', 'business', 'agency', 'organisation'] as const;
const GENDERS = ['', 'male', 'female', 'other'] as const;

type TextFieldName = Exclude<keyof ApplicantFields, 'kind' | 'gender'>;
interface TextFieldProps {
  readonly control: Control<ApplicantFields>;
  readonly name: TextFieldName;
  readonly className: string;
  readonly required: boolean;
  readonly maxLength: number;
  readonly inputMode: 'numeric' | 'tel' | 'email';
  readonly placeholder: string;
}

function TextField(props: Pick<TextFieldProps, 'control' | 'name'> & Partial<TextFieldProps>) {
  const t = useTexts();
  return (
    <Controller
      control={props.control}
      name={props.name}
      render={({ field, fieldState }) => (
        <Field
          {...(props.className ? { className: props.className } : {})}
          label={t(`applicant.${props.name}`)}
          required={props.required ?? false}
          {...(fieldState.error?.message
            ? { validationMessage: t(fieldState.error.message as TextKey) }
            : {})}
        >
          <Input
            name={field.name}
            value={field.value}
            onChange={field.onChange}
            onBlur={field.onBlur}
            input={{ ref: field.ref }}
            maxLength={props.maxLength}
            inputMode={props.inputMode}
            placeholder={props.placeholder}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      )}
    />
  );
}

function Choice(props: {
  control: Control<ApplicantFields>;
  name: 'kind' | 'gender';
  className?: string | undefined;
  options: readonly (readonly [string, string])[];
}) {
  const t = useTexts();
  return (
    <Controller
      control={props.control}
      name={props.name}
      render={({ field }) => (
        <Field
          {...(props.className ? { className: props.className } : {})}
          label={t(`applicant.${props.name}`)}
        >
          <Select
            name={field.name}
            value={field.value}
            onChange={field.onChange}
            onBlur={field.onBlur}
            select={{ ref: field.ref }}
          >
            {props.options.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      )}
    />
  );
}
