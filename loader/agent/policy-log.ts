// Changes of policies by hand: who, and what. Each has its line.
import type { Logger } from 'pino';
import type { PolicyAct } from '../api/policy-service.ts';

export function policyLog(logger: Logger): (act: PolicyAct) => void {
  return ({ caller, action, policies }) => {
    const what = policies.length === 0 ? 'the last set of policies' : policies.join(', ');
    logger.info({ audit: true, caller, policies }, `${what}: ${action} by hand, by ${caller}`);
  };
}
