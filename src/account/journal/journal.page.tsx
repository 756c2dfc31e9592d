import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import { countsOf, type ReadStories } from './journal.ts'
import type { JournalWords } from './sentences.ts'
import { StoryLines } from './story.part.tsx'

type Props = {
  readonly ui: Ui
  readonly words: JournalWords
  readonly now: number
} & ReadStories

export const journalPage = ({ ui, words, stories, moreChanges, moreTries, now }: Props) => {
  const { say } = ui
  const { changes, tries } = countsOf(stories)
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'journal' }}
      heading={say('journal.title')}
      lead={say('journal.lead')}
    >
      <StoryLines words={words} stories={stories} now={now} />
      {moreChanges && <p class="quiet">{say('journal.more', { count: changes })}</p>}
      {moreTries && <p class="quiet">{say('journal.more-tries', { count: tries })}</p>}
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
