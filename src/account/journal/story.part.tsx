import { hours } from '../../clock.ts'
import { deviceInWords } from '../../texts/device-words.ts'
import type { Ui } from '../../ui/ui.ts'
import type { JournalEntry } from './journal-entry.ts'
import { actorOf, type JournalWords, reasonOf, sentenceOf, serviceName } from './sentences.ts'
import type { Story } from './stories.ts'

/** How long a time is told as « il y a … ». */
const recent = hours(24)

/** When it was: of the last day how long ago too; printed, always with its date. */
function When({ ui, at, now }: { ui: Ui; at: number; now: number }) {
  const iso = new Date(at).toISOString()
  if (now - at >= recent || at > now) return <time dateTime={iso}>{ui.dateTime(at)}</time>
  return (
    <time dateTime={iso}>
      <span class="unprinted">{ui.say('journal.ago', { ago: ui.ago(now - at), time: ui.hour(at) })}</span>
      <span class="printed">{ui.dateTime(at)}</span>
    </time>
  )
}

const titleOf = (words: JournalWords, { main, times }: Story) => {
  const what = sentenceOf(words, main)
  return times > 1 ? words.ui.say('journal.times', { what, count: times }) : what
}

/** « Par vous, depuis Chrome sur Linux ». */
const sourceOf = ({ ui }: JournalWords, { main, device }: Pick<Story, 'main' | 'device'>) => {
  const by = actorOf(ui.say, main)
  const words = deviceInWords(ui.say, device)
  return words ? ui.say('journal.from', { by, device: words }) : by
}

const answers = {
  'delivery.written': 'journal.service.written',
  'delivery.proved': 'journal.service.proved',
  'delivery.failed': 'journal.service.failed',
  'delivery.dropped': 'journal.service.dropped',
} as const

const answerOf = (words: JournalWords, entry: JournalEntry) => {
  const { say } = words.ui
  const { service } = entry.details
  const name = serviceName(words, typeof service === 'string' ? service : '')
  const said = say(answers[entry.kind as keyof typeof answers])
  const reason = reasonOf(say, entry)
  return say('journal.with', { what: name, where: reason ? say('journal.because', { said, reason }) : said })
}

function Services({ words, services }: { words: JournalWords; services: readonly JournalEntry[] }) {
  if (services.length === 0) return null
  return (
    <ul class="answers quiet">
      {services.map(entry => (
        <li>{answerOf(words, entry)}</li>
      ))}
    </ul>
  )
}

/** Each subject once, with how many mails had it. */
function mailLines(words: JournalWords, mails: readonly JournalEntry[]) {
  const { say } = words.ui
  const counts = new Map<string, number>()
  for (const mail of mails) {
    const sentence = sentenceOf(words, mail)
    counts.set(sentence, (counts.get(sentence) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => (count > 1 ? say('journal.times', { what, count }) : what))
}

const foldTitle = ({ say }: Ui, steps: number, mails: number) => {
  if (steps === 0) return say('journal.mails', { mails })
  return mails === 0 ? say('journal.steps', { steps }) : say('journal.steps-mails', { steps, mails })
}

/** What lies under a story; a story of one event without mails has nothing more to say. */
function Fold({ words, story }: { words: JournalWords; story: Story }) {
  const { ui } = words
  const steps = story.steps.length > 1 ? story.steps : []
  const mails = story.steps.length === 0 ? [] : mailLines(words, story.mails)
  if (steps.length + mails.length === 0) return null
  return (
    <details class="fold">
      <summary>
        {foldTitle(ui, steps.length, mails.length && story.mails.length)}
        <span class="unseen">
          {ui.locale.colon} {titleOf(words, story)}
        </span>
      </summary>
      <ul class="answers">
        {steps.map(entry => (
          <li>
            <time dateTime={new Date(entry.at).toISOString()}>{ui.time(entry.at)}</time>{' '}
            {sentenceOf(words, entry)}
          </li>
        ))}
        {mails.map(line => (
          <li>{line}</li>
        ))}
      </ul>
    </details>
  )
}

type Props = { readonly words: JournalWords; readonly stories: readonly Story[]; readonly now: number }

/** One line for each change. */
export const StoryLines = ({ words, stories, now }: Props) => (
  <ol class="lines">
    {stories.map(story => (
      <li>
        <div>
          <b>{titleOf(words, story)}</b>{' '}
          <span class="quiet">
            {sourceOf(words, story)}, <When ui={words.ui} at={story.main.at} now={now} />
          </span>
          <Services words={words} services={story.services} />
          <Fold words={words} story={story} />
        </div>
      </li>
    ))}
  </ol>
)
