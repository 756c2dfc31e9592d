/**
 * A browser and a system, in words of our own list: enough to tell one's phone from one's desk in a list of sessions.
 * Nothing that was sent is kept, so the header brings neither a script into a page nor a line into a log. In order: every
 * Chromium calls itself Safari too, and Edge calls itself Chrome.
 */
const browsers = [
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Edge', /\bEdg(?:A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Chrome', /\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
] as const

const systems = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['macOS', /\bMacintosh\b/],
  ['Linux', /\bLinux\b/],
] as const

type Named = readonly (readonly [name: string, mark: RegExp])[]
const named = (list: Named, agent: string) => list.find(([, mark]) => mark.test(agent))?.[0]

/** « Firefox, Android »; empty when neither is known. */
export const deviceOf = (userAgent: string | undefined) => {
  const agent = (userAgent ?? '').slice(0, 400)
  return [named(browsers, agent), named(systems, agent)].filter(Boolean).join(', ')
}
