import { counted } from '../kernel/counts.ts';
import { HygieneError } from '../kernel/errors.ts';
import type { Guard } from '../planner/guard.ts';
import type { Window } from '../planner/strategy.ts';
import type { GuardScript } from '../runner/guards/add-guards.ts';
import type { DroppedGuard } from '../runner/guards/drop-guards.ts';
import type { InspectedGuard } from '../runner/guards/inspect-guards.ts';
import type { GuardOutcome } from '../runner/guards/settle-guards.ts';
import type { Fields } from './document.ts';
import { tableLines, wrapped } from './layout.ts';
import { plainStyle, type Style } from './style.ts';

const FORMS: Readonly<Record<Guard['form'], string>> = { check: 'CHECK', trigger: 'trigger' };

/** What `plan` says of a guard to come. */
export function plannedGuardLines(guard: Guard, window: Window): string[] {
  const { name, table, form } = guard;
  const when =
    window === 'maintenance'
      ? 'added with the purge'
      : `added after the commit, which locks ${table.toString()} for a moment`;
  return wrapped(`guard: ${FORMS[form]} ${name} on ${table.toString()}, ${when}`, 94);
}

/** What became of a guard, below its migration. */
export function guardOutcomeLines(outcome: GuardOutcome, style: Style = plainStyle): string[] {
  const { guard, migrationId, state, why } = outcome;
  const { name, table, form } = guard;
  const what = `${FORMS[form]} ${name} on ${table.toString()}`;
  if (state === 'validated') return wrapped(`guard: ${what}: in force`, 98);
  if (state === 'dropped') return wrapped(`guard: ${what}: off`, 98);
  const isThere = state === 'added';
  return [
    ...wrapped(`${style.yellow('guard pending:')} ${what}`, 98),
    ...(isThere ? ['  New rows are checked, but those that are there are not validated:'] : []),
    ...wrapped(`  ${why ?? 'not yet'}`, 98),
    '  The next up tries again; or for the owner of the table:',
    `  hygiene guard add ${migrationId} --print-sql`,
  ];
}

export function guardOutcomeDocument(outcome: GuardOutcome): Fields {
  const { migrationId, guard, state, why, event } = outcome;
  return { migration: migrationId, ...guardFields(guard), state, why, event };
}

/** Name, table and form: what people and machines need to find it. */
export function guardFields({ name, table, form }: Guard): Fields {
  return { name, table: table.toString(), form };
}

export function guardListText(
  guards: readonly InspectedGuard[],
  style: Style = plainStyle,
): string[] {
  if (guards.length === 0) return ['No seed guards.'];
  const [head = '', ...lines] = tableLines(
    [
      { title: 'table' },
      { title: 'guard' },
      { title: 'form' },
      { title: 'state' },
      { title: 'migration' },
    ],
    guards.map(({ guard, state, migrationId }) => [
      guard.table.toString(),
      guard.name,
      FORMS[guard.form],
      state,
      migrationId,
    ]),
  );
  const isOpen = guards.some(({ state, isBroken }) => state === 'pending' || isBroken);
  return [
    style.bold(head),
    ...lines,
    '',
    style.bold(`${counted(guards.length, 'seed guard')}.`),
    ...(isOpen ? ['Next: hygiene guard add   (--print-sql for the owner of the tables)'] : []),
  ];
}

export function guardListDocument(guards: readonly InspectedGuard[]): Fields {
  return { guards: guards.map(inspectedFields) };
}

export function inspectedFields({
  migrationId,
  generation,
  guard,
  state,
  isBroken,
}: InspectedGuard): Fields {
  return { migration: migrationId, generation, ...guardFields(guard), state, broken: isBroken };
}

/** Guards that were in force and are not any more; null when there is none. */
export function guardFailure(guards: readonly InspectedGuard[]): HygieneError | null {
  const broken = guards.filter(({ isBroken }) => isBroken);
  if (broken.length === 0) return null;
  const lines = broken
    .slice(0, 6)
    .map(({ guard, state }) => `  ${guard.name} on ${guard.table.toString()}: ${state}`);
  const more = broken.length > 6 ? [`  and ${String(broken.length - 6)} more`] : [];
  return new HygieneError('HYG_GUARD_MISSING', {
    message: [
      `${counted(broken.length, 'seed guard')} not as hygiene left ${broken.length === 1 ? 'it' : 'them'}:`,
      ...lines,
      ...more,
    ].join('\n'),
    hint:
      'hygiene guard add   brings back what is gone. Find what removes it: often the push of an ORM.\n' +
      "hygiene guard drop ID --reason '…'   does without it.",
    details: { guards: broken.map(inspectedFields) },
  });
}

export function guardAddText(
  outcomes: readonly GuardOutcome[],
  style: Style = plainStyle,
): string[] {
  if (outcomes.length === 0) return ['Nothing to do: every seed guard is in force, or off.'];
  return outcomes.flatMap((outcome) => guardOutcomeLines(outcome, style));
}

export function guardScriptText(scripts: readonly GuardScript[]): string[] {
  if (scripts.length === 0) return ['-- Nothing to do: every seed guard is in force, or off.'];
  return scripts.flatMap(({ script }, at) => [...(at === 0 ? [] : ['']), ...script.split('\n')]);
}

export function guardScriptDocument(scripts: readonly GuardScript[]): Fields {
  return {
    scripts: scripts.map(({ migrationId, guard, script }) => ({
      migration: migrationId,
      ...guardFields(guard),
      sql: script,
    })),
  };
}

export function guardDropText(id: string, dropped: readonly DroppedGuard[]): string[] {
  return [
    ...dropped.map(
      ({ guard, event }) =>
        `dropped  ${guard.name} on ${guard.table.toString()}  (ledger event ${event.seq})`,
    ),
    `Rows like those that were removed can come back now. To undo: hygiene guard add ${id}`,
  ];
}

export function guardDropDocument(id: string, dropped: readonly DroppedGuard[]): Fields {
  return { id, guards: dropped.map(({ guard, event }) => ({ ...guardFields(guard), event })) };
}
