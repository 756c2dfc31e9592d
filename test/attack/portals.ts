import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
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
  /** The scene in which the attack finds it fast; `policy…`: the sequences under a policy (`policy-explorer.ts`). */
  readonly where: SceneName | 'policy' | 'policy-passkey'
}

const entry = 'test/world/attacked-portal.ts'

/** Bundles the unchanged portal. Returns the path of the script. */
export const buildPortal = () => bundle(entry, 'attacked-portal.js')

/** The environment variable with the number of the mutant that a process of `buildMutants` is; without one it is the portal. */
export const mutantVariable = 'MUTANT'

const sourceOf = ({ file }: Mutant) => readFileSync(join(root, file), 'utf8')

/** Throws when the source no longer contains the text that this mutant replaces. */
export const checkMutant = (mutant: Mutant) => {
  const { file, from } = mutant
  if (!sourceOf(mutant).includes(from))
    throw new Error(`${file} no longer holds « ${from} »: the mutant means nothing`)
}

const exportsOf = async (file: string) => {
  const { metafile } = await build({ entryPoints: [file], format: 'esm', write: false, metafile: true })
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports)
}

/** In place of a file that mutants change: the exports of the mutant that this process is, or of the file as it is. */
const chooseSource = async (file: string, numbers: readonly number[]) => `
import * as original from 'source:${file}'
${numbers.map(at => `import * as mutant${at} from 'mutant:${at}'`).join('\n')}
const chosen = { ${numbers.map(at => `${at}: mutant${at}`).join(', ')} }[process.env.${mutantVariable}] ?? original
${(await exportsOf(file)).map(name => `export const ${name} = chosen.${name}`).join('\n')}
`

const mutantsPlugin: Plugin = {
  name: 'mutants',
  setup: ({ onResolve, onLoad }) => {
    const files = Map.groupBy(mutants.keys(), at => join(root, (mutants[at] as Mutant).file))
    onResolve({ filter: /^(source|mutant):/ }, ({ path }) => {
      const at = path.indexOf(':')
      return { path: path.slice(at + 1), namespace: path.slice(0, at) }
    })
    onLoad({ filter: /\.ts$/, namespace: 'file' }, async ({ path }) => {
      const numbers = files.get(path)
      return numbers && { contents: await chooseSource(path, numbers), loader: 'js', resolveDir: root }
    })
    onLoad({ filter: /./, namespace: 'source' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'ts',
      resolveDir: dirname(path),
    }))
    onLoad({ filter: /./, namespace: 'mutant' }, ({ path }) => {
      const mutant = mutants[Number(path)] as Mutant
      const contents = sourceOf(mutant).replace(mutant.from, () => mutant.to)
      return { contents, loader: 'ts', resolveDir: dirname(join(root, mutant.file)) }
    })
  },
}

/** Bundles all mutants into one script, which chooses one at its start: to bundle each costs more than to attack it. */
export const buildMutants = () => bundle(entry, 'mutants.js', [mutantsPlugin])
