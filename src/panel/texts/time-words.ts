/*
 * How times are said. The browser says them again in its own time zone, so this file imports nothing.
 */

export interface TimeWords {
  /** UTC unless the browser says it. */
  readonly local: boolean;
}

/** A number and its unit stay on one line. */
const joint = '\u00a0';
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "12 minutes ago", "in 5 minutes", "today 18:00", "yesterday 06:00", "10 Nov, 12:00". Epoch ms. */
export function sayMoment(at: number, now: number, { local }: TimeWords): string {
  const away = at - now;
  if (Math.abs(away) < minute) return away <= 0 ? 'just now' : 'within a minute';
  if (Math.abs(away) < hour) {
    const minutes = Math.round(Math.abs(away) / minute);
    const words = `${minutes}${joint}${minutes === 1 ? 'minute' : 'minutes'}`;
    return away < 0 ? `${words} ago` : `in ${words}`;
  }
  if (away < 0 && away > -4 * hour) {
    const hours = Math.round(-away / hour);
    return `${hours}${joint}${hours === 1 ? 'hour' : 'hours'} ago`;
  }
  return dated(at, now, local);
}

/** "14:00" on the same day, otherwise with the day. Epoch ms. */
export function sayClock(at: number, now: number, { local }: TimeWords): string {
  if (dayOf(at, local) === dayOf(now, local)) return `${hoursAndMinutes(at, local)}${zone(local)}`;
  return dated(at, now, local);
}

/** "2026-11-12 11:48:00 UTC", for whoever wants it exactly. */
export function sayExactly(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "5 Nov"; "today" on the same day. */
export function sayDay(at: number, now: number, { local }: TimeWords): string {
  return dayOf(at, local) === dayOf(now, local) ? 'today' : calendarDay(at, now, local);
}

function dated(at: number, now: number, local: boolean): string {
  const days = dayOf(at, local) - dayOf(now, local);
  const time = `${hoursAndMinutes(at, local)}${zone(local)}`;
  if (days === 0) return `today ${time}`;
  if (days === -1) return `yesterday ${time}`;
  if (days === 1) return `tomorrow ${time}`;
  return `${calendarDay(at, now, local)}, ${time}`;
}

function calendarDay(at: number, now: number, local: boolean): string {
  const [date, today] = [new Date(at), new Date(now)];
  const year = (value: Date) => (local ? value.getFullYear() : value.getUTCFullYear());
  const words = `${local ? date.getDate() : date.getUTCDate()} ${months[local ? date.getMonth() : date.getUTCMonth()] ?? ''}`;
  return year(date) === year(today) ? words : `${words} ${year(date)}`;
}

function hoursAndMinutes(at: number, local: boolean): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return local
    ? `${two(date.getHours())}:${two(date.getMinutes())}`
    : `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** A number that grows by one each midnight. */
function dayOf(at: number, local: boolean): number {
  const date = new Date(at);
  return Math.floor((at - (local ? date.getTimezoneOffset() * minute : 0)) / day);
}

function zone(local: boolean): string {
  return local ? '' : ' UTC';
}
