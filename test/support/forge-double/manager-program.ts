import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the running double takes the order. */
export const reloadPath = '/manager/reload-templates';

const program = `#!${process.execPath}
const { readFileSync } = require('node:fs');
const args = process.argv.slice(2);
if (args.slice(-2).join(' ') !== 'manager reload-templates') throw new Error('unknown: ' + args.join(' '));
const port = /HTTP_PORT = (\\d+)/.exec(readFileSync(args[args.indexOf('--config') + 1], 'utf8'))[1];
fetch('http://127.0.0.1:' + port + '${reloadPath}', { method: 'POST' }).then(async (answer) => {
  (answer.ok ? process.stdout : process.stderr).write((await answer.text()) + '\\n');
  process.exitCode = answer.ok ? 0 : 1;
});
`;

/**
 * The forge's own program, as far as `manager reload-templates` goes: it finds the running forge by its app.ini, tells it to
 * read its templates, and passes on what it says.
 */
export async function writeManager(root: string, port: number): Promise<{ binary: string; config: string }> {
  const binary = join(root, 'bin', 'forgejo');
  const config = join(root, 'app.ini');
  await mkdir(join(root, 'bin'));
  await writeFile(config, `[server]\nHTTP_PORT = ${port}\n`);
  await writeFile(binary, program);
  await chmod(binary, 0o755);
  return { binary, config };
}
