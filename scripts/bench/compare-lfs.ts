import { comparison, type Bench, type Comparison } from './bench';
import { importRounds } from './import-rounds';
import { lfsSubject } from './subject';

/** An import with LFS objects; by hand `git lfs fetch --all` and `git lfs push --all` beside fetch and push. */
export async function compareLfs(bench: Bench, root: string): Promise<Comparison[]> {
  const [count, bytes] = [200, 1024 * 1024];
  const { objects } = await bench.upstream.ask<{ objects: { oid: string; size: number }[] }>({
    do: 'lfs objects',
    count,
    bytes,
  });
  const subject = lfsSubject(root, objects);
  const url = `${bench.upstreamBase}/${subject.name}.git`;
  const git = bench.gitSide(url);
  const { pairs } = await importRounds(bench, {
    name: subject.name,
    settings: { url },
    byHand: async (projectUrl) => {
      // The forge would take what is in our project for what is in git's, and git would have nothing to send.
      await bench.forge.ask({ do: 'forget lfs objects' });
      return git.importWithLfs(projectUrl);
    },
  });
  return [comparison(`import, ${count} LFS objects`, 0.5, pairs)];
}
