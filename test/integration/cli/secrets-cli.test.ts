import { Secret } from '../../../src/domain/credentials';
import { secretContext } from '../../../src/sync/secret-context';
import { PlainSecretBox } from '../../fakes/plain-secret-box';
import { buildMirror } from '../../support/builders';
import { cliBench } from './cli-bench';

describe('headwater secrets reseal', () => {
  it('counts, and says that older keys may go', async () => {
    const bench = cliBench();
    const mirror = buildMirror();
    const sealedPassword = new PlainSecretBox().seal(new Secret('canary-s3cret'), secretContext(mirror));
    await bench.store.transaction((tx) => tx.insertMirror({ ...mirror, sealedPassword }));
    const told = await bench.run(['secrets', 'reseal']);
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toContain('0 sealed with the first key now, 1 were before.');
    expect(told.out).toContain('Older keys may be taken out of HEADWATER_SECRET_KEY');
    expect(bench.open.count).toBe(0);
  });

  it('ends with 1 and the names of the projects when something cannot be opened', async () => {
    const bench = cliBench();
    await bench.store.transaction((tx) => tx.insertMirror(buildMirror({ sealedPassword: 'canary-broken' })));
    const told = await bench.run(['secrets', 'reseal', '--json']);
    expect(told.code).toBe(1);
    expect(JSON.parse(told.out)).toEqual({
      resealed: 0,
      current: 0,
      unreadable: [{ project: 'owner/project', kinds: ['password'] }],
    });
    const plain = await bench.run(['secrets', 'reseal']);
    expect(plain.out).toContain('owner/project: no key opens its password.');
    expect(`${told.out}${plain.out}`).not.toContain('canary');
  });
});
