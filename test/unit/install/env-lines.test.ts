import { parseEnv } from 'node:util';
import { changeEnvLines } from '../../../src/adapters/settings-file/env-lines';

describe('the lines of a configuration file', () => {
  const before =
    '# forge\nHEADWATER_FORGE_URL=http://old # ours\n\nexport HEADWATER_FORGE_TOKEN=old\nHEADWATER_LEASE=5s';

  it('change in their place, and everything else stays', () => {
    const changed = changeEnvLines(
      before,
      new Map([
        ['HEADWATER_FORGE_TOKEN', 'new'],
        ['HEADWATER_PUBLIC_URL', 'https://x'],
      ]),
    );
    expect(changed).toBe(
      '# forge\nHEADWATER_FORGE_URL=http://old # ours\n\nHEADWATER_FORGE_TOKEN=new\nHEADWATER_LEASE=5s\nHEADWATER_PUBLIC_URL=https://x\n',
    );
  });

  it('go, wherever they stand and however often', () => {
    const gone = new Map([
      ['HEADWATER_FORGE_TOKEN', null],
      ['HEADWATER_LEASE', null],
      ['HEADWATER_OTHER', null],
    ]);
    expect(changeEnvLines(`${before}\nHEADWATER_LEASE=6s\n`, gone)).toBe(
      '# forge\nHEADWATER_FORGE_URL=http://old # ours\n\n',
    );
  });

  it.each(['plain', 'a#b', 'a b', 'x"y', '$HOME', 'a=b', 'back\\slash'])(
    'carry %j so that it is read as it was',
    (value) => {
      expect(parseEnv(changeEnvLines('', new Map([['NAME', value]])))).toEqual({ NAME: value });
    },
  );
});
