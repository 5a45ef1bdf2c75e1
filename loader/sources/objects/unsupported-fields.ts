// Fields of a ClusterNetworkPolicy that this version does not support: the rule fails closed, with a problem.
import type { Policy, PolicyDirection, PolicyRule } from '../../model/policies.ts';
import type { FieldProblem } from './field-problem.ts';
import { valueAt } from './partial-read.ts';

const PEER_FIELDS: ReadonlySet<string> = new Set(['namespaces', 'pods', 'nodes', 'networks']);

/** `raw` is the object that `policy` was read from. */
export function unsupportedFields(policy: Policy, raw: object): readonly FieldProblem[] {
  return (['ingress', 'egress'] as const).flatMap(direction =>
    policy[direction].flatMap((rule, i) => problemsOf(policy, rule, ['spec', direction, i], raw)),
  );
}

function problemsOf(
  policy: Policy,
  rule: PolicyRule,
  path: readonly [string, PolicyDirection, number],
  raw: object,
): readonly FieldProblem[] {
  const peersField = path[1] === 'ingress' ? 'from' : 'to';
  const hasUnknownPeer = rule.peers !== 'all' && rule.peers.some(({ kind }) => kind === 'unknown');
  const hasUnknownPort = rule.ports !== 'all' && rule.ports.some(({ kind }) => kind === 'unknown');
  const called = rule.name === undefined ? '' : ` '${rule.name}'`;
  const title = `ClusterNetworkPolicy ${policy.name}: spec.${path[1]}[${path[2]}]`;
  const problems: FieldProblem[] = [];
  if (hasUnknownPeer) {
    const { at, field } = unknownPeer(valueAt(raw, [...path, peersField]));
    const outcome = rule.action === 'Accept' ? 'admits no peer' : 'denies every peer';
    const what = `${title}.${peersField}[${at}]${field} is not supported`;
    const sentence = `${what}: the rule${called} ${outcome}, write networks instead`;
    problems.push({ path: [...path, peersField, at], sentence });
  }
  if (hasUnknownPort) {
    const outcome = rule.action === 'Accept' ? 'matches nothing by it' : 'denies whatever the protocol is';
    const sentence = `${title}.protocols has an entry that is not supported: the rule${called} ${outcome}, write tcp, udp or sctp`;
    problems.push({ path: [...path, 'protocols'], sentence });
  }
  return problems;
}

/** The first peer with a field of another name; of a peer without fields nothing but its place is known. */
function unknownPeer(peers: unknown): { at: number; field: string } {
  const fieldsOf = (peer: object | null) =>
    Object.entries(peer ?? {}).flatMap(([name, value]) => (value === null ? [] : [name]));
  const names = (Array.isArray(peers) ? peers : []).map(fieldsOf);
  const at = names.findIndex(fields => fields.length !== 1 || !PEER_FIELDS.has(fields[0] ?? ''));
  const name = names[at]?.find(each => !PEER_FIELDS.has(each));
  return { at: Math.max(at, 0), field: name === undefined ? '' : `.${name}` };
}
