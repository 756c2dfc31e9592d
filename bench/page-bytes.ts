import { request } from 'node:http'
import type { Figure } from './figure.ts'
import { startDemonstration } from './portal-process.ts'

const goal = 14_336

/** The largest page as sent (HTML, style and script are one file), by the encoding that compresses worse. */
export const pageBytes = async (): Promise<Figure> => {
  const portal = await startDemonstration()
  const sizes: { page: string; br: number; gzip: number }[] = []
  let cookie = ''

  const ask = async (path: string, form?: Record<string, string>) => {
    const answer = await fetch(portal.url + path, {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      ...(form && { body: new URLSearchParams(form) }),
      headers: { 'sec-fetch-site': 'same-origin', cookie, 'accept-language': 'fr' },
    })
    const [journey] = answer.headers.getSetCookie().filter(line => line.startsWith('__Host-journey'))
    if (journey) cookie = journey.split(';')[0] ?? ''
    return answer
  }

  /** Bytes on the wire: `fetch` decompresses, so the raw body is read by hand. */
  const bytesOf = async (path: string, encoding: 'br' | 'gzip', form?: Record<string, string>) => {
    return new Promise<number>((resolve, reject) => {
      const body = form ? new URLSearchParams(form).toString() : undefined
      const sent = request(
        portal.url + path,
        {
          method: form ? 'POST' : 'GET',
          headers: {
            ...{
              'accept-encoding': encoding,
              cookie,
              'sec-fetch-site': 'same-origin',
              'accept-language': 'fr',
            },
            ...(body && {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': body.length,
            }),
          },
        },
        answer => {
          let bytes = 0
          answer.on('data', part => {
            bytes += part.length
          })
          answer.on('end', () => resolve(bytes))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  const weigh = async (page: string, path: string, form?: Record<string, string>) => {
    sizes.push({ page, br: await bytesOf(path, 'br', form), gzip: await bytesOf(path, 'gzip', form) })
  }
  const refIn = (html: string) => /name="demarche" value="([^"]*)"/.exec(html)?.[1] ?? ''

  for (const language of ['fr', 'en'])
    for (const path of [
      '/',
      '/connexion',
      '/identifiants-oublies',
      '/mot-de-passe',
      '/identifiant',
      '/activation',
      '/compte',
      '/aide',
      '/aide/mot-de-passe',
      '/accessibilite',
      '/mentions-legales',
      '/donnees-personnelles',
      '/reglement-interieur/demonstration-2026',
      '/rien',
      '/mot-de-passe/fin',
      '/demo/mails',
    ])
      await weigh(`${language}${path}`, `/${language}${path}`)
  for (const kind of ['numero-etudiant', 'ine', 'numero-personnel', 'uid'])
    await weigh(kind, `/fr/mot-de-passe/identification/${kind}`)
  await weigh('identification, refused', '/fr/mot-de-passe/identification/ine', {
    numero: '',
    naissance: '1/2/80',
  })
  await ask('/fr/mot-de-passe/identification/numero-personnel', { numero: '204518', naissance: '14/07/1985' })
  const joker = '/fr/mot-de-passe/question-joker'
  const demarche = refIn(await (await ask(joker)).text())
  await weigh('joker', joker)
  await weigh('joker, wrong', joker, { reponse: 'faux', demarche })
  await ask(joker, { reponse: 'felix', demarche })
  const choose = '/fr/mot-de-passe/nouveau'
  await weigh('new password', choose)
  await weigh('new password, refused', choose, { nouveau: 'camille lefevre é', confirmation: 'x', demarche })
  await ask(choose, {
    nouveau: 'Tr0mbone&Cascade-3',
    confirmation: 'Tr0mbone&Cascade-3',
    charte: 'oui',
    demarche,
  })
  await weigh('done', '/fr/mot-de-passe/termine')

  await portal.stop()
  portal.forget()
  const largest = sizes.reduce((a, b) => (Math.max(b.br, b.gzip) > Math.max(a.br, a.gzip) ? b : a))
  const value = Math.max(largest.br, largest.gzip)
  return {
    figure: 'page-bytes-max',
    value,
    goal: `<= ${goal}`,
    good: value <= goal,
    detail: { pages: sizes.length, largest, ...medianOf(sizes) },
  }
}

const medianOf = (sizes: readonly { br: number }[]) => {
  const sorted = sizes.map(({ br }) => br).sort((a, b) => a - b)
  return { 'median-br': sorted[Math.floor(sorted.length / 2)] }
}
