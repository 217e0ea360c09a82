import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const hooks = ['pre-receive', 'update', 'post-receive'] as const;

/** What the forge's own hooks ask over; http-backend hands it down through the environment. */
export const hookUrlVariable = 'FORGE_DOUBLE_HOOK_URL';

/** Runs everything in the hook's .d folder, even after one refused, as Forgejo's delegates do. */
function delegate(hook: string): string {
  if (hook === 'update')
    return `#!/bin/sh
refused=0
for part in "$(dirname "$0")/${hook}.d"/*; do
  if [ -x "$part" ]; then "$part" "$1" "$2" "$3" || refused=1; fi
done
exit $refused
`;
  return `#!/bin/sh
input=$(cat)
refused=0
for part in "$(dirname "$0")/${hook}.d"/*; do
  if [ -x "$part" ]; then printf '%s\\n' "$input" | "$part" || refused=1; fi
done
exit $refused
`;
}

const updateHook = `#!/bin/sh
case "$1" in
  refs/pull/*) echo >&2; echo "Forgejo: The modification of $1 is skipped as it's an internal reference." >&2; exit 1 ;;
esac
`;

/** Sends the changed refs to the forge and shows its answer; refuses when the forge does. */
const askForge = `
const { request } = require('node:http');
const { ${hookUrlVariable}: url, GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES, GIT_QUARANTINE_PATH } = process.env;
const updates = require('node:fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean).map((line) => {
  const [oldOid, newOid, ref] = line.split(' ');
  return { oldOid, newOid, ref };
});
const git = { GIT_OBJECT_DIRECTORY, GIT_ALTERNATE_OBJECT_DIRECTORIES, GIT_QUARANTINE_PATH };
const ask = request(url + '/' + process.argv[2], { method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) => {
  let text = '';
  answer.on('data', (chunk) => { text += chunk; });
  answer.on('end', () => {
    const { lines } = JSON.parse(text);
    if (lines.length > 0) process.stderr.write('\\n' + lines.join('\\n') + '\\n');
    process.exitCode = answer.statusCode === 200 ? 0 : 1;
  });
});
ask.on('error', () => { process.stderr.write('Forgejo: Internal Server Connection Error\\n'); process.exitCode = 1; });
ask.end(JSON.stringify({ updates, git }));
`;

/** Installs the hooks of one repository. */
export async function writeHooks(repo: string): Promise<void> {
  const folder = join(repo, 'hooks');
  await rm(folder, { recursive: true, force: true });
  for (const hook of hooks) {
    await mkdir(join(folder, `${hook}.d`), { recursive: true });
    await writeScript(join(folder, hook), delegate(hook));
  }
  await writeFile(join(folder, 'ask-forge.cjs'), askForge);
  for (const hook of ['pre-receive', 'post-receive'])
    await writeScript(
      join(folder, `${hook}.d`, 'forge'),
      `#!/bin/sh\nexec '${process.execPath}' "$(dirname "$0")/../ask-forge.cjs" ${hook}\n`,
    );
  await writeScript(join(folder, 'update.d', 'forge'), updateHook);
}

/** Adds a hook beside the forge's own. */
export async function addGitHook(repo: string, hook: string, script: string): Promise<void> {
  await writeScript(join(repo, 'hooks', `${hook}.d`, `test-${Date.now()}-${Math.random()}`), `#!/bin/sh\n${script}\n`);
}

async function writeScript(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}
