import { Writable } from 'node:stream';
import { createLogger } from '../../../src/adapters/log/create-logger';
import { Secret } from '../../../src/domain/credentials';
import { HeadwaterError } from '../../../src/domain/errors';

const canary = 'canary"sec\\ret-44';

function logInto(level: 'debug' | 'info' | 'silent' = 'info') {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const { log } = createLogger({ level, destination, secrets: [new Secret(canary)] });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('the log', () => {
  it('is one JSON object per line, with level, time, message and fields', () => {
    const { log, lines, last } = logInto();
    log.child({ mirrorId: 'm' }).child({ runId: 'r' }).warn({ count: 3 }, 'told');
    expect(lines).toHaveLength(1);
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      mirrorId: 'm',
      runId: 'r',
      count: 3,
      msg: 'told',
    });
  });

  it('keeps to its level', () => {
    const { log, lines } = logInto('info');
    log.debug({}, 'too quiet');
    expect(lines).toEqual([]);
    const silent = logInto('silent');
    silent.log.error({}, 'not even this');
    expect(silent.lines).toEqual([]);
  });

  it('blots out known secrets wherever they stand, and leaves JSON behind (SEC-01)', () => {
    const { log, lines, last } = logInto();
    log.info({ deep: { deeper: [`x${canary}x`] }, text: canary }, `message ${canary}`);
    expect(lines.join('')).not.toContain(JSON.stringify(canary).slice(1, -1));
    expect(last()).toMatchObject({ deep: { deeper: ['x[redacted]x'] }, text: '[redacted]', msg: 'message [redacted]' });
  });

  it('hides fields that are secrets by their name, and secrets by their type', () => {
    const { log, last } = logInto();
    log.info({ password: 'hunter2', mirror: { token: 'hunter2', url: 'x' }, key: new Secret('hunter2') }, 'told');
    expect(JSON.stringify(last())).not.toContain('hunter2');
    expect(last()['mirror']).toEqual({ token: '[redacted]', url: 'x' });
  });

  it('RES-07: is not flooded by what others say: every part of an error is cut to size, and its causes are counted', () => {
    const { log, lines } = logInto();
    const flood = 'x'.repeat(1_000_000);
    let error = new Error(flood);
    for (let depth = 0; depth < 100; depth += 1) error = new Error(flood, { cause: error });
    log.error({ err: error }, 'told');
    expect(lines.join('').length).toBeLessThan(60_000);
  });

  it('drops user information from URLs in fields and errors', () => {
    const { log, last } = logInto();
    log.info({ url: 'https://me:hunter2@host/x', err: new Error('GET https://me:hunter2@host/x failed') }, 'told');
    expect(JSON.stringify(last())).not.toContain('hunter2');
    expect(last()['url']).toBe('https://host/x');
  });

  it('SEC-11: tells of an error what an allow-list names, and of its causes the same', () => {
    const { log, last } = logInto();
    const cause = Object.assign(new TypeError('inner'), { code: 'ECONNRESET', request: { headers: 'hunter2' } });
    log.error({ err: new HeadwaterError('internal', {}, { cause }) }, 'told');
    expect(last()['err']).toEqual({
      type: 'HeadwaterError',
      message: expect.any(String),
      code: 'internal',
      stack: expect.any(String),
      cause: { type: 'TypeError', message: 'inner', code: 'ECONNRESET', stack: expect.any(String) },
    });
    log.error({ err: 'a bare text' }, 'told');
    expect(last()['err']).toEqual({ type: 'string', message: 'a bare text' });
  });
});
