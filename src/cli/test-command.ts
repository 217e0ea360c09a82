import { shortName } from '../domain/git-ref';
import { testConnection } from '../sync/test-connection';
import type { CliApp, CliDeps } from './cli-deps';
import { parseProjectPath } from './find-mirror';
import type { Output } from './output';
import { readPassword, type PasswordOptions } from './read-password';

export interface TestOptions extends PasswordOptions {
  readonly url?: string;
  readonly user?: string;
  readonly sshHostKey?: readonly string[];
}

/** Tests a connection with these settings over the stored ones. Saves nothing. */
export async function testCommand(
  deps: Pick<CliDeps, 'io'>,
  app: CliApp,
  output: Output,
  path: string,
  options: TestOptions,
): Promise<number> {
  const { owner, name } = parseProjectPath(path);
  const project = await app.forge.projectByPath(owner, name);
  const settings = {
    url: options.url,
    authUser: options.user,
    authPassword: await readPassword(deps.io.in, options),
    sshHostKeys: options.sshHostKey,
    by: 'server' as const,
  };
  const found = await testConnection(app, project, settings, new AbortController().signal);
  for (const warning of found.warnings) output.warn(warning);
  const { defaultBranch, projectBranches } = found;
  const shownDefault = defaultBranch === null ? 'no default branch' : `default branch ${shortName(defaultBranch)}`;
  output.result(
    {
      url: found.url,
      branches: found.branches,
      tags: found.tags,
      default_branch: defaultBranch === null ? null : shortName(defaultBranch),
      project_branches: projectBranches,
      warnings: found.warnings,
    },
    [
      `${found.url} answers: ${found.branches} branches, ${found.tags} tags, ${shownDefault}.`,
      ...(projectBranches === null || projectBranches === 0
        ? []
        : [
            `The project already has ${projectBranches} branches; "headwater mirror plan" shows what would become of them.`,
          ]),
    ],
  );
  return 0;
}
