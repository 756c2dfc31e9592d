import type { Say } from './texts.ts'

/** « Chrome sur Linux », of what `web/device.ts` recognised: browser and system, or one of them; '' of neither. */
export function deviceInWords(say: Say, device: string) {
  const [first = '', second = ''] = device.split(', ')
  return second ? say('device', { browser: first, system: second }) : first
}
