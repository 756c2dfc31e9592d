import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import type { openPortal } from '../../src/portal.ts'
import { bundle } from '../world/bundle.ts'
import { root } from '../world/root.ts'

/** A safeguard taken out of the source: what the attack must then find. */
export type Mutant = {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the guard of the steps is removed',
    file: 'src/journeys/steps/guard.ts',
    from: 'if (!isAt(journey, step))',
    to: 'if (false as boolean)',
  },
  {
    name: 'wrong answers are not spent',
    file: 'src/proofs/joker/tries.ts',
    from: 'if (wrong < allowed(asker))',
    to: 'if (true as boolean)',
  },
  {
    name: 'a proof is not bound to its browser',
    file: 'src/journeys/journey.ts',
    from: ".where('id', '=', digestOf(handle))",
    to: ".where('id', '!=', digestOf(handle)).orderBy('opened_at', 'desc')",
  },
  {
    name: 'the date of birth is not compared',
    file: 'src/journeys/steps/subject.ts',
    from: 'sameBirthDate(date, only.birthDate)',
    to: 'sameBirthDate(only.birthDate, only.birthDate)',
  },
  {
    name: 'the second factor is skipped',
    file: 'src/journeys/steps/joker-decision.ts',
    from: 'isAsked(await secondFactor.of(person, tx))',
    to: '(isAsked(await secondFactor.of(person, tx)) && false)',
  },
]

/** The portal built with one safeguard less. Fails when the source no longer holds what is taken out. */
export const mutantPortal = async ({ name, file, from, to }: Mutant): Promise<typeof openPortal> => {
  let changed = false
  const mutate: Plugin = {
    name: 'mutate',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== join(root, file)) return undefined
        const source = readFileSync(path, 'utf8')
        changed = source.includes(from)
        return { contents: source.replace(from, to), loader: 'ts' }
      }),
  }
  const number = mutants.findIndex(one => one.name === name)
  const outfile = await bundle('src/portal.ts', `mutant-${number}.js`, [mutate])
  if (!changed) throw new Error(`${file} no longer holds « ${from} »: the mutant means nothing`)
  const built = (await import(pathToFileURL(outfile).href)) as { openPortal: typeof openPortal }
  return built.openPortal
}
