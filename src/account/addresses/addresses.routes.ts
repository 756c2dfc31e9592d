import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { PersonId, Population } from '../../directory/directory.ts'
import type { AccessMethods } from '../../identity/access-methods.ts'
import type { Contacts } from '../../identity/contacts.ts'
import type { Limits } from '../../limits/limits.ts'
import type { MailRows } from '../../notify/mail-rows.ts'
import type { Notices } from '../../notify/notify.ts'
import type { ProofPolicy } from '../../proofs/policy/policy.ts'
import { type Destination, type DestinationKind, masked } from '../../proofs/sent-code/destination.ts'
import type { MessageBudget } from '../../proofs/sent-code/messages.ts'
import type { DestinationReader } from '../../proofs/sent-code/read-destination.ts'
import type { Codes } from '../../proofs/sent-code/sent-code.ts'
import { refused } from '../../result.ts'
import type { Tx } from '../../store/store.ts'
import type { Language, ReasonKey } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { field, optionalField } from '../../web/form.ts'
import { type HandlerRequest, type HandlerResult, problem, redirect } from '../../web/handler.ts'
import { badRequest } from '../../web/problems.ts'
import type { ChangePage } from '../cool-down/changes.ts'
import type { CoolDown } from '../cool-down/cool-down.ts'
import { redirectDone } from '../done.ts'
import type { AccountGuard, SignedInUser } from '../sessions/account-guard.ts'
import type { Refused, SessionForms } from '../sessions/refused-forms.ts'
import type { SessionTransaction } from '../sessions/session-transaction.ts'
import { type AddressProblem, addressesPage, codePage } from './addresses.page.tsx'
import { createAddressChangeRecorder } from './record-address-change.ts'

const kinds = ['mail', 'mobile'] as const satisfies readonly DestinationKind[]

const form = z.object({
  faire: z.enum([...kinds, 'retirer']),
  mail: optionalField(300),
  mobile: optionalField(40),
  laquelle: optionalField(40),
})
const codeFields = z.object({ code: field(40) })

type Deps = {
  readonly inSession: SessionTransaction
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly notices: Notices
  readonly mails: MailRows
  readonly codes: Readonly<Record<DestinationKind, Codes>>
  readonly contacts: Contacts
  readonly accessMethods: Pick<AccessMethods, 'reachOf'>
  readonly policy: Pick<ProofPolicy, 'offered'>
  /** Ends the journeys of this person that have passed a proof, and revokes what was proved. */
  readonly supersedeJourneys: (tx: Tx, person: PersonId, why: 'proof-replaced') => Promise<unknown>
  readonly guard: AccountGuard
  readonly coolDown: CoolDown
  readonly sessionForms: SessionForms
  /** Mobiles are hidden without an SMS gateway, and not offered once the daily quota of messages is used up. */
  readonly messages: Pick<MessageBudget, 'configured' | 'offered'>
  readonly readDestination: DestinationReader
  readonly ui: (language: Language) => Ui
}

/** The kinds whose codes a recovery of these populations takes. */
const recoversBy = (policy: Deps['policy'], populations: readonly Population[]) => {
  const offered = (['password', 'identifier'] as const).flatMap(journey =>
    policy.offered({ journey, populations }, new Set()),
  )
  return kinds.filter(kind => offered.includes(kind === 'mail' ? 'mail-code' : 'sms-code'))
}

async function showList(
  { ui, limits, accessMethods, policy, messages }: Deps,
  request: HandlerRequest,
  { person }: SignedInUser,
  wrong: AddressProblem | null,
): Promise<HandlerResult> {
  return {
    kind: 'page',
    page: addressesPage({
      ui: ui(request.language),
      own: person.addresses.map(address => masked(address as Destination)),
      contacts: await accessMethods.reachOf(person.id),
      recoversBy: recoversBy(policy, person.populations),
      now: request.arrivedAt,
      room: limits.addressesPerKind,
      mobiles: messages.configured ? ((await messages.offered()) ? 'offered' : 'spent') : 'none',
      wrong,
    }),
  }
}

/** One code at a time per kind, bound to this session; `origin` survives a new handle of the session. */
const requestOf = ({ session, person }: SignedInUser, kind: DestinationKind) =>
  `contact:${person.id}:${session.origin}:${kind}`

/** Whose codes these are, from which device; all those of a kind in one session are told together. */
const originOf = ({ device }: HandlerRequest, { session, person }: SignedInUser, kind: DestinationKind) => ({
  person: person.id,
  device,
  story: `${session.origin.slice(0, 12)}-${kind}`,
})

const refusedAddress = (shown: AddressProblem): Refused<AddressProblem> => ({
  kind: 'refused',
  shown,
  at: { route: 'addresses' },
})

