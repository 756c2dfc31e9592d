import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundle } from '../world/bundle.ts'
import { root } from '../world/root.ts'
import { mutants } from './mutants.ts'
import type { SceneName } from './sequences.ts'

/** A safeguard taken out of the source: what the attack must then find. */
export type Mutant = {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** Where the attack finds it soon. */
  readonly where: SceneName
}

const entry = 'test/world/attacked-portal.ts'

/** The portal as it is, for the attack to run. */
export const buildPortal = () => bundle(entry, 'attacked-portal.js')

/** The portal built with one safeguard less. Fails when the source no longer holds what is taken out. */
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
