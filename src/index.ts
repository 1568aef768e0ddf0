/** The public interface of pg-hygiene. */

export { defineConfig } from './authoring/define-config.ts';
export type {
  AllowedHours,
  Contact,
  DashboardColumn,
  DashboardPage,
  DashboardTable,
  DefinedConfig,
  EnvironmentDemands,
  HygieneConfig,
  RoutineCommand,
  SideEffect,
  SmokeCheck,
} from './authoring/define-config.ts';
export { defineHygiene } from './authoring/define-hygiene.ts';
export type {
  HygieneDefinition,
  HygieneMigration,
  UpContext,
  UpFunction,
  VerifyContext,
  VerifyFunction,
} from './authoring/define-hygiene.ts';
export type {
  CheckOptions,
  CheckResult,
  CleanCheckOptions,
  Expect,
  SqlCheckOptions,
} from './authoring/expect.ts';
export { purge, rows, scrub } from './authoring/steps.ts';
export type { GuardOptions, PurgeOptions, ScrubOptions } from './authoring/steps.ts';
export { errorCatalogue, exitCodes, HygieneError } from './kernel/errors.ts';
export type { ErrorCode } from './kernel/errors.ts';
export { id, sql } from './kernel/sql.ts';
export type { Sql } from './kernel/sql.ts';
export type {
  Budget,
  DependentAction,
  Dependents,
  PurgeStep,
  RowSet,
  ScrubStep,
  SqlStep,
  Step,
  TableReference,
} from './planner/steps.ts';
