// An upgrade whose program the verifier refuses: every program, link and map of before is as it was, and it is said why.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import { findObjectFolder } from '../../../loader/programs/objects.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { makeTestNode, type TestNode } from './test-node.ts';

/** BPF_EXIT, and what no kernel has an instruction for. */
const EXIT = Buffer.from('9500000000000000', 'hex');
const UNKNOWN_OPCODE = 0xff;

/** A folder of this build's objects, in which no function of the hook's program can return. */
function brokenObjects(hook: HookName): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-refused-'));
  cpSync(findObjectFolder(), folder, { recursive: true });
  const file = join(folder, `${hook}.bpf.o`);
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf(EXIT); at >= 0; at = bytes.indexOf(EXIT, at + 1))
    if (at % EXIT.length === 0) bytes[at] = UNKNOWN_OPCODE;
  writeFileSync(file, bytes);
  return folder;
}

/** Links with the programs that they run, and the maps that there are. */
function standing(node: TestNode): unknown {
  using opened = node.open();
  const maps = Object.values(opened.maps).map(({ name, info }) => `${name} ${info.id}`);
  return { links: listPinnedLinks(node.pinRoot), programs: opened.status().programs, maps };
}

for (const [index, hook] of HOOK_NAMES.entries())
  t.test(`${hook} is refused`, t => {
    const node = makeTestNode(`refused${index}`, undo => t.teardown(undo), `r${index}`);
    node.run();
    const before = standing(node);
    const objectFolder = brokenObjects(hook);
    t.teardown(() => rmSync(objectFolder, { recursive: true }));
    t.throws(() => node.open({ objectFolder, mapSizes: { hd_route: 128 } }), {
      message: new RegExp(
        `the program ${hook} cannot be loaded: .*VERIFIER: (last insn is not an exit|unknown opcode ff)`,
      ),
      code: 'KERNEL_UNSUPPORTED',
    });
    t.strictSame(standing(node), before, 'all is as it was');
    t.strictSame(node.run(), [], 'and the old build has nothing to mend');
    t.end();
  });
