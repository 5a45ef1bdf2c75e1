// What docs/install.md has an operator do beside the overlays: settings in a folder of their own, k3s's folders at the removal.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { kustomize, objectsIn, type ClusterObject } from '../../support/deploy/kustomize.ts';

const INSTALL = readFileSync('docs/install.md', 'utf8');

interface PodTemplate {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly volumes: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
      };
    };
  };
}

function byName(objects: readonly ClusterObject[]): Map<string, ClusterObject> {
  return new Map(objects.map(object => [`${object.kind} ${object.metadata.name}`, object]));
}

function hostPath(daemonSet: ClusterObject | undefined, volume: string): string {
  const { volumes } = (daemonSet as (ClusterObject & PodTemplate) | undefined)?.spec.template.spec ?? {
    volumes: [],
  };
  return volumes.find(({ name }) => name === volume)?.hostPath?.path ?? `no volume ${volume}`;
}

const base = byName(kustomize('deploy/kubernetes/base'));

t.test('settings of an own folder are a patch of the ConfigMap, as the page on installing has it', t => {
  const home = mkdtempSync(join(tmpdir(), 'heddle-overlay-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  symlinkSync(process.cwd(), join(home, 'heddle'));
  mkdirSync(join(home, 'my-heddle'));
  const blocks = Array.from(
    INSTALL.matchAll(/# my-heddle\/kustomization\.yaml.*\n([^`]*)```/g),
    ([, text]) => text,
  );
  t.equal(blocks.length, 2);
  writeFileSync(join(home, 'my-heddle/kustomization.yaml'), blocks.join(''));
  const [, copy = 'false'] = /^(cp .*heddle-config\.yaml) +#/m.exec(INSTALL) ?? [];
  execFileSync('sh', ['-c', copy], { cwd: home });
  const file = join(home, 'my-heddle/heddle-config.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('kind: kubernetes', 'kind: kubernetes\n    mtu: 1400'),
  );
  const made = byName(kustomize(join(home, 'my-heddle')));
  t.strictSame([...made.keys()].sort(), [...base.keys()].sort());
  t.match(made.get('ConfigMap heddle'), { data: { 'heddled.yaml': /kind: kubernetes\nmtu: 1400\ncni:/ } });
  t.end();
});

t.test("the uninstaller of k3s's folders takes away what its overlay has put there", t => {
  const [, command] = /^(sed .*rancher.*uninstall\.yaml) \|/m.exec(INSTALL) ?? [];
  const made = byName(objectsIn(execFileSync('sh', ['-c', command ?? 'false'], { encoding: 'utf8' })));
  const k3s = byName(kustomize('deploy/kubernetes/overlays/k3s'));
  for (const name of ['cni-bin', 'cni-conf'])
    t.equal(
      hostPath(made.get('DaemonSet heddle-uninstall'), name),
      hostPath(k3s.get('DaemonSet heddle'), name),
      name,
    );
  t.end();
});

t.test('no Service of the namespace sets a variable of the daemon', t => {
  const uninstaller = byName(objectsIn(readFileSync('deploy/kubernetes/uninstall.yaml', 'utf8')));
  for (const daemonSet of [base.get('DaemonSet heddle'), uninstaller.get('DaemonSet heddle-uninstall')])
    t.match(daemonSet, { spec: { template: { spec: { enableServiceLinks: false } } } });
  t.end();
});
