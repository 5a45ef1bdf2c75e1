// What our pages name exists: files, tests, make targets, commands and their flags, settings, verdicts, maps, metrics, figures.
import t from 'tap';
import { missingCommand } from './named-commands.ts';
import { missingFile } from './named-files.ts';
import { missingThing } from './named-things.ts';
import { brokenLink, readPage, readPages, type Named, type Page } from './pages.ts';

const CHECKS: readonly ((named: Named) => string | undefined)[] = [
  missingFile,
  ({ text }) => missingCommand(text),
  missingThing,
];

function faultsOf({ spans, links }: Page): string[] {
  const found = [
    ...spans.flatMap(named => CHECKS.map(check => [named, check(named)] as const)),
    ...links.map(named => [named, brokenLink(named)] as const),
  ];
  return found.flatMap(([{ page, line, text }, fault]) =>
    fault === undefined ? [] : [`${page}:${line}: ${text}: ${fault}`],
  );
}

for (const page of readPages())
  t.test(page.path, t => {
    t.strictSame(faultsOf(page), []);
    t.end();
  });

t.test('what does not exist is noticed, and what others own is not asked for', t => {
  const text = [
    '`make tset` `make bench ONYL=x` `heddlectl polcy list` `heddlectl status --wide-open` `heddled --tunel-port 1`',
    '`test/e2e/daemon/no-such.test.ts` `no-such.test.ts` `DROP_NOTHING` `hd_nothing` `heddle_nothing_total`',
    '`tunnel.pot` `HEDDLE_NOTHING` [page](no-such.md)',
    '`make test` `kubectl get pods` `heddlectl policy list` `test/bpf/*.test.ts` `DROP_DECAP` `tunnel.port` [a](https://a.b)',
  ].join('\n');
  t.equal(faultsOf(readPage('docs/x.md', text)).length, 13);
  t.equal(faultsOf(readPage('docs/performance.md', '| `tcp_of_nobody` | 1 |')).length, 1);
  t.end();
});
