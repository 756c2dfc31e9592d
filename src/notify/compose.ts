import { minutes } from '../clock.ts'
import type { Limits } from '../limits/limits.ts'
import type { Href } from '../routes.ts'
import { deviceInWords } from '../texts/device-words.ts'
import { inEachLanguage, isReason, type Language, type Say, type SayIn } from '../texts/texts.ts'
import { createDateFormats, type DateFormats } from '../ui/date-formats.ts'
import type { Branding } from '../ui/theme.ts'
import { mailLogo } from './mails/logo.ts'
import { renderMail } from './mails/mail.part.tsx'
import {
  goesBySms,
  goesToDesk,
  type NoticeFacts,
  type NoticeForm,
  type NoticeKind,
  type WhenKey,
} from './notify.ts'
import type { Compose } from './outbox-types.ts'
import type { MailLogo } from './transport.ts'

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
  'password-expiring': { paragraphs: ['mail.password-expiring', 'mail.password-expiring.do'], when: null },
  'desk-frozen': { paragraphs: ['mail.desk-frozen'] },
  'desk-freeze-refused': { paragraphs: ['mail.desk-freeze-refused'] },
  'desk-incident': { paragraphs: ['mail.desk-incident'] },
  'desk-service-failed': { paragraphs: ['mail.desk-service-failed'] },
  'desk-audit-head': { paragraphs: ['mail.desk-audit-head'] },
} as const satisfies { readonly [kind in NoticeKind]?: NoticeForm }

type Dates = Pick<DateFormats, 'moment'>

/** Creates the single-use token of a « Ce n'est pas moi » link (`account/not-me/`). */
type NotMeTokens = {
  make(about: {
    person: string
    kind: 'freeze' | 'close'
    event: string
    destinationDigest: string
    notice: NoticeKind
    happenedAt: number
    device: string
  }): Promise<string>
}

type Deps = {
  readonly tokens: NotMeTokens
  /** Those of this file and those of the proofs: a notice without a form does not compile. */
  readonly notices: Readonly<Record<NoticeKind, NoticeForm>>
  readonly hrefs: Readonly<Record<Language, Href>>
  readonly origin: string
  readonly branding: Branding
  readonly sayIn: SayIn
  readonly limits: Pick<Limits, 'codeLife'>
  /** A recently confirmed address may be an attacker's, and a removed one is no longer the person's: the button in mails to both only closes recovery. */
  readonly isRecent: (person: string, destinationDigest: string) => Promise<boolean>
  readonly isContact: (person: string, destinationDigest: string) => Promise<boolean>
}

/** Made once: formats of dates cost more than a mail, and the logo is read from its file. */
type Prepared = {
  readonly dates: Readonly<Record<Language, Dates>>
  readonly logo: MailLogo | null
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
  const { event = '', at = 0, device = '' } = facts.events.at(-1) ?? {}
  const reported = { notice: kind, happenedAt: at, device }
  const token = await deps.tokens.make({ person, kind: effect, event, destinationDigest, ...reported })
  const say = deps.sayIn(language)
  const before = say(effect === 'freeze' ? 'mail.password-changed.not-me' : 'mail.joker-suspended.not-me')
  return {
    before,
    label: say('mail.not-me'),
    url: `${deps.origin}${deps.hrefs[language]('notMe', { token })}`,
  }
}

/** What the sentences of the mail name: the last event, and how many there were. */
function valuesOf(
  { branding, origin, hrefs, limits }: Deps,
  { facts, language }: MailToRender,
  dates: Dates,
) {
  const last = facts.events.at(-1)
  const { older = 0 } = facts
  return {
    login: facts.login,
    count: facts.events.length + older,
    until: dates.moment(last?.until ?? 0),
    service: last?.service ?? '',
    sent: last?.sent ?? 0,
    budget: last?.budget ?? 0,
    code: last?.code ?? '',
    address: last?.address ?? '',
    reference: last?.reference ?? '',
    minutes: Math.max(1, Math.floor(limits.codeLife / minutes(1))),
    activation: `${origin}${hrefs[language]('activation')}`,
    change: `${origin}${hrefs[language]('changePassword')}`,
    signIn: branding.signInUrl ?? `${origin}${hrefs[language]('signIn')}`,
  }
}

/** The values of a sentence that ends with the device, where it is known. */
export const whereFrom = (say: Say, device: string | undefined) => {
  const words = deviceInWords(say, device ?? '')
  return { known: words === '' ? 'no' : 'yes', device: words }
}

/** When one of the events happened, and for a failed service which one, why and for how many. */
function lineOf(say: Say, dates: Dates, key: WhenKey, event: NoticeFacts) {
  const at = dates.moment(event.at)
  const reason = event.reason && isReason(event.reason) ? say(event.reason) : ''
  const { login = '', service = '', others = 0 } = event
  return event.service
    ? say('mail.when-service', { at, login, service, reason, others })
    : say(key, { at, ...whereFrom(say, event.device) })
}

/**
 * The last line lets the browser of this site, and no other, fill in the code (WICG, « Origin-bound one-time codes delivered
 * via SMS »): a page that imitates the portal does not get it.
 */
function smsText({ origin }: Deps, { kind }: MailToRender, say: Say, values: ReturnType<typeof valuesOf>) {
  const code = values.code.replace(/\s/g, '')
  return `${say(`mail.${kind}`, { ...values, code })}\n\n@${new URL(origin).hostname} #${code}`
}

async function compose(deps: Deps & Prepared, mail: MailToRender) {
  const { kind, facts, language } = mail
  const say = deps.sayIn(language)
  const { older = 0 } = facts
  const dates = deps.dates[language]
  const values = valuesOf(deps, mail, dates)
  const { paragraphs, when = 'mail.when' } = deps.notices[kind]
  if (goesBySms(kind)) return { subject: '', html: '', text: smsText(deps, mail, say, values) }
  return renderMail({
    language,
    say,
    branding: deps.branding,
    logo: deps.logo,
    code: values.code,
    subject: say(`mail.${kind}.subject`, values),
    name: goesToDesk(kind) ? '' : facts.name,
    paragraphs: [
      ...paragraphs.map(key => say(key, values)),
      ...(older > 0 ? [say('mail.older', { count: older })] : []),
    ],
    when: when ? facts.events.map(event => lineOf(say, dates, when, event)) : [],
    button: await buttonFor(deps, mail),
  })
}

/** Renders each mail. Its « Ce n'est pas moi » token is created at that time, for this event and this address only. */
export function createComposer(deps: Deps): Compose {
  const { branding, sayIn } = deps
  const dates = inEachLanguage(language => createDateFormats(language, branding.timeZone, sayIn(language)))
  const prepared = { ...deps, dates, logo: mailLogo(branding.mailLogoFile ?? branding.logoFile) }
  return mail => compose(prepared, mail)
}
