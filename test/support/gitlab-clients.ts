import { execFile, execFileSync } from 'node:child_process';
import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An app on a port of its own, for clients that speak HTTP by themselves. */
export async function serve(app: RequestListener): Promise<{ readonly host: string; close(): Promise<void> }> {
  const server = http.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A test of python-gitlab, where it is installed and knows `feature` of gitlab.v4.objects; elsewhere it says so. */
export function itPythonGitlab(title: string, feature: string, test: () => Promise<void>): void {
  if (hasPythonGitlab(feature)) it(`python-gitlab ${title}`, test);
  else it.skip(`python-gitlab ${title} (skipped: the Python package python-gitlab is not here)`, test);
}

/** Runs a script on the project owner/project; answers the JSON that it prints. */
export async function runPythonGitlab(host: string, token: string, url: string, lines: string): Promise<unknown> {
  const script = `
import gitlab, json, sys
project = gitlab.Gitlab(sys.argv[1], private_token=sys.argv[2]).projects.get("owner/project", lazy=True)
url = sys.argv[3]
${lines}`;
  const { stdout } = await run('python3', ['-c', script, host, token, url]);
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
