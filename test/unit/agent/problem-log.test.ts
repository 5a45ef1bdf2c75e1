// Each problem is logged when it begins and when it is over, and not in between.
import pino from 'pino';
import t from 'tap';
import { ProblemLog } from '../../../loader/agent/problem-log.ts';

t.test('begin and end', t => {
  const lines: string[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: line => lines.push(line.trim()) });
  const log = new ProblemLog(logger, { part: 'x' });
  log.note(['a', 'b']);
  log.note(['a', 'b']);
  log.note(['b', 'c']);
  log.note([]);
  const told = lines.map(line => JSON.parse(line) as { level: number; part: string; msg: string });
  t.strictSame(
    told.map(({ level, msg }) => `${level} ${msg}`),
    ['40 a', '40 b', '40 c', '30 over: a', '30 over: b', '30 over: c'],
  );
  t.ok(told.every(({ part }) => part === 'x'));
  t.end();
});
