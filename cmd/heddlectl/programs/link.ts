// heddlectl link: where the programs are attached. Debian's bpftool does not show tcx links.
import type { Command } from 'commander';
import { colour } from '../output/colour.ts';
import { listPinnedLinks, type PinnedLink } from '../../../loader/programs/pinned-links.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { ranInside } from '../invocation/inside-netns.ts';
import { printRows } from '../output/output.ts';
import type { Column } from '../output/table.ts';

const columns: readonly Column<PinnedLink>[] = [
  { title: 'PROGRAM', text: row => row.hook },
  { title: 'DEVICE', text: row => row.device ?? `netfilter ${row.family ?? ''}` },
  { title: 'IFINDEX', text: row => (row.ifindex === undefined ? '' : String(row.ifindex)), align: 'right' },
  { title: 'BY', text: row => [row.attachment, row.mode].filter(word => word !== undefined).join(' ') },
  { title: 'LINK', text: row => (row.linkId === undefined ? '-' : String(row.linkId)), align: 'right' },
  { title: 'PROG', text: row => String(row.programId), align: 'right' },
  {
    title: 'STATE',
    text: row => (isDetached(row) ? 'detached' : 'attached'),
    tint: (row, text) => (isDetached(row) ? colour.red(text) : colour.green(text)),
  },
];

export function addLinkCommands(program: Command): void {
  const link = program.command('link').description('the links of the BPF programs');
  link
    .command('list')
    .alias('show')
    .description('list the pinned links')
    .action(async (_flags: unknown, command: Command) => {
      const target = targetOf(command);
      if (await ranInside(target)) return; // filters of clsact are found by device
      printRows(
        formatOf(command),
        listPinnedLinks(target.pinRoot),
        columns,
        `no links are pinned under ${target.pinRoot}`,
      );
    });
}

function isDetached({ ifindex, programId }: PinnedLink): boolean {
  return ifindex === 0 || programId === 0;
}
