/** HTML entities in the pages of the portal. */
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const decode = (html: string) =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')

/** Receives every answer, for tests that measure pages or collect secrets. */
export type AnswerListener = (answer: {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: Headers
  readonly html: string
}) => void

/**
 * A browser without scripts: cookies and forms over HTTP. It does not follow redirects. `base`: the URL of the portal, or a function
 * that gives the process for the next request.
 */
export const newVisitor = (
  base: string | (() => string),
  headers: Readonly<Record<string, string>> = {},
  onAnswer: AnswerListener = () => {},
) => {
  const cookies = new Map<string, string>()

  const keepCookies = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (line.includes('Max-Age=0;')) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }

  const request = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(path, typeof base === 'string' ? base : base()), {
      redirect: 'manual',
      ...init,
      headers: {
        'accept-language': 'fr',
        ...(cookies.size > 0 && {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        }),
        ...headers,
        ...(init.headers as Record<string, string>),
      },
    })
    keepCookies(response)
    const html = await response.text()
    onAnswer({ method: init.method ?? 'GET', path, status: response.status, headers: response.headers, html })
    return {
      status: response.status,
      html,
      location: response.headers.get('location'),
      headers: response.headers,
    }
  }

  const visitor = {
    cookies,
    get: (path: string) => request(path),
    post: (
      path: string,
      fields: Readonly<Record<string, string>> | string,
      more: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' },
    ) =>
      request(path, {
        method: 'POST',
        body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
      }),
    /** Sends a form. `refusal`: where it is refused by a redirect, the page that the redirect opens, which says why. */
    submit: async (path: string, fields: Readonly<Record<string, string>>) => {
      const answer = await visitor.post(path, fields)
      const isRedirect = answer.status === 303 && answer.location
      const opened = isRedirect ? await visitor.get(answer.location ?? '') : null
      const isRefusal = opened?.status === 200 && /<title>(Erreur|Error)\b/.test(opened.html)
      return { ...answer, refusal: isRefusal ? opened.html : null }
    },
    /** The hidden field that names the journey of a form. */
    refIn: (html: string) => /name="demarche" value="([^"]*)"/.exec(html)?.[1] ?? '',
    /** Sends a form of a journey, with the hidden field that the page at `from` has. */
    send: async (path: string, fields: Readonly<Record<string, string>>, from = path) =>
      visitor.post(path, { ...fields, demarche: visitor.refIn((await visitor.get(from)).html) }),
    identify: (slug: string, numero: string, naissance: string) =>
      visitor.post(`/fr/mot-de-passe/identification/${slug}`, { numero, naissance }),
    answer: async (reponse: string) => {
      const page = await visitor.get('/fr/mot-de-passe/question-joker')
      return visitor.post('/fr/mot-de-passe/question-joker', { reponse, demarche: visitor.refIn(page.html) })
    },
    choose: async (nouveau: string, more: Readonly<Record<string, string>> = {}) => {
      const page = await visitor.get('/fr/mot-de-passe/nouveau')
      return visitor.submit('/fr/mot-de-passe/nouveau', {
        nouveau,
        confirmation: nouveau,
        charte: 'oui',
        demarche: visitor.refIn(page.html),
        ...more,
      })
    },
    /** The first sign-in of a browser passes by a page that looks whether it keeps cookies. */
    signIn: async (identifiant: string, motdepasse: string, path = '/fr/connexion') => {
      const answer = await visitor.post(path, { identifiant, motdepasse })
      return answer.location?.includes('/connexion/suite/')
        ? { ...answer, location: (await visitor.get(answer.location)).location }
        : answer
    },
    /** Identifies a member of the crowd and answers the joker: leads to the new password, or to the second factor. */
    answerJokerAs: async ({ number, date }: { number: string; date: string }) => {
      await visitor.identify('numero-personnel', number, date)
      return visitor.answer('rex')
    },
    /** The same for Camille, a person of the demonstration. */
    answerJokerAsCamille: async () => {
      await visitor.identify('numero-personnel', '204518', '14/07/1985')
      return visitor.answer('Félix')
    },
  }
  return visitor
}

/** The text of a page, with straight apostrophes and single plain spaces. */
export const textOf = (html: string) =>
  decode(
    html
      .replace(/<(style|script)[\s\S]*?<\/\1>/g, ' ')
      .replace(/<[^>]+>/g, ' ')
      .replace(/[\u00a0\u202f]/g, ' ')
      .replace(/’/g, "'"),
  ).replace(/\s+/g, ' ')

export type Visitor = ReturnType<typeof newVisitor>
