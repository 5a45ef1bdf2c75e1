import t from 'tap';
import { findObjectFolder, readHookObject } from '../../loader/programs/objects.ts';
import { kernelVariablesOf } from '../../loader/programs/program-constants.ts';

t.test('of what follows from the kernel, a program is given what it has', t => {
  const podTx = readHookObject('pod_tx', findObjectFolder());
  t.match(kernelVariablesOf(podTx, '6.1.0-56-cloud-amd64'), { old_verifier_keys: 1 });
  t.match(kernelVariablesOf(podTx, '6.18.1'), { old_verifier_keys: 0 });
  t.ok(Object.keys(kernelVariablesOf(podTx)).every(name => podTx.spec.variables.has(name)));
  t.end();
});
