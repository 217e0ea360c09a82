import { hookSetups } from '../../../src/domain/hook-setup';

const pageOf = (url: string, forge: string) => hookSetups(url).find((setup) => setup.forge === forge)?.page;

describe('how a webhook is set up at the upstream', () => {
  it.each([
    ['https://github.com/octo/repo.git', 'github', 'https://github.com/octo/repo/settings/hooks/new'],
    ['ssh://git@github.com/octo/repo.git', 'github', 'https://github.com/octo/repo/settings/hooks/new'],
    ['https://gitlab.com/group/sub/repo.git', 'gitlab', 'https://gitlab.com/group/sub/repo/-/hooks'],
    ['https://codeberg.org/ann/repo', 'forgejo', 'https://codeberg.org/ann/repo/settings/hooks/forgejo/new'],
    ['https://gitea.com/ann/repo.git', 'gitea', 'https://gitea.com/ann/repo/settings/hooks/gitea/new'],
    ['https://bitbucket.org/team/repo.git', 'bitbucket', 'https://bitbucket.org/team/repo/admin/webhooks'],
  ])('%s has one way, at %s: %s', (url, forge, page) => {
    expect(hookSetups(url)).toMatchObject([{ forge, page, steps: expect.stringContaining('ecret') }]);
  });

  it('an address tells not what runs there, so all ways are shown, with its own port and path', () => {
    const url = 'https://git.example.org:8443/forge/ann/repo.git';
    expect(hookSetups(url).map(({ forge }) => forge)).toEqual([
      ...['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'other'],
    ]);
    expect(pageOf(url, 'gitea')).toBe('https://git.example.org:8443/forge/ann/repo/settings/hooks/gitea/new');
    expect(pageOf(url, 'other')).toBeNull();
  });

  it('the port of an ssh server is none of the web', () => {
    expect(pageOf('ssh://git@git.example.org:2222/ann/repo.git', 'gitlab')).toBe(
      'https://git.example.org/ann/repo/-/hooks',
    );
  });

  it('knows where Bitbucket Data Center has them', () => {
    expect(pageOf('https://bb.example.org/scm/key/repo.git', 'bitbucket')).toBe(
      'https://bb.example.org/projects/key/repos/repo/settings/webhooks',
    );
  });
});
