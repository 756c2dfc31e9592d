import { linesOf } from '../password/policy.ts'
import { lineText } from '../password/policy-lines.part.tsx'
import { plain } from '../texts/plain.ts'
import type { TextKey } from '../texts/texts.ts'
import { inLanguage } from '../texts/translated.ts'
import type { Ui } from '../ui/ui.ts'
import { type HelpContext, type HelpPage, ownSections, type Part, type RouteTarget } from './help.ts'
import { oneLetterApart } from './one-letter-apart.ts'
import { plainTextOf } from './sentence-text.part.tsx'

/** The searchable text of a page: its title, synonyms that people use for it, and its passages. */
export type SearchablePage = {
  readonly at: RouteTarget
  readonly title: string
  readonly synonyms: string
  readonly passages: readonly {
    readonly anchor: string
    readonly heading: string
    readonly sentences: readonly string[]
  }[]
}
export type SearchResult = Pick<SearchablePage, 'at' | 'title'> & {
  readonly anchor: string
  readonly heading: string
  readonly excerpt: string
}

const sentencesOf = (ui: Ui, context: HelpContext, part: Part): readonly string[] => {
  switch (part.kind) {
    case 'text':
      return [plainTextOf(ui, part)]
    case 'list':
      return part.items.map(item => plainTextOf(ui, item))
    case 'steps':
      return part.steps.map(step => plainTextOf(ui, step))
    case 'rules':
      return linesOf(context.policy).map(line => lineText(ui, line, context.policy))
    case 'services':
      return context.services.map(
        ({ name, use }) => `${inLanguage(name, ui.language)}, ${inLanguage(use, ui.language)}`,
      )
    case 'picture':
    case 'link':
      return []
  }
}

/** The text key of the synonyms of a page. */
const synonymKeyOf = ({ of }: HelpPage): TextKey => ('topic' in of ? `help.${of.topic}.words` : 'guide.words')

export const toSearchablePage = (ui: Ui, context: HelpContext, page: HelpPage): SearchablePage => ({
  at: page.at,
  title: ui.say(page.title),
  synonyms: `${ui.say(synonymKeyOf(page))} ${ui.say(page.lead)}`,
  passages: [
    ...page.sections.map(({ id, heading, parts }) => ({
      anchor: id,
      heading: ui.say(heading),
      sentences: parts.flatMap(part => sentencesOf(ui, context, part)),
    })),
    ...ownSections(context, page, ui.language).map(({ id, heading, blocks }) => ({
      anchor: id,
      heading,
      sentences: blocks.flatMap(block => (block.kind === 'text' ? [block.text] : block.items)),
    })),
  ],
})

const longestAsked = 12

/** Words without accents, case and plural; « Wi-Fi » also gives « wifi ». */
const wordsIn = (text: string): string[] => {
  const folded = plain(text)
  const joined = folded.match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)+/gu) ?? []
  const all = [...(folded.match(/[\p{L}\p{N}]+/gu) ?? []), ...joined.map(word => word.replaceAll('-', ''))]
  return all
    .filter(word => word.length > 1)
    .map(word => (word.length > 3 ? word.replace(/[sx]$/u, '') : word))
}

/** A word that was typed, or the words of the help that it most probably means. */
type AskedWord = readonly string[]

/** A word of three letters or more also matches as a prefix. */
const matches = (words: readonly string[], asked: AskedWord) =>
  words.some(word => asked.some(query => word === query || (query.length > 2 && word.startsWith(query))))

const shortestMistyped = 4

/** The word itself if the help has it; otherwise those of its words from which one wrong letter leads to it. */
const meant = (vocabulary: ReadonlySet<string>, typed: string): AskedWord => {
  const words = [...vocabulary]
  if (typed.length < shortestMistyped || matches(words, [typed])) return [typed]
  const near = words.filter(word => word.length >= shortestMistyped && oneLetterApart(word, typed))
  return near.length > 0 ? near : [typed]
}

type Indexed = SearchablePage & {
  readonly titleWords: readonly string[]
  readonly synonymWords: readonly string[]
  readonly passageWords: readonly (readonly string[])[]
}

const indexed = (page: SearchablePage): Indexed => ({
  ...page,
  titleWords: wordsIn(page.title),
  synonymWords: wordsIn(page.synonyms),
  passageWords: page.passages.map(({ heading, sentences }) => wordsIn([heading, ...sentences].join(' '))),
})

const best = <T>(items: readonly T[], weightOf: (item: T) => number) =>
  items.reduce<T | undefined>((top, item) => (top && weightOf(top) >= weightOf(item) ? top : item), undefined)

/**
 * Full-text search in the help; no query is stored or logged. A word is weighted by its rarity, and counts only in titles
 * when most pages have it. Pages that match more words of the query come first.
 */
export const helpSearch = (pages: readonly SearchablePage[]) => {
  const index = pages.map(indexed)
  const wordListsOf = (page: Indexed) => [page.titleWords, page.synonymWords, ...page.passageWords]
  const vocabulary = new Set(index.flatMap(wordListsOf).flat())
  const pagesMatching = (query: AskedWord) =>
    index.filter(page => wordListsOf(page).some(words => matches(words, query)))

  const weightIn = (page: Indexed, query: AskedWord, rarity: number) => {
    if ((query[0] ?? '').length > 2 && matches(page.titleWords, query)) return 4 + rarity
    if (rarity < Math.log(1.5)) return 0
    if (matches(page.synonymWords, query)) return 3 * rarity
    return page.passageWords.some(words => matches(words, query)) ? rarity : 0
  }

  const passageOf = (page: Indexed, query: readonly AskedWord[]) => {
    const count = (words: readonly string[]) => query.filter(word => matches(words, word)).length
    const at = best([...page.passages.keys()], position => count(page.passageWords[position] ?? []))
    const passage = page.passages[at ?? 0]
    const sentence = best(passage?.sentences ?? [], one => count(wordsIn(one)))
    return { anchor: passage?.anchor ?? '', heading: passage?.heading ?? '', excerpt: sentence ?? '' }
  }

  return (question: string, most = 8): readonly SearchResult[] => {
    const typed = [...new Set(wordsIn(question))].slice(0, longestAsked)
    const query = typed.map(word => meant(vocabulary, word))
    const rarities = query.map(word => Math.log(index.length / Math.max(1, pagesMatching(word).length)))
    return index
      .map(page => {
        const weights = query.map((word, at) => weightIn(page, word, rarities[at] ?? 0))
        return {
          page,
          matchCount: weights.filter(weight => weight > 0).length,
          weight: weights.reduce((sum, weight) => sum + weight, 0),
        }
      })
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.matchCount - a.matchCount || b.weight - a.weight)
      .slice(0, most)
      .map(({ page }) => ({ at: page.at, title: page.title, ...passageOf(page, query) }))
  }
}
