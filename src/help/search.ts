import { linesOf } from '../password/policy.ts'
import { lineText } from '../password/policy-lines.tsx'
import { plain } from '../texts/plain.ts'
import type { TextKey } from '../texts/texts.ts'
import type { Ui } from '../ui/ui.ts'
import type { Address, HelpPage, Known, Part } from './help.ts'
import { wordsOf } from './words.tsx'

/** A page as it is searched: its title, other words that people use for it, and its passages. */
export type Searched = {
  readonly at: Address
  readonly title: string
  readonly others: string
  readonly passages: readonly {
    readonly anchor: string
    readonly heading: string
    readonly sentences: readonly string[]
  }[]
}
export type Found = Pick<Searched, 'at' | 'title'> & {
  readonly anchor: string
  readonly heading: string
  readonly excerpt: string
}

const sentencesOf = (ui: Ui, known: Known, part: Part): readonly string[] => {
  switch (part.kind) {
    case 'text':
      return [wordsOf(ui, part)]
    case 'list':
      return part.items.map(item => wordsOf(ui, item))
    case 'steps':
      return part.steps.map(step => wordsOf(ui, step))
    case 'rules':
      return linesOf(known.policy).map(line => lineText(ui, line, known.policy))
    case 'services':
      return known.services.map(({ name, use }) => `${name[ui.language]}, ${use[ui.language]}`)
    case 'picture':
    case 'link':
      return []
  }
}

/** The key of the words by which people ask for a page, when its own are not theirs. */
const othersOf = ({ of }: HelpPage): TextKey => ('topic' in of ? `help.${of.topic}.words` : 'guide.words')

export const searched = (ui: Ui, known: Known, page: HelpPage): Searched => ({
  at: page.at,
  title: ui.say(page.title),
  others: `${ui.say(othersOf(page))} ${ui.say(page.lead)}`,
  passages: page.sections.map(({ id, heading, deps }) => ({
    anchor: id,
    heading: ui.say(heading),
    sentences: deps.flatMap(part => sentencesOf(ui, known, part)),
  })),
})

const longestAsked = 12

/** « Wi-Fi » is also wifi; accents, capitals and the plural do not count. */
const wordsIn = (text: string): string[] => {
  const folded = plain(text)
  const joined = folded.match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)+/gu) ?? []
  const all = [...(folded.match(/[\p{L}\p{N}]+/gu) ?? []), ...joined.map(word => word.replaceAll('-', ''))]
  return all
    .filter(word => word.length > 1)
    .map(word => (word.length > 3 ? word.replace(/[sx]$/u, '') : word))
}

/** A word of three letters or more is also the beginning of longer ones. */
const says = (words: readonly string[], asked: string) =>
  words.some(word => word === asked || (asked.length > 2 && word.startsWith(asked)))

type Indexed = Searched & {
  readonly titleWords: readonly string[]
  readonly otherWords: readonly string[]
  readonly passageWords: readonly (readonly string[])[]
}

const indexed = (page: Searched): Indexed => ({
  ...page,
  titleWords: wordsIn(page.title),
  otherWords: wordsIn(page.others),
  passageWords: page.passages.map(({ heading, sentences }) => wordsIn([heading, ...sentences].join(' '))),
})

const best = <T>(items: readonly T[], weigh: (item: T) => number) =>
  items.reduce<T | undefined>((top, item) => (top && weigh(top) >= weigh(item) ? top : item), undefined)

/**
 * Searches the help's own words; nothing of what is asked is kept anywhere. What nearly every page says tells pages
 * apart only where it stands in a title. Pages that say more of the words come first.
 */
export const helpSearch = (pages: readonly Searched[]) => {
  const index = pages.map(indexed)
  const saying = (asked: string) =>
    index.filter(page =>
      [page.titleWords, page.otherWords, ...page.passageWords].some(words => says(words, asked)),
    )

  const weightIn = (page: Indexed, asked: string, rarity: number) => {
    if (asked.length > 2 && says(page.titleWords, asked)) return 4 + rarity
    if (rarity < Math.log(1.5)) return 0
    if (says(page.otherWords, asked)) return 3 * rarity
    return page.passageWords.some(words => says(words, asked)) ? rarity : 0
  }

  const passageOf = (page: Indexed, asked: readonly string[]) => {
    const count = (words: readonly string[]) => asked.filter(word => says(words, word)).length
    const at = best([...page.passages.keys()], position => count(page.passageWords[position] ?? []))
    const passage = page.passages[at ?? 0]
    const sentence = best(passage?.sentences ?? [], one => count(wordsIn(one)))
    return { anchor: passage?.anchor ?? '', heading: passage?.heading ?? '', excerpt: sentence ?? '' }
  }

  return (question: string, most = 8): readonly Found[] => {
    const asked = [...new Set(wordsIn(question))].slice(0, longestAsked)
    const rarities = asked.map(word => Math.log(index.length / Math.max(1, saying(word).length)))
    return index
      .map(page => {
        const weights = asked.map((word, at) => weightIn(page, word, rarities[at] ?? 0))
        return {
          page,
          said: weights.filter(weight => weight > 0).length,
          weight: weights.reduce((sum, weight) => sum + weight, 0),
        }
      })
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.said - a.said || b.weight - a.weight)
      .slice(0, most)
      .map(({ page }) => ({ at: page.at, title: page.title, ...passageOf(page, asked) }))
  }
}
