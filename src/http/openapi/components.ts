import type { z } from 'zod';
import { bulkBody } from '../api/admin-mirror-routes';
import { auditEntry } from '../api/answers/audit';
import { backup } from '../api/answers/backup';
import { bulkResult } from '../api/answers/bulk';
import { connectionTest } from '../api/answers/connection-test';
import { mirror } from '../api/answers/mirror';
import { noticeDelivery, webhook } from '../api/answers/mirror-notify';
import { hostKey } from '../api/answers/mirror-ssh';
import { heldPlan, pullRequest } from '../api/answers/mirror-sync';
import { problem } from '../api/answers/problem';
import { pushCapabilities, pushMirror } from '../api/answers/push-mirror';
import { progress, run } from '../api/answers/run';
import { faultAnswer, faultClass, faultCode, refCounts, refOutcome } from '../api/answers/values';
import { settingsBody } from '../api/mirror-routes';
import { gitlabProblem, gitlabPullMirror, gitlabRemoteMirror } from '../gitlab/gitlab-answers';
import { readiness } from '../health-operations';

/** What answers are made of, by the names that generated clients give their types. */
export const answerComponents = {
  Mirror: mirror,
  Run: run,
  RefOutcome: refOutcome,
  RefCounts: refCounts,
  Progress: progress,
  HeldPlan: heldPlan,
  PullRequest: pullRequest,
  HostKey: hostKey,
  Webhook: webhook,
  NoticeDelivery: noticeDelivery,
  Backup: backup,
  ConnectionTest: connectionTest,
  PushMirror: pushMirror,
  PushMirrorCapabilities: pushCapabilities,
  AuditEntry: auditEntry,
  BulkResult: bulkResult,
  Fault: faultAnswer,
  FaultCode: faultCode,
  FaultClass: faultClass,
  Problem: problem,
  GitlabPullMirror: gitlabPullMirror,
  GitlabRemoteMirror: gitlabRemoteMirror,
  GitlabProblem: gitlabProblem,
  Readiness: readiness,
} satisfies Readonly<Record<string, z.ZodType>>;

/** What is sent by more than one call. */
export const bodyComponents = {
  MirrorSettings: settingsBody,
  MirrorChoice: bulkBody,
} satisfies Readonly<Record<string, z.ZodType>>;
