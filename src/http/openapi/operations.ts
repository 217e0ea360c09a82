import { gitlabOperations } from '../gitlab/gitlab-operations';
import { healthOperations } from '../health-operations';
import { hookOperations } from '../hooks/hook-operations';
import { apiOperations } from './api-operations';
import type { Operation } from './operation';

/** Every call that is documented, in the order of the documentation. */
export function allOperations(): Operation[] {
  return [...apiOperations(), ...gitlabOperations(), ...hookOperations(), ...healthOperations()];
}
