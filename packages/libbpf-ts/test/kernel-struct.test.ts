import { readFileSync } from 'node:fs';
import t from 'tap';
import { btfResolve, btfTypeNamed, parseBtf, type BtfComposite } from '../src/index.ts';
import { netfilterAttr } from '../src/attach.ts';
import { kernelStruct } from '../src/kernel-struct.ts';
import { mapCreateAttr } from '../src/map-create.ts';
import { mapInfoStruct } from '../src/map-info.ts';
import { programLoadAttr } from '../src/probe.ts';
import { programInfoStruct } from '../src/program-info.ts';
import { tcxCreateAttr, tcxQueryAttr } from '../src/tcx.ts';
import { skBuff, xdpMd } from '../src/test-run-context.ts';
import { testRunAttr } from '../src/test-run.ts';

/** The running kernel's own description of its structs. */
const btf = parseBtf(readFileSync('/sys/kernel/btf/vmlinux'));

/** Offset of a member by its path; anonymous structs and unions are looked through. */
function kernelOffset(type: BtfComposite, path: readonly string[]): number | undefined {
  const [wanted, ...rest] = path;
  for (const member of type.members) {
    const inner = btfResolve(btf, member.type);
    const composite = inner.kind === 'struct' || inner.kind === 'union' ? inner : undefined;
    if (member.name === wanted && rest.length === 0) return member.bitOffset / 8;
    const deeper = member.name === wanted ? rest : member.name === '' ? path : undefined;
    const found = composite && deeper ? kernelOffset(composite, deeper) : undefined;
    if (found !== undefined) return member.bitOffset / 8 + found;
  }
  return undefined;
}

interface Described {
  readonly offsets: Readonly<Record<string, number>>;
}

/** Our member names, and the kernel's path to the same. */
type Pairs = Readonly<Record<string, string>>;

const ATTR = btfTypeNamed(btf, 'union', 'bpf_attr');

function agrees(type: BtfComposite | undefined, ours: Described, pairs: Pairs): string[] {
  if (type === undefined) return ['the kernel has no such type'];
  return Object.entries(pairs).flatMap(([name, path]) => {
    const wanted = kernelOffset(type, path.split('.'));
    return ours.offsets[name] === wanted
      ? []
      : [`${name}: ${ours.offsets[name] ?? '-'}, not ${wanted ?? '-'}`];
  });
}

t.test('what the kernel tells of maps and programs is read where it writes it', t => {
  const map = btfTypeNamed(btf, 'struct', 'bpf_map_info');
  const mapPairs = {
    id: 'id',
    name: 'name',
    flags: 'map_flags',
    btfId: 'btf_id',
    btfValueTypeId: 'btf_value_type_id',
  };
  t.same(agrees(map, mapInfoStruct, mapPairs), []);
  const program = btfTypeNamed(btf, 'struct', 'bpf_prog_info');
  const pairs = {
    ...{
      id: 'id',
      tag: 'tag',
      name: 'name',
      mapIds: 'map_ids',
      mapCount: 'nr_map_ids',
      loadTimeNs: 'load_time',
    },
    ...{ runTimeNs: 'run_time_ns', runCount: 'run_cnt', verifiedInstructions: 'verified_insns' },
    ...{ translatedLength: 'xlated_prog_len', jitedLength: 'jited_prog_len' },
  };
  t.same(agrees(program, programInfoStruct, pairs), []);
  t.end();
});

t.test('the contexts of test runs are those of the kernel', t => {
  const pairs = {
    ...{ mark: 'mark', priority: 'priority', ifindex: 'ifindex', ingressIfindex: 'ingress_ifindex' },
    ...{ tcClassId: 'tc_classid', timestampNs: 'tstamp', wireLength: 'wire_len' },
    ...{ gsoSegments: 'gso_segs', gsoSize: 'gso_size' },
  };
  t.same(agrees(btfTypeNamed(btf, 'struct', '__sk_buff'), skBuff, pairs), []);
  const xdp = { data: 'data', dataEnd: 'data_end', dataMeta: 'data_meta', ingressIfindex: 'ingress_ifindex' };
  t.same(agrees(btfTypeNamed(btf, 'struct', 'xdp_md'), xdpMd, xdp), []);
  t.end();
});

t.test('the arguments of bpf(2) are where the kernel looks for them', t => {
  const below = (prefix: string, pairs: Pairs): Pairs =>
    Object.fromEntries(Object.entries(pairs).map(([name, path]) => [name, `${prefix}.${path}`]));
  const run = {
    dataIn: 'data_in',
    contextOut: 'ctx_out',
    flags: 'flags',
    batchSize: 'batch_size',
    durationNs: 'duration',
  };
  t.same(agrees(ATTR, testRunAttr, below('test', run)), []);
  const tcx = {
    attachType: 'attach_type',
    flags: 'flags',
    relative: 'tcx.relative_fd',
    expectedRevision: 'tcx.expected_revision',
  };
  t.same(agrees(ATTR, tcxCreateAttr, below('link_create', tcx)), []);
  const query = { programIds: 'prog_ids', count: 'count', linkIds: 'link_ids', revision: 'revision' };
  t.same(agrees(ATTR, tcxQueryAttr, below('query', query)), []);
  const netfilter = { family: 'netfilter.pf', hook: 'netfilter.hooknum', priority: 'netfilter.priority' };
  t.same(agrees(ATTR, netfilterAttr, below('link_create', netfilter)), []);
  t.same(
    agrees(ATTR, mapCreateAttr, { name: 'map_name', innerMapFd: 'inner_map_fd', flags: 'map_flags' }),
    [],
  );
  t.same(agrees(ATTR, programLoadAttr, { license: 'license', attachType: 'expected_attach_type' }), []);
  t.end();
});

t.test('members are aligned as C aligns them, and come back as they went in', t => {
  const example = kernelStruct({ a: 'u32', b: 'u64', c: 's32', name: 'text16', d: 'u32' });
  t.same(example.offsets, { a: 0, b: 8, c: 16, name: 20, d: 36 });
  t.equal(example.size, 40);
  const values = { a: 1, b: 2n, c: -3, name: 'cut to fifteen b', d: 4 };
  t.same(example.decode(example.encode(values).bytes), { ...values, name: 'cut to fifteen ' });
  t.match(example.decode(new Uint8Array(4)), { a: 0, d: 0 }, 'what an older kernel did not fill is zero');
  t.end();
});