/** Sends a code to the typed address: it serves once the code is confirmed. */
async function add(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
  kind: DestinationKind,
  typed: string,
): Promise<HandlerResult | Refused<AddressProblem>> {
  const { inSession, codes, contacts, messages, readDestination } = deps
  if (kind === 'mobile' && !messages.configured) return problem(badRequest)
  const wrong = (reason: ReasonKey) => refusedAddress({ field: kind, reason, typed })
  const read = await readDestination(kind, typed)
  if (!read.ok) return wrong(read.reason)
  const refusal = await contacts.refusalOf(user.person, read.to)
  if (refusal) return wrong(refusal)
  // No name: until the code is confirmed, the mailbox may be a stranger's.
  const sent = await codes[kind].send({
    codeRequest: requestOf(user, kind),
    to: read.to,
    person: user.person.id,
    name: '',
    network: request.network,
    device: request.device,
    language: request.language,
  })
  if (!sent.ok) return wrong(sent.reason)
  const addressChanges = createAddressChangeRecorder(deps)
  await inSession(user.session, tx =>
    addressChanges.code(tx, originOf(request, user, kind), 'sent', masked(read.to)),
  )
  return redirect(request.href('addressCode', { kind }))
}

async function post(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
): Promise<HandlerResult | Refused<AddressProblem>> {
  const fields = form.safeParse(request.body)
  if (!fields.success) return problem(badRequest)
  const { faire, laquelle } = fields.data
  if (faire !== 'retirer') return add(deps, request, user, faire, fields.data[faire])
  const { id: person } = user.person
  const isRemoved = await deps.inSession(user.session, async tx => {
    const to = await deps.contacts.remove(tx, person, laquelle)
    const { device, language } = request
    // A code that went there may prove the very stranger because of whom it was removed.
    if (to) await deps.supersedeJourneys(tx, person, 'proof-replaced')
    if (to) await createAddressChangeRecorder(deps).removed(tx, { person, device, to, language })
    return to !== null
  })
  const list = request.href('addresses')
  return isRemoved ? redirectDone(list, 'done-contact-was-removed') : redirect(list)
}

const kindIn = (request: HandlerRequest) => kinds.find(kind => kind === request.params.kind)

type CodeProblem = { readonly reason: ReasonKey; readonly left: number }

async function codeForm(
  { ui, limits, codes }: Deps,
  request: HandlerRequest,
  user: SignedInUser,
  wrong: CodeProblem | null,
): Promise<HandlerResult> {
  const kind = kindIn(request)
  const to = kind && (await codes[kind].sentTo(requestOf(user, kind)))
  if (!(kind && to)) return redirect(request.href('addresses'))
  return {
    kind: 'page',
    page: codePage({ ui: ui(request.language), kind, to, life: limits.codeLife, wrong }),
  }
}

async function postCode(
  deps: Deps,
  request: HandlerRequest,
  user: SignedInUser,
): Promise<HandlerResult | Refused<CodeProblem | AddressProblem>> {
  const { inSession, codes, contacts } = deps
  const addressChanges = createAddressChangeRecorder(deps)
  const fields = codeFields.safeParse(request.body)
  const kind = kindIn(request)
  if (!(fields.success && kind)) return problem(badRequest)
  const origin = originOf(request, user, kind)
  const read = await codes[kind].verify(requestOf(user, kind), fields.data.code)
  const result = await inSession(user.session, async tx => {
    const judged = await read.answer.judge(tx, true)
    await addressChanges.code(tx, origin, judged.verdict)
    if (judged.verdict === 'wrong') return judged
    const full = await contacts.add(tx, user.person, judged.destination)
    if (full) return refused(full)
    await addressChanges.added(tx, { ...origin, to: judged.destination, language: request.language })
    return judged
  })
  if (!('reason' in result)) return redirectDone(request.href('addresses'), 'done-contact-was-added')
  const { reason } = result
  if (reason !== 'code-wrong' && reason !== 'code-expired')
    return refusedAddress({ field: kind, reason, typed: '' })
  // Nothing waits for a code any more: it was typed in another tab, whose outcome the list shows.
  if (!(await codes[kind].sentTo(requestOf(user, kind)))) return redirect(request.href('addresses'))
  return { kind: 'refused', shown: { reason, left: 'left' in result ? result.left : 0 } }
}

/** « Si j'oublie encore »: recovery addresses and mobiles, each confirmed by a code before it serves. */
export const addressesRoutes = (deps: Deps) => {
  const { guard, coolDown, sessionForms } = deps
  const list = sessionForms<SignedInUser, AddressProblem>(() => ({ route: 'addresses' }), {
    view: (request, user, wrong) => showList(deps, request, user, wrong),
    also: ['mail', 'mobile'].map(kind => ({ route: 'addressCode', params: { kind } })),
    submit: (request, user) => post(deps, request, user),
  })
  const code = sessionForms<SignedInUser, CodeProblem | AddressProblem>(
    ({ params }) => ({ route: 'addressCode', params: { kind: params.kind ?? '' } }),
    {
      view: (request, user, wrong) => codeForm(deps, request, user, wrong as CodeProblem | null),
      also: [{ route: 'addresses' }],
      submit: (request, user) => postCode(deps, request, user),
    },
  )
  const page: ChangePage = {
    route: 'addresses',
    heading: 'addresses.title',
    of: ['address', 'mobile'],
    verb: 'faire',
  }
  const [addresses, addressCode] = [coolDown(page, list, { removes: true }), coolDown(page, code)]
  return {
    addresses: {
      get: guard('addresses', 'fresh', addresses.get),
      post: guard('addresses', 'fresh', addresses.post),
    },
    addressCode: {
      get: guard('addresses', 'fresh', addressCode.get),
      post: guard('addresses', 'fresh', addressCode.post),
    },
  }
}
