import type { PushMirror } from '../../../src/ports/push-mirrors';
import { fault } from '../../../src/domain/errors';
import type { Mirror } from '../../../src/domain/mirror';
import { buildHook, buildMirrorSsh } from '../../support/builders';
import { panelBench, panelPath, type PanelBench } from '../../support/panel-bench';

const pushMirror: PushMirror = {
  name: 'remote_mirror_1',
  url: 'https://mirror.example/octo-org/library.git',
  intervalMs: 0,
  syncOnCommit: true,
  branchFilter: null,
  publicKey: null,
  createdAt: null,
  lastUpdateAt: null,
  lastError: null,
};

const states: readonly (readonly [string, Partial<Mirror>])[] = [
  ['fine', { status: 'finished', lastFinishedAt: 1, lastSuccessAt: 1 }],
  ['running', { status: 'started', activeRunId: 'run-1', lease: { owner: 'w', until: 2e15 } }],
  ['failed', { status: 'failed', lastFinishedAt: 1, failures: 1, lastError: fault('upstream_unreachable') }],
  ['paused', { pause: { reason: 'person', by: 'ann', at: 1 } }],
  ['without its maintainer', { pause: { reason: 'right_revoked', by: null, at: 1 } }],
  [
    'met by another host key',
    {
      url: 'ssh://git@u.example/x.git',
      ssh: buildMirrorSsh(),
      pause: { reason: 'host_key', by: null, at: 1 },
      lastError: fault('upstream_host_key_changed', { host: 'u', seen: 'y', confirmed: 'x' }),
    },
  ],
];

/** Where the forms and buttons of a page send to. */
function targetsOf(html: string): string[] {
  return [...html.matchAll(/\s(?:form)?action="([^"]+)"/g)].map(([, target = '']) =>
    target.replace(`${panelPath}/`, ''),
  );
}

/** The form that sends there, as it stands on the page. */
function formTo(html: string, action: string): string {
  return (
    [...html.matchAll(/<form[^>]*>.*?<\/form>/gs)].map(([form]) => form).find((form) => form.includes(action)) ?? ''
  );
}

describe('AUTH-06: what takes something away asks first, so that one press that was led astray does nothing', () => {
  let bench: PanelBench;
  beforeEach(() => {
    bench = panelBench();
    bench.pushMirrors.mirrors = [pushMirror];
  });
  const destructive = ['delete', 'push/delete', 'webhook-remove', 'put-back'];

  it.each(states)('the list of a mirror that is %s has no button that does so', async (_, mirror) => {
    await bench.put({ hook: buildHook(), ...mirror });
    const { text } = await bench.get().expect(200);
    expect(text).toContain(pushMirror.url);
    const targets = targetsOf(text);
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((target) => destructive.includes(target))).toEqual([]);
    // They are reached by links that only open the question.
    expect(text).toMatch(/href="[^"]*open=delete[^"]*"[^>]*>Delete/);
  });

  it.each<[string, Partial<Mirror>, string]>([
    ['with a password', { authUser: 'bot', sealedPassword: 'sealed' }, 'Its password and history are erased.'],
    ['with a key', { url: 'ssh://git@u.example/x.git', ssh: buildMirrorSsh() }, 'Its key and history are erased.'],
    ['without either', {}, 'Its history is erased.'],
  ])('the question of a mirror %s says what goes and what stays, and it can be left', async (_, mirror, gone) => {
    await bench.put(mirror);
    const { text } = await bench.get('?open=delete').expect(200);
    const form = formTo(text, `${panelPath}/delete"`);
    expect(form).toContain('Delete this mirror?');
    expect(form).toContain(`Branches, tags and LFS files stay in this project. ${gone}`);
    // Its button names the thing.
    expect(form).toMatch(/<button[^>]*>Delete mirror<\/button>/);
    expect(form).toMatch(new RegExp(`<a[^>]*href="${panelPath}"[^>]*>Cancel</a>`));
    // Asking alone has done nothing.
    expect(await bench.store.mirrorOfProject(1)).not.toBeNull();
  });

  it('so it is with push mirrors, of which only the one that was chosen is asked about', async () => {
    const other = { ...pushMirror, name: 'remote_mirror_2', url: 'https://mirror.example/other.git' };
    bench.pushMirrors.mirrors = [pushMirror, other];
    const { text } = await bench.get('?open=delete&push=remote_mirror_2').expect(200);
    const form = formTo(text, `${panelPath}/push/delete"`);
    expect(form).toContain('Delete this push mirror?');
    expect(form).toContain('The other repository stays as it is. Its password or key is erased here.');
    expect(form).toContain('name="push" value="remote_mirror_2"');
    expect(text.split('Delete this push mirror?')).toHaveLength(2);
    expect(bench.pushMirrors.mirrors).toHaveLength(2);
  });

  it('and with the webhook, whose button stands folded away beside the sentence', async () => {
    await bench.put({ hook: buildHook() });
    const { text } = await bench.get('?open=edit').expect(200);
    const [folded = ''] = /<details class="hw-rest">.*?<\/details>/s.exec(text) ?? [];
    expect(folded).toContain('Nothing answers at this address any more.');
    expect(targetsOf(folded)).toEqual(['webhook-remove']);
    expect(targetsOf(text).filter((target) => target === 'webhook-remove')).toHaveLength(1);
  });

  it('a page that is only opened takes nothing away, whatever its address says', async () => {
    await bench.put({ hook: buildHook() });
    for (const action of destructive) expect((await bench.get(`/${action}`)).status).toBe(404);
    expect(await bench.store.mirrorOfProject(1)).toMatchObject({ hook: { id: 'hook-1' } });
    expect(bench.pushMirrors.mirrors).toHaveLength(1);
  });
});
