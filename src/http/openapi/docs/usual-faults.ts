import type { FaultCode } from '../../../domain/fault-catalogue';
import { anyFaults, bodyFaults, callerFaults } from '../common-faults';

/** What any call may answer is told once. */
export const usualFaults: readonly FaultCode[] = [...bodyFaults, ...callerFaults, 'project_not_found', ...anyFaults];

export function isUsual(code: FaultCode): boolean {
  return usualFaults.includes(code);
}
