import type { TestRepo } from './forge-admin';
import type { TestForge } from './forges';
import { startWebhookReceiver } from './webhook-receiver';

/**
 * Does what pushes `count` refs into the project, and waits until the forge has told of each. What else it does after a push,
 * such as pushing on to push mirrors, does not fall into the middle of what follows then.
 */
export async function awaitPushEvents(
  forge: Pick<TestForge, 'addWebhook'>,
  repo: TestRepo,
  count: number,
  push: () => Promise<unknown>,
): Promise<void> {
  const receiver = await startWebhookReceiver();
  try {
    await forge.addWebhook(repo, { url: receiver.url, secret: receiver.secret, events: ['push'] });
    await push();
    await receiver.until((deliveries) => deliveries.length >= count, 60_000);
  } finally {
    await receiver.close();
  }
}
