import type { Href } from '../routes.ts'
import { locales } from '../texts/locales.ts'
import { isReason, type Language, type Say, sayIn, type TextKey } from '../texts/texts.ts'
import type { Branding } from '../ui/theme.ts'
import { renderMail } from './mails/mail.part.tsx'
import { goesBySms, goesToDesk, type NoticeFacts, type NoticeKind } from './notify.ts'
import type { Compose } from './outbox-types.ts'

/** Effect of the « Ce n'est pas moi » button, for each kind of mail that has it. */
const notMeEffects: { readonly [kind in NoticeKind]?: 'freeze' | 'close' } = {
  'password-changed': 'freeze',
  'password-changed-signed-in': 'freeze',
  'account-activated': 'freeze',
  // Someone gave the right answer and nothing is changed yet: this closes recovery before a new password is chosen.
  'identifier-told': 'close',
  'joker-suspended': 'close',
  // Each of these needs a session: an attacker who has one has the password too.
  'joker-changed': 'freeze',
  'joker-removed': 'freeze',
  'address-added': 'freeze',
  'address-removed': 'freeze',
  'authenticator-added': 'freeze',
  'authenticator-removed': 'freeze',
  'recovery-codes-added': 'freeze',
  'recovery-codes-removed': 'freeze',
  'recovery-codes-voided': 'freeze',
  'recovery-code-used': 'freeze',
  'passkey-added': 'freeze',
  'passkey-removed': 'freeze',
}

const paragraphs: Readonly<Record<NoticeKind, readonly TextKey[]>> = {
  'password-changed': ['mail.password-changed', 'mail.password-changed.use'],
  'password-changed-signed-in': ['mail.password-changed-signed-in', 'mail.password-changed.use'],
  'joker-suspended': ['mail.joker-suspended'],
  'joker-changed': ['mail.joker-changed'],
  'joker-removed': ['mail.joker-removed', 'mail.joker-removed.again'],
  'address-added': ['mail.address-added'],
  'address-removed': ['mail.address-removed'],
  'recovery-closed': ['mail.recovery-closed'],
  'identifier-told': ['mail.identifier-told', 'mail.identifier-told.not-you'],
  'account-activated': ['mail.account-activated'],
  'activation-code': ['mail.activation-code', 'mail.activation-code.how'],
  code: ['mail.code', 'mail.code.not-you'],
  'code-sms': ['mail.code-sms'],
  'account-frozen': ['mail.account-frozen'],
  'password-expiring': ['mail.password-expiring', 'mail.password-expiring.do'],
  'authenticator-added': ['mail.authenticator-added'],
  'authenticator-removed': ['mail.authenticator-removed'],
  'recovery-codes-added': ['mail.recovery-codes-added'],
  'recovery-codes-removed': ['mail.recovery-codes-removed'],
  'recovery-codes-voided': ['mail.recovery-codes-voided', 'mail.recovery-codes-voided.again'],
  'recovery-code-used': ['mail.recovery-code-used'],
  'passkey-added': ['mail.passkey-added'],
  'passkey-removed': ['mail.passkey-removed'],
  'desk-frozen': ['mail.desk-frozen'],
  'desk-freeze-refused': ['mail.desk-freeze-refused'],
  'desk-incident': ['mail.desk-incident'],
  'desk-service-failed': ['mail.desk-service-failed'],
  'desk-messages': ['mail.desk-messages', 'mail.desk-messages.then'],
  'desk-audit-head': ['mail.desk-audit-head'],
}

const dateFormat = (language: Language, timeZone: string) =>
  new Intl.DateTimeFormat(locales[language].formats, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone,
  })

/** Creates the single-use token of a « Ce n'est pas moi » link (`account/not-me/`). */
type NotMeTokens = {
  make(about: {
    person: string
    kind: 'freeze' | 'close'
    event: string
    destinationDigest: string
  }): Promise<string>
}

type Deps = {
  readonly tokens: NotMeTokens
  readonly hrefs: Readonly<Record<Language, Href>>
  readonly origin: string
  readonly branding: Branding
  /** A recently confirmed address may be an attacker's, and a removed one is no longer the person's: the button in mails to both only closes recovery. */
  readonly isRecent: (person: string, destinationDigest: string) => Promise<boolean>
  readonly isContact: (person: string, destinationDigest: string) => Promise<boolean>
}

type MailToRender = Parameters<Compose>[0]

/** The « Ce n'est pas moi » button; `null` for a mail that has none. */
async function buttonFor(deps: Deps, { kind, facts, language, destinationDigest }: MailToRender) {
  const { person, from } = facts
  const strongest = notMeEffects[kind]
  if (!strongest || !person) return null
  const known =
    from === 'directory' || (from === 'contact' && (await deps.isContact(person, destinationDigest)))
  const trusted = known && !(await deps.isRecent(person, destinationDigest))
  const effect = trusted ? strongest : 'close'
  const event = facts.events.at(-1)?.event ?? ''
  const token = await deps.tokens.make({ person, kind: effect, event, destinationDigest })
  const say = sayIn(language)
  const before = say(effect === 'freeze' ? 'mail.password-changed.not-me' : 'mail.joker-suspended.not-me')
  return {
    before,
    label: say('mail.not-me'),
    url: `${deps.origin}${deps.hrefs[language]('notMe', { token })}`,
  }
}

/** What the sentences of the mail name: the last event, and how many there were. */
function valuesOf(
  { branding, origin, hrefs }: Deps,
  { facts, language }: MailToRender,
  date: Intl.DateTimeFormat,
) {
  const last = facts.events.at(-1)
  const { older = 0 } = facts
  return {
    login: facts.login,
    count: facts.events.length + older,
    until: date.format(last?.until ?? 0),
    service: last?.service ?? '',
    sent: last?.sent ?? 0,
    budget: last?.budget ?? 0,
    code: last?.code ?? '',
    address: last?.address ?? '',
    reference: last?.reference ?? '',
    minutes: 10,
    activation: `${origin}${hrefs[language]('activation')}`,
    change: `${origin}${hrefs[language]('changePassword')}`,
    signIn: branding.signInUrl ?? `${origin}${hrefs[language]('signIn')}`,
  }
}

/** When one of the events happened, and for a failed service which one, why and for how many. */
function lineOf(say: Say, date: Intl.DateTimeFormat, event: NoticeFacts) {
  const at = date.format(event.at)
  const reason = event.reason && isReason(event.reason) ? say(event.reason) : ''
  const { login = '', service = '', others = 0 } = event
  return event.service
    ? say('mail.when-service', { at, login, service, reason, others })
    : `${say('mail.when', { at })}.`
}

async function compose(deps: Deps, mail: MailToRender) {
  const { kind, facts, language } = mail
  const say = sayIn(language)
  const { older = 0 } = facts
  const date = dateFormat(language, deps.branding.timeZone)
  const values = valuesOf(deps, mail, date)
  if (goesBySms(kind)) return { subject: '', html: '', text: say(`mail.${kind}`, values) }
  return renderMail({
    language,
    say,
    branding: deps.branding,
    subject: say(`mail.${kind}.subject`, values),
    name: goesToDesk(kind) ? '' : facts.name,
    paragraphs: [
      ...paragraphs[kind].map(key => say(key, values)),
      ...(older > 0 ? [say('mail.older', { count: older })] : []),
      ...facts.events.map(event => lineOf(say, date, event)),
    ],
    button: await buttonFor(deps, mail),
  })
}

/** Renders each mail. Its « Ce n'est pas moi » token is created at that time, for this event and this address only. */
export const createComposer =
  (deps: Deps): Compose =>
  mail =>
    compose(deps, mail)
