import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds; raises after `ms`. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = Date.now() + ms;
  for (;;) {
    const began = Date.now();
    if (await condition()) return;
    if (Date.now() > deadline) throw new Error(`not reached within ${ms} ms: ${condition.toString()}`);
    // A condition may hold up this process, in which the forge double and the upstream live: they get twice its time.
    await sleep(Math.max(20, 2 * (Date.now() - began)));
  }
}
