import { Fragment } from 'preact'
import type { Ui } from '../ui/ui.ts'
import type { Sentence } from './help.ts'

/** Unicode isolates mark the names of buttons and fields, which are set in bold in the page. */
const [open, close] = ['\u2068', '\u2069']
const isolated = new RegExp(`${open}([^${close}]*)${close}`)

/** Drops the final punctuation of a label: « Date de naissance : » gives « Date de naissance ». */
const named = (label: string) => label.replace(/[\s.:]+$/u, '')

const sayWithNames = (ui: Ui, { key, names = {}, values, duration = {} }: Sentence) =>
  ui.say(key, {
    ...values,
    ...Object.fromEntries(Object.entries(duration).map(([name, ms]) => [name, ui.duration(ms)])),
    ...Object.fromEntries(
      Object.entries(names).map(([name, of]) => [name, `${open}${named(ui.say(of))}${close}`]),
    ),
  })

/** The sentence as plain text, for the search. */
export const plainTextOf = (ui: Ui, sentence: Sentence) =>
  sayWithNames(ui, sentence).replaceAll(/[\u2068\u2069]/g, '')

export const SentenceText = ({ ui, sentence }: { ui: Ui; sentence: Sentence }) => (
  <>
    {sayWithNames(ui, sentence)
      .split(isolated)
      .map((part, index) => (index % 2 === 1 ? <b>{part}</b> : <Fragment>{part}</Fragment>))}
  </>
)
