import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const LOOPS = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);

/**
 * esbuild 0.28 lowers `using` to a block with `var`s, which a loop does not make anew: an error caught in one round is thrown again
 * at the end of the next. Node 20 has no `using` of its own. A function of its own for the body keeps them apart.
 */
const usingInLoop = {
  meta: {
    type: 'problem',
    messages: { lowered: 'esbuild lowers `using` in a loop wrongly: move the body into a function' },
  },
  create: context => ({
    'VariableDeclaration[kind=/using$/]': node => {
      for (let at = node.parent; at && !/Function/.test(at.type); at = at.parent)
        if (LOOPS.has(at.type)) return context.report({ node, messageId: 'lowered' });
    },
  }),
};

export default tseslint.config(
  {
    ignores: [
      'build/',
      'node_modules/',
      'packages/*/build/',
      'packages/*/dist/',
      'docs/api/',
      'packages/*/examples/',
      '**/*.gen.*',
      'eslint.config.js',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { heddle: { rules: { 'using-in-loop': usingInLoop } } },
    rules: {
      'heddle/using-in-loop': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['test'], package: '@tapjs/test' }] },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
);
