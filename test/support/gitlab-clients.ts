import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A test of python-gitlab, where it is installed and knows `feature` of gitlab.v4.objects; elsewhere it says so. */
export function itPythonGitlab(title: string, feature: string, test: () => Promise<void>): void {
  if (hasPythonGitlab(feature)) it(`python-gitlab ${title}`, test);
  else it.skip(`python-gitlab ${title} (skipped: the Python package python-gitlab is not here)`, test);
}

/** Runs a script that has `project` (its path or number) and `url`; answers the JSON that it prints. */
export async function runPythonGitlab(
  host: string,
  token: string,
  { project, url }: { readonly project: string | number; readonly url: string },
  lines: string,
): Promise<unknown> {
  const script = `
import gitlab, json, sys, time
project = gitlab.Gitlab(sys.argv[1], private_token=sys.argv[2]).projects.get(sys.argv[3], lazy=True)
url = sys.argv[4]
${lines}`;
  const { stdout } = await run('python3', ['-c', script, host, token, String(project), url]);
  return JSON.parse(stdout);
}

function hasPythonGitlab(feature: string): boolean {
  try {
    execFileSync('python3', ['-c', `import gitlab.v4.objects as o; o.${feature}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
