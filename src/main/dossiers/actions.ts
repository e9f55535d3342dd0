import { toErrorShape } from '../../contract/errors.ts';
import { lifeCycleAction, type PossibleAction } from '../../contract/life-cycle.ts';
import type { Role } from '../../contract/roles.ts';
import { assertMay, assertRole, type GuardContext } from './course-guards.ts';
import type { Dossier } from './dossier.ts';

/**
 * Everything that can be done to a dossier, and for each what stands in this person's way now. The state is looked at
 * first: what nobody can do is not a question of who asks.
 */
export function actionsFor(dossier: Dossier, role: Role, context: GuardContext): readonly PossibleAction[] {
  return lifeCycleAction.options.map((action) => {
    try {
      assertMay(dossier, action, context);
      assertRole(action, role);
      return { action, allowed: true, why: null };
    } catch (error) {
      return { action, allowed: false, why: toErrorShape(error) };
    }
  });
}
