import { describeForges } from '../support/forges';
import { MessageReceiver } from '../support/message-receiver';
import { Scene } from '../support/scene';
import { until } from '../support/until';

describeForges('the people of a project are told', (choice) => {
  let scene: Scene;
  const receiver = new MessageReceiver();
  beforeAll(async () => {
    await receiver.start();
    scene = await Scene.start(choice, { MAX_RETRIES: '0' });
    scene.source.commit('main', 'one');
  }, 240_000);
  afterAll(async () => {
    await receiver.stop();
    await scene.close();
  });

  it('of a pause and of the recovery, by one issue and by signed messages, also across a kill -9', async () => {
    const { repo, api } = await scene.project();
    const issues = () => scene.forge.issues(repo.owner, repo.name);
    const { data } = await api.put({ ...scene.settings, notify_issue: true, notify_url: receiver.url });
    receiver.secret = (data as unknown as { notify_secret: string }).notify_secret;
    await api.settled();
    await receiver.untilTypes('mirror.updated');
    expect(receiver.messages[0]?.data).toMatchObject({
      mirror: { project: { full_name: `${repo.owner}/${repo.name}` } },
      changes: [{ ref: 'refs/heads/main', old: null, new: scene.upstreamRefs()['refs/heads/main'], action: 'created' }],
    });

    // The receiver is away when the mirror is paused, and Headwater dies before it comes back.
    await receiver.stop();
    await api.put({ auth_password: 'wrong' });
    await api.until((mirror) => mirror.paused);
    await until(async () => (await issues()).length === 1);
    await scene.headwater.stop('SIGKILL');
    await receiver.start();
    await scene.headwater.start();
    await receiver.untilTypes('mirror.failed', 'mirror.paused');
    const failed = receiver.messages.find(({ type }) => type === 'mirror.failed');
    expect(failed?.data).toMatchObject({ error: { code: 'upstream_credentials_refused' }, failures: 1 });
    const [issue] = await issues();
    expect(issue).toMatchObject({ state: 'open', author: scene.bot.name, title: 'Pull mirroring is paused' });
    expect(issue?.body).toContain(`/panel/${repo.owner}/${repo.name}`);

    await api.put({ auth_password: scene.settings.auth_password });
    await api.until((mirror) => mirror.update_status === 'finished');
    await receiver.untilTypes('mirror.recovered');
    await until(async () => (await issues())[0]?.state === 'closed');
    expect(await issues()).toMatchObject([{ comments: ['Pull mirroring works again.'] }]);
    // The forge has closed it, and the receiver has the message, a moment before Headwater has noted that.
    await api.until(
      ({ notify_last_issue: issue, notify_last_delivery: delivery }) =>
        issue?.event === 'mirror.recovered' && delivery?.event === 'mirror.recovered',
    );
    expect((await api.call('GET')).data).toMatchObject({
      notify_last_delivery: { event: 'mirror.recovered', delivered: true, http_status: 204 },
      notify_last_issue: { event: 'mirror.recovered', delivered: true, error: null },
    });
    expect(receiver.forged).toEqual([]);
    expect(scene.headwater.output).not.toContain(receiver.secret);
  }, 240_000);
});
