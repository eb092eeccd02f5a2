/**
 * Who takes part, in the order of the tables. `id` names the file in `configurations/`, which says how the app is set up and how to see
 * that it did its work; `env` and `nodeArgs` are those of its process. The first is the base of every ratio.
 */
export const configurations = [
  { id: 'bare', label: 'bare' },
  { id: 'bare-again', label: 'bare again (noise floor)' },
  { id: 'async-context', label: 'async context only (the limit)' },
  { id: 'toolbar', label: 'debug-toolbar' },
  { id: 'toolbar-no-stack', label: 'debug-toolbar, `stack: false`' },
  { id: 'disabled', label: 'debug-toolbar, `NODE_ENV=production`', env: { NODE_ENV: 'production' } },
]
