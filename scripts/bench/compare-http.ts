import { breathe, comparison, type Bench, type Comparison, type Pair } from './bench';
import { importRounds } from './import-rounds';
import type { Subject } from './subject';

const listings = 20;

/** The main job on one repository: import, nothing new, one commit. */
export async function compareHttp(bench: Bench, subject: Subject): Promise<Comparison[]> {
  const url = `${bench.upstreamBase}/${subject.name}.git`;
  const git = bench.gitSide(url);
  const { pairs, mirrorId, handUrl } = await importRounds(bench, {
    name: subject.name,
    settings: { url },
    byHand: (projectUrl) => git.import(projectUrl),
  });

  const [nothing, commits]: [Pair[], Pair[]] = [[], []];
  for (let round = 0; round < Math.max(5, bench.rounds); round += 1) {
    const ours = await bench.ours({ do: 'sync', mirrorId, cause: 'clock', times: listings });
    nothing.push({ ours, git: await bench.counted(() => git.list(listings)) });
  }
  for (let round = 0; round < Math.max(5, bench.rounds); round += 1) {
    subject.commit();
    const ours = await bench.ours({ do: 'sync', mirrorId, cause: 'clock', times: 1 });
    commits.push({ ours, git: await bench.counted(() => git.update(handUrl)) });
    await breathe();
  }
  return [
    comparison(`nothing new (${listings} times)`, 1.0, nothing),
    comparison('one commit', 1.3, commits),
    comparison('full import', 1.15, pairs),
  ];
}
