import type { CrowdMember } from './crowd.ts'
import type { PortalFixture } from './portal.ts'
import { newVisitor } from './visitor.ts'

/** Gives each test members of the crowd that no other test has used, and signs them in. */
export const createCrowdVisitors = (fixture: () => PortalFixture) => {
  let used = 0

  const nextMember = (): CrowdMember => {
    const member = fixture().crowd[used]
    used += 1
    if (!member) throw new Error('the crowd is used up: start the portal with a larger one')
    return member
  }

  /** A new browser that has sent the member's login and initial password; `location` is where the portal redirects it. */
  const signIn = async ({ login, initialPassword }: CrowdMember) => {
    const visitor = newVisitor(fixture().url)
    const { location } = await visitor.signIn(login, initialPassword)
    return { visitor, location }
  }

  return {
    nextMember,
    /** How many members were given out: makes addresses unique. */
    used: () => used,
    signIn,
    /** The same for a member without a second factor, whose sign-in is completed by the password. */
    signedIn: async (member: CrowdMember) => {
      const { visitor, location } = await signIn(member)
      if (location !== '/fr/compte')
        throw new Error(`${member.login} was redirected to ${location}, not to the account`)
      return visitor
    },
  }
}
