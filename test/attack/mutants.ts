import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
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
  {
    name: 'any activation code will do',
    file: 'src/proofs/activation-code/activation-code.ts',
    from: "const right = same(digestOf(holder, typed), row?.digest ?? '-'.repeat(43))",
    to: 'const right = row !== undefined',
  },
  {
    name: 'an activation code serves twice',
    file: 'src/journeys/activation/code.ts',
    from: "const active = found === 'used' || activity.because !== null ? overOfActive(activity) : null",
    to: 'const active = overOfActive(activity) && null',
  },
  {
    name: 'the code sent to one address is taken for another',
    file: 'src/proofs/code/code.ts',
    from: "'request', request)",
    to: "'request', request.split(':').at(-1) ?? '')",
  },
  {
    name: 'an old sign-in is as good as a fresh one',
    file: 'src/account/sessions/signed.ts',
    from: "if (needs === 'fresh' && !sessions.isFresh(session))",
    to: 'if (false as boolean)',
  },
  {
    name: 'the second factor is skipped at sign-in',
    file: 'src/account/sign-in/sign-in.ts',
    from: 'if (!isAsked(await secondFactor.of(person))) return null',
    to: 'if (isAsked(await secondFactor.of(person)) || true) return null',
  },
  {
    name: 'a session outlives the password that opened it',
    file: 'src/account/password/record-written.ts',
    from: 'await sessions.endAll(tx, person, {',
    to: "await sessions.endAll(tx, 'nobody' as typeof person, {",
  },
  {
    name: 'a session that idles never ends',
    file: 'src/account/sessions/sessions.ts',
    from: ".where('seen_at', '>', clock.now() - limits.sessionIdle)",
    to: ".where('seen_at', '>', 0)",
  },
  {
    name: 'the old password is not asked for',
    file: 'src/account/password/chosen.ts',
    from: 'const checked = await door.check(ask, who.login, typed, taken)',
    to: 'const mine = await parts.directory.findLogin(who.login); const checked = mine.ok && mine.person ? ok({ person: mine.person }) : await door.check(ask, who.login, typed, taken)',
  },
  {
    name: 'the identifier is told to whoever asks',
    file: 'src/journeys/identifier/tell.ts',
    from: "const at = await guard(parts, ask, 'done')",
    to: "const at = await guard(parts, ask, 'joker' as 'done')",
  },
]

const entry = 'test/world/attacked-portal.ts'

/** The portal as it is, for the attack to run. */
export const soundPortal = () => bundle(entry, 'attacked-portal.js')

/** The portal built with one safeguard less. Fails when the source no longer holds what is taken out. */
export const mutantPortal = async ({ name, file, from, to }: Mutant): Promise<string> => {
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
  const script = await bundle(entry, `mutant-${number}.js`, [mutate])
  if (!changed) throw new Error(`${file} no longer holds « ${from} »: the mutant means nothing`)
  return script
}
