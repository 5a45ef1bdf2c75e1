import t from 'tap';
import { loadConfigWithOrigins } from '../../../loader/config.ts';
import { configTable } from '../../../loader/config/describe.ts';
import { configKeys } from '../../../loader/config/keys.ts';
import { sentences } from './loaded.ts';

interface Row {
  readonly given: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly warning: string;
}

const rows: readonly Row[] = [
  {
    given: 'in the file',
    file: 'mtu: 1400\nipam:\n  restSeconds: 7\n',
    warning:
      'ipam.restSeconds is now ipam.reuseDelaySeconds: rename it, the next release does not read the former name',
  },
  {
    given: 'in the environment',
    env: { HEDDLE_IPAM_REST_SECONDS: '7' },
    warning:
      'HEDDLE_IPAM_REST_SECONDS is now HEDDLE_IPAM_REUSE_DELAY_SECONDS: rename it, the next release does not read the former name',
  },
  {
    given: 'as a flag',
    argv: ['--ipam-rest-seconds', '7'],
    warning:
      '--ipam-rest-seconds is now --ipam-reuse-delay-seconds: rename it, the next release does not read the former name',
  },
];

for (const { given, argv = [], env = {}, file, warning } of rows)
  t.test(`a former name ${given} is read with a warning that names the current one`, t => {
    const { config, settings, warnings } = loadConfigWithOrigins({
      ...{ argv, env, hostname: 'a', readFile: () => file },
    });
    t.equal(config.ipam.reuseDelaySeconds, 7);
    t.strictSame(warnings, [warning]);
    t.notOk(
      settings.some(({ key }) => key === 'ipam.restSeconds'),
      'it is shown under its current name',
    );
    t.end();
  });

t.test('the current name gives no warning', t => {
  const { warnings } = loadConfigWithOrigins({
    argv: ['--ipam-reuse-delay-seconds=7'],
    env: { HEDDLE_IPAM_REUSE_DELAY_SECONDS: '8' },
    readFile: () => 'ipam: { reuseDelaySeconds: 9 }',
    hostname: 'a',
  });
  t.strictSame(warnings, []);
  t.end();
});

t.test('precedence is by place, not by name: a former flag wins over a current variable', t => {
  const { config } = loadConfigWithOrigins({
    argv: ['--ipam-rest-seconds=7'],
    env: { HEDDLE_IPAM_REUSE_DELAY_SECONDS: '8' },
    readFile: () => undefined,
    hostname: 'a',
  });
  t.equal(config.ipam.reuseDelaySeconds, 7);
  t.end();
});

t.test('both names in one place are refused', t => {
  t.strictSame(sentences({ argv: ['--ipam-rest-seconds=7', '--ipam-reuse-delay-seconds=8'] }), [
    'ipam.reuseDelaySeconds is given twice (--ipam-rest-seconds, --ipam-reuse-delay-seconds): remove the former name',
  ]);
  const files = { '/etc/heddle/heddled.yaml': 'ipam:\n  reuseDelaySeconds: 8\n  restSeconds: 7\n' };
  t.strictSame(sentences({ files }), [
    'ipam.reuseDelaySeconds is given twice (/etc/heddle/heddled.yaml:2, /etc/heddle/heddled.yaml:3): remove the former name',
  ]);
  t.end();
});

t.test('a wrong value under a former name is refused under the current one', t => {
  t.strictSame(sentences({ argv: ['--ipam-rest-seconds', 'long'] }), [
    "ipam.reuseDelaySeconds cannot be 'long' (--ipam-rest-seconds): write whole seconds, 0 to 86400",
  ]);
  t.end();
});

t.test('hints suggest current names only', t => {
  t.strictSame(sentences({ env: { HEDDLE_IPAM_REUSE_DELAY_SECOND: '7' } }), [
    'unknown environment variable HEDDLE_IPAM_REUSE_DELAY_SECOND, did you mean HEDDLE_IPAM_REUSE_DELAY_SECONDS?',
  ]);
  t.notMatch(sentences({ argv: ['--ipam-rest-second', '7'] }).join(), /did you mean --ipam-rest-seconds/);
  t.end();
});

t.test('a former name is no current name of another setting, and the table shows it', t => {
  const current = new Set(configKeys.map(({ key }) => key));
  const former = configKeys.flatMap(({ formerNames }) => formerNames.map(({ key }) => key));
  t.ok(former.length > 0);
  for (const key of former) {
    t.notOk(current.has(key), key);
    t.ok(configTable().includes(`formerly \`${key}\``), key);
  }
  t.end();
});
