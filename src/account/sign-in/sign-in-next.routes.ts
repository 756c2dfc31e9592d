import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import type { Handler } from '../../web/handler.ts'
import { returnNameOf, type SignInCompletion } from './complete-sign-in.ts'
import { signInUnknownPage } from './sign-in-next.page.tsx'

type Deps = { readonly signInCompletion: SignInCompletion; readonly ui: (language: Language) => Ui }

/**
 * Between the first sign-in of a browser and the page that it wanted. A page sets no cookie before the sign-in, so that only here
 * shows, without scripts, whether the browser keeps one.
 */
export const signInNextRoutes = ({ signInCompletion, ui }: Deps): { readonly get: Handler } => ({
  get: async request =>
    signInCompletion.next(request) ?? {
      kind: 'page',
      page: signInUnknownPage({ ui: ui(request.language), page: returnNameOf(request) }),
    },
})
