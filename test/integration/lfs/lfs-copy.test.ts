import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '../../../src/domain/credentials';
import { sourceOfLogin, type LfsSource } from '../../../src/domain/lfs-source';
import { lfsKey } from '../../../src/domain/lfs-pointer';
import type { LfsCopyResult } from '../../../src/ports/lfs';
import { startForgeDouble, type ForgeDouble } from '../../support/forge-double/forge-double';
import { LfsScene, openLfsCopy } from '../../support/lfs-scene';
import type { LfsBatchEntry, LfsObjectJson } from '../../support/lfs-upstream';
import { until } from '../../support/until';

const ours = `Basic ${Buffer.from('reader:upstream-passw0rd').toString('base64')}`;

const ways = [
  { where: 'on the thread that asks', threadFromBytes: Infinity },
  { where: 'on a thread of its own', threadFromBytes: 0 },
];

describe.each(ways)('copying LFS objects $where', ({ threadFromBytes }) => {
  let scene: LfsScene;
  let double: ForgeDouble;
  /** Stands for a machine that nobody should reach through us. */
  let trap: http.Server;
  let trapUrl: string;
  const trapped: http.IncomingHttpHeaders[] = [];

  beforeAll(async () => {
    double = await startForgeDouble();
    scene = await LfsScene.start({ name: 'the forge double', start: async () => double }, { threadFromBytes });
    trap = http.createServer((request, response) => {
      trapped.push(request.headers);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.2', resolve));
    trapUrl = `http://127.0.0.2:${(trap.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => trap.close(resolve));
    await scene.close();
  });
  beforeEach(() => {
    const { upstream } = scene;
    upstream.entry = (entry) => entry;
    upstream.beforeBatch = upstream.beforeStore = () => false;
    upstream.storeUrl = null;
    upstream.objects.clear();
    upstream.requests.length = upstream.batches.length = upstream.downloads.length = upstream.batchHeaders.length = 0;
    upstream.mostRunning = trapped.length = 0;
    Object.assign(double.lfs, { maxBatchSize: 0, maxFileSize: 0 });
    double.faults.set(null);
  });

  const add = (count: number, size = 100) => Array.from({ length: count }, () => scene.upstream.add(randomBytes(size)));
  const codeOf = (result: LfsCopyResult, object: LfsObjectJson) => result.faults.get(lfsKey(object))?.code;
  const withCredentials = () => ({
    source: {
      ...scene.source,
      credentials: { user: 'reader', password: new Secret('upstream-passw0rd') },
    },
  });

  it('HOST-11: the login that an SSH upstream gave stays with its origin, and is renewed in time and when it is refused', async () => {
    const allowing = openLfsCopy(double.url, scene.botToken.token, {
      allowedAddresses: ['127.0.0.1', '127.0.0.2'],
      threadFromBytes,
    });
    try {
      const project = await scene.project();
      const login = (token: string, expiresAt = Infinity) => {
        const headers = new Map([
          ['authorization', new Secret(`RemoteAuth ${token}`)],
          ['x-gitlab-repo', new Secret('7')],
          ['host', new Secret('evil.example')],
        ]);
        return sourceOfLogin({ endpoint: scene.upstream.url, headers, expiresAt });
      };
      const copy = (source: LfsSource, objects: LfsObjectJson[]) =>
        allowing.copy({
          ...{ objects, project, source, onProgress: () => {}, signal: new AbortController().signal },
          renew: async () => login('fresh'),
        });
      const [here = never(), there = never()] = add(2);
      scene.upstream.entry = (entry, { oid }) =>
        oid === there.oid ? linkTo(`${trapUrl}/there`, { Authorization: 'RemoteAuth first' })(entry) : entry;
      const result = await copy(login('first'), [here, there]);
      expect(result.copied).toBe(1);
      expect(scene.upstream.batchHeaders[0]).toMatchObject({
        authorization: 'RemoteAuth first',
        'x-gitlab-repo': '7',
        host: expect.stringContaining('127.0.0.1') as string,
      });
      expect(scene.upstream.downloads.map(({ authorization }) => authorization)).toEqual(['RemoteAuth first']);
      expect(trapped.length).toBeGreaterThan(0);
      expect(trapped.every(({ authorization }) => authorization === undefined)).toBe(true);

      scene.upstream.batchHeaders.length = 0;
      await copy(login('old', Date.now() - 1), add(1));
      expect(scene.upstream.batchHeaders.map(({ authorization }) => authorization)).toEqual(['RemoteAuth fresh']);

      scene.upstream.batchHeaders.length = 0;
      scene.upstream.beforeBatch = (response) => {
        if (scene.upstream.batchHeaders.at(-1)?.authorization === 'RemoteAuth fresh') return false;
        response.writeHead(401).end();
        return true;
      };
      expect((await copy(login('ended'), add(1))).copied).toBe(1);
      scene.upstream.beforeBatch = (response) => {
        response.writeHead(403).end();
        return true;
      };
      scene.upstream.batchHeaders.length = 0;
      const [lost = never()] = add(1);
      expect(codeOf(await copy(login('ended'), [lost]), lost)).toBe('lfs_upstream_unusable');
      expect(scene.upstream.batchHeaders).toHaveLength(2);
    } finally {
      await allowing.close();
    }
  });

  it('asks whether the forge has LFS on', async () => {
    const never = new AbortController().signal;
    expect(await scene.lfs.isEnabled(never)).toBe(true);
    double.lfs.enabled = false;
    expect(await scene.lfs.isEnabled(never)).toBe(false);
    double.lfs.enabled = true;
    double.faults.set({ kind: 'answer', status: 502, body: 'bad gateway', contentType: 'text/html' });
    await expect(scene.lfs.isEnabled(never)).rejects.toMatchObject({ code: 'forge_failed' });
  });

  it('brings what the project lacks, byte for byte, in batches of a hundred, several at once', async () => {
    const project = await scene.project();
    const objects = [...add(205), scene.upstream.add(''), scene.upstream.add(randomBytes(6_000_000))];
    const seen: number[] = [];
    scene.upstream.beforeStore = (oid, _request, response) => {
      setTimeout(() => response.writeHead(200).end(scene.upstream.objects.get(oid)), 5);
      return true;
    };
    const result = await scene.copy(project, objects, { onProgress: ({ done, total }) => seen.push(done, total) });
    expect(result.faults).toEqual(new Map());
    expect(result.copied).toBe(objects.length);
    for (const { oid } of objects) {
      const [sent, stored] = [scene.upstream.objects.get(oid), await scene.stored(project, oid)];
      expect(stored?.equals(sent ?? Buffer.alloc(1))).toBe(true);
    }
    expect(scene.upstream.batches.map((batch) => batch.length)).toEqual([100, 100, 7]);
    expect(scene.upstream.mostRunning).toBeGreaterThan(1);
    expect(scene.upstream.mostRunning).toBeLessThanOrEqual(8);
    expect(seen.slice(-2)).toEqual([objects.length, objects.length]);
  });

  it('RES-05: what the project has is neither asked of the upstream nor sent again, so a copy that was cut short goes on', async () => {
    const project = await scene.project();
    const [first = never(), second = never()] = add(2);
    await scene.copy(project, [first]);
    scene.upstream.requests.length = scene.upstream.batches.length = 0;
    const result = await scene.copy(project, [first, second]);
    expect(result.copied).toBe(1);
    expect(scene.upstream.batches).toEqual([[second]]);
    scene.upstream.batches.length = 0;
    expect((await scene.copy(project, [first, second])).copied).toBe(0);
    expect(scene.upstream.batches).toEqual([]);
  });

  it('HOST-12: a missing object is told, and all others arrive', async () => {
    const project = await scene.project();
    const objects = add(30);
    const lost = objects[17] ?? never();
    scene.upstream.objects.delete(lost.oid);
    const result = await scene.copy(project, objects);
    expect([...result.faults.keys()]).toEqual([lfsKey(lost)]);
    expect(codeOf(result, lost)).toBe('lfs_object_missing');
    expect(result.copied).toBe(29);
  });

  const noLink = { actions: undefined };
  it.each<[string, (entry: LfsBatchEntry) => LfsBatchEntry, string]>([
    ['says 404', (entry) => ({ ...entry, ...noLink, error: { code: 404, message: 'no' } }), 'lfs_object_missing'],
    ['says 410', (entry) => ({ ...entry, ...noLink, error: { code: 410, message: 'gone' } }), 'lfs_object_missing'],
    ['says 422', (entry) => ({ ...entry, ...noLink, error: { code: 422, message: 'bad' } }), 'lfs_object_unavailable'],
    ['gives no link', (entry) => ({ ...entry, ...noLink }), 'lfs_object_missing'],
    ['lies about the size', (entry) => ({ ...entry, size: 10_000_000_000_000 }), 'lfs_object_corrupt'],
    ['gives a negative size', (entry) => ({ ...entry, size: -1 }), 'lfs_object_corrupt'],
    ['answers nonsense', () => ({ oid: 7 }), 'lfs_object_unavailable'],
    ['speaks of another object', (entry) => ({ ...entry, oid: '../../x' }), 'lfs_object_unavailable'],
    ['links to a file', linkTo('file:///etc/passwd'), 'lfs_object_unavailable'],
    ['links to a cloud’s metadata', linkTo('http://169.254.169.254/latest/'), 'lfs_object_unavailable'],
    ['links to loopback in an odd spelling', linkTo('http://0x7f.2/'), 'lfs_object_unavailable'],
    ['links with a line break in a header', linkTo(null, { 'X-Amz-A': 'a\r\nHost: b' }), 'lfs_object_unavailable'],
  ])('HOST-11: a server that %s has only that object held back', async (_, entry, code) => {
    const project = await scene.project();
    const [bad = never(), good = never()] = add(2);
    scene.upstream.entry = (given, { oid }) => (oid === bad.oid ? entry(given) : given);
    const result = await scene.copy(project, [bad, good]);
    expect(codeOf(result, bad)).toBe(code);
    expect(result.copied).toBe(1);
    expect(await scene.stored(project, bad.oid)).toBeNull();
    const { message = '', advice = '' } = result.faults.get(lfsKey(bad)) ?? {};
    expect(message).toMatch(/^[A-Z].*[.]$/);
    expect(`${message}${advice}`).not.toMatch(/unknown|undefined|\{/);
  });

  it('HOST-11: a link to an internal machine is not followed, nor a redirect to it', async () => {
    const project = await scene.project();
    const [linked = never(), redirected = never()] = add(2);
    scene.upstream.entry = (entry, { oid }) => (oid === linked.oid ? linkTo(`${trapUrl}/x`)(entry) : entry);
    scene.upstream.beforeStore = (_, _request, response) => {
      response.writeHead(302, { location: `${trapUrl}/y` }).end();
      return true;
    };
    const result = await scene.copy(project, [linked, redirected]);
    expect(codeOf(result, linked)).toBe('lfs_object_unavailable');
    expect(codeOf(result, redirected)).toBe('lfs_object_unavailable');
    expect(trapped).toEqual([]);
  });

  it('HOST-11: our credentials go to their own origin only, and no header of one object to another', async () => {
    const allowing = openLfsCopy(double.url, scene.botToken.token, {
      allowedAddresses: ['127.0.0.0/8'],
      threadFromBytes,
    });
    try {
      const project = await scene.project();
      const [here = never(), there = never(), echoed = never(), own = never()] = add(4);
      scene.upstream.entry = (entry, { oid }) => {
        if (oid === there.oid) return linkTo(`${trapUrl}/there`, { 'X-Amz-Id': 'there' })(entry);
        if (oid === echoed.oid) return linkTo(`${trapUrl}/echoed`, { Authorization: ours, Host: 'evil' })(entry);
        if (oid === own.oid) return linkTo(null, { Authorization: 'RemoteAuth own' })(entry);
        return entry;
      };
      const signal = new AbortController().signal;
      const objects = [here, there, echoed, own];
      await allowing.copy({ objects, project, renew: null, onProgress: () => {}, signal, ...withCredentials() });
      expect(scene.upstream.batchHeaders.map(({ authorization }) => authorization)).toEqual([ours]);
      expect(scene.upstream.downloads.map(({ authorization }) => authorization).sort()).toEqual([
        ours,
        'RemoteAuth own',
      ]);
      expect(scene.upstream.downloads.some((headers) => 'x-amz-id' in headers)).toBe(false);
      expect(trapped).toHaveLength(2);
      expect(trapped.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
      expect(trapped.map(({ host }) => host)).toEqual(Array(2).fill(new URL(trapUrl).host));
    } finally {
      await allowing.close();
    }
  });

  it('HOST-11: an LFS server of another origin than the upstream gets no credentials', async () => {
    const project = await scene.project();
    const source = { ...withCredentials().source, credentialsOrigin: 'http://127.0.0.1:1' };
    const objects = add(1);
    expect((await scene.copy(project, objects, { source })).copied).toBe(1);
    expect(scene.upstream.batchHeaders.map(({ authorization }) => authorization)).toEqual([undefined]);
    expect(scene.upstream.downloads.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it.each([
    ['small', 1_000],
    ['larger than what is held in memory', 17_000_000],
  ])('HOST-11: a %s object whose bytes are wrong never reaches the forge', async (_, size) => {
    const project = await scene.project();
    const [flipped = never(), short = never(), long = never(), good = never()] = add(4, size);
    const spoil = (oid: string, change: (content: Buffer) => Buffer) =>
      scene.upstream.objects.set(oid, change(Buffer.from(scene.upstream.objects.get(oid) ?? [])));
    spoil(flipped.oid, (content) => {
      content[size - 1] = (content.at(-1) ?? 0) ^ 1;
      return content;
    });
    spoil(short.oid, (content) => content.subarray(1));
    spoil(long.oid, (content) => Buffer.concat([content, Buffer.alloc(1)]));
    double.faults.set(null);
    const before = double.requests.length;
    const result = await scene.copy(project, [flipped, short, long, good]);
    for (const bad of [flipped, short, long]) expect(codeOf(result, bad)).toBe('lfs_object_corrupt');
    expect(result.copied).toBe(1);
    expect(double.requests.slice(before).filter((request) => request.startsWith('PUT'))).toHaveLength(1);
  });

  it('HOST-11: an object that turns bad between check and upload is cut off before its last byte', async () => {
    const project = await scene.project();
    const [object = never()] = add(1, 17_000_000);
    const good = scene.upstream.objects.get(object.oid) ?? Buffer.alloc(0);
    let asked = 0;
    scene.upstream.beforeStore = (oid) => {
      asked += 1;
      if (asked === 2) scene.upstream.objects.set(oid, Buffer.concat([good.subarray(1), Buffer.alloc(1)]));
      return false;
    };
    expect(codeOf(await scene.copy(project, [object]), object)).toBe('lfs_object_corrupt');
    expect(asked).toBe(2);
    expect(await scene.stored(project, object.oid)).toBeNull();
  });

  it("HOST-11, HOST-14: a pointer alone does not bring another project's object here", async () => {
    const [secret, attack] = [await scene.project(), await scene.project()];
    const [object = never()] = add(1);
    await scene.copy(secret, [object]);
    const content = scene.upstream.objects.get(object.oid) ?? Buffer.alloc(0);

    scene.upstream.objects.set(object.oid, randomBytes(object.size));
    expect(codeOf(await scene.copy(attack, [object]), object)).toBe('lfs_object_corrupt');
    expect(await scene.stored(attack, object.oid)).toBeNull();
    scene.upstream.objects.delete(object.oid);
    expect(codeOf(await scene.copy(attack, [object]), object)).toBe('lfs_object_missing');
    expect(await scene.stored(attack, object.oid)).toBeNull();

    scene.upstream.objects.set(object.oid, content);
    expect((await scene.copy(attack, [object])).faults.size).toBe(0);
    expect(await scene.stored(attack, object.oid)).toEqual(content);
  });

  it('two pointers that name one id with different sizes: only the right one counts', async () => {
    const project = await scene.project();
    const [right = never()] = add(1);
    const wrong = { ...right, size: right.size + 1 };
    const result = await scene.copy(project, [wrong, right]);
    expect(codeOf(result, wrong)).toBe('lfs_object_corrupt');
    expect(codeOf(result, right)).toBeUndefined();
    expect(await scene.stored(project, right.oid)).toHaveLength(right.size);
    expect(codeOf(await scene.copy(project, [wrong]), wrong)).toBe('lfs_object_corrupt');
  });

  it('HOST-12: 413 halves the batch, on both sides, and nothing is lost', async () => {
    const project = await scene.project();
    const objects = add(90);
    double.lfs.maxBatchSize = 30;
    scene.upstream.beforeBatch = (response, asked) => {
      if (asked.length <= 20) return false;
      response.writeHead(413).end();
      return true;
    };
    const result = await scene.copy(project, objects);
    expect(result).toMatchObject({ copied: 90, faults: new Map() });
    expect(
      new Set(
        scene.upstream.batches
          .filter((batch) => batch.length <= 20)
          .flat()
          .map(lfsKey),
      ).size,
    ).toBe(90);
  });

  it('HOST-12: 429 and 503 with Retry-After are obeyed, by all that talk to that server', async () => {
    const project = await scene.project();
    const objects = add(60);
    let refused = 0;
    let refusedAt = 0;
    let tooEarly = 0;
    scene.upstream.beforeStore = (oid, _request, response) => {
      if (refused === 0) {
        refused += 1;
        refusedAt = performance.now();
        response.writeHead(429, { 'retry-after': '1' }).end();
        return true;
      }
      // Those that were on their way already could not know.
      const later = performance.now() - refusedAt;
      if (later > 500 && later < 950) tooEarly += 1;
      setTimeout(() => response.writeHead(200).end(scene.upstream.objects.get(oid)), 40);
      return true;
    };
    let batches = 0;
    scene.upstream.beforeBatch = (response) => {
      batches += 1;
      if (batches === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      return batches === 1;
    };
    expect(await scene.copy(project, objects)).toMatchObject({ copied: 60, faults: new Map() });
    expect({ batches, refused, tooEarly }).toEqual({ batches: 2, refused: 1, tooEarly: 0 });
  });

  it('a server that asks for more patience than there is ends the copy, and its wish is passed on', async () => {
    const project = await scene.project();
    scene.upstream.beforeStore = (_, _request, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };
    const copying = scene.copy(project, add(20));
    await expect(copying).rejects.toMatchObject({ code: 'upstream_rate_limited', retryAfterMs: 3_600_000 });
    expect(scene.upstream.downloads.length).toBeLessThanOrEqual(8);
    expect(scene.upstream.running).toBe(0);
  });

  it('a link that has expired, or expires on its way, is asked for anew', async () => {
    const project = await scene.project();
    const objects = add(5);
    let given = 0;
    scene.upstream.entry = (entry) => {
      given += 1;
      const href = `${scene.upstream.origin}/lfs-store/${String(entry['oid'])}?n=${given}`;
      // The first five are old when they are given, and what is given next is refused by the store.
      return { ...entry, actions: { download: { href, ...(given <= 5 ? { expires_in: 1 } : {}) } } };
    };
    const refusedOnce = new Set<string>();
    scene.upstream.beforeStore = (oid, _request, response) => {
      if (refusedOnce.has(oid)) return false;
      refusedOnce.add(oid);
      response.writeHead(403).end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
      return true;
    };
    expect(await scene.copy(project, objects)).toMatchObject({ copied: 5, faults: new Map() });
    expect(scene.upstream.requests.some((request) => /n=[1-5]$/.test(request))).toBe(false);
  });

  it('a store that refuses for good is asked twice, not for ever', async () => {
    const project = await scene.project();
    const [object = never()] = add(1);
    scene.upstream.beforeStore = (_, _request, response) => {
      response.writeHead(403).end();
      return true;
    };
    expect(codeOf(await scene.copy(project, [object]), object)).toBe('lfs_object_unavailable');
    expect(scene.upstream.downloads).toHaveLength(2);
  });

  it('an object that breaks off or stalls is tried again, then told; the others are not held up', async () => {
    const project = await scene.project();
    const [flaky = never(), broken = never(), stalled = never(), good = never()] = add(4, 200_000);
    let tries = 0;
    scene.upstream.beforeStore = (oid, _request, response) => {
      const cut = oid === broken.oid || (oid === flaky.oid && (tries += 1) < 3);
      if (!cut && oid !== stalled.oid) return false;
      response.writeHead(200, { 'content-length': 200_000 });
      response.write(Buffer.alloc(50_000));
      if (cut) setTimeout(() => response.destroy(), 20);
      return true;
    };
    const result = await scene.copy(project, [flaky, broken, stalled, good]);
    expect([flaky, broken, stalled, good].map((object) => codeOf(result, object))).toEqual([
      undefined,
      'lfs_object_unavailable',
      'lfs_object_unavailable',
      undefined,
    ]);
  }, 20_000);

  it('a store that is down ends the copy before thousands were asked for', async () => {
    const project = await scene.project();
    scene.upstream.beforeStore = (_, _request, response) => {
      response.writeHead(500).end();
      return true;
    };
    await expect(scene.copy(project, add(300))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(scene.upstream.downloads.length).toBeLessThan(70);
  });

  it.each<[string, (response: http.ServerResponse) => void]>([
    ['is none', (response) => response.writeHead(404).end('Not found')],
    ['denies access', (response) => response.writeHead(403).end()],
    ['refuses the password', (response) => response.writeHead(401).end()],
    ['is a web page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['redirects', (response) => response.writeHead(307, { location: 'http://127.0.0.2/x' }).end()],
    [
      'speaks another way of transfer only',
      (response) => response.writeHead(200).end(JSON.stringify({ transfer: 'tus', objects: [] })),
    ],
  ])('HOST-13: an LFS server that %s has all its objects held back, and no more', async (_, behave) => {
    const project = await scene.project();
    scene.upstream.beforeBatch = (response) => {
      behave(response);
      return true;
    };
    const objects = add(103);
    const result = await scene.copy(project, objects);
    expect(objects.map((object) => codeOf(result, object))).toEqual(Array(103).fill('lfs_upstream_unusable'));
    // One question, and with it one try of a password (NET-04).
    expect(scene.upstream.batches).toHaveLength(1);
  });

  it('an LFS server at a forbidden address is not connected to', async () => {
    const project = await scene.project();
    const source = { ...scene.source, endpoint: `${trapUrl}/p.git/info/lfs` };
    const objects = add(2);
    const result = await scene.copy(project, objects, { source });
    expect(objects.map((object) => codeOf(result, object))).toEqual(Array(2).fill('lfs_upstream_unusable'));
    expect(trapped).toEqual([]);
  });

  it.each([
    ['is not there', async () => 'http://127.0.0.1:1/p.git/info/lfs', 'upstream_unreachable'],
    ['cannot be found', async () => 'http://no-such-host.invalid/p.git/info/lfs', 'upstream_host_unknown'],
  ])('an LFS server that %s fails the run, which is tried again', async (_, endpoint, code) => {
    const project = await scene.project();
    const source = { ...scene.source, endpoint: await endpoint() };
    await expect(scene.copy(project, add(1), { source })).rejects.toMatchObject({ code });
  });

  it('an LFS server that says nothing, or never stops talking, fails the run', async () => {
    const project = await scene.project();
    scene.upstream.beforeBatch = () => true;
    await expect(scene.copy(project, add(1))).rejects.toMatchObject({ code: 'upstream_stalled' });
    scene.upstream.beforeBatch = (response) => {
      response.writeHead(200);
      const talk = () => void (response.destroyed || response.write(Buffer.alloc(1_000_000), () => setImmediate(talk)));
      talk();
      return true;
    };
    await expect(scene.copy(project, add(1))).rejects.toMatchObject({ code: 'upstream_unreachable' });
  }, 20_000);

  it("RES-08: the forge's limit of size holds back the object, its quota fails the run", async () => {
    const project = await scene.project();
    const [small = never()] = add(1, 50);
    const [large = never()] = add(1, 500);
    double.lfs.maxFileSize = 100;
    const result = await scene.copy(project, [small, large]);
    expect(codeOf(result, large)).toBe('lfs_object_refused');
    expect(result.faults.get(lfsKey(large))?.message).toContain('Size must be less than or equal to 100');
    expect(result.copied).toBe(1);
    double.setOverQuota(project.owner, true);
    try {
      await expect(scene.copy(project, add(1))).rejects.toMatchObject({ code: 'forge_quota' });
    } finally {
      double.setOverQuota(project.owner, false);
    }
  });

  it.each([
    [{ kind: 'answer', status: 413, body: '<html>', contentType: 'text/html' } as const, 'lfs_object_refused'],
    [{ kind: 'answer', status: 422, body: '{"Message":"content"}', contentType: 'x/y' } as const, 'lfs_object_refused'],
  ])('a forge, or a proxy before it, that refuses one upload (%j) has that object held back', async (fault, code) => {
    const project = await scene.project();
    const objects = add(2);
    double.faults.set(fault, new RegExp(`/objects/${objects[0]?.oid}/`));
    const result = await scene.copy(project, objects);
    expect(objects.map((object) => codeOf(result, object))).toEqual([code, undefined]);
  });

  it.each([
    [
      'is down behind its proxy',
      { kind: 'answer', status: 502, body: '', contentType: 'text/html' } as const,
      'forge_failed',
    ],
    [
      'has revoked our token',
      { kind: 'answer', status: 401, body: '', contentType: 'text/plain' } as const,
      'forge_token_refused',
    ],
    ['takes uploads and never answers', { kind: 'hang' } as const, 'forge_unreachable'],
  ])(
    'a forge that %s fails the run',
    async (_, fault, code) => {
      const project = await scene.project();
      double.faults.set(fault, /\/objects\/[0-9a-f]{64}\//);
      await expect(scene.copy(project, add(2, 17_000_000))).rejects.toMatchObject({ code });
    },
    20_000,
  );

  it('a copy that is called off ends with the reason, and leaves nothing running', async () => {
    const project = await scene.project();
    const stop = new AbortController();
    scene.upstream.beforeStore = (_, _request, response) => {
      response.writeHead(200);
      response.write('x');
      setTimeout(() => stop.abort(new Error('the claim is lost')), 20);
      return true;
    };
    await expect(scene.copy(project, add(10, 1000), { signal: stop.signal })).rejects.toThrow('the claim is lost');
    await until(() => scene.upstream.running === 0);
  });

  it('DATA-08: what is gone upstream stays in the forge', async () => {
    const project = await scene.project();
    const objects = add(3);
    await scene.copy(project, objects);
    scene.upstream.objects.clear();
    const before = double.requests.length;
    expect(await scene.copy(project, objects)).toMatchObject({ copied: 0, faults: new Map() });
    for (const { oid } of objects) expect(await scene.stored(project, oid)).not.toBeNull();
    expect(double.requests.slice(before).filter((request) => request.startsWith('DELETE'))).toEqual([]);
  });
});

/** Another address in place of the server's own; null keeps it. */
function linkTo(href: string | null, header?: Record<string, string>) {
  return (entry: LfsBatchEntry): LfsBatchEntry => {
    const download = entry.actions?.download ?? { href: '' };
    return { ...entry, actions: { download: { href: href ?? download.href, header } } };
  };
}

function never(): never {
  throw new Error('there is no such object');
}
