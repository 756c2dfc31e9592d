import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import { newId } from '../../crypto/crypto.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { MailRows } from '../../notify/mail-rows.ts'
import type { Notices } from '../../notify/notify.ts'
import { type Destination, kindOf, masked } from '../../proofs/sent-code/destination.ts'
import type { Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'

type Deps = {
  readonly clock: Clock
  readonly audit: Audit
  readonly notices: Notices
  readonly mails: MailRows
}

/** `story`: names the codes and the change that they led to, which the journal tells together. */
type Origin = { readonly person: PersonId; readonly device: string; readonly story?: string }

type Change = Origin & { readonly language: Language; readonly to: Destination }

async function record(
  { clock, audit, notices }: Deps,
  tx: Tx,
  { person, language, to, device, story = '' }: Change,
  what: 'added' | 'removed',
) {
  const facts = { at: clock.now(), event: `address:${newId()}`, address: masked(to), device }
  await notices.write(tx, { kind: `address-${what}`, person, facts, language })
  await audit.append(tx, {
    chain: person,
    kind: `contact.${what}`,
    by: { kind: 'person', id: person },
    details: { address: masked(to), device, ...(story && { story }) },
  })
  return facts
}

async function recordRemoval(deps: Deps, tx: Tx, change: Change) {
  const { person, language, to } = change
  const event = await record(deps, tx, change, 'removed')
  if (kindOf(to) === 'mail')
    await deps.mails.write(tx, {
      kind: 'address-removed',
      to,
      language,
      facts: { person, name: '', login: '', events: [event] },
    })
}

/** Records every change of the addresses in the audit log, and notifies all remaining addresses and the removed one. */
export const createAddressChangeRecorder = (deps: Deps) => ({
  /** Records that a code was requested or typed, since a stranger may hold the session. */
  code: (
    tx: Tx,
    { person, device, story = '' }: Origin,
    what: 'sent' | 'right' | 'wrong',
    address?: string,
  ) =>
    deps.audit.append(tx, {
      chain: person,
      kind: `code.${what}`,
      by: { kind: 'person', id: person },
      details: { device, story, ...(address !== undefined && { address }) },
    }),
  added: (tx: Tx, change: Change) => record(deps, tx, change, 'added'),
  removed: (tx: Tx, change: Change) => recordRemoval(deps, tx, change),
})
