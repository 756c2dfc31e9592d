import type { KeptDescriptor } from '../../proofs/proof-registry.ts'
import type { RouteName } from '../../routes.ts'
import type { TextKey } from '../../texts/texts.ts'
import { Icon } from '../../ui/icons.tsx'
import type { Ui } from '../../ui/ui.ts'

/** What keeps an account safe, in the order in which one should see to it. */
type Point = {
  readonly good: boolean
  readonly name: 'password' | 'joker' | 'contact' | 'factor' | 'codes'
  /** The page that sees to it. */
  readonly to: RouteName
}

export type SecurityFacts = {
  /** Whether a contact or a factor can be added now. */
  readonly adds: boolean
  readonly passwordExpires: boolean
  readonly contacts: number
  readonly proofs: readonly { readonly proof: KeptDescriptor; readonly inPlace: number }[]
}

const has = ({ proofs }: SecurityFacts, which: (proof: KeptDescriptor) => boolean) =>
  proofs.some(({ proof, inPlace }) => which(proof) && inPlace > 0)

const isFactor = (asked: boolean) => (proof: KeptDescriptor) =>
  proof.use === 'second-factor' && proof.factor.asked === asked

/** Printed codes are asked for only where there is a second factor that they replace; nothing is that cannot be added now. */
const securityPoints = (facts: SecurityFacts): readonly Point[] => {
  const protectedBy = has(facts, isFactor(true))
  const points: Point[] = [
    { name: 'password', good: !facts.passwordExpires, to: 'changePassword' },
    { name: 'joker', good: has(facts, ({ use }) => use === 'recovery'), to: 'jokerChoice' },
    { name: 'contact', good: facts.contacts > 0, to: 'addresses' },
    { name: 'factor', good: protectedBy, to: 'passkeys' },
  ]
  if (protectedBy) points.push({ name: 'codes', good: has(facts, isFactor(false)), to: 'recoveryCodes' })
  return points.filter(({ name, good }) => good || facts.adds || name === 'password' || name === 'joker')
}

const sentenceOf = ({ name, good }: Point): TextKey => `security.${name}.${good ? 'good' : 'todo'}`

const Line = ({ ui, point }: { ui: Ui; point: Point }) => {
  const { good } = point
  return (
    <li>
      <span>{ui.say(sentenceOf(point))}</span>
      <span class={`state ${good ? 'good' : 'wait'}`}>
        <Icon shape={good ? 'good' : 'wait'} />
        <span>{ui.say(good ? 'security.good' : 'security.todo')}</span>
      </span>
    </li>
  )
}

/** « Ma sécurité d'un coup d'œil »: what is good, what is to do, and one thing to do next. */
export const SecurityPart = ({ ui, facts }: { ui: Ui; facts: SecurityFacts }) => {
  const points = securityPoints(facts)
  const next = points.find(({ good }) => !good)
  return (
    <section aria-labelledby="securite">
      <h2 id="securite">{ui.say('security.title')}</h2>
      <ul class="lines">
        {points.map(point => (
          <Line ui={ui} point={point} />
        ))}
      </ul>
      {next ? (
        <p>
          <a class="button" href={ui.href(next.to)}>
            {ui.say(`security.${next.name}.do`)}
          </a>
        </p>
      ) : (
        facts.adds && <p>{ui.say('security.all')}</p>
      )}
    </section>
  )
}
