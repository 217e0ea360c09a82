import { forgeFaults } from './faults/forge-faults';
import { installFaults } from './faults/install-faults';
import { lfsFaults } from './faults/lfs-faults';
import { ownFaults } from './faults/own-faults';
import { pushMirrorFaults } from './faults/push-mirror-faults';
import { refFaults } from './faults/ref-faults';
import { requestFaults } from './faults/request-faults';
import { sessionFaults } from './faults/session-faults';
import { upstreamFaults } from './faults/upstream-faults';

/** Every code with its sentence and its advice. `{name}` is filled in from the facts of the case. Codes never change meaning. */
export const faultCatalogue = {
  ...requestFaults,
  ...sessionFaults,
  ...upstreamFaults,
  ...ownFaults,
  ...forgeFaults,
  ...pushMirrorFaults,
  ...refFaults,
  ...lfsFaults,
  ...installFaults,
} as const;

export type FaultCode = keyof typeof faultCatalogue;
