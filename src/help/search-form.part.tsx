import { Field } from '../ui/field.tsx'
import type { Ui } from '../ui/ui.ts'

export const longestQuestion = 100

/** A GET form, so that the URL of the results can be bookmarked and shared. */
export const SearchForm = ({ ui, query }: { ui: Ui; query: string }) => (
  // biome-ignore lint/a11y/useSemanticElements: <search> is unknown to browsers and screen readers that are some years old.
  <form role="search" method="get" action={ui.href('helpSearch')} class="unprinted">
    <Field
      name="q"
      label={ui.say('help.search')}
      hint={ui.say('help.search.hint')}
      optional
      button={
        <button class="button" type="submit">
          {ui.say('help.search.do')}
        </button>
      }
      input={{
        type: 'search',
        value: query,
        maxLength: longestQuestion,
        autocomplete: 'off',
        enterKeyHint: 'search',
      }}
    />
  </form>
)
