import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds; raises after `ms`. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not reached within ${ms} ms: ${condition.toString()}`);
    await sleep(20);
  }
}
