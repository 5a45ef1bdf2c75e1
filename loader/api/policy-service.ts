// heddle.v1.Policy on grpc-js, over a `PolicyKeeper`.
import { HeddleError } from '../errors.ts';
import { kindSpec, policyKinds } from '../model/kinds.ts';
import { policyKey, type Policy, type PolicyKey } from '../model/policies.ts';
import type { PolicyKeeper, PolicyStanding } from '../sources/applied/applied-policies.ts';
import { readPolicyText, type ReadPolicy } from '../sources/applied/read-policy.ts';
import { callFailure } from './call-failure.ts';
import { explainPod, localSubjects, type PolicyContext } from './policy-explanation.ts';
import { heddle } from './proto.gen.js';
import { RequestError } from './request-error.ts';
import type { ServiceHandlers } from './service-definition.ts';
import { unary } from './unary.ts';

type Handlers = ServiceHandlers<heddle.v1.Policy, typeof heddle.v1>;

const { ApplyOutcome, PolicyOrigin } = heddle.v1;
const OUTCOME = {
  created: ApplyOutcome.APPLY_OUTCOME_CREATED,
  configured: ApplyOutcome.APPLY_OUTCOME_CONFIGURED,
  unchanged: ApplyOutcome.APPLY_OUTCOME_UNCHANGED,
} as const;

/** A change of policies by hand that succeeded. */
export interface PolicyAct {
  readonly caller: string;
  readonly action: 'applied' | 'confirmed' | 'rolled back' | 'deleted';
  /** As `policyKey` names them; empty where the act names none. */
  readonly policies: readonly string[];
}

export function policyService(
  keeper: PolicyKeeper,
  context: PolicyContext,
  onAct: (act: PolicyAct) => void = () => undefined,
): Handlers {
  return {
    applyPolicy: unary(({ manifest }, _, caller) => {
      const { policy, problems } = readPolicyText(manifest);
      const outcome = keeper.apply(policy);
      if (outcome === 'source-has-it') throw ownedBySource(policyKey(policy));
      onAct({ caller: caller(), action: 'applied', policies: [policyKey(policy)] });
      return { outcome: OUTCOME[outcome], ...nameOf(policy), problems: [...problems] };
    }, callFailure),
    applyPolicies: unary((request, _, caller) => {
      const policies = applySet(keeper, request);
      onAct({ caller: caller(), action: 'applied', policies: policies.map(appliedKey) });
      return { policies };
    }, callFailure),
    confirmPolicies: unary((_request, _, caller) => {
      keeper.confirm();
      onAct({ caller: caller(), action: 'confirmed', policies: [] });
      return {};
    }, callFailure),
    rollBackPolicies: unary((_request, _, caller) => {
      const policies = keeper.rollBack();
      onAct({ caller: caller(), action: 'rolled back', policies: [] });
      return { policies };
    }, callFailure),
    deletePolicy: unary((request, _, caller) => {
      const key = requestedKey(request);
      const outcome = keeper.delete(key);
      if (outcome === 'missing') throw new RequestError('NOT_FOUND', `there is no ${key}`);
      if (outcome === 'source-has-it') throw ownedBySource(key);
      onAct({ caller: caller(), action: 'deleted', policies: [key] });
      return {};
    }, callFailure),
    getPolicy: unary(request => {
      const key = requestedKey(request);
      const found = keeper.policies().find(({ policy }) => policyKey(policy) === key);
      if (found === undefined) throw new RequestError('NOT_FOUND', `there is no ${key}`);
      return policyMessage(found, context);
    }, callFailure),
    listPolicies: unary(
      () => ({ policies: keeper.policies().map(standing => policyMessage(standing, context)) }),
      callFailure,
    ),
    explainPod: unary(request => explainPod(context, request), callFailure),
  };
}

function applySet(
  keeper: PolicyKeeper,
  { manifests, confirmWithinSeconds }: heddle.v1.ApplyPoliciesRequest,
): heddle.v1.IApplyPolicyResponse[] {
  const read = manifests.map(readNumbered);
  const policies = read.map(({ policy }) => policy);
  if (new Set(policies.map(policyKey)).size < policies.length)
    throw new RequestError('INVALID_ARGUMENT', 'manifests: two of them have the same kind and name');
  const confirmMs = confirmWithinSeconds === 0 ? undefined : confirmWithinSeconds * 1_000;
  const { outcomes } = keeper.applySet(policies, confirmMs);
  return read.map(({ policy, problems }, i) => ({
    outcome: OUTCOME[outcomes[i] ?? 'unchanged'],
    ...nameOf(policy),
    problems: [...problems],
  }));
}

function appliedKey({ kind, namespace, name }: heddle.v1.IApplyPolicyResponse): string {
  return `${kind ?? ''} ${namespace ? `${namespace}/` : ''}${name ?? ''}`;
}

function readNumbered(manifest: string, index: number): ReadPolicy {
  try {
    return readPolicyText(manifest);
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    throw new HeddleError(error.code, `manifests[${index}]: ${error.message}`, { cause: error });
  }
}

function policyMessage(
  { policy, origin, raw, problems }: PolicyStanding,
  context: PolicyContext,
): heddle.v1.IPolicyObject {
  const { POLICY_ORIGIN_API, POLICY_ORIGIN_SOURCE } = PolicyOrigin;
  return {
    ...nameOf(policy),
    origin: origin === 'api' ? POLICY_ORIGIN_API : POLICY_ORIGIN_SOURCE,
    manifest: JSON.stringify(raw),
    status: problems.length === 0 ? 'accepted' : problems.join('; '),
    subjects: localSubjects(context, policy),
  };
}

function nameOf({ kind, namespace = '', name }: Policy): { kind: string; namespace: string; name: string } {
  return { kind, namespace, name };
}

function requestedKey(request: heddle.v1.IGetPolicyRequest): PolicyKey {
  const { name, namespace } = request;
  const kind = policyKinds.find(each => each === request.kind);
  if (kind === undefined)
    throw new RequestError(
      'INVALID_ARGUMENT',
      `kind: '${request.kind ?? ''}' is not one of ${policyKinds.join(', ')}`,
    );
  if (!name) throw new RequestError('INVALID_ARGUMENT', 'name: is empty');
  if (namespace && kindSpec(kind).scope === 'cluster')
    throw new RequestError(
      'INVALID_ARGUMENT',
      `namespace: '${namespace}' is set, and a ${kind} has no namespace: leave it empty`,
    );
  return policyKey({ kind, name, ...(namespace && { namespace }) });
}

function ownedBySource(key: PolicyKey): RequestError {
  return new RequestError('FAILED_PRECONDITION', `${key} comes from the source: change it there`);
}
