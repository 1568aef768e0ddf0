import type { Command } from './command.ts';
import { approveCommand } from './commands/approve.ts';
import { archiveCommand } from './commands/archive.ts';
import { backupCommand } from './commands/backup.ts';
import { baselineCommand } from './commands/baseline.ts';
import { cancelCommand, pauseCommand, resumeCommand } from './commands/batches.ts';
import { bundleCommand } from './commands/bundle.ts';
import { checkCommand } from './commands/check.ts';
import { createCommand } from './commands/create.ts';
import { demoCommand } from './commands/demo.ts';
import { fleetCommand } from './commands/fleet.ts';
import { guardCommand } from './commands/guard.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { lintCommand } from './commands/lint.ts';
import { markCommand } from './commands/mark.ts';
import { planCommand } from './commands/plan.ts';
import { reapplyCommand } from './commands/reapply.ts';
import { rehearseCommand } from './commands/rehearse.ts';
import { reportCommand } from './commands/report.ts';
import { restoreCommand } from './commands/restore.ts';
import { retireCommand } from './commands/retire.ts';
import { scanCommand } from './commands/scan.ts';
import { seedCommand } from './commands/seed.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { uninstallCommand } from './commands/uninstall.ts';
import { upCommand } from './commands/up.ts';
import { verifyCommand } from './commands/verify.ts';
import { workCommand } from './commands/work.ts';

/** In the order in which the help lists them: as they are needed, one after the other. */
export const commands: readonly Command[] = [
  initCommand,
  markCommand,
  createCommand,
  lintCommand,
  planCommand,
  rehearseCommand,
  approveCommand,
  backupCommand,
  upCommand,
  workCommand,
  pauseCommand,
  resumeCommand,
  cancelCommand,
  scanCommand,
  verifyCommand,
  checkCommand,
  statusCommand,
  reportCommand,
  bundleCommand,
  serveCommand,
  ledgerCommand,
  guardCommand,
  restoreCommand,
  reapplyCommand,
  archiveCommand,
  baselineCommand,
  retireCommand,
  uninstallCommand,
  doctorCommand,
  fleetCommand,
  demoCommand,
  seedCommand,
];
