import type { AuditKind } from '../../audit/audit.ts'
import { subjectOf } from '../../notify/subject.ts'
import type { ServiceSettings } from '../../services/settings.ts'
import { deviceInWords } from '../../texts/device-words.ts'
import { isReason, isTextKey, type Say } from '../../texts/texts.ts'
import { inLanguage } from '../../texts/translated.ts'
import type { Ui } from '../../ui/ui.ts'
import type { JournalEntry } from './journal-entry.ts'

/** By what the sentences of the journal are made: a language, and the names that the institution gives its services. */
export type JournalWords = { readonly ui: Ui; readonly services: readonly ServiceSettings[] }

/** Typed so that an event kind without a text in both languages does not compile. */
const sentenceKey = (kind: AuditKind) => `journal.${kind}` as const

const textIn = ({ details }: JournalEntry, name: string) => {
  const value = details[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** What an event has several sentences for: how a password was chosen, which journey began, why a session ended. */
const variantOf = (entry: JournalEntry) =>
  textIn(entry, 'order') || textIn(entry, 'why') || textIn(entry, 'journey')

/** A kind that this version does not know has a text that says so. */
function whatOf(say: Say, entry: JournalEntry) {
  const variant = `journal.${entry.kind}.${variantOf(entry)}`
  const key = sentenceKey(entry.kind as AuditKind)
  return say(isTextKey(variant) ? variant : isTextKey(key) ? key : 'journal.unknown')
}

export const serviceName = ({ ui, services }: JournalWords, id: string) => {
  const service = services.find(one => one.id === id)
  return (service && inLanguage(service.name, ui.language)) || id
}

/** Why a write or a service refused, in the words of the page that said so. */
export const reasonOf = (say: Say, entry: JournalEntry) => {
  const reason = textIn(entry, 'reason')
  return isReason(reason) ? say(reason) : ''
}

const nameOf = (say: Say, entry: JournalEntry) => {
  const key = `journal.name.${textIn(entry, 'factor') || textIn(entry, 'by')}`
  return isTextKey(key) ? say(key) : ''
}

const until = ({ ui }: JournalWords, entry: JournalEntry) => {
  const at = Number(textIn(entry, 'until'))
  return at > 0 ? ui.dateTime(at) : ''
}

const mailOf = (words: JournalWords, entry: JournalEntry) => {
  const { ui } = words
  const subject = subjectOf(ui.say, textIn(entry, 'notice'), until(words, entry))
  return subject === null ? '' : ui.locale.quote(subject)
}

/** What it closed opens again by itself. */
const isClosing = (entry: JournalEntry) =>
  ['joker.suspended', 'account.recovery-closed'].includes(entry.kind) && textIn(entry, 'until') !== ''

/** What the event is about: a mail, a service and what it answered, an address, a factor, a time. */
function aboutOf(words: JournalWords, entry: JournalEntry) {
  const { say } = words.ui
  if (entry.kind.startsWith('mail.')) return mailOf(words, entry)
  const service = textIn(entry, 'service')
  const named = service ? serviceName(words, service) : textIn(entry, 'address') || nameOf(say, entry)
  const reason = reasonOf(say, entry)
  return named && reason ? say('journal.because', { said: named, reason }) : named || reason
}

/** What happened, in one sentence; without its details once retention has erased them. */
export const sentenceOf = (words: JournalWords, entry: JournalEntry) => {
  const { say } = words.ui
  const what = whatOf(say, entry)
  if (isClosing(entry)) return say('journal.until', { what, until: until(words, entry) })
  const about = aboutOf(words, entry)
  return about ? say('journal.with', { what, where: about }) : what
}

/** Who did it: the person, an agent of the helpdesk by name, the system, or an anonymous visitor. */
export const actorOf = (say: Say, { actor }: Pick<JournalEntry, 'actor'>) => {
  if (actor.startsWith('person:')) return say('journal.by.you')
  if (actor.startsWith('operator:')) return say('journal.by.desk', { name: actor.slice('operator:'.length) })
  return say(actor === 'system' ? 'journal.by.system' : 'journal.by.anonymous')
}

/** « Chrome sur Linux »; '': unknown, or nobody's browser did it. */
export const deviceIn = (say: Say, entry: JournalEntry) => deviceInWords(say, textIn(entry, 'device'))
