import { Page } from '../layout.tsx'
import type { Ui } from '../ui.ts'

const questions = ['help.joker', 'help.not-me', 'help.wifi'] as const

/** « Aide »: the guide first, then what people ask most. */
export const helpPage = ({ ui }: { ui: Ui }) => (
  <Page ui={ui} title={ui.say('help.title')} heading={ui.say('help.title')} lead={ui.say('help.lead')}>
    <section aria-labelledby="guide">
      <h2 id="guide">
        <a href={ui.href('helpPassword')}>{ui.say('help.password')}</a>
      </h2>
      <p>{ui.say('help.password.detail')}</p>
    </section>
    <div>
      {questions.map(key => (
        <details>
          <summary>{ui.say(key)}</summary>
          <p>{ui.say(`${key}.detail`)}</p>
        </details>
      ))}
    </div>
  </Page>
)

const guide = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const

/** The guide that a university gives its staff, step by step, for every population. */
export const helpPasswordPage = ({ ui }: { ui: Ui }) => (
  <Page ui={ui} title={ui.say('guide.title')} heading={ui.say('guide.title')} lead={ui.say('guide.lead')}>
    <ol class="guide">
      {guide.map(step => (
        <li>
          <span>{ui.say(`guide.${step}`)}</span>
        </li>
      ))}
    </ol>
    <p>{ui.say('guide.end')}</p>
    <p>
      <a class="button" href={ui.href('forgotten')}>
        {ui.say('guide.start')}
      </a>
    </p>
  </Page>
)
