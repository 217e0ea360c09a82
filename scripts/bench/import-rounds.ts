import { breathe, type Bench, type Pair } from './bench';
import type { Figures } from './measure';

export interface ImportJob {
  readonly name: string;
  /** Settings of the mirror, such as its url. */
  readonly settings: object;
  /** Between enrolling and running. */
  readonly prepare?: (mirror: EnrolledMirror) => Promise<void>;
  /** By hand, into the empty project at this address. */
  readonly byHand: (projectUrl: string) => Promise<Figures>;
}

export interface EnrolledMirror {
  readonly mirrorId: string;
  readonly sshPublicKey: string | null;
}

/** Both sides in turn, round by round. The mirror and the projects of the last round stay. */
export async function importRounds(
  bench: Bench,
  { name, settings, prepare, byHand }: ImportJob,
): Promise<{ readonly pairs: Pair[]; readonly mirrorId: string; readonly handUrl: string }> {
  const pairs: Pair[] = [];
  let mirrorId = '';
  const hand = `${name}-by-hand`;
  for (let round = 0; round < bench.rounds; round += 1) {
    if (mirrorId !== '') {
      await bench.headwater.ask({ do: 'remove', mirrorId });
      for (const project of [name, hand]) await bench.removeProject(project);
    }
    const { id } = await bench.project(name);
    await bench.project(hand);
    const mirror = await bench.headwater.ask<EnrolledMirror>({ do: 'enrol', repoId: id, settings });
    mirrorId = mirror.mirrorId;
    await prepare?.(mirror);
    await breathe();
    const ours = await bench.ours({ do: 'import', repoId: id });
    pairs.push({ ours, git: await bench.counted(() => byHand(bench.projectUrl(hand))) });
  }
  return { pairs, mirrorId, handUrl: bench.projectUrl(hand) };
}
