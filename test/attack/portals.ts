import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundle } from '../world/bundle.ts'
import { root } from '../world/root.ts'
import { mutants } from './mutants.ts'
import type { SceneName } from './sequences.ts'

/** A change of the source that removes one safeguard: the attack must find it. */
export type Mutant = {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The scene in which the attack finds it fast. */
  readonly where: SceneName
}

const entry = 'test/world/attacked-portal.ts'

/** Bundles the unchanged portal. Returns the path of the script. */
export const buildPortal = () => bundle(entry, 'attacked-portal.js')

/** Bundles the portal without one safeguard. Throws when the source no longer contains the text to replace. */
export const buildMutant = async (mutant: Mutant): Promise<string> => {
  const { file, from, to } = mutant
  let changed = false
  const mutate: Plugin = {
    name: 'mutate',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== join(root, file)) return undefined
        const source = readFileSync(path, 'utf8')
        changed = source.includes(from)
        return { contents: source.replace(from, () => to), loader: 'ts' }
      }),
  }
  const script = await bundle(entry, `mutant-${mutants.indexOf(mutant)}.js`, [mutate])
  if (!changed) throw new Error(`${file} no longer holds « ${from} »: the mutant means nothing`)
  return script
}
