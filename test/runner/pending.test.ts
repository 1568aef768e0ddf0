import { describe, expect, test } from '@jest/globals';

import type { HygieneError } from '../../src/kernel/errors.ts';
import type { EventName, LedgerEvent } from '../../src/ledger/events.ts';
import { readHistory } from '../../src/ledger/history.ts';
import {
  type ExecOrder,
  type KnownFile,
  type Selected,
  selectPending,
} from '../../src/runner/pending.ts';
import { expectThrown } from '../policy/terminal.ts';

const [A, B, C, D] = [
  '20260101000000_a',
  '20260102000000_b',
  '20260103000000_c',
  '20260104000000_d',
] as const;

function file(id: string, checksum = 'sha256:same'): KnownFile {
  return { id, checksum };
}

type Happened = readonly [id: string, event: EventName];

/** The ledger after these events, each with the checksum that {@link file} has. */
function ledger(...events: readonly Happened[]): ReturnType<typeof readHistory> {
  return readHistory(
    events.map(([migrationId, event], index): LedgerEvent => ({
      seq: index + 1,
      event,
      migrationId,
      generation: 1,
      checksum: 'sha256:same',
      at: new Date(Date.UTC(2026, 0, 1)),
      runId: null,
      errorMessage: null,
    })),
  );
}

function applied(...ids: readonly string[]): readonly Happened[] {
  return ids.flatMap((id) => [[id, 'started'] as const, [id, 'applied'] as const]);
}

function select(
  ids: readonly string[],
  records: ReturnType<typeof ledger>,
  order: ExecOrder = 'linear',
): Selected {
  return selectPending(
    ids.map((id) => file(id)),
    records,
    order,
  );
}

function refusal(
  files: readonly KnownFile[],
  records: ReturnType<typeof ledger>,
  order: ExecOrder = 'linear',
): HygieneError {
  return expectThrown(() => selectPending(files, records, order));
}

describe('pending', () => {
  test('is every file of an empty ledger, in order', () => {
    expect(select([A, B], ledger())).toEqual({
      pending: [A, B],
      leftOut: [],
      baselined: [],
      held: [],
      applied: [],
    });
  });

  test('is what was not applied', () => {
    expect(select([A, B, C], ledger(...applied(A, B)))).toMatchObject({
      pending: [C],
      applied: [A, B],
    });
    expect(select([A], ledger(...applied(A)))).toMatchObject({ pending: [], applied: [A] });
  });

  test.each(['failed', 'cancelled', 'interrupted', 'skipped'] as const)(
    'is what ended as %s, even when its file was edited since',
    (event) => {
      const records = ledger([A, 'started'], [A, event]);
      expect(selectPending([file(A, 'sha256:edited')], records, 'linear').pending).toEqual([A]);
    },
  );

  test('is not what was restored: that is held until somebody reapplies it', () => {
    expect(select([A, B], ledger(...applied(A), [A, 'restored']))).toEqual({
      pending: [B],
      leftOut: [],
      baselined: [],
      held: [A],
      applied: [],
    });
  });

  test('is what was reapplied', () => {
    expect(select([A], ledger(...applied(A), [A, 'restored'], [A, 'reapplied']))).toMatchObject({
      pending: [A],
      held: [],
    });
  });

  test('is neither what was baselined nor what was retired', () => {
    const records = ledger([A, 'baseline'], ...applied(B), [B, 'retired']);
    expect(select([A, B, C], records)).toEqual({
      pending: [C],
      leftOut: [],
      baselined: [A],
      held: [],
      applied: [],
    });
  });
});

describe('an applied file', () => {
  test('that was edited stops everything', () => {
    const error = refusal([file(A, 'sha256:edited'), file(B)], ledger(...applied(A)));
    expect(error).toMatchObject({
      code: 'HYG_INTEGRITY_EDITED',
      exitCode: 5,
      details: { ids: [A] },
    });
    expect(error.message).toContain(`  ${A}`);
    expect(error.hint).toContain('git log');
  });

  test.each(['restored', 'retired'] as const)('that was %s may not be edited either', (event) => {
    const records = ledger(...applied(A), [A, event]);
    expect(refusal([file(A, 'sha256:edited')], records).code).toBe('HYG_INTEGRITY_EDITED');
  });

  test('that is missing stops everything', () => {
    const error = refusal([file(B)], ledger(...applied(A)));
    expect(error).toMatchObject({
      code: 'HYG_INTEGRITY_MISSING',
      exitCode: 5,
      details: { ids: [A] },
    });
    expect(error.message).toContain(A);
    expect(error.hint).toContain('--dir');
  });

  test('that is missing is no matter once it was retired', () => {
    expect(select([B], ledger(...applied(A), [A, 'retired'])).pending).toEqual([B]);
  });

  test('that is missing is no matter when it never came to the end', () => {
    expect(select([B], ledger([A, 'started'], [A, 'failed'])).pending).toEqual([B]);
  });

  test('that was edited is told before one that is missing', () => {
    expect(refusal([file(A, 'sha256:edited')], ledger(...applied(A, B))).code).toBe(
      'HYG_INTEGRITY_EDITED',
    );
  });
});

describe('a file that is older than the newest applied one', () => {
  const records = ledger(...applied(A, C));

  test('stops everything in linear order', () => {
    const error = refusal(
      [A, B, C, D].map((id) => file(id)),
      records,
    );
    expect(error).toMatchObject({
      code: 'HYG_INTEGRITY_OUT_OF_ORDER',
      exitCode: 5,
      details: { ids: [B], newest: C },
    });
    expect(error.message).toContain(C);
    expect(error.hint).toContain('--exec-order non-linear');
  });

  test('is left out and named with linear-skip', () => {
    expect(select([A, B, C, D], records, 'linear-skip')).toMatchObject({
      pending: [D],
      leftOut: [B],
      applied: [A, C],
    });
  });

  test('is applied in its place with non-linear', () => {
    expect(select([A, B, C, D], records, 'non-linear')).toMatchObject({
      pending: [B, D],
      leftOut: [],
    });
  });

  test('is measured by what was held, retired or baselined as well', () => {
    for (const event of ['restored', 'retired'] as const) {
      expect(refusal([file(A), file(B)], ledger(...applied(B), [B, event])).code).toBe(
        'HYG_INTEGRITY_OUT_OF_ORDER',
      );
    }
    expect(refusal([file(A), file(B)], ledger([B, 'baseline'])).code).toBe(
      'HYG_INTEGRITY_OUT_OF_ORDER',
    );
  });

  test('is not measured by what failed', () => {
    expect(select([A, B], ledger([B, 'started'], [B, 'failed'])).pending).toEqual([A, B]);
  });
});

describe('many ids', () => {
  const ids = Array.from(
    { length: 50 },
    (_, n) => `202601010000${String(n).padStart(2, '0')}_${'x'.repeat(40)}`,
  );

  test.each([
    [
      'edited',
      () =>
        refusal(
          ids.map((id) => file(id, 'sha256:edited')),
          ledger(...applied(...ids)),
        ),
    ],
    ['missing', () => refusal([], ledger(...applied(...ids)))],
    [
      'out of order',
      () =>
        refusal(
          [...ids, D].map((id) => file(id)),
          ledger(...applied(D)),
        ),
    ],
  ])('(%s) are shortened for people and complete for machines', (_what, refuse) => {
    const error = refuse();
    expect(error.message.split('\n').slice(1)).toEqual([
      ...ids.slice(0, 6).map((id) => `  ${id}`),
      '  and 44 more',
    ]);
    expect(error.details['ids']).toEqual(ids);
  });
});
