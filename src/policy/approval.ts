import { HygieneError } from '../kernel/errors.ts';

/** An approval is good for so many days. */
const APPROVAL_DAYS = 7;

export interface ApprovalFacts {
  readonly environment: string;
  /** The plan that `up` was given; null: none. */
  readonly plan: { readonly digest: string; readonly ids: readonly string[] } | null;
  /** All that were recorded for it. */
  readonly approvals: readonly {
    readonly migrationId: string;
    readonly ageDays: number;
    readonly isOwn: boolean;
  }[];
}

/**
 * Whether somebody else than the runner has approved every migration of the plan, not too long ago.
 * @returns HYG_REFUSED_APPROVAL, or null
 */
export function checkApproval({
  environment,
  plan,
  approvals,
}: ApprovalFacts): HygieneError | null {
  if (plan === null) {
    return refused(`${environment} demands an approved plan, and \`up\` was given none.`);
  }
  const open = plan.ids.filter(
    (id) =>
      !approvals.some(
        ({ migrationId, ageDays, isOwn }) =>
          migrationId === id && !isOwn && ageDays <= APPROVAL_DAYS,
      ),
  );
  const [id] = open;
  if (id === undefined) return null;
  const own = approvals.filter(({ migrationId }) => migrationId === id);
  if (own.length === 0) return refused(`Nobody has approved this plan of ${id}.`);
  return own.every(({ isOwn }) => isOwn)
    ? refused(`This plan of ${id} was approved by the database role that would run it.`)
    : refused(`The approval of this plan of ${id} is older than ${String(APPROVAL_DAYS)} days.`);
}

function refused(message: string): HygieneError {
  return new HygieneError('HYG_REFUSED_APPROVAL', {
    message,
    hint: `Nothing was changed.
hygiene plan --out plan.json
hygiene approve --plan plan.json   (as another database role, within ${String(APPROVAL_DAYS)} days)
hygiene up --plan plan.json`,
  });
}
