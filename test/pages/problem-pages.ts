import { join } from 'node:path'
import { hrefIn } from '../../src/routes.ts'
import { inEachLanguage, languages, sayIn } from '../../src/texts/texts.ts'
import { branding } from '../../src/ui/theme.ts'
import { createUi } from '../../src/ui/ui.ts'
import { problemPage } from '../../src/web/problem.page.tsx'
import { renderPage } from '../../src/web/render.ts'
import { problemKinds } from '../world/problem-kinds.ts'
import { root } from '../world/root.ts'

/** The page of every problem. Most need a broken server and differ only in their text, so they are rendered here. */
export const problemPages = () => {
  const theme = createUi({ branding: branding.parse({}), dist: join(root, 'dist'), sayIn })
  const hrefs = inEachLanguage(language => hrefIn(language))
  return languages.flatMap(language =>
    problemKinds.map(kind => {
      const more = { route: null, params: {}, charterVersion: '1', demonstration: false }
      const ui = theme.ui({ language, hrefs, ...more })
      const props = { ui, kind, reference: 'ABCD-EFGH', retryAfter: 900 }
      return {
        path: `the fault « ${kind.name} »`,
        language,
        html: renderPage(problemPage(props)),
        policy: '',
      }
    }),
  )
}
