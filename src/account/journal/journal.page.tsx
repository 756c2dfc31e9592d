import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import { actorOf, type JournalEntry, sentenceOf } from './journal.ts'

export const JournalLines = ({ ui, entries }: { ui: Ui; entries: readonly JournalEntry[] }) => (
  <ol class="lines">
    {entries.map(entry => (
      <li>
        <span>
          <b>{sentenceOf(ui.say, entry)}</b>{' '}
          <span class="quiet">
            {actorOf(ui.say, entry)}, {ui.dateTime(entry.at)}
          </span>
        </span>
      </li>
    ))}
  </ol>
)

type Props = { readonly ui: Ui; readonly entries: readonly JournalEntry[]; readonly most: number }

export const journalPage = ({ ui, entries, most }: Props) => {
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'journal' }}
      heading={say('journal.title')}
      lead={say('journal.lead')}
    >
      <JournalLines ui={ui} entries={entries} />
      {entries.length === most && <p class="quiet">{say('journal.more', { count: most })}</p>}
      <aside class="aside stack">
        <h2>{say('journal.export')}</h2>
        <p>{say('journal.export.detail')}</p>
        <p>
          <a class="go" href={ui.href('journalExport', { file: 'journal.csv' })}>
            {say('journal.export.csv')}
          </a>
          <br />
          <a class="go" href={ui.href('journalExport', { file: 'compte.json' })}>
            {say('journal.export.json')}
          </a>
        </p>
        <p class="quiet">{say('journal.kept')}</p>
      </aside>
    </AccountPage>
  )
}
