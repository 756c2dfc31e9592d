import { createHash } from 'node:crypto'

const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * The same headers on every page, made once: hashes of the one style sheet and of the few scripts that exist, so no
 * nonce is needed and a page can be rendered ahead of time (CSP 3, ASVS 3.4.3).
 */
export const securityHeaders = (options: {
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
  readonly https: boolean
  /** Origins to which a form of ours may lead by a redirect: browsers apply `form-action` to redirects too. */
  readonly leadsTo: readonly string[]
}) => {
  const policy = [
    "default-src 'none'",
    `style-src ${options.styles.map(sourceOf).join(' ')}`,
    `script-src ${options.scripts.length ? options.scripts.map(sourceOf).join(' ') : "'none'"}`,
    "img-src 'self' data:",
    "manifest-src 'self'",
    "font-src 'self'",
    // The page of a receipt polls itself.
    "connect-src 'self'",
    ["form-action 'self'", ...options.leadsTo].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), browsing-topics=()',
    'x-frame-options': 'DENY',
    ...(options.https && { 'strict-transport-security': 'max-age=63072000; includeSubDomains' }),
  } as const
}
