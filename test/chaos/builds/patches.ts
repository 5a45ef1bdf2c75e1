// The other builds that a node is upgraded to, and downgraded from.
import type { BuildPatch } from './patch.ts';

/** A new member where conntrack's rows have reserved bytes: no other member moves, no size changes. */
const CONNTRACK_MEMBER: BuildPatch = {
  name: 'conntrack-member',
  replacements: [
    {
      file: 'bpf/abi/conntrack.h',
      find: '\t__u8 reserved[16];\n};\n\n/* A row of hd_ct_ring',
      replace:
        "\t__u64 replies; /* packets of the flow's responder */\n\t__u8 reserved[8];\n};\n\n/* A row of hd_ct_ring",
    },
  ],
  additions: [],
};

/** Members of conntrack's rows and keys have other names: same bytes, same meaning. */
const CONNTRACK_NAME: BuildPatch = {
  name: 'conntrack-name',
  replacements: [
    {
      file: 'bpf/abi/types.h',
      find: '#include <linux/types.h>\n',
      replace: `#include <linux/types.h>

#define ct_entry conntrack_row
#define created_ns opened_ns
#define ring_cursor ring_place
#define source_port sender_port
#define destination_port receiver_port
`,
    },
  ],
  additions: [],
};

/** The interface table and the routes as they were before uplinks were rows: another map, rows of another layout. */
const INTERFACES: BuildPatch = {
  name: 'interfaces',
  replacements: [
    { file: 'bpf/lib/iface.h', find: '} hd_iface SEC(".maps");', replace: '} hd_port SEC(".maps");' },
    {
      file: 'bpf/lib/iface.h',
      find: 'bpf_map_lookup_elem(&hd_iface, &key)',
      replace: 'bpf_map_lookup_elem(&hd_port, &key)',
    },
    { file: 'bpf/abi/route.h', find: '\t__u8 pad[6];\n', replace: '\t__u8 pad[14];\n' },
    {
      file: 'loader/reconcilers/table-writers.ts',
      find: 'new TableWriter(programs.maps.hd_iface)',
      replace: 'new TableWriter(programs.maps.hd_port)',
    },
    {
      file: 'loader/pods/check-tables.ts',
      find: 'hd_iface: ifaces',
      replace: 'hd_port: ifaces',
    },
    { file: 'loader/agent/evidence.ts', find: 'hd_iface: ifaces', replace: 'hd_port: ifaces' },
    {
      file: 'loader/pods/lost-attachments.ts',
      find: 'function podIfaces({ hd_iface }: MapSet)',
      replace: 'function podIfaces({ hd_port: hd_iface }: MapSet)',
    },
  ],
  additions: [],
};

const MAP: BuildPatch = {
  name: 'map',
  replacements: [
    {
      file: 'bpf/lib/metrics.h',
      find: '} hd_metrics SEC(".maps");\n',
      replace: `} hd_metrics SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, HOOK_MAX);
	__type(key, __u32);
	__type(value, __u64);
} hd_longest SEC(".maps");
`,
    },
    {
      file: 'bpf/lib/metrics.h',
      find: '\tif (!metrics)\n\t\treturn;\n',
      replace: `	__u32 which = hook;
	__u64 *longest = bpf_map_lookup_elem(&hd_longest, &which);

	if (!metrics || !longest)
		return;
	if (*longest < bytes)
		*longest = bytes;
`,
    },
    {
      file: 'scripts/abi/emit-abi.ts',
      find: "  hd_metrics: 'counting',\n",
      replace: "  hd_metrics: 'counting',\n  hd_longest: 'counting',\n",
    },
  ],
  additions: [],
};

const UPLINK_SEEN = `// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tcx egress of the uplink: counts what leaves. */
#include "lib/ctx_skb.h"

#include "lib/begin.h"
#include "lib/finish.h"

SEC("tc")
int uplink_seen(struct __sk_buff *ctx)
{
	struct packet pkt = begin(ctx, HOOK_UPLINK_SEEN);

	return finish(&pkt, PASS_UNMANAGED);
}

char _license[] SEC("license") = "Dual BSD/GPL";
`;

/** What the build reads of its environment: where to write each step down, and after how many to die. */
export const STEPS_FILE = 'HEDDLE_CHAOS_STEPS';
export const LAST_STEP = 'HEDDLE_CHAOS_LAST_STEP';

const STEPS = `// Records each step, and kills the process after the configured one.
import { appendFileSync } from 'node:fs';

let count = 0;

export function noteStep(step: string): void {
  const { ${STEPS_FILE}: file, ${LAST_STEP}: last } = process.env;
  if (file !== undefined) appendFileSync(file, step + '\\n');
  if (++count === Number(last)) process.kill(process.pid, 'SIGKILL');
}
`;

/** It also says where in its upgrade it is. */
const HOOK: BuildPatch = {
  name: 'hook',
  replacements: [
    {
      file: 'bpf/abi/verdict.h',
      find: '\tHOOK_FORWARD,\n',
      replace: '\tHOOK_FORWARD,\n\tHOOK_UPLINK_SEEN,\n',
    },
    {
      file: 'loader/programs/hook.ts',
      find: "  overlay_rx: 'ingress',\n",
      replace: "  overlay_rx: 'ingress',\n  uplink_seen: 'egress',\n",
    },
    {
      file: 'loader/reconcilers/desired-links.ts',
      find: "    { hook: 'uplink_rx', device },\n",
      replace: "    { hook: 'uplink_rx', device },\n    { hook: 'uplink_seen', device },\n",
    },
    // Behind uplink_tx, which is in the same place: that one stays the first.
    {
      file: 'loader/programs/tcx-link.ts',
      find: 'if (chain[0]?.linkId !== link.linkId) {',
      replace: "if (place.hook !== 'uplink_seen' && chain[0]?.linkId !== link.linkId) {",
    },
    {
      file: 'loader/programs/tcx-link.ts',
      find: 'first: true }',
      replace: "first: hook !== 'uplink_seen' }",
    },
    {
      file: 'loader/programs/programs.ts',
      find: "import { Upgrade } from './upgrade.ts';\n",
      replace: "import { Upgrade } from './upgrade.ts';\nimport { noteStep } from './note-step.ts';\n",
    },
    {
      file: 'loader/programs/programs.ts',
      find: 'onStep = () => undefined } = options;',
      replace: 'onStep = noteStep } = options;',
    },
    {
      file: 'loader/programs/links.ts',
      find: "import { ensureXdp } from './xdp-link.ts';\n",
      replace: "import { ensureXdp } from './xdp-link.ts';\nimport { noteStep } from './note-step.ts';\n",
    },
    {
      file: 'loader/programs/links.ts',
      find: '    for (const path of ensured.kept) kept.add(path);\n',
      replace:
        '    for (const path of ensured.kept) kept.add(path);\n    noteStep(`${link.hook} switched`);\n',
    },
  ],
  additions: [
    { file: 'bpf/uplink_seen.bpf.c', text: UPLINK_SEEN },
    { file: 'loader/programs/note-step.ts', text: STEPS },
  ],
};

export const BUILDS = {
  conntrackMember: CONNTRACK_MEMBER,
  conntrackName: CONNTRACK_NAME,
  interfaces: INTERFACES,
  map: MAP,
  hook: HOOK,
} as const satisfies Record<string, BuildPatch>;
