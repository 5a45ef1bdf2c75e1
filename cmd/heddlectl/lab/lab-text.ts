// The text of a lab.
import { colour } from '../output/colour.ts';
import type { Lab } from '../../../lab/lab.ts';
import { terminalWidth } from '../output/terminal-width.ts';
import { renderTable, type Column } from '../output/table.ts';

interface LabRow {
  readonly name: string;
  readonly addresses: string;
  readonly netns: string;
  readonly more: string;
}

const columns: readonly Column<LabRow>[] = [
  { title: 'NAME', text: row => row.name },
  { title: 'ADDRESSES', text: row => row.addresses },
  { title: 'NETNS', text: row => row.netns },
  { title: 'MORE', text: row => row.more, tint: (_row, text) => colour.dim(text) },
];

export function describeLab(lab: Lab): string[] {
  const { name, encapsulation, underlay, families } = lab.options;
  const title = `lab ${colour.bold(name)}: ${families} pods, encapsulation ${encapsulation}, ${underlay} underlay`;
  return [title, renderTable(labRows(lab), columns, terminalWidth())];
}

function labRows(lab: Lab): LabRow[] {
  const nodes = lab.nodes.flatMap(node => [
    {
      ...{ name: node.name, netns: node.netns, addresses: node.addresses.join(' ') },
      more: `pods ${node.podCidrs.join(' ')}; socket ${node.socket}; pins ${node.pinRoot}`,
    },
    ...lab.pods
      .filter(pod => pod.node === node.name)
      .map(pod => ({
        name: `  ${pod.name}`,
        netns: pod.netns,
        addresses: pod.addresses.join(' '),
        more: '',
      })),
  ]);
  const { netns, addresses } = lab.outside;
  return [
    ...nodes,
    { name: 'outside', netns, addresses: addresses.join(' '), more: 'has no routes to pods' },
  ];
}
