import t from 'tap';
import type { Labels } from '../../../loader/model/labels.ts';
import type { LabelRequirement, LabelSelector } from '../../../loader/model/policies.ts';
import { selectorKey, selects, selectsEveryPod, selectsNamespace } from '../../../loader/policy/selectors.ts';
import { every, labelled } from './world.ts';

function need(key: string, operator: LabelRequirement['operator'], ...values: string[]): LabelRequirement {
  return { key, operator, values };
}

const cases: readonly (readonly [string, LabelSelector, Labels, boolean])[] = [
  ['nothing in it selects everything', every, {}, true],
  ['a label that is there', labelled({ a: '1' }), { a: '1', b: '2' }, true],
  ['a label with another value', labelled({ a: '1' }), { a: '2' }, false],
  ['a label that is missing', labelled({ a: '1' }), { b: '1' }, false],
  ['all labels must be there', labelled({ a: '1', b: '2' }), { a: '1' }, false],
  ['an empty value is a value', labelled({ a: '' }), { a: '' }, true],
  ['an empty value is not a missing label', labelled({ a: '' }), {}, false],
  ['In with the value', labelled({}, need('a', 'In', '1', '2')), { a: '2' }, true],
  ['In with another value', labelled({}, need('a', 'In', '1', '2')), { a: '3' }, false],
  ['In without the label', labelled({}, need('a', 'In', '1')), {}, false],
  ['NotIn with another value', labelled({}, need('a', 'NotIn', '1')), { a: '2' }, true],
  ['NotIn with the value', labelled({}, need('a', 'NotIn', '1')), { a: '1' }, false],
  ['NotIn holds when the label is missing', labelled({}, need('a', 'NotIn', '1')), {}, true],
  ['Exists', labelled({}, need('a', 'Exists')), { a: '' }, true],
  ['Exists without the label', labelled({}, need('a', 'Exists')), {}, false],
  ['DoesNotExist', labelled({}, need('a', 'DoesNotExist')), { b: '' }, true],
  ['DoesNotExist with the label', labelled({}, need('a', 'DoesNotExist')), { a: '' }, false],
  ['all of it must hold', labelled({ a: '1' }, need('b', 'Exists')), { a: '1' }, false],
  ['what every object of JavaScript has is no label', labelled({}, need('constructor', 'Exists')), {}, false],
];

for (const [title, selector, labels, expected] of cases)
  t.test(title, t => {
    t.equal(selects(selector, labels), expected);
    t.end();
  });

t.test('a namespace is selected by its name or by its labels', t => {
  t.ok(selectsNamespace({ name: 'x' }, 'x', {}));
  t.notOk(selectsNamespace({ name: 'x' }, 'y', { name: 'x' }));
  t.ok(selectsNamespace(labelled({ team: 'a' }), 'y', { team: 'a' }));
  t.notOk(selectsNamespace(labelled({ team: 'a' }), 'team', {}));
  t.end();
});

t.test('selectors that differ in order and repetition alone have one key', t => {
  const one = labelled({ a: '1', b: '2' }, need('c', 'In', 'x', 'y'), need('d', 'Exists'));
  const other = labelled(
    { b: '2', a: '1' },
    need('d', 'Exists'),
    need('c', 'In', 'y', 'x', 'x'),
    need('d', 'Exists'),
  );
  t.equal(selectorKey(one), selectorKey(other));
  t.not(selectorKey(labelled({ a: '1' })), selectorKey(labelled({}, need('a', 'In', '1'))));
  t.not(selectorKey(labelled({ a: 'b","c' })), selectorKey(labelled({ a: 'b', c: '' })));
  t.end();
});

t.test('every pod is selected by two selectors with nothing in them, and by nothing else', t => {
  t.ok(selectsEveryPod({ namespaces: every, pods: every }));
  t.notOk(selectsEveryPod({ namespaces: { name: 'x' }, pods: every }));
  t.notOk(selectsEveryPod({ namespaces: labelled({ a: '1' }), pods: every }));
  t.notOk(selectsEveryPod({ namespaces: every, pods: labelled({}, need('a', 'DoesNotExist')) }));
  t.end();
});
