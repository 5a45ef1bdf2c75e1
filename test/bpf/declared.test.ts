// Objects are read once, and those of another folder anew: a mutant that is played on the objects of the one before survives.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { declaredBy } from '../support/bpf/declared.ts';
import { objectFolder, objectPath } from '../support/bpf/object-path.ts';

t.test('what an object declares follows the folder that is set', t => {
  const [former, mutated] = [process.env['HEDDLE_BPF_FOLDER'], t.testdir({})];
  t.teardown(() => setFolder(former));
  const ours = declaredBy('pod_tx');
  t.equal(declaredBy('pod_tx'), ours, 'it is read once');
  copyFileSync(objectPath('pod_rx'), join(mutated, 'pod_tx.bpf.o'));
  setFolder(mutated);
  t.equal(objectFolder(), mutated);
  t.strictSame([...declaredBy('pod_tx').programs.keys()], ['pod_rx'], "the folder's own object");
  setFolder(former);
  t.strictSame([...declaredBy('pod_tx').programs.keys()], ['pod_tx']);
  t.end();
});

function setFolder(folder: string | undefined): void {
  if (folder === undefined) delete process.env['HEDDLE_BPF_FOLDER'];
  else process.env['HEDDLE_BPF_FOLDER'] = folder;
}
