import { z } from 'zod'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

export const isLoopback = (host: string) => loopback.has(host)

/** Traffic to this URL stays on this machine, or goes over TLS. */
export const isSafeUrl = (url: URL) => url.protocol === 'https:' || isLoopback(url.hostname)

/** What is no URL at all has its own sentence. */
const isSafe = (text: string, test: (url: URL) => boolean) => !URL.canParse(text) || test(new URL(text))

/** The URL of another server that the portal calls. */
export const outgoingUrl = z
  .url({ protocol: /^https?$/ })
  .refine(text => isSafe(text, isSafeUrl), 'must start with https:// unless the host is the loopback')
  .refine(
    text => isSafe(text, ({ username }) => username === ''),
    'must hold no account: secrets are in files',
  )
