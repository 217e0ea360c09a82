import request from 'supertest';
import { asAdmin, canaryPassword, canaryToken, httpBench, mirrorPath, upstreamUrl } from './http-bench';

describe('PUT mirror/pull', () => {
  it('creates the mirror with 201 and asks for its first run', async () => {
    const { app, queue, forge } = httpBench();
    const answer = await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      project: { id: 1, full_name: 'owner/project' },
      url: upstreamUrl,
      enabled: true,
      only_mirror_protected_branches: false,
      mirror_branch_regex: null,
      mirror_overwrites_diverged_branches: false,
      tags: 'all',
      follow_default_branch: true,
      divergence: 'keep',
      deletions: 'ignore',
      lfs: true,
      lfs_url: null,
      interval: null,
      sync_state: 'unknown',
      refs_behind: 0,
      refs_diverged: 0,
      diverged: [],
      refs_incomplete_lfs: 0,
      incomplete_lfs: [],
      pull_requests: [],
      lag_seconds: null,
      in_sync_at: null,
      held: null,
      auth_user: null,
      has_password: false,
      token_expires_at: null,
      token_warning: null,
      upstream_blocked_until: null,
      ssh_public_key: null,
      notify_issue: false,
      notify_url: null,
      has_notify_secret: false,
      notify_last_delivery: null,
      notify_last_issue: null,
      webhook: { url: null, has_secret: false, previous_secret_valid: false, last_delivery_at: null, setup: [] },
      ssh_key_type: null,
      ssh_previous_public_key: null,
      ssh_host_keys: [],
      ssh_seen_host_keys: [],
      update_status: 'scheduled',
      last_error: null,
      last_update_started_at: null,
      last_update_at: null,
      last_successful_update_at: null,
      upstream_changed_at: null,
      next_update_at: '2026-01-01T06:00:00.000Z',
      maintainer: 'admin-person',
      visibility_warning: null,
      failures: 0,
      paused: false,
      paused_reason: null,
      paused_by: null,
      paused_at: null,
      upstream_default_branch: null,
      active_run: {
        id: expect.any(String),
        cause: 'enrolled',
        status: 'queued',
        queued_at: '2026-01-01T00:00:00.000Z',
        started_at: null,
        finished_at: null,
        error: null,
        counts: null,
        complete: null,
        received_bytes: 0,
        sent_bytes: 0,
      },
      last_counts: null,
      warnings: [],
    });
    expect(queue.waiting).toEqual([{ runId: answer.body.active_run.id, mirrorId: answer.body.id }]);
    expect(forge.asked).toEqual(['rights owner/project', 'project 1']);
  });

  it('changes an existing mirror with 200 and never gives the password back', async () => {
    const { app, log } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const changed = await request(app)
      .put(mirrorPath)
      .set(asAdmin)
      .send({ auth_user: 'reader', auth_password: canaryPassword });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ auth_user: 'reader', has_password: true });
    const shown = await request(app).get(mirrorPath).set(asAdmin);
    expect(JSON.stringify([changed.body, shown.body, changed.headers, shown.headers])).not.toContain(canaryPassword);
    expect(log()).toContain('request answered');
    expect(log()).not.toContain(canaryPassword);
    expect(log()).not.toContain(canaryToken);
  });

  it('removes the password when it is sent as null', async () => {
    const { app } = httpBench();
    const settings = { url: upstreamUrl, auth_user: 'reader', auth_password: canaryPassword };
    await request(app).put(mirrorPath).set(asAdmin).send(settings);
    const answer = await request(app).put(mirrorPath).set(asAdmin).send({ auth_password: null });
    expect(answer.body).toMatchObject({ has_password: false, auth_user: 'reader' });
  });

  it('ignores credentials inside the URL, says so, and keeps them nowhere', async () => {
    const { app, store, log } = httpBench();
    const url = `https://reader:${canaryPassword}@upstream.example/group/project.git`;
    const answer = await request(app).put(mirrorPath).set(asAdmin).send({ url });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ url: upstreamUrl, auth_user: null, has_password: false });
    expect(answer.body.warnings).toEqual([
      {
        code: 'url_credentials_ignored',
        class: 'request',
        message: expect.stringContaining('ignored'),
        advice: expect.stringContaining('auth_user'),
      },
    ]);
    const stored = await store.mirrors({ page: 1, limit: 10 });
    expect(JSON.stringify([answer.body, stored]) + log()).not.toContain(canaryPassword);
  });

  it('says that Redis is away while the run stays recorded', async () => {
    const { app, queue } = httpBench();
    queue.down = true;
    const answer = await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    expect(answer.status).toBe(201);
    expect(answer.body.warnings).toMatchObject([{ code: 'queue_unavailable' }]);
    expect(answer.body.update_status).toBe('scheduled');
  });

  it.each([
    ['a new mirror without a URL', {}, 400, 'input_invalid'],
    ['no URL at all', { url: 'not a url' }, 400, 'url_invalid'],
    ['an empty URL', { url: '' }, 400, 'url_invalid'],
    ['a forbidden scheme', { url: 'file:///etc/passwd' }, 400, 'url_scheme_forbidden'],
    ['a private address in an odd spelling (SSRF-01)', { url: 'http://0x7f.1/a.git' }, 400, 'url_blocked'],
  ])('refuses %s', async (_name, body, status, code) => {
    const { app } = httpBench();
    const answer = await request(app).put(mirrorPath).set(asAdmin).send(body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code, message: expect.any(String), advice: expect.any(String) });
  });

  it('names every field that cannot be used and repeats no value', async () => {
    const { app } = httpBench();
    const answer = await request(app)
      .put(mirrorPath)
      .set(asAdmin)
      .send({ url: 7, enabled: 'yes', auth_password: [canaryPassword], state: canaryPassword });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('input_invalid');
    const fields = (answer.body.errors as { field: string }[]).map((entry) => entry.field).sort();
    expect(fields).toEqual(['auth_password', 'enabled', 'state', 'url']);
    expect(answer.text).not.toContain(canaryPassword);
  });

  it.each(['repoId', 'ownerId', 'status', 'lease', 'sealedPassword', '__proto__', 'constructor'])(
    'refuses the unknown field %s (AUTH-10)',
    async (field) => {
      const { app, store } = httpBench();
      const answer = await request(app)
        .put(mirrorPath)
        .set(asAdmin)
        .set('Content-Type', 'application/json')
        .send(`{"url":"${upstreamUrl}","${field}":1}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        code: 'input_invalid',
        errors: [{ field, message: 'is not a known field' }],
      });
      expect((await store.mirrors({ page: 1, limit: 10 })).total).toBe(0);
    },
  );

  it.each([
    ['a line break in the user name (SEC-09)', { auth_user: 'a\r\nX' }, 'auth_user'],
    ['a colon in the user name', { auth_user: 'a:b' }, 'auth_user'],
    ['a NUL in the password (SEC-09)', { auth_password: 'a\u0000b' }, 'auth_password'],
  ])('refuses %s', async (_name, body, field) => {
    const { app } = httpBench();
    const answer = await request(app)
      .put(mirrorPath)
      .set(asAdmin)
      .send({ url: upstreamUrl, ...body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ field }]);
  });

  it.each([
    ['damaged JSON', '{"url":', 400, 'body_invalid'],
    ['a list', '[]', 400, 'body_invalid'],
    ['a bare word', '"url"', 400, 'body_invalid'],
    ['no body, since a new mirror needs a URL', '', 400, 'input_invalid'],
    ['more than 64 KiB', JSON.stringify({ url: 'x'.repeat(70_000) }), 413, 'body_too_large'],
  ])('refuses %s', async (_name, body, status, code) => {
    const { app } = httpBench();
    const answer = await request(app).put(mirrorPath).set(asAdmin).set('Content-Type', 'application/json').send(body);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
  });

  it.each([
    ['a project that it cannot push to', { canPush: false }, 'forge_push_denied'],
    ['an archived project', { archived: true, canPush: false }, 'forge_project_archived'],
    ["one of the forge's own mirrors", { nativeMirror: true, canPush: false }, 'forge_project_is_native_mirror'],
  ])('refuses %s with 409', async (_name, changes, code) => {
    const { app, forge } = httpBench();
    forge.addProject({ id: 1, ...changes });
    const answer = await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe(code);
    if (code === 'forge_push_denied') expect(answer.body.advice).toContain('the account headwater ');
  });

  it("names the account to add when Headwater's account cannot see the project", async () => {
    const { app, forge } = httpBench();
    const project = forge.project.bind(forge);
    forge.project = (id) => project(id + 100);
    const answer = await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe('forge_project_missing');
    expect(answer.body.advice).toContain('the account headwater ');
  });

  it('switches a mirror off even when the account may no longer push', async () => {
    const { app, forge } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    forge.addProject({ id: 1, canPush: false });
    const answer = await request(app).put(mirrorPath).set(asAdmin).send({ enabled: false });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ enabled: false, active_run: null });
  });
});

describe('POST mirror/pull', () => {
  it('answers 202 with the run, and with the same run when asked again', async () => {
    const { app } = httpBench();
    const created = await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const first = await request(app).post(mirrorPath).set(asAdmin);
    const second = await request(app).post(mirrorPath).set(asAdmin).send({});
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(first.body.id).toBe(created.body.active_run.id);
    expect(second.body).toEqual(first.body);
    expect(first.body).toMatchObject({ status: 'queued', warnings: [] });
  });

  it('refuses a switched-off mirror with 409, fields with 400, and a project without a mirror with 404', async () => {
    const { app } = httpBench();
    const without = await request(app).post(mirrorPath).set(asAdmin);
    expect([without.status, without.body.code]).toEqual([404, 'mirror_not_found']);
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl, enabled: false });
    const off = await request(app).post(mirrorPath).set(asAdmin);
    expect([off.status, off.body.code]).toEqual([409, 'mirror_disabled']);
    const fields = await request(app).post(mirrorPath).set(asAdmin).send({ force: true });
    expect([fields.status, fields.body.code]).toEqual([400, 'input_invalid']);
  });
});

describe('DELETE mirror/pull', () => {
  it('answers 204 with nothing, and then 404', async () => {
    const { app } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const gone = await request(app).delete(mirrorPath).set(asAdmin);
    expect(gone.status).toBe(204);
    expect(gone.text).toBe('');
    const again = await request(app).delete(mirrorPath).set(asAdmin);
    expect([again.status, again.body.code]).toEqual([404, 'mirror_not_found']);
  });

  it('works when the account can no longer see the project', async () => {
    const { app, forge } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    forge.project = () => Promise.reject(new Error('must not be asked'));
    expect((await request(app).delete(mirrorPath).set(asAdmin)).status).toBe(204);
  });
});
