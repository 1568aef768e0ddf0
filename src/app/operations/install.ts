import type { TargetDescription } from '../../database/connection.ts';
import { HygieneError } from '../../kernel/errors.ts';
import { ledgerScript, ledgerUpgradeDdl, rolesScript } from '../../ledger/ddl.ts';
import type { EnvironmentMarker } from '../../ledger/environment-marker.ts';
import { compareIdentity } from '../../ledger/identity.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { IdentityDifference } from '../../policy/identity.ts';
import { installLedger, upgradeLedger } from '../../runner/install-ledger.ts';
import {
  type ConnectOptions,
  openProject,
  type ProjectOptions,
  withEngine,
  type World,
} from '../compose.ts';
import { toolVersion } from '../tool-version.ts';

export interface InstallReport {
  readonly target: TargetDescription;
  readonly installed: 'now' | 'before' | 'upgraded';
  readonly environment: string | null;
  /** What it was marked as before, where this marking says something else; null: nothing. */
  readonly before: Remarked | null;
}

/** A mark that a new one replaces. */
interface Remarked {
  readonly environment: string;
  /** In which the database differs from the one that was marked. */
  readonly differences: readonly IdentityDifference[];
}

/** `whole`: ledger, archive schema and roles. `roles`, `upgrade`: only that, for a ledger that is there. */
export type ScriptPart = 'whole' | 'roles' | 'upgrade';

/** A script for a DBA to run. */
export async function installScript(
  world: World,
  { part, ...options }: ProjectOptions & { readonly part: ScriptPart },
): Promise<string> {
  const names = await openProject(world, options).ledgerNames();
  if (part === 'roles') return rolesScript(names);
  return part === 'upgrade' ? ledgerUpgradeDdl(names) : ledgerScript(names, toolVersion());
}

/** Makes the ledger where it is missing, and marks the environment if one is named. */
export async function installOperation(
  world: World,
  options: ConnectOptions & { readonly mark: string | null; readonly upgrade?: boolean },
): Promise<InstallReport> {
  const { mark } = options;
  if (mark !== null && !/^[a-z][a-z0-9_-]*$/.test(mark)) {
    throw new HygieneError('HYG_USAGE', {
      message: `"${mark}" is no name for an environment.`,
      hint: 'Lower-case letters, digits, - and _, such as production or staging.',
    });
  }
  return withEngine(world, { ...options, purpose: 'apply' }, async (opened) => {
    const { session, names } = opened.engine;
    const ledger = new Ledger(session.connection, names);
    const before = await ledger.isInstalled();
    if (!before) await installLedger(opened.engine);
    const upgraded = options.upgrade === true && (await upgradeLedger(opened.engine));
    const known = await ledger.marker();
    const marker = mark === null ? known : await ledger.mark(mark);
    return {
      target: session.target,
      installed: before ? (upgraded ? 'upgraded' : 'before') : 'now',
      environment: marker?.environment ?? null,
      before: known === null || marker === null ? null : remarked(known, marker),
    };
  });
}

function remarked(before: EnvironmentMarker, after: EnvironmentMarker): Remarked | null {
  const { environment } = before;
  const differences = compareIdentity(before.identity, after.identity).filter(
    ({ field }) => field !== 'marker',
  );
  const isSame = environment === after.environment && differences.length === 0;
  return isSame ? null : { environment, differences };
}
