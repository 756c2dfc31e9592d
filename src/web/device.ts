/**
 * The browser and the operating system, in words of a fixed list: enough to distinguish a phone from a desktop in a list of
 * sessions. Nothing of the header itself is kept, so it can inject neither a script into a page nor a line into a log. The
 * order matters: every Chromium calls itself Safari too, and Edge calls itself Chrome.
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

type NamedPatterns = readonly (readonly [name: string, mark: RegExp])[]
const nameIn = (list: NamedPatterns, agent: string) => list.find(([, mark]) => mark.test(agent))?.[0]

/** « Firefox, Android »; empty when neither is known. */
export const deviceOf = (userAgent: string | undefined) => {
  const agent = (userAgent ?? '').slice(0, 400)
  return [nameIn(browsers, agent), nameIn(systems, agent)].filter(Boolean).join(', ')
}
