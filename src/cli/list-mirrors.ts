import type { Mirror } from '../domain/mirror';
import type { CliApp, CliDeps } from './cli-deps';
import { allMirrors } from './find-mirror';
import type { Output } from './output';
import { activeRun } from './show-mirror';
import { mirrorState, showTime } from './texts';

export async function listMirrors(deps: Pick<CliDeps, 'present'>, app: CliApp, output: Output): Promise<number> {
  const mirrors: Mirror[] = [];
  for await (const mirror of allMirrors(app)) mirrors.push(mirror);
  const shown: object[] = [];
  if (output.json) for (const mirror of mirrors) shown.push(deps.present.mirror(mirror, await activeRun(app, mirror)));
  output.result(shown, table(mirrors));
  return 0;
}

function table(mirrors: readonly Mirror[]): string[] {
  const rows = mirrors.map((mirror) => [
    mirror.fullName,
    mirrorState(mirror),
    showTime(mirror.lastSuccessAt) ?? 'never',
    showTime(mirror.nextUpdateAt) ?? '-',
    mirror.url,
  ]);
  if (rows.length === 0)
    return ['There are no mirrors yet. Create one with "headwater mirror set OWNER/REPO --url URL".'];
  const all = [['PROJECT', 'STATE', 'LAST SUCCESS', 'NEXT UPDATE', 'UPSTREAM'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
