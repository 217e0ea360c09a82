import { setTimeout as sleep } from 'node:timers/promises';
import { StallWatch } from '../../../src/git-http/stall-watch';

describe('the stall watch', () => {
  test('strikes once nothing has moved for the time', async () => {
    let stalls = 0;
    const watch = new StallWatch(40, () => (stalls += 1));
    await sleep(120);
    watch.stop();
    expect(stalls).toBe(1);
  });

  test('does not strike while something moves', async () => {
    let stalls = 0;
    const watch = new StallWatch(100, () => (stalls += 1));
    for (let i = 0; i < 10; i += 1) {
      await sleep(20);
      watch.touch();
    }
    watch.stop();
    expect(stalls).toBe(0);
  });

  test('does not count the time in which it is our turn', async () => {
    let stalls = 0;
    let theirs = false;
    const watch = new StallWatch(
      40,
      () => (stalls += 1),
      () => theirs,
    );
    await sleep(150);
    expect(stalls).toBe(0);
    theirs = true;
    await sleep(150);
    watch.stop();
    expect(stalls).toBe(1);
  });

  test('never strikes after it was stopped', async () => {
    let stalls = 0;
    new StallWatch(10, () => (stalls += 1)).stop();
    await sleep(40);
    expect(stalls).toBe(0);
  });
});
