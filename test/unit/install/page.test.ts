// What `make try-install` reads of docs/install.md, and what it does not.
import t from 'tap';
import { VERSION } from '../../../loader/version.ts';
import { chaptersFor, plannedMachines, podNames, type Action } from '../../install/page.ts';
import { RELEASES } from '../../install/releases.ts';

const textOf = (action: Action): string => (action.kind === 'file' ? action.path : action.text);

function pageWith(chapter: string): string {
  const others = ['Nodes', 'Pods', 'Upgrade and rollback', 'Removal'].map(title => `### ${title}\n`);
  return ['# Install', '', '## A plain machine', '', ...others, '### More', chapter, '', '## After', ''].join(
    '\n',
  );
}

function actionsOf(chapter: string, release = 12): readonly Action[] {
  return chaptersFor(release, pageWith(chapter)).find(({ title }) => title === 'More')?.actions ?? [];
}

for (const { number } of RELEASES)
  t.test(`the page for Debian ${number}`, t => {
    const chapters = chaptersFor(number);
    const texts = chapters.flatMap(({ actions }) => actions.map(textOf));
    const [install = '', ...installs] = texts.filter(text => text.startsWith('apt install '));
    t.match(install, `./heddle_${VERSION}_`, 'installs what is built');
    t.equal(install.includes('heddle-node'), number === 12, 'with a Node of its own where Debian has none');
    t.ok(
      installs.some(text => text.includes('--allow-downgrades')),
      'goes back',
    );
    t.ok(texts.includes('heddlectl cleanup'));
    t.notOk(
      texts.some(text => text.startsWith('make ')),
      'what is built elsewhere is not played',
    );
    const machines = plannedMachines(chapters);
    t.equal(new Set(machines.map(({ address }) => address)).size, 2);
    t.equal(podNames(chapters).length, machines.length, 'a pod for each machine');
    t.end();
  });

t.test('commands, in order, without what is explained behind them', t => {
  const chapter = '```sh\nfirst --flag    # why\nsecond "a#b"\n```\nand\n```sh\n\nthird\n```';
  t.strictSame(actionsOf(chapter).map(textOf), ['first --flag', 'second "a#b"', 'third']);
  t.end();
});

t.test('a command for one release is for that alone', t => {
  const chapter = '```sh\na    # Debian 12\nb    # Debian 13\nc    # not Debian 13\n```';
  t.strictSame(actionsOf(chapter, 12).map(textOf), ['a', 'c']);
  t.strictSame(actionsOf(chapter, 13).map(textOf), ['b', 'c']);
  t.end();
});

t.test('a file with its path, and one without', t => {
  const file = { kind: 'file', path: '/etc/a.yaml', text: 'b: c\n' };
  t.strictSame(actionsOf('```yaml\n# /etc/a.yaml\nb: c\n```'), [file]);
  t.throws(() => actionsOf('```yaml\nb: c\n```'), /does not begin with/);
  t.end();
});

t.test('a page without the section, or without a chapter that pods wait for', t => {
  t.throws(() => chaptersFor(12, '# Install\n'), /no section/);
  t.throws(() => chaptersFor(12, pageWith('').replace('### Removal', '### Away')), /no '### Removal'/);
  t.end();
});
