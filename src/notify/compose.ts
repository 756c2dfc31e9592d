import type { Href } from '../routes.ts'
import { locales } from '../texts/locales.ts'
import { isReason, type Language, type Say, sayIn } from '../texts/texts.ts'
import type { Branding } from '../ui/theme.ts'
import { renderMail } from './mails/mail.part.tsx'
import { goesBySms, goesToDesk, type NoticeFacts, type NoticeForm, type NoticeKind } from './notify.ts'
import type { Compose } from './outbox-types.ts'

/** The notices that do not belong to a proof. */
export const ownNotices = {
  'password-changed': { paragraphs: ['mail.password-changed', 'mail.password-changed.use'], notMe: 'freeze' },
  'password-changed-signed-in': {
    paragraphs: ['mail.password-changed-signed-in', 'mail.password-changed.use'],
    notMe: 'freeze',
  },
  // Each of these needs a session: an attacker who has one has the password too.
  'address-added': { paragraphs: ['mail.address-added'], notMe: 'freeze' },
  'address-removed': { paragraphs: ['mail.address-removed'], notMe: 'freeze' },
  'recovery-closed': { paragraphs: ['mail.recovery-closed'] },
  // Someone gave the right answer and nothing is changed yet: this closes recovery before a new password is chosen.
  'identifier-told': {
    paragraphs: ['mail.identifier-told', 'mail.identifier-told.not-you'],
    notMe: 'close',
  },
  'account-activated': { paragraphs: ['mail.account-activated'], notMe: 'freeze' },
  'account-frozen': { paragraphs: ['mail.account-frozen'] },
  'password-expiring': { paragraphs: ['mail.password-expiring', 'mail.password-expiring.do'] },
  'desk-frozen': { paragraphs: ['mail.desk-frozen'] },
  'desk-freeze-refused': { paragraphs: ['mail.desk-freeze-refused'] },
  'desk-incident': { paragraphs: ['mail.desk-incident'] },
  'desk-service-failed': { paragraphs: ['mail.desk-service-failed'] },
  'desk-audit-head': { paragraphs: ['mail.desk-audit-head'] },
} as const satisfies { readonly [kind in NoticeKind]?: NoticeForm }

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
  /** Those of this file and those of the proofs: a notice without a form does not compile. */
  readonly notices: Readonly<Record<NoticeKind, NoticeForm>>
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
  const strongest = deps.notices[kind].notMe
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

/**
 * The last line lets the browser of this site, and no other, fill in the code (WICG, « Origin-bound one-time codes delivered
 * via SMS »): a page that imitates the portal does not get it.
 */
function smsText({ origin }: Deps, { kind }: MailToRender, say: Say, values: ReturnType<typeof valuesOf>) {
  const code = values.code.replace(/\s/g, '')
  return `${say(`mail.${kind}`, { ...values, code })}\n\n@${new URL(origin).hostname} #${code}`
}

async function compose(deps: Deps, mail: MailToRender) {
  const { kind, facts, language } = mail
  const say = sayIn(language)
  const { older = 0 } = facts
  const date = dateFormat(language, deps.branding.timeZone)
  const values = valuesOf(deps, mail, date)
  if (goesBySms(kind)) return { subject: '', html: '', text: smsText(deps, mail, say, values) }
  return renderMail({
    language,
    say,
    branding: deps.branding,
    subject: say(`mail.${kind}.subject`, values),
    name: goesToDesk(kind) ? '' : facts.name,
    paragraphs: [
      ...deps.notices[kind].paragraphs.map(key => say(key, values)),
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
