import {
  Link,
  Toast,
  ToastBody,
  type ToastIntent,
  ToastTitle,
  ToastTrigger,
  useToastController,
} from '@fluentui/react-components';
import { useCallback } from 'react';

/** The one toaster of the window. */
export const TOASTER = 'counter';

export interface Notice {
  readonly intent: ToastIntent;
  readonly title: string;
  readonly body?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Shows a passing notice. What it offers must also be reachable elsewhere, for it goes by itself. */
export function useNotify(): (notice: Notice) => void {
  const { dispatchToast } = useToastController(TOASTER);
  return useCallback(
    ({ intent, title, body, action }) => {
      const trigger = action && (
        <ToastTrigger>
          <Link as="button" onClick={action.run}>
            {action.label}
          </Link>
        </ToastTrigger>
      );
      dispatchToast(
        <Toast>
          <ToastTitle {...(trigger ? { action: trigger } : {})}>{title}</ToastTitle>
          {body && <ToastBody>{body}</ToastBody>}
        </Toast>,
        { intent, timeout: action ? 10_000 : 5_000, pauseOnHover: true },
      );
    },
    [dispatchToast],
  );
}
