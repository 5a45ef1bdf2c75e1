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
  for (const section of codeSections(bytes))
    for (let at = section.indexOf(EXIT); at >= 0; at = section.indexOf(EXIT, at + 1))
      if (at % EXIT.length === 0) section[at] = UNKNOWN_OPCODE;
  writeFileSync(file, bytes);
  return folder;
}

/** SHF_EXECINSTR; the bytes of other sections may look like instructions. */
const EXECUTABLE = 4n;

/** Of a 64-bit ELF file, as views of its bytes (elf(5): Elf64_Ehdr, Elf64_Shdr). */
function codeSections(file: Buffer): Buffer[] {
  const first = Number(file.readBigUInt64LE(0x28));
  const [size, count] = [file.readUInt16LE(0x3a), file.readUInt16LE(0x3c)];
  const headers = Array.from({ length: count }, (_, i) => file.subarray(first + i * size));
  return headers
    .filter(header => (header.readBigUInt64LE(0x08) & EXECUTABLE) !== 0n)
    .map(header => {
      const at = Number(header.readBigUInt64LE(0x18));
      return file.subarray(at, at + Number(header.readBigUInt64LE(0x20)));
    });
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
