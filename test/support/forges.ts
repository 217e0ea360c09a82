import { findForgeBinary, startRealForge } from './real-forge';
import { startForgeDouble } from './forge-double/forge-double';
import type { ForgeAdmin } from './forge-admin';

/** A forge that a test may do what it wants with: the double, or a real one started for the test. */
export interface TestForge extends ForgeAdmin {
  readonly kind: 'double' | 'real';
  /** Address without a trailing slash. */
  readonly url: string;
  /** A site admin's token with all scopes. */
  readonly adminToken: string;
  /** Where it is installed: its CUSTOM_PATH, its app.ini and its program. */
  readonly installation: { readonly customPath: string; readonly config: string; readonly binary: string };
  /** The bare repository on disk. */
  repositoryPath(owner: string, name: string): string;
  /** Adds a git hook of the forge's admin: `script` runs with sh, beside the forge's own. */
  addGitHook(
    owner: string,
    name: string,
    hook: 'pre-receive' | 'update' | 'post-receive',
    script: string,
  ): Promise<void>;
  /** Goes off the network; data and address stay. */
  goDown(): Promise<void>;
  /** Comes back at the same address. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export interface ForgeChoice {
  readonly name: string;
  start(): Promise<TestForge>;
}

/**
 * The forges to test against. HEADWATER_TEST_FORGE: unset or `double` means the double; `real` means the forgejo or gitea
 * binary on PATH, if there is one; `both` means both.
 */
function testForges(): ForgeChoice[] {
  const wanted = process.env['HEADWATER_TEST_FORGE'] ?? 'double';
  const choices: ForgeChoice[] = [];
  if (wanted !== 'real') choices.push({ name: 'the forge double', start: startForgeDouble });
  const binary = wanted === 'real' || wanted === 'both' ? findForgeBinary() : null;
  if (binary !== null) choices.push({ name: `a real forge (${binary})`, start: () => startRealForge(binary) });
  return choices;
}

/** Runs a suite against every forge of `testForges`, and says so where a wanted real one is missing. */
export function describeForges(title: string, suite: (choice: ForgeChoice) => void): void {
  const wanted = process.env['HEADWATER_TEST_FORGE'] ?? 'double';
  for (const choice of testForges()) describe(`${title}, on ${choice.name}`, () => suite(choice));
  if ((wanted === 'real' || wanted === 'both') && findForgeBinary() === null) {
    describe.skip(`${title}, on a real forge: skipped, neither forgejo nor gitea is on PATH`, () => {
      it.todo('needs the binary of a forge on PATH');
    });
  }
}
