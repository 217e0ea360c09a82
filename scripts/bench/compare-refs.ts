import { breathe, comparison, type Bench, type Comparison, type Pair } from './bench';
import { manyRefsSubject } from './subject';

/** 50,000 refs that are there already, on both sides. */
export async function compareRefs(bench: Bench, root: string): Promise<Comparison[]> {
  const subject = manyRefsSubject(root, 50_000);
  const url = `${bench.upstreamBase}/${subject.name}.git`;
  const git = bench.gitSide(url);
  const [ours, hand] = [subject.name, `${subject.name}-by-hand`];
  const { id, dir } = await bench.project(ours);
  const { dir: handDir } = await bench.project(hand);
  for (const folder of [dir, handDir]) subject.copyInto(folder);
  const { mirrorId } = await bench.headwater.ask<{ mirrorId: string }>({ do: 'enrol', repoId: id, settings: { url } });
  await bench.headwater.ask({ do: 'import', repoId: id });
  await git.import(bench.projectUrl(hand));

  const [nothing, one]: [Pair[], Pair[]] = [[], []];
  for (let round = 0; round < bench.rounds; round += 1) {
    await breathe();
    const ourList = await bench.ours({ do: 'sync', mirrorId, cause: 'clock', times: 1 });
    nothing.push({ ours: ourList, git: await bench.counted(() => git.list(1)) });
    subject.commit();
    const ourUpdate = await bench.ours({ do: 'sync', mirrorId, cause: 'clock', times: 1 });
    one.push({ ours: ourUpdate, git: await bench.counted(() => git.update(bench.projectUrl(hand))) });
  }
  return [comparison('nothing new', 1.0, nothing), comparison('one commit', 1.3, one)];
}
