import { describe, expect, test } from '@jest/globals';
import { guardName, visibleObstacle } from '../../src/planner/guard.ts';

describe('the name of a guard', () => {
  const id = `20260101000000_${'x'.repeat(80)}`;

  test('is that of its migration, and numbered from the second on', () => {
    expect(guardName('20260101000000_purge', 1)).toBe('hygiene_guard_20260101000000_purge');
    expect(guardName('20260101000000_purge', 2)).toBe('hygiene_guard_20260101000000_purge_2');
  });

  test.each([
    [1, 'x'],
    [2, 'x_2'],
    [10, 'x_10'],
  ])('never has more than 63 bytes, and keeps version and number: %d', (at, end) => {
    const name = guardName(id, at);
    expect(name).toHaveLength(63);
    expect(name.startsWith('hygiene_guard_20260101000000_x')).toBe(true);
    expect(name.endsWith(end)).toBe(true);
  });
});

test('words in texts, quoted names and comments are no obstacle', () => {
  expect(visibleObstacle(`note = 'select now()' and "select" -- now()`)).toBeNull();
  expect(visibleObstacle('exists (select 1)')).toBe('a subquery');
  expect(visibleObstacle('at < NOW ()')).toBe('now()');
});
