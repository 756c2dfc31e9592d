import { Fragment } from 'preact'
import type { Ui } from '../ui/ui.ts'
import type { Sentence } from './help.ts'

/** Unicode isolates around what a page calls a button or a field: in the page it is set in bold. */
const [open, close] = ['\u2068', '\u2069']
const isolated = new RegExp(`${open}([^${close}]*)${close}`)

/** « Date de naissance : » is called Date de naissance in a sentence. */
const named = (label: string) => label.replace(/[\s.:]+$/u, '')

const told = (ui: Ui, { key, names = {}, values, duration = {} }: Sentence) =>
  ui.say(key, {
    ...values,
    ...Object.fromEntries(Object.entries(duration).map(([name, ms]) => [name, ui.duration(ms)])),
    ...Object.fromEntries(
      Object.entries(names).map(([name, of]) => [name, `${open}${named(ui.say(of))}${close}`]),
    ),
  })

/** The sentence as bare text: what is searched. */
export const wordsOf = (ui: Ui, sentence: Sentence) => told(ui, sentence).replaceAll(/[\u2068\u2069]/g, '')

export const Words = ({ ui, sentence }: { ui: Ui; sentence: Sentence }) => (
  <>
    {told(ui, sentence)
      .split(isolated)
      .map((part, index) => (index % 2 === 1 ? <b>{part}</b> : <Fragment>{part}</Fragment>))}
  </>
)
