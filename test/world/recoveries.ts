import { expect } from 'vitest'
import type { CrowdMember } from './crowd.ts'
import { codeSentTo } from './mailbox.ts'
import type { PortalFixture } from './portal.ts'
import { newVisitor, type Visitor } from './visitor.ts'

/** Where a person chooses by which proof the password is recovered, and sends it. */
export const proofChoice = '/fr/mot-de-passe/preuve'

const chosenPassword = 'Tr0mbone&Cascade-3'

/** Recoveries of the password by staff of the crowd, in a new browser each, under a policy that offers several proofs. */
export const createRecoveries = (fixture: () => PortalFixture) => {
  const begin = async ({ number, date }: CrowdMember, laquelle: string) => {
    const visitor = newVisitor(fixture().url)
    await visitor.identify('numero-personnel', number, date)
    await visitor.send(proofChoice, { laquelle })
    return visitor
  }
  const write = async (visitor: Visitor, password = chosenPassword) => {
    expect((await visitor.choose(password)).location).toMatch(/termine$/)
  }
  const byCode = async (member: CrowdMember, kind: string, code: string) => {
    const visitor = await begin(member, kind)
    await visitor.send(proofChoice, { code })
    await write(visitor)
  }
  return {
    /** Identified, and asked for this proof. */
    begin,
    /** Chooses the password, which must be written. */
    write,
    /** With a code that is known before. */
    byCode,
    byMail: async (member: CrowdMember, to: string, password?: string) => {
      await fixture().application.store.transaction(tx => tx.deleteFrom('demo_mails').execute())
      const visitor = await begin(member, 'mail-code')
      await visitor.send(proofChoice, { code: await codeSentTo(fixture(), to) })
      await write(visitor, password)
    },
    byJoker: async (member: CrowdMember, password?: string) => {
      const visitor = await begin(member, 'joker')
      expect((await visitor.answer('rex')).location).toBe('/fr/mot-de-passe/nouveau')
      await write(visitor, password)
    },
    /** A new browser that has sent the password of these recoveries. */
    signedIn: async ({ login }: CrowdMember, factor?: () => string) => {
      const visitor = newVisitor(fixture().url)
      const { location } = await visitor.signIn(login, chosenPassword)
      if (factor) await visitor.post(location ?? '', { code: factor() })
      return visitor
    },
  }
}
