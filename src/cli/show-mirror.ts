import type { Mirror } from '../domain/mirror';
import type { Run } from '../domain/run';
import type { CliApp, CliDeps } from './cli-deps';
import { findMirror } from './find-mirror';
import { describeOptions } from './option-flags';
import type { Output } from './output';
import { describeSync } from './plan-commands';
import { describeSsh } from './describe-ssh';
import { describeCounts, mirrorState, showTime } from './texts';

export async function showMirror(
  deps: Pick<CliDeps, 'present'>,
  app: CliApp,
  output: Output,
  project: string,
): Promise<number> {
  const mirror = await findMirror(app, output, project);
  const run = await activeRun(app, mirror);
  output.result(deps.present.mirror(mirror, run), describeMirror(mirror));
  return 0;
}

export async function activeRun(app: Pick<CliApp, 'store'>, mirror: Mirror): Promise<Run | null> {
  return mirror.activeRunId === null ? null : app.store.run(mirror.activeRunId);
}

/** The mirror as lines for a person. */
export function describeMirror(mirror: Mirror): string[] {
  const rows: [string, string | null][] = [
    ['project', mirror.fullName],
    ['upstream', mirror.url],
    ['user', mirror.authUser],
    ['password', mirror.sealedPassword === null ? 'none' : 'stored'],
    ['token ends', showTime(mirror.tokenExpiresAt)],
    ...describeSsh(mirror),
    ...describeOptions(mirror.options),
    ['state', mirrorState(mirror)],
    ...describeSync(mirror),
    ['last attempt', showTime(mirror.lastStartedAt)],
    ['last success', showTime(mirror.lastSuccessAt)],
    ['next update', showTime(mirror.nextUpdateAt)],
    ['last result', mirror.lastCounts === null ? null : describeCounts(mirror.lastCounts)],
    ['last error', mirror.lastError === null ? null : `${mirror.lastError.message} ${mirror.lastError.advice}`],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(13)} ${value}`]));
}
