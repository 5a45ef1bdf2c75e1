// Policies that are changed by hand: who did it, and what.
import t from 'tap';
import { API } from '../../../loader/api/client.ts';
import { callerOf } from '../../../loader/api/caller.ts';
import type { PolicyAct } from '../../../loader/api/policy-service.ts';
import { connect, refusal } from './client.ts';
import { serve } from './served.ts';

const { policy } = API;
const manifest = (name: string): string =>
  JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec: {},
  });

t.test('each act has the process and the user of its caller, and the policies', async t => {
  const acts: PolicyAct[] = [];
  const { socketPath } = await serve(t, undefined, { onPolicyAct: act => acts.push(act) });
  const client = connect(t, socketPath);
  await client.ask(policy.applyPolicy, { manifest: manifest('a') });
  await client.ask(policy.applyPolicies, {
    manifests: [manifest('b'), manifest('c')],
    confirmWithinSeconds: 60,
  });
  await client.ask(policy.confirmPolicies, {});
  await client.ask(policy.rollBackPolicies, {});
  await client.ask(policy.deletePolicy, { kind: 'NetworkPolicy', namespace: 'shop', name: 'a' });
  t.strictSame(
    acts.map(({ action, policies }) => [action, ...policies]),
    [
      ['applied', 'NetworkPolicy shop/a'],
      ['applied', 'NetworkPolicy shop/b', 'NetworkPolicy shop/c'],
      ['confirmed'],
      ['rolled back'],
      ['deleted', 'NetworkPolicy shop/a'],
    ],
  );
  for (const { caller } of acts)
    t.match(caller, new RegExp(`^pid ${process.pid} \\(.+\\), uid ${process.getuid?.() ?? ''}`));
});

t.test('what was refused, or only read, is no act', async t => {
  const acts: PolicyAct[] = [];
  const { socketPath } = await serve(t, undefined, { onPolicyAct: act => acts.push(act) });
  const client = connect(t, socketPath);
  await refusal(client.ask(policy.applyPolicy, { manifest: 'nonsense' }));
  await refusal(client.ask(policy.deletePolicy, { kind: 'NetworkPolicy', namespace: 'shop', name: 'a' }));
  await refusal(client.ask(policy.confirmPolicies, {}));
  await refusal(client.ask(policy.rollBackPolicies, {}));
  await client.ask(policy.listPolicies, {});
  t.strictSame(acts, []);
});

t.test('a call without a socket has a caller that nobody knows', t => {
  for (const call of [undefined, {}, { call: { stream: { session: { socket: { _handle: { fd: -1 } } } } } }])
    t.equal(callerOf(call), 'unknown');
  t.end();
});
