import { Octokit } from '@octokit/rest';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { asAdmin, canaryToken, httpBench, mirrorPath, upstreamUrl } from './http-bench';

const path = '/api/v1/repos/owner/project/mirror-sync';

describe("Gitea's mirror-sync", () => {
  it('is Update now for octokit, whose run is the one that the API shows', async () => {
    const { app, store, queue } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    await request(app).post(`${mirrorPath}/stop`).set(asAdmin);
    queue.lose();
    const server = http.createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
      const octokit = new Octokit({ auth: canaryToken, baseUrl });
      const project = { owner: 'owner', repo: 'project' };
      expect((await octokit.request('POST /repos/{owner}/{repo}/mirror-sync', project)).status).toBe(200);
      const mirror = await store.mirrorOfProject(1);
      expect(await store.run(mirror?.activeRunId ?? '')).toMatchObject({ cause: 'manual', status: 'queued' });
      expect(queue.waiting).toHaveLength(1);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('answers no text, also when the run was queued already', async () => {
    const { app, queue } = httpBench();
    await request(app).put(mirrorPath).set(asAdmin).send({ url: upstreamUrl });
    const answer = await request(app).post(path).set(asAdmin);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(queue.waiting).toHaveLength(1);
  });

  it('says that there is no mirror, and asks for the right to write', async () => {
    const { app, forge } = httpBench();
    forge.addToken('narrow', 'admin', ['read:repository']);
    expect((await request(app).post(path).set(asAdmin)).body.code).toBe('mirror_not_found');
    expect((await request(app).post(path).set({ Authorization: 'token narrow' })).status).toBe(403);
    expect((await request(app).post(path)).status).toBe(401);
  });
});
