import t from 'tap';
import { configKeys } from '../../../loader/config/keys.ts';
import { loaded, sentences } from './loaded.ts';

t.test('numbers and truth values are read from text', t => {
  const env = { HEDDLE_MTU: '1400', HEDDLE_MASQUERADE: 'false', HEDDLE_LOG_FORMAT: 'text' };
  const config = loaded({ env });
  t.equal(config.mtu, 1400);
  t.equal(config.masquerade, false);
  t.equal(config.log.format, 'text');
  t.end();
});

t.test('a node and an uplink may be named like a number', t => {
  const config = loaded({ argv: ['--node-name', '123', '--uplink=42'] });
  t.equal(config.nodeName, '123');
  t.equal(config.uplink, '42');
  t.end();
});

t.test('a truth value needs no word after its flag, and can be negated', t => {
  t.equal(loaded({ argv: ['--require-pod-object'] }).requirePodObject, true);
  t.equal(loaded({ argv: ['--require-pod-object', '--xdp', 'auto'] }).xdp, 'auto');
  t.equal(loaded({ argv: ['--no-masquerade'] }).masquerade, false);
  t.equal(loaded({ argv: ['--masquerade=false'] }).masquerade, false);
  t.equal(loaded({ argv: ['--masquerade', 'false', '--mtu', '1400'] }).masquerade, false);
  t.end();
});

t.test('an equals sign inside a value belongs to the value', t => {
  t.equal(loaded({ argv: ['--state-dir=/var/lib/a=b'] }).stateDir, '/var/lib/a=b');
  t.end();
});

t.test('every setting can be given its default by flag, by variable and by file', t => {
  const defaults = loaded();
  for (const { key, flag, variable } of configKeys) {
    const value = key
      .split('.')
      .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], defaults);
    const text = String(value);
    t.strictSame(loaded({ argv: [flag, text] }), defaults, flag);
    t.strictSame(loaded({ env: { [variable]: text } }), defaults, variable);
    const names = key.split('.');
    const yaml =
      names.map((name, depth) => `${'  '.repeat(depth)}${name}:`).join('\n') +
      (text === '' ? " ''" : ` ${text}`);
    t.strictSame(loaded({ argv: ['--config', '/c.yaml'], files: { '/c.yaml': yaml } }), defaults, key);
  }
  t.end();
});

t.test('no value of any type makes loading throw anything but sentences', t => {
  for (const value of ['', ' ', '-1', '1.5', '1e3', '0x10', 'null', '[]', '{}', '$(reboot)', '\0', '٣'])
    for (const { key, flag } of configKeys)
      for (const sentence of sentences({ argv: [`${flag}=${value}`] }))
        t.ok(sentence.startsWith(key) && sentence.includes(flag), sentence);
  t.end();
});
