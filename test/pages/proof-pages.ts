import { unlimited } from '../world/limits.ts'
import { startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'
import { crowdMemberOf, identify } from './journey-pages.ts'
import { type PagesSeen, send } from './seen.ts'

/** Pages that exist only where the policy offers more than one proof. */
export const proofPages = async ({ look, refuse }: PagesSeen) => {
  const offered = { staff: ['joker', 'mail-code', 'helpdesk-code', 'passkey', 'recovery-code'] }
  const recovery = { password: offered, identifier: offered }
  const fixture = await startPortal({
    directory: 'embedded',
    store: 'SQLite',
    crowd: 1,
    config: { limits: unlimited, recovery },
  })
  try {
    for (const [form, proof] of [
      ['identify', 'proof'],
      ['identifyForIdentifier', 'identifierProof'],
    ] as const) {
      const visitor = newVisitor(fixture.url)
      await identify(visitor, form, crowdMemberOf(fixture, 0))
      await look(visitor, proof)
      await refuse(visitor, proof, { laquelle: 'autre' })
      await send(visitor, proof, { laquelle: 'recovery-code' })
      await look(visitor, proof)
      await refuse(visitor, proof, { code: '1' })
      await send(visitor, proof, { laquelle: 'mail-code' })
      await look(visitor, proof)
      await refuse(visitor, proof, { code: '1' })
      await send(visitor, proof, { laquelle: 'helpdesk-code' })
      await look(visitor, proof)
      await refuse(visitor, proof, { code: '1' })
      await send(visitor, proof, { laquelle: 'passkey' })
      await look(visitor, proof)
      await refuse(visitor, proof, { cle: '{}' })
      await look(visitor, proof)
      await send(visitor, proof, { laquelle: 'joker' })
      await look(visitor, proof === 'proof' ? 'joker' : 'identifierJoker')
    }
  } finally {
    await fixture.stop()
  }
}
