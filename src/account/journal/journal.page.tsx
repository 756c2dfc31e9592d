import type { Ui } from '../../ui/ui.ts'
import { AccountPage } from '../account.page.tsx'
import type { JournalWords } from './sentences.ts'
import type { Story } from './stories.ts'
import { StoryLines } from './story.part.tsx'

type Props = {
  readonly ui: Ui
  readonly words: JournalWords
  readonly stories: readonly Story[]
  readonly more: boolean
  readonly now: number
}

export const journalPage = ({ ui, words, stories, more, now }: Props) => {
  const { say } = ui
  return (
    <AccountPage
      ui={ui}
      currentPage={{ route: 'journal' }}
      heading={say('journal.title')}
      lead={say('journal.lead')}
    >
      <StoryLines words={words} stories={stories} now={now} />
      {more && <p class="quiet">{say('journal.more', { count: stories.length })}</p>}
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
