import { HygieneError } from '../kernel/errors.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Weekday = (typeof weekdays)[number];

/** A time of the day in which a run may begin. */
export interface AllowedHours {
  /** `HH:MM`, of the wall clock of the time zone. */
  readonly from: string;
  /** `HH:MM`, no longer in it; before `from` it is of the next day. */
  readonly to: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Days on which it begins; null: every day. */
  readonly days: readonly Weekday[] | null;
}

export interface HoursFacts {
  readonly environment: string;
  readonly now: Date;
  /** Why it must be now, as somebody has said; null: nobody has. */
  readonly reason: string | null;
}

/** @returns HYG_REFUSED_HOURS, or null */
export function checkHours(
  allowed: readonly AllowedHours[],
  { environment, now, reason }: HoursFacts,
): HygieneError | null {
  if (reason !== null || allowed.length === 0) return null;
  if (allowed.some((each) => isWithin(each, now))) return null;
  const { timeZone } = allowed[0] ?? { timeZone: 'UTC' };
  const { day, time } = wallClock(now, timeZone);
  return new HygieneError('HYG_REFUSED_HOURS', {
    message: `It is ${day} ${time} in ${timeZone}; ${environment} allows runs only ${allowed.map(inWords).join(', or ')}.`,
    hint: 'Nothing was changed. Run again then; or, if it cannot wait, say why, and it is recorded:\nhygiene up --outside-window REASON',
    details: { now: now.toISOString(), allowed },
  });
}

export function isWithin({ from, to, timeZone, days }: AllowedHours, now: Date): boolean {
  const { day, time } = wallClock(now, timeZone);
  const isOn = (each: Weekday): boolean => days === null || days.includes(each);
  if (from < to) return isOn(day) && time >= from && time < to;
  // Over midnight: the early part belongs to the day on which it began. Equal ends mean all of the day.
  return (isOn(day) && time >= from) || (isOn(dayBefore(day)) && time < to);
}

function wallClock(at: Date, timeZone: string): { readonly day: Weekday; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const name = (parts.get('weekday') ?? '').slice(0, 3).toLowerCase();
  const day = weekdays.find((each) => each === name) ?? 'mon';
  return { day, time: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}` };
}

function dayBefore(day: Weekday): Weekday {
  return weekdays.at(weekdays.indexOf(day) - 1) ?? day;
}

function inWords({ from, to, timeZone, days }: AllowedHours): string {
  const on = days === null ? '' : ` on ${days.join(', ')}`;
  return `from ${from} to ${to}${on} (${timeZone})`;
}
