import type { PersonId } from '../directory/directory.ts'
import { storedLanguage } from '../texts/texts.ts'
import { addressCode } from './code-notice.ts'
import { knownAddressesOf } from './known-addresses.ts'
import { writeOrMerge } from './merged-mails.ts'
import { goesToDesk, isNoticeKind, isProofCode, type NoticeFacts, type NoticeKind } from './notify.ts'
import { nextTry, type OutboxContext } from './outbox-deps.ts'

/** The known addresses of the person, or the helpdesk's; `null` while the directory is unavailable. */
async function recipientsOf(context: OutboxContext, kind: NoticeKind, person: string | null) {
  const { directory } = context
  const found = person ? await directory.read(person as PersonId) : ({ ok: true, person: null } as const)
  if (!found.ok) return null
  const { displayName = '', login = '' } = found.person ?? {}
  const known = found.person ? await knownAddressesOf(context, found.person) : []
  return {
    name: displayName,
    login,
    addresses: goesToDesk(kind) ? [{ to: context.deskAddress }] : known,
  }
}

const postponeNotice = ({ store }: OutboxContext, id: string, until: number) =>
  store.transaction(tx =>
    tx.updateTable('notices').set({ lease_until: until }).where('id', '=', id).execute(),
  )

/** Turns a notice into mails; while the directory is unavailable, the notice is postponed. */
export async function addressNotice(context: OutboxContext, id: string) {
  const { store, clock } = context
  const notice = await store.read.selectFrom('notices').selectAll().where('id', '=', id).executeTakeFirst()
  if (!notice || !isNoticeKind(notice.kind)) return
  const { kind, person, facts } = notice
  const language = storedLanguage(notice.language)
  const noticeFacts = JSON.parse(facts) as NoticeFacts
  const postpone = () => postponeNotice(context, id, nextTry(clock, notice.tries))
  if (isProofCode(kind)) {
    const addressed = await addressCode(context, { id, kind, person, language, facts: noticeFacts })
    if (!addressed) await postpone()
    return
  }
  const to = await recipientsOf(context, kind, person)
  if (!to) return void (await postpone())
  const event = goesToDesk(kind) ? { ...noticeFacts, login: to.login } : noticeFacts
  await store.transaction(async tx => {
    const deleted = await tx.deleteFrom('notices').where('id', '=', id).executeTakeFirst()
    if (deleted.numDeletedRows !== 1n) return
    for (const { to: address, ...source } of to.addresses)
      await writeOrMerge(context, tx, {
        kind,
        to: address,
        language,
        facts: { person, name: to.name, login: to.login, events: [event], ...source },
      })
  })
}
