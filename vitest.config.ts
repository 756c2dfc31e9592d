import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { SlowFirst, unitFiles, worldFiles } from './test/world/files.ts'

/** Without a server: `npm run test:unit`. */
const unit = { name: 'unit', include: unitFiles, globalSetup: ['test/world/built.ts'] }

/** On real servers, and at a real browser. `npm test` runs both. */
const world = {
  name: 'world',
  include: worldFiles,
  globalSetup: ['test/world/built.ts', 'test/world/world.ts'],
  setupFiles: ['test/world/log-setup.ts'],
}

/** What lasts longer than anybody waits for: `npm run test:long`. */
const long = { ...world, name: 'long', include: ['test/**/*.long.ts'], disableConsoleIntercept: true }

/** The pages in a language that the product does not have: the list of languages has one line more. */
const pseudoLocale = {
  name: 'pseudo-locale',
  include: ['test/pseudo-locale/*.pseudo.ts'],
  globalSetup: ['test/world/built.ts'],
  alias: [
    {
      find: /^(?:\.\.?\/)+(?:texts\/)?locales\.ts$/,
      replacement: fileURLToPath(new URL('test/pseudo-locale/locales.ts', import.meta.url)),
    },
  ],
}

/** A proof that the product does not have: the list of proofs has one line more, and the texts have its own. */
const addedProof = {
  name: 'added-proof',
  include: ['test/added-proof/*.added.ts'],
  globalSetup: ['test/world/built.ts', 'test/world/world.ts'],
  alias: [
    {
      find: /^\.\/proof-list\.ts$/,
      replacement: fileURLToPath(new URL('test/added-proof/proof-list.ts', import.meta.url)),
    },
    {
      find: /^(?:\.\.?\/)+(?:texts\/)?locales\.ts$/,
      replacement: fileURLToPath(new URL('test/added-proof/locales.ts', import.meta.url)),
    },
  ],
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    // A limit for what hangs: at a load of thirty, a test that runs ten commands takes more than a minute.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Processes of a test wait for each other most of the time: four workers keep two cores busy.
    maxWorkers: 4,
    // The files of a worker share one process and its modules: no module of the product or of the tests keeps a state that
    // changes. To load them anew for each file costs more than most files.
    isolate: false,
    sequence: { sequencer: SlowFirst },
    // What is waited for comes at once on an idle machine, and late on a busy one: only what never comes is a fault.
    expect: { poll: { timeout: 30_000, interval: 25 } },
    projects: [unit, world, pseudoLocale, addedProof, long].map(test => ({ extends: true as const, test })),
  },
})
