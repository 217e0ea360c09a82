import { lfsEndpoint } from '../../../src/domain/lfs-source';

describe('where LFS objects come from', () => {
  it.each([
    ['https://example.org/group/project.git', 'https://example.org/group/project.git/info/lfs'],
    ['https://example.org/group/project', 'https://example.org/group/project.git/info/lfs'],
    ['http://example.org:8080/p', 'http://example.org:8080/p.git/info/lfs'],
    ['ssh://git@example.org:2222/group/project.git', 'https://example.org/group/project.git/info/lfs'],
  ])('the LFS server of %s is %s', (repository, endpoint) => {
    expect(lfsEndpoint(repository, null)).toBe(endpoint);
  });

  it("the mirror's own setting comes first", () => {
    expect(lfsEndpoint('https://example.org/p.git', 'https://lfs.example.org/p/')).toBe('https://lfs.example.org/p');
  });
});
