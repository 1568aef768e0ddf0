import { expect } from '@jest/globals';

import type { ErrorCode, HygieneError } from '../../src/kernel/errors.ts';
import { contents, events } from '../engine/witness.ts';
import type { Workbench } from '../engine/workbench.ts';
import type { TestDatabase } from '../support/database.ts';

export interface RestoreWorld {
  readonly bench: Workbench;
  readonly database: TestDatabase;
  readonly id: string;
}

export interface RestoreRefusal {
  readonly code: ErrorCode;
  readonly exit: number;
  readonly says: readonly string[];
  readonly options?: Parameters<Workbench['restore']>[1];
}

/** The restore must end with this error, change no table and record nothing. */
export async function expectRestoreRefused(
  { bench, database, id }: RestoreWorld,
  { code, exit, says, options = {} }: RestoreRefusal,
): Promise<HygieneError> {
  const before = { tables: await contents(database), events: await events(database) };
  const error = await bench.restoreError(id, options);
  const text = `${error.message}\n${error.hint ?? ''}`;
  expect({ code: error.code, exit: error.exitCode, text }).toEqual({
    code,
    exit,
    text: expect.any(String),
  });
  for (const said of says) expect(text).toContain(said);
  expect({ tables: await contents(database), events: await events(database) }).toEqual(before);
  return error;
}
