import { writeFile } from 'node:fs/promises';
import { startForgeDouble, type ForgeDouble } from '../support/forge-double/forge-double';
import { create, ForgeStage, summary } from '../support/forge-stage';
import { describeForges } from '../support/forges';

describeForges('A forge that is down', (choice) => {
  let stage: ForgeStage;
  beforeAll(async () => {
    stage = await ForgeStage.start(choice);
  });
  afterAll(() => stage.close());

  test('is unreachable to every method, and works again when it is back', async () => {
    const project = await stage.newProject();
    const update = create('refs/heads/main', stage.source.commit());
    await stage.forge.goDown();
    const unreachable = {
      code: 'forge_unreachable',
      message: expect.stringMatching(/connection (refused|closed)/) as string,
    };
    await expect(stage.adapter.account()).rejects.toMatchObject(unreachable);
    await expect(stage.adapter.project(project.id)).rejects.toMatchObject(unreachable);
    await expect(stage.refs(project)).rejects.toMatchObject(unreachable);
    await expect(stage.push(project, [update])).rejects.toMatchObject(unreachable);
    await stage.forge.comeBack();
    expect(summary(await stage.push(project, [update]))).toEqual({ 'refs/heads/main': 'created' });
  });
});

describe('Faults between Headwater and a forge, on the forge double', () => {
  let stage: ForgeStage;
  let double: ForgeDouble;
  beforeAll(async () => {
    double = await startForgeDouble();
    stage = await ForgeStage.start({ name: 'double', start: () => Promise.resolve(double) });
  });
  afterEach(() => double.faults.set(null));
  afterAll(() => stage.close());

  test('an HTML error page of a proxy is a failure with its status', async () => {
    const project = await stage.newProject();
    double.faults.set({ kind: 'answer', status: 502, body: '<h1>Bad gateway</h1>', contentType: 'text/html' });
    const failed = { code: 'forge_failed', message: expect.stringContaining('502') as string };
    await expect(stage.adapter.project(project.id)).rejects.toMatchObject(failed);
    await expect(stage.refs(project)).rejects.toMatchObject(failed);
    await expect(stage.push(project, [create('refs/heads/main', stage.source.commit())])).rejects.toMatchObject(failed);
  });

  test('an HTML page with status 200 is a failure, not a project', async () => {
    const project = await stage.newProject();
    double.faults.set({ kind: 'answer', status: 200, body: '<h1>Welcome</h1>', contentType: 'text/html' });
    await expect(stage.adapter.project(project.id)).rejects.toMatchObject({ code: 'forge_failed' });
    await expect(stage.refs(project)).rejects.toMatchObject({ code: 'forge_failed' });
  });

  test('a forge that never answers is unreachable after the time-out', async () => {
    const project = await stage.newProject();
    const hasty = ForgeStage.adapter(double.url, stage.botToken, 300);
    double.faults.set({ kind: 'hang' });
    const signal = new AbortController().signal;
    await expect(hasty.project(project.id)).rejects.toMatchObject({ code: 'forge_unreachable' });
    await expect(hasty.listRefs(project, signal)).rejects.toMatchObject({ code: 'forge_unreachable' });
    hasty.close();
  });

  test('a push whose answer was lost is settled by reading the refs back (NET-07)', async () => {
    const project = await stage.newProject();
    double.faults.set({ kind: 'lose_push_answer' });
    const tip = stage.source.commit();
    const result = await stage.push(project, [create('refs/heads/main', tip), create('refs/tags/v1', tip)]);
    expect(summary(result)).toEqual({ 'refs/heads/main': 'created', 'refs/tags/v1': 'created' });
  });

  test('a push that broke off before it was applied has failed, and nothing moved', async () => {
    const project = await stage.newProject();
    double.faults.set({ kind: 'cut_push' });
    const push = stage.push(project, [create('refs/heads/main', stage.source.commit())]);
    await expect(push).rejects.toMatchObject({ kind: 'transient' });
    double.faults.set(null);
    expect(await stage.refs(project)).toEqual({});
  });

  test('a forge that hangs in the middle of a push fails it after the idle time-out', async () => {
    const project = await stage.newProject();
    await double.addGitHook('owner', project.name, 'pre-receive', 'cat > /dev/null; sleep 5; exit 1');
    const hasty = ForgeStage.adapter(double.url, stage.botToken, 700);
    const push = hasty.push({
      project,
      cacheDir: stage.source.dir,
      updates: [create('refs/heads/main', stage.source.commit())],
      onProgress: () => {},
      signal: new AbortController().signal,
    });
    await expect(push).rejects.toMatchObject({ code: 'forge_push_failed' });
    hasty.close();
  });

  test('RES-08: a used-up quota is reported as such', async () => {
    const project = await stage.newProject();
    double.setOverQuota('owner', true);
    const push = stage.push(project, [create('refs/heads/main', stage.source.commit())]);
    await expect(push).rejects.toMatchObject({ code: 'forge_quota' });
    double.setOverQuota('owner', false);
  });

  test('words of a hook are shown without control characters and without the token', async () => {
    const project = await stage.newProject();
    const hook = `cat > /dev/null; printf 'your token is ${stage.botToken} \\033[31mred\\033[0m\\n' >&2; exit 1`;
    await double.addGitHook('owner', project.name, 'pre-receive', hook);
    const result = await stage.push(project, [create('refs/heads/main', stage.source.commit())]);
    expect(result.outcomes[0]?.reason?.message).toBe(
      'A hook of the forge refused refs/heads/main: your token is [redacted] red.',
    );
  });

  test('the token stands in no argument and no environment of any process while a push runs (SEC-10)', async () => {
    const project = await stage.newProject();
    const basic = Buffer.from(`headwater:${stage.botToken}`).toString('base64');
    await writeFile(`${stage.source.root}/needles`, `${stage.botToken}\n${basic}\n`);
    const look = `for f in /proc/[0-9]*; do cat $f/cmdline $f/environ; echo; done 2>/dev/null`;
    const count = `grep -a -c -F -f '${stage.source.root}/needles'`;
    await double.addGitHook(
      'owner',
      project.name,
      'pre-receive',
      `cat > /dev/null; echo "found in $(${look} | ${count}) processes" >&2; exit 1`,
    );
    const result = await stage.push(project, [create('refs/heads/main', stage.source.commit())]);
    expect(result.outcomes[0]?.reason?.message).toContain('found in 0 processes');
  });
});
