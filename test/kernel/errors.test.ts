import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import {
  errorCatalogue,
  exitCodes,
  HygieneError,
  toHygieneError,
} from '../../src/kernel/errors.ts';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

/** Everything under src but the catalogue itself. */
function sources(): string {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== join('kernel', 'errors.ts'))
    .map((name) => readFileSync(join(SOURCES, name), 'utf8'))
    .join('\n');
}

describe('the catalogue of errors', () => {
  const entries = Object.entries(errorCatalogue);

  test.each(entries)('%s is well formed', (code, { exit, title }) => {
    expect(code).toMatch(/^HYG_[A-Z]+(_[A-Z]+)*$/);
    expect(Object.values(exitCodes)).toContain(exit);
    expect(exit).not.toBe(exitCodes.ok);
    expect(title).toMatch(/^\S[^\n]{5,70}[^.\s]$/);
  });

  test('has no two codes with one title', () => {
    expect(new Set(entries.map(([, { title }]) => title)).size).toBe(entries.length);
  });

  test('holds no code that nothing raises', () => {
    const text = sources();
    const unraised = entries.map(([code]) => code).filter((code) => !text.includes(`'${code}'`));
    expect(unraised).toEqual([]);
  });

  test('holds every code that the sources name', () => {
    const named = new Set(sources().match(/\bHYG_[A-Z_]+\b/g));
    expect([...named].filter((code) => !(code in errorCatalogue))).toEqual([]);
    expect(named.size).toBeGreaterThan(40);
  });
});

describe('an error', () => {
  test('carries code, message, hint, details, cause and the exit status of its code', () => {
    const cause = new Error('below');
    const error = new HygieneError('HYG_LOCK_HELD', {
      message: 'Held.',
      hint: 'Wait.',
      details: { pid: 7 },
      cause,
    });
    expect(error).toMatchObject({
      name: 'HygieneError',
      code: 'HYG_LOCK_HELD',
      message: 'Held.',
      hint: 'Wait.',
    });
    expect(error.details).toEqual({ pid: 7 });
    expect(error.cause).toBe(cause);
    expect(error.exitCode).toBe(exitCodes.locked);
    expect(error).toBeInstanceOf(Error);
  });

  test('without hint, details and cause has none of them', () => {
    const error = new HygieneError('HYG_RUN_FAILED', { message: 'Failed.' });
    expect(error.hint).toBeNull();
    expect(error.details).toEqual({});
    expect('cause' in error).toBe(false);
  });

  test('of a cancelled run ends with the status of the signal that asked for it', () => {
    const message = 'Cancelled.';
    expect(new HygieneError('HYG_RUN_CANCELLED', { message }).exitCode).toBe(exitCodes.sigterm);
    const details = { exitCode: exitCodes.sigint };
    expect(new HygieneError('HYG_RUN_CANCELLED', { message, details }).exitCode).toBe(130);
  });

  test('that is known stays the same object', () => {
    const error = new HygieneError('HYG_USAGE', { message: 'No.' });
    expect(toHygieneError(error)).toBe(error);
  });

  test.each([
    ['an error', new TypeError('x is undefined'), 'Unexpected error: x is undefined'],
    ['a text', 'plain text', 'Unexpected error: plain text'],
    ['nothing', undefined, 'Unexpected error: undefined'],
  ])('made of %s that is not known is a defect and keeps it as cause', (_what, thrown, message) => {
    const error = toHygieneError(thrown);
    expect(error).toMatchObject({ code: 'HYG_INTERNAL', message });
    expect(error.exitCode).toBe(exitCodes.failed);
    expect(error.hint).toMatch(/report/);
    expect(error.cause).toBe(thrown);
  });
});
