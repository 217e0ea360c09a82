import { HeadwaterError } from '../domain/errors';
import type { CheckStatus, Finding } from '../install/doctor/check';
import { doctor } from '../install/doctor/doctor';
import { readAdminToken } from './admin-token';
import type { CliDeps } from './cli-deps';
import type { Output } from './output';

export interface DoctorOptions {
  readonly config?: string;
  readonly adminTokenFile?: string;
  readonly json?: boolean;
}

const signs: Readonly<Record<CheckStatus, string>> = {
  ok: 'ok     ',
  warn: 'WARNING',
  fail: 'FAILED ',
  skipped: 'skipped',
};

/** Tells what is wrong, with the cure beside it. Exit code 1 when a check failed. */
export async function doctorCommand(
  { io, installer }: Pick<CliDeps, 'io' | 'installer'>,
  output: Output,
  options: DoctorOptions,
): Promise<number> {
  const findings = await look(io, installer, options);
  const failed = findings.filter(({ status }) => status === 'fail').length;
  const warned = findings.filter(({ status }) => status === 'warn').length;
  output.result({ ok: failed === 0, failed, warnings: warned, checks: findings }, [
    ...findings.flatMap(describe),
    '',
    failed + warned === 0 ? 'All is well.' : `${failed} failed, ${warned} to look at.`,
  ]);
  return failed === 0 ? 0 : 1;
}

async function look(io: CliDeps['io'], installer: CliDeps['installer'], options: DoctorOptions): Promise<Finding[]> {
  const ofEnvironment = installer.adminToken();
  const adminToken =
    options.adminTokenFile === undefined && ofEnvironment === null
      ? null
      : await readAdminToken(io, options.adminTokenFile, ofEnvironment);
  const title = { id: 'configuration', title: 'Configuration' };
  try {
    const deps = installer.openDoctor(options.config, adminToken);
    return [
      { ...title, status: 'ok', sentence: 'The configuration is complete.', cure: null },
      ...(await doctor(deps)),
    ];
  } catch (thrown) {
    // Without a configuration there is nothing to look at.
    if (!(thrown instanceof HeadwaterError) || thrown.code !== 'config_invalid') throw thrown;
    const faults = thrown.fieldFaults.map(({ field, message }) => `${field} ${message}`).join('; ');
    const sentence = faults === '' ? thrown.message : `The configuration has faults: ${faults}.`;
    return [{ ...title, status: 'fail', sentence, cure: thrown.advice }];
  }
}

function describe({ title, status, sentence, cure }: Finding): string[] {
  return [`${signs[status]}  ${title}: ${sentence}`, ...(cure === null ? [] : [`         ${cure}`])];
}
