import { addressChecks } from './address-checks';
import type { Finding } from './check';
import type { DoctorDeps } from './doctor-deps';
import { forgeChecks } from './forge-checks';
import { installChecks } from './install-checks';
import { keyChecks } from './key-checks';
import { machineChecks } from './machine-checks';
import { runChecks } from './run-checks';

/** Looks at everything that is known to go wrong, with the cure beside each. Changes nothing that lasts. Never raises. */
export function doctor(deps: DoctorDeps): Promise<Finding[]> {
  return runChecks([
    ...forgeChecks(deps),
    ...installChecks(deps),
    ...addressChecks(deps),
    ...machineChecks(deps.machine),
    ...keyChecks(deps),
  ]);
}
