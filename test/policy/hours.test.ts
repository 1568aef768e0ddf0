import { describe, expect, test } from '@jest/globals';

import { type AllowedHours, checkHours, isWithin } from '../../src/policy/hours.ts';

function hours(from: string, to: string, changes: Partial<AllowedHours> = {}): AllowedHours {
  return { from, to, timeZone: 'UTC', days: null, ...changes };
}

const night = hours('22:00', '04:30');

describe('a run may begin', () => {
  // 2026-11-25 is a Wednesday.
  test.each<readonly [boolean, string, AllowedHours, string]>([
    [true, 'at the first minute', hours('01:00', '05:00'), '2026-11-25T01:00:00Z'],
    [false, 'not at the last', hours('01:00', '05:00'), '2026-11-25T05:00:00Z'],
    [true, 'over midnight, before it', night, '2026-11-25T23:59:00Z'],
    [true, 'over midnight, after it', night, '2026-11-25T04:29:00Z'],
    [false, 'over midnight, not at noon', night, '2026-11-25T12:00:00Z'],
    [true, 'all day where both ends are one', hours('00:00', '00:00'), '2026-11-25T12:00:00Z'],
    [true, 'by the clock of its zone', zone('Asia/Kolkata'), '2026-11-24T20:00:00Z'],
    [false, 'not by that of UTC', zone('Asia/Kolkata'), '2026-11-25T02:00:00Z'],
    // Clocks there go from 02:00 to 03:00 on that day.
    [true, 'in summer time', zone('Europe/Berlin'), '2026-03-29T01:30:00Z'],
    [false, 'on no other day', on('tue'), '2026-11-25T02:00:00Z'],
    [true, 'on its day', on('wed'), '2026-11-25T02:00:00Z'],
    [true, 'the morning after its day', nightOn('tue'), '2026-11-25T03:00:00Z'],
    [false, 'no morning of its day', nightOn('wed'), '2026-11-25T03:00:00Z'],
    [true, 'the Monday after a Sunday', nightOn('sun'), '2026-11-30T03:00:00Z'],
  ])('(%s) %s', (...[isAllowed, , allowed, at]) => {
    expect(isWithin(allowed, new Date(at))).toBe(isAllowed);
  });

  function zone(timeZone: string): AllowedHours {
    return hours('01:00', '05:00', { timeZone });
  }
  function on(day: 'tue' | 'wed'): AllowedHours {
    return hours('01:00', '05:00', { days: [day] });
  }
  function nightOn(day: 'tue' | 'wed' | 'sun'): AllowedHours {
    return { ...night, days: [day] };
  }
});

test('outside of them it is refused in words, unless somebody says why', () => {
  const facts = { environment: 'production', now: new Date('2026-11-25T12:00:00Z'), reason: null };
  const refusal = checkHours([night, hours('13:00', '14:00', { days: ['sat'] })], facts);
  expect(refusal).toMatchObject({
    code: 'HYG_REFUSED_HOURS',
    exitCode: 7,
    message:
      'It is wed 12:00 in UTC; production allows runs only from 22:00 to 04:30 (UTC), or from 13:00 to 14:00 on sat (UTC).',
  });
  expect(checkHours([night], { ...facts, reason: 'the disk fills up' })).toBeNull();
  expect(checkHours([], facts)).toBeNull();
});
