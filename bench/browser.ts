import { connect, type Socket } from 'node:net'

type HttpAnswer = {
  readonly status: number
  readonly location: string
  /** `Retry-After` in seconds; '' without that header. */
  readonly retryAfter: string
  readonly html: string
}

type RawAnswer = { readonly head: string; readonly html: string }

/** Reads the answers of one connection: an answer is complete when it has the length that its head announces. */
const hear = (socket: Socket) =>
  new Promise<RawAnswer>((resolve, reject) => {
    let text = ''
    let ends = 0
    const settle = (done: () => void) => {
      socket.off('data', more).off('close', closed)
      done()
    }
    const closed = () => settle(() => reject(new Error(`the connection was closed after « ${text} »`)))
    const more = (part: Buffer) => {
      text += part.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      if (ends === 0 && head > 0)
        ends = head + 4 + Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1])
      if (ends === 0 || text.length < ends) return
      const html = Buffer.from(text.slice(head + 4), 'latin1').toString()
      settle(() => resolve({ head: text.slice(0, head), html }))
    }
    socket.on('data', more).on('close', closed)
  })

/** A pool of keep-alive connections; each carries one request at a time. */
export const newAgent = () => {
  const idle: Socket[] = []
  const all: Socket[] = []
  const open = (port: number) => {
    const socket = connect(port, '127.0.0.1')
      .setNoDelay(true)
      .on('error', () => {})
    all.push(socket)
    return socket
  }
  /** Skips connections that the portal has closed, which would never answer. */
  const kept = (): Socket | undefined => {
    const socket = idle.pop()
    return socket && !socket.writable ? kept() : socket
  }
  return {
    send: async (port: number, request: string): Promise<RawAnswer> => {
      const socket = kept() ?? open(port)
      const heard = hear(socket)
      socket.write(request)
      const answer = await heard
      if (!/^connection: close/im.test(answer.head)) idle.push(socket)
      return answer
    },
    destroy: () => {
      for (const socket of all) socket.destroy()
    },
  }
}

export type Agent = ReturnType<typeof newAgent>

/**
 * A minimal HTTP client: its cost reduces what it measures, because it runs on the same cores. Of Node's own client that is
 * some three milliseconds for a journey.
 */
export const newBrowser = (port: number, agent: Agent, network: string) => {
  let cookie = ''
  const ask = async (path: string, form?: Readonly<Record<string, string>>): Promise<HttpAnswer> => {
    const body = form ? new URLSearchParams(form).toString() : ''
    const fields = form
      ? `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n`
      : ''
    const { head, html } = await agent.send(
      port,
      `${form ? 'POST' : 'GET'} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\nAccept-Language: fr\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-For: ${network}\r\n${fields}\r\n${body}`,
    )
    cookie = /^set-cookie: (__Host-journey[^;]*)/im.exec(head)?.[1] ?? cookie
    return {
      status: Number(head.slice(9, 12)),
      location: /^location: (.*)$/im.exec(head)?.[1] ?? '',
      retryAfter: /^retry-after: (.*)$/im.exec(head)?.[1] ?? '',
      html,
    }
  }
  return {
    ask,
    /** The handle of the journey in its cookie. */
    journey: () => cookie.slice(cookie.indexOf('=') + 1),
  }
}

const refIn = (html: string) => /name="demarche" value="([^"]*)"/.exec(html)?.[1] ?? ''
const joker = '/fr/mot-de-passe/question-joker'
const choose = '/fr/mot-de-passe/nouveau'

export type StepTimes = { identify: number; joker: number; choose: number }

/** A complete journey with its pages. Returns the milliseconds of each post. */
export const walk = async (
  browser: ReturnType<typeof newBrowser>,
  crowdMember: { number: string; date: string },
  password: string,
): Promise<StepTimes> => {
  const timed = async (path: string, fields: Readonly<Record<string, string>>, next: string) => {
    const begun = performance.now()
    const { status, location, html } = await browser.ask(path, fields)
    const said = /<h1[^>]*>([^<]*)/.exec(html)?.[1] ?? ''
    if (!location.endsWith(next))
      throw new Error(`${path} answered ${status} ${location} « ${said} » instead of ${next}`)
    return performance.now() - begun
  }
  const identify = await timed(
    '/fr/mot-de-passe/identification/numero-personnel',
    { numero: crowdMember.number, naissance: crowdMember.date },
    'question-joker',
  )
  const demarche = refIn((await browser.ask(joker)).html)
  const answered = await timed(joker, { reponse: 'rex', demarche }, 'nouveau')
  await browser.ask(choose)
  const form = { nouveau: password, confirmation: password, charte: 'oui', demarche }
  const chosen = await timed(choose, form, 'termine')
  await browser.ask('/fr/mot-de-passe/termine')
  return { identify, joker: answered, choose: chosen }
}

/** Runs `work` for each item, with a fixed number at the same time. */
export const together = async <T>(
  items: readonly T[],
  at: number,
  work: (item: T, index: number) => Promise<void>,
) => {
  let next = 0
  const one = async () => {
    while (next < items.length) {
      const index = next
      next += 1
      await work(items[index] as T, index)
    }
  }
  await Promise.all(Array.from({ length: at }, one))
}
