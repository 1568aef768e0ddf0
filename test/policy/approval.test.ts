import { describe, expect, test } from '@jest/globals';

import { type ApprovalFacts, checkApproval } from '../../src/policy/approval.ts';

const approval = { migrationId: 'a', ageDays: 1, isOwn: false };
const facts: ApprovalFacts = {
  environment: 'production',
  plan: { digest: 'sha256:1', ids: ['a'] },
  approvals: [approval],
};

function said(changes: Partial<ApprovalFacts>): string | null {
  return checkApproval({ ...facts, ...changes })?.message ?? null;
}

describe('an approval', () => {
  test('by somebody else within a week is one', () => {
    expect(said({})).toBeNull();
    expect(said({ approvals: [{ ...approval, ageDays: 7 }] })).toBeNull();
    expect(said({ approvals: [{ ...approval, isOwn: true }, approval] })).toBeNull();
  });

  test('is wanted for every migration of the plan', () => {
    expect(said({ plan: null })).toContain('given none');
    expect(said({ plan: { digest: 'sha256:1', ids: ['a', 'b'] } })).toContain(
      'Nobody has approved this plan of b',
    );
    expect(said({ approvals: [{ ...approval, isOwn: true }] })).toContain('the database role');
    expect(said({ approvals: [{ ...approval, ageDays: 7.1 }] })).toContain('older than 7 days');
  });
});
