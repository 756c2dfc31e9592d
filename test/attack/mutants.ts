import type { Mutant } from './portals.ts'

export const mutants: readonly Mutant[] = [
  {
    name: 'wrong answers are not spent',
    where: 'joker',
    file: 'src/proofs/joker/tries.ts',
    from: 'if (wrong < triesAllowed(limits, claimant))',
    to: 'if (true as boolean)',
  },
  {
    name: 'a proof is not bound to its browser',
    where: 'card',
    file: 'src/journeys/journey-store.ts',
    from: ".where('id', '=', digestOf(handle))",
    to: ".where('id', '!=', digestOf(handle)).orderBy('opened_at', 'desc')",
  },
  {
    name: 'the date of birth is not compared',
    where: 'card',
    file: 'src/journeys/steps/subject.ts',
    from: 'only && isBornOn(only, date)',
    to: 'only',
  },
  {
    name: 'the second factor is skipped',
    where: 'factor',
    file: 'src/journeys/steps/joker-decision.ts',
    from: 'const hasFactor = factorSince !== null',
    to: 'const hasFactor = factorSince === undefined',
  },
  {
    name: 'any activation code will do',
    where: 'activation',
    file: 'src/proofs/activation-code/activation-code.ts',
    from: "return isSameSecret(digestOf(keys, row?.pepper ?? keys.id, holder, typed), row?.digest ?? '-'.repeat(43))",
    to: 'return row !== undefined',
  },
  {
    name: 'an activation code serves twice',
    where: 'activation',
    file: 'src/journeys/activation/code.ts',
    from: "const active = found === 'used' || activity.because !== null ? stoppedBecauseActive({ canRecover }) : null",
    to: 'const active = stoppedBecauseActive({ canRecover }) && null',
  },
  {
    name: 'the code sent to one address is accepted for another',
    where: 'contact',
    file: 'src/proofs/sent-code/digits.ts',
    from: "'request', codeRequest)",
    to: "'request', codeRequest.split(':').at(-1) ?? '')",
  },
  {
    name: 'an old sign-in is as good as a fresh one',
    where: 'session',
    file: 'src/account/sessions/requirement.ts',
    from: "if (needs === 'fresh' && !sessions.isFresh(session))",
    to: 'if (false as boolean)',
  },
  {
    name: 'the second factor is skipped at sign-in',
    where: 'entry',
    file: 'src/account/sign-in/sign-in.routes.ts',
    from: 'if (!isAsked(await secondFactor.of(person))) return null',
    to: 'if (isAsked(await secondFactor.of(person)) || true) return null',
  },
  {
    name: 'a session outlives the password that opened it',
    where: 'account',
    file: 'src/identity/record-accepted-password.ts',
    from: 'await sessions.endAll(tx, person, {',
    to: "await sessions.endAll(tx, 'nobody' as typeof person, {",
  },
  {
    name: 'an idle session never ends',
    where: 'session',
    file: 'src/identity/sessions.ts',
    from: ".where('seen_at', '>', clock.now() - limits.sessionIdle)",
    to: ".where('seen_at', '>', 0)",
  },
  {
    name: 'the old password is not asked for',
    where: 'account',
    file: 'src/account/password/old-password.ts',
    from: 'const checked = await passwordAuthenticator.check(request, changer.login, typed, {',
    to: 'const mine = await deps.directory.findLogin(changer.login); const checked = isSigned && mine.ok && mine.person ? { ok: true as const, person: mine.person } : await passwordAuthenticator.check(request, changer.login, typed, {',
  },
  {
    name: 'the identifier is shown to anybody who asks',
    where: 'card',
    file: 'src/journeys/identifier/done.ts',
    from: "const at = await guard(deps, request, 'done')",
    to: "const at = await guard(deps, request, 'prove' as 'done')",
  },
  {
    name: 'the passkey of another person is accepted in a journey',
    where: 'factor',
    file: 'src/proofs/second-factor/second-factor.ts',
    from: 'await response.answer.judge(tx, response.person === person)',
    to: 'await response.answer.judge(tx, true)',
  },
  {
    name: 'a challenge is not bound to its journey',
    where: 'factor',
    file: 'src/journeys/steps/second-factor.ts',
    from: 'const holderOf = (journey: { readonly id: string }) =>',
    to: "const holderOf = (journey: { readonly id: string }) => 'journey' ||",
  },
  {
    name: 'a challenge is not bound to its pending sign-in',
    where: 'entry',
    file: 'src/account/sign-in/passkey-sign-in.routes.ts',
    from: 'const holderOf = (pending: PendingSignIn) =>',
    to: "const holderOf = (pending: PendingSignIn) => 'sign-in' ||",
  },
  {
    name: 'a printed code serves twice',
    where: 'entry',
    file: 'src/proofs/recovery-code/recovery-code.ts',
    from: `    .deleteFrom('recovery_codes')
    .where('sheet', '=', code.sheet)
    .where('hash', 'in', code.hashes)
    .executeTakeFirst()
  return used.numDeletedRows === 1n`,
    to: `    .selectFrom('recovery_codes')
    .select('hash')
    .where('sheet', '=', code.sheet)
    .where('hash', 'in', code.hashes)
    .executeTakeFirst()
  return used !== undefined`,
  },
  {
    name: 'a new sheet leaves the old one in service',
    where: 'renewal',
    file: 'src/proofs/recovery-code/recovery-code.ts',
    from: 'await deleteSheets(tx, others)',
    to: 'void others',
  },
  {
    name: 'the digits of an app serve twice',
    where: 'factor',
    file: 'src/proofs/authenticator/authenticator.ts',
    from: ".where('last_step', '<', step)",
    to: '',
  },
  {
    name: 'every copy of one form that is sent several times at once is judged',
    where: 'joker',
    file: 'src/journeys/journey-store.ts',
    from: `    .where('id', '=', journey.id)
    .where('version', '=', journey.version)
    .executeTakeFirst()
  return taken`,
    to: `    .where('id', '=', journey.id)
    .executeTakeFirst()
  return taken`,
  },
  {
    name: 'a right answer is not remembered while it is refused',
    where: 'refusal',
    file: 'src/journeys/steps/joker-decision.ts',
    from: '{ ...journey.state, refused: answer.answerDigest, wrong }',
    to: "{ ...journey.state, ...((await answer.judge(tx, true)).verdict !== 'right' && { refused: answer.answerDigest }), wrong }",
  },
  {
    name: 'a right activation code is not remembered while it is refused',
    where: 'refusal',
    file: 'src/journeys/activation/code.ts',
    from: '{ ...state, refused: check.answerDigest, wrong }',
    to: "{ ...state, ...((await check.judge(tx, true)).verdict !== 'right' && { refused: check.answerDigest }), wrong }",
  },
  {
    name: 'the freeze is not read at the answer',
    where: 'desk',
    file: 'src/journeys/steps/joker-decision.ts',
    from: "const open = freeze === null && requested.state.accountStatus !== 'closed'",
    to: "const open = (freeze === null || true) && requested.state.accountStatus !== 'closed'",
  },
  {
    name: 'the freeze is not read at sign-in',
    where: 'desk',
    file: 'src/account/sign-in/complete-sign-in.ts',
    from: ` ||
  (await freezes.find(person, tx))?.kind === 'frozen'`,
    to: '',
  },
  {
    name: 'a person whose account has ended can still write a password',
    where: 'desk',
    file: 'src/journeys/steps/record-journey.ts',
    from: 'return freeze || person.closed ? refused',
    to: 'return freeze && person.closed ? refused',
  },
  {
    name: 'the journeys of a person continue after a write',
    where: 'joker',
    file: 'src/journeys/steps/record-journey.ts',
    from: "const count = await endOfPerson(tx, person, { event: 'superseded', why, except: journey })",
    to: 'const count = 0; void [why, endOfPerson]',
  },
  {
    name: 'two changes are allowed with one old password',
    where: 'account',
    file: 'src/services/source/barriers.ts',
    from: "kind !== 'freeze' && (facts.provedAt ?? startedAt) <= revokedAt",
    to: "kind !== 'freeze' && (facts.provedAt ?? startedAt) < revokedAt - 1e15",
  },
  {
    name: 'the code sent to a mobile is accepted for a mail address',
    where: 'contact',
    file: 'src/account/addresses/addresses.routes.ts',
    from: 'const requestOf = ({ session, person }: SignedInUser, kind: DestinationKind) =>',
    to: "const requestOf = ({ session, person }: SignedInUser, _: DestinationKind, kind = 'mail') =>",
  },
  {
    name: 'a passkey is accepted before its first use',
    where: 'renewal',
    file: 'src/proofs/passkey/passkey.ts',
    from: ".where('confirmed_at', first ? 'is' : 'is not', null)",
    to: '',
  },
  {
    name: 'a person whose account has ended can complete a pending sign-in',
    where: 'entry',
    file: 'src/account/sign-in/second-factor.routes.ts',
    from: 'if (!found.person || found.person.closed) return',
    to: 'if (!found.person) return',
  },
  {
    name: 'asking for a passkey instead completes the second factor of a journey',
    where: 'factor',
    file: 'src/journeys/steps/second-factor.ts',
    from: "await passkeys.begin(holderOf(journey), 'prove')",
    to: `const proof = { ...journey.state, asksFactor: false, factor: 'passkey' as const }
    await deps.store.transaction(tx => deps.proofStep.proved(tx, journey, proof))`,
  },
  {
    name: 'asking for a passkey instead completes the second factor of a sign-in',
    where: 'entry',
    file: 'src/account/sign-in/passkey-sign-in.routes.ts',
    from: 'if (pending) {',
    to: `if (pending?.person) {
      const shown = { person: pending.person, factor: 'passkey' as const }
      const cookies = await store.transaction(tx => deps.signInCompletion.openFromPending(tx, request, pending, shown))
      if (cookies) return deps.signInCompletion.redirectSignedIn(request, cookies)
    }
    if (pending) {`,
  },
  {
    name: 'another card continues at the step of the journey before',
    where: 'card',
    file: 'src/journeys/steps/identification.ts',
    from: 'const page = await store.transaction(tx => open(deps, tx, request, opened))',
    to: `const page = await store.transaction(async tx => {
      const result = await open(deps, tx, request, opened)
      const before = await deps.journeys.find(request.cookie(journeyCookie) ?? '')
      if (who.person && before && 'answerDigest' in before.state)
        await tx
          .updateTable('journeys')
          .set({ state: before.state.step, facts: JSON.stringify({ ...before.state, person: who.person.id }) })
          .where('subject', '=', who.subject)
          .where('state', '=', 'prove')
          .execute()
      return result
    })`,
  },
  {
    name: 'the choice of another proof marks it as given',
    where: 'policy',
    file: 'src/journeys/steps/proof-choice.ts',
    from: 'const claimed = await store.transaction(tx => proofStep.claimSubmission(tx, journey, state))',
    to: `const { person, populations = [] } = state
  const given = { kind: chosen, at: 1, person, populations, privileged: false, answerDigest: '', hasFactor: false }
  const claimed = await store.transaction(tx => proofStep.proved(tx, journey, given))`,
  },
  {
    name: 'another code gives the refused ones back',
    where: 'policy',
    file: 'src/proofs/sent-code/journey-code.ts',
    from: ".set({ digest: notMade, recipients: '', asked_at: now, expires_at: now + limits.codeLife })",
    to: ".set({ digest: notMade, recipients: '', asked_at: now, expires_at: now + limits.codeLife, tries_left: limits.codeTries })",
  },
  {
    name: 'the code of another journey is a proof in this one',
    where: 'policy',
    file: 'src/proofs/sent-code/journey-code.ts',
    from: "[journey, kind].join(':')",
    to: 'kind',
  },
  {
    name: 'the passkey of somebody else is a proof of whoever was typed',
    where: 'policy-passkey',
    file: 'src/journeys/steps/passkey-proof.ts',
    from: 'const isOwn = read.person === journey.state.person',
    to: 'const isOwn = journey.state.person !== null',
  },
  {
    name: 'a passkey answers the challenge of any journey',
    where: 'policy-passkey',
    file: 'src/journeys/steps/passkey-proof.ts',
    from: "['journey', id].join(':')",
    to: "'journey'",
  },
]
