import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bytes, count, duration, roughly } from '../../../src/panel/texts/numbers';
import { sayOptions } from '../../../src/panel/texts/summary';
import { sayClock, sayDay, sayMoment } from '../../../src/panel/texts/time-words';
import { viewProgress, type Sample } from '../../../src/http/panel/view/progress';

const now = Date.UTC(2026, 10, 12, 12, 0);
const minute = 60_000;
const hour = 60 * minute;

describe('times', () => {
  it.each([
    [0, 'just now'],
    [-20_000, 'just now'],
    [20_000, 'within a minute'],
    [-minute, '1\u00a0minute ago'],
    [-12 * minute, '12\u00a0minutes ago'],
    [5 * minute, 'in 5\u00a0minutes'],
    [-2 * hour, '2\u00a0hours ago'],
    [-6 * hour, 'today 06:00 UTC'],
    [6 * hour, 'today 18:00 UTC'],
    [-18 * hour, 'yesterday 18:00 UTC'],
    [18 * hour, 'tomorrow 06:00 UTC'],
    [-48 * hour, '10 Nov, 12:00 UTC'],
    [-366 * 24 * hour, '11 Nov 2025, 12:00 UTC'],
  ])('%d ms away are said as "%s"', (away, words) => {
    expect(sayMoment(now + away, now, { local: false })).toBe(words);
  });

  it('are clocks where a sentence wants one', () => {
    expect(sayClock(now + 2 * hour, now, { local: false })).toBe('14:00 UTC');
    expect(sayClock(now + 14 * hour, now, { local: false })).toBe('tomorrow 02:00 UTC');
    expect(sayDay(now - 7 * 24 * hour, now, { local: false })).toBe('5 Nov');
    expect(sayDay(now, now, { local: false })).toBe('today');
  });
});

describe('numbers', () => {
  it('are counted with their noun', () => {
    expect([count(1, 'branch'), count(4, 'branch'), count(1204, 'object')]).toEqual([
      '1 branch',
      '4 branches',
      '1,204 objects',
    ]);
  });

  it.each([
    [812, '812\u00a0bytes'],
    [3_100_000, '3.1\u00a0MB'],
    [131_000_000, '131\u00a0MB'],
    [1_200_000_000, '1.2\u00a0GB'],
  ])('%d bytes are %s', (value, words) => expect(bytes(value)).toBe(words));

  it.each([
    [400, '1\u00a0second'],
    [4_000, '4\u00a0seconds'],
    [130_000, '2\u00a0minutes 10\u00a0seconds'],
    [10_800_000, '3\u00a0hours'],
  ])('%d ms last %s', (value, words) => expect(duration(value)).toBe(words));

  it.each([
    [1_000, '5\u00a0seconds'],
    [41_000, '40\u00a0seconds'],
    [58_000, '1\u00a0minute'],
    [170_000, '3\u00a0minutes'],
    [4_900_000, '1\u00a0hour 20\u00a0minutes'],
  ])('%d ms are roughly %s', (value, words) => expect(roughly(value)).toBe(words));
});

describe('progress', () => {
  const sample = (seconds: number, done: number, changes: Partial<Sample> = {}): Sample => ({
    phase: 'receiving',
    done,
    total: 297_104,
    bytes: done * 700,
    at: now + seconds * 1000,
    ...changes,
  });

  it('makes no guess before it has data of five seconds', () => {
    expect(viewProgress([sample(0, 1000), sample(4, 40_000)])).toMatchObject({
      phase: 'fetching',
      percent: 13,
      line: 'Fetching: 13 %',
      detail: '40,000\u00a0of\u00a0297,104\u00a0objects · 28\u00a0MB',
      spoken: 'Fetching, 13 percent.',
    });
  });

  it('tells rate and time left after that', () => {
    expect(viewProgress([sample(0, 0), sample(24, 184_320)])).toMatchObject({
      percent: 62,
      detail:
        '184,320\u00a0of\u00a0297,104\u00a0objects · 129\u00a0MB · 5.4\u00a0MB/s · about\u00a015\u00a0seconds\u00a0left',
      spoken: 'Fetching, 62 percent, about 15\u00a0seconds left.',
    });
  });

  it('has no end where none is known, and nothing to show where nothing is', () => {
    expect(viewProgress([sample(0, 0, { phase: 'listing', total: 0, bytes: 0 })])).toMatchObject({
      percent: null,
      line: 'Reading branches',
      detail: '',
    });
    expect(viewProgress([])).toBeNull();
  });
});

describe('the title of the options', () => {
  const usual = {
    branches: 'all',
    tags: 'all',
    divergence: 'keep',
    deletions: 'ignore',
    lfs: true,
    lfsUrl: '',
    followDefaultBranch: true,
    interval: null,
    issue: false,
    messages: '',
  };

  it('says what they are set to', () => {
    expect(sayOptions(usual, 6 * hour)).toBe('All branches and tags · keep what changed here · check every 6 hours');
    const other = {
      branches: 'protected',
      tags: 'none',
      divergence: 'overwrite',
      deletions: 'follow',
      lfs: false,
      followDefaultBranch: false,
      lfsUrl: '',
      interval: 'adaptive' as const,
      issue: true,
      messages: 'https://chat.example.org/hooks/1?token=x',
    };
    expect(sayOptions(other, hour)).toBe(
      'Protected branches, no tags · replace what changed here · delete what is deleted there · no LFS files · own default branch · check more often while it is active · an issue when it is paused · messages to chat.example.org',
    );
  });
});

describe('the texts', () => {
  const folder = resolve(__dirname, '../../../src/panel/texts');
  const sentences = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/(['`])((?:\\.|(?!\1)[^\\\n])*)\1/g)].map(
      (match) => match[2] ?? '',
    ),
  );

  it.each(['upstream', 'fast-forward', 'diverged', 'credentials', 'please', 'oops'])('never say "%s"', (word) => {
    const prose = sentences.filter((sentence) => sentence.includes(' '));
    expect(prose.filter((sentence) => new RegExp(`\\b${word}\\b`, 'i').test(sentence))).toEqual([]);
  });

  it('never shout', () => {
    expect(sentences.filter((sentence) => /[a-z]!/.test(sentence))).toEqual([]);
  });
});
