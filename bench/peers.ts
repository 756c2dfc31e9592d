import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { rootDn, rootPassword } from '../test/world/slapd-ldif.ts'
import { together } from './browser.ts'
import type { Figure } from './figure.ts'
import { median } from './portal-process.ts'
import { openRecipeClient, type Recipe, recipe, type Values } from './recipe.ts'
import { type OnSlapd, startOnSlapd, wide } from './slapd-portal.ts'

const rounds = 5
const people = 60
const atOnce = 16
const goals = { page: 1, 'sign-in': 1, change: 0.5, reset: 3 } as const

const usage = `npm run bench peers -- --url URL --recipe FILE [--ca FILE] [--slapd-port PORT]

Measures another portal against this one, by rounds in turn. FILE is JSON: { "action": "page" | "sign-in" | "change" | "reset",
"steps": [{ "path", "form", "take", "expect" }] }; {login}, {password}, {new}, {number}, {date} and what steps took are filled in.
With --slapd-port both use one directory: the command starts slapd there and waits until the other portal answers.`

const signIn = {
  path: '/fr/connexion',
  form: { identifiant: '{login}', motdepasse: '{password}' },
  expect: '^303 /fr/compte ',
}
const ref = { demarche: 'name="demarche" value="([^"]*)"' }
const reset = '/fr/mot-de-passe'

/** The same four things at Sésame. */
const ours: Readonly<Record<Recipe['action'], Recipe['steps']>> = {
  page: [{ path: reset, expect: '^200 ' }],
  'sign-in': [signIn],
  change: [
    signIn,
    {
      path: '/fr/compte/mot-de-passe',
      form: { ancien: '{password}', nouveau: '{new}', confirmation: '{new}', charte: 'oui' },
      expect: '^303 ',
    },
  ],
  reset: [
    {
      path: `${reset}/identification/numero-personnel`,
      form: { numero: '{number}', naissance: '{date}' },
      expect: '^303 .*/question-joker ',
    },
    { path: `${reset}/question-joker`, take: ref, expect: '^200 ' },
    {
      path: `${reset}/question-joker`,
      form: { reponse: 'rex', demarche: '{demarche}' },
      expect: '^303 .*/nouveau ',
    },
    {
      path: `${reset}/nouveau`,
      form: { nouveau: '{new}', confirmation: '{new}', charte: 'oui', demarche: '{demarche}' },
      expect: '^303 .*/termine ',
    },
  ],
}

const optionsOf = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      recipe: { type: 'string' },
      ca: { type: 'string' },
      'slapd-port': { type: 'string' },
    },
  })
  if (!values.url || !values.recipe) throw new Error(usage)
  return {
    url: new URL(values.url),
    recipe: recipe.parse(JSON.parse(readFileSync(values.recipe, 'utf8'))),
    ca: values.ca ? readFileSync(values.ca) : undefined,
    slapdPort: values['slapd-port'] ? Number(values['slapd-port']) : undefined,
  }
}

/** The other portal is configured for a directory that has just begun: it may need a moment. */
const awaitAnswer = async (url: URL, { slapd }: OnSlapd) => {
  console.error(
    `The directory: ${slapd.urls.ldap}, as ${rootDn} with the password ${rootPassword}. Waiting for ${url}.`,
  )
  for (const until = performance.now() + 300_000; ; ) {
    const answered = await fetch(url, { redirect: 'manual' }).then(
      () => true,
      // A certificate that Node does not know is an answer too.
      fault => !/ECONNREFUSED/.test(String(fault.cause?.code)),
    )
    if (answered) return
    if (performance.now() > until) throw new Error(`${url} does not answer`)
    await new Promise(resolve => setTimeout(resolve, 500))
  }
}

/** People of a round, others at each portal: a password that was changed at one is not the first one at the other. */
const peopleOf = ({ crowdMembers }: OnSlapd, which: number): readonly Values[] =>
  crowdMembers
    .slice(which * people, (which + 1) * people)
    .map(({ login, number, date, initialPassword }) => ({
      ...{ login, number, date, password: initialPassword, new: `Tr0mbone&Cascade-${number}` },
    }))

type Side = { readonly client: ReturnType<typeof openRecipeClient>; readonly recipe: Recipe }

const rateOf = async ({ client, recipe: followed }: Side, members: readonly Values[]) => {
  const begun = performance.now()
  await together(members, atOnce, (member, index) => client.follow(followed, member, `198.51.${index}.1`))
  return members.length / ((performance.now() - begun) / 1000)
}

const rounded = (values: readonly number[]) => values.map(value => Number(value.toFixed(1)))

/** How often a second this portal does what another one does, divided by how often that one does it: medians of interleaved rounds. */
export const peers = async (args: readonly string[]): Promise<Figure> => {
  const { url, recipe: theirs, ca, slapdPort } = optionsOf(args)
  const crowd = people * 2 * (rounds + 1)
  const limits = { ...wide, signInPerNetwork: 1e9 }
  const portal = await startOnSlapd({ people: 1000, crowd, limits, ...(slapdPort && { slapdPort }) })
  if (slapdPort) await awaitAnswer(url, portal)
  const { action } = theirs
  const sides: readonly [Side, Side] = [
    { client: openRecipeClient(new URL(portal.url)), recipe: { action, steps: ours[action] } },
    { client: openRecipeClient(url, ca), recipe: theirs },
  ]
  const rates: [number[], number[]] = [[], []]
  // The first round of each warms up and does not count.
  for (let round = 0; round <= rounds; round += 1)
    for (const side of [0, 1] as const)
      rates[side].push(await rateOf(sides[side], peopleOf(portal, 2 * round + side)))
  for (const { client } of sides) client.close()
  await portal.stop()
  const [here, there] = [rates[0].slice(1), rates[1].slice(1)]
  const ratios = here.map((rate, round) => rate / (there[round] ?? Number.NaN))
  const value = Number(median(ratios).toFixed(2))
  return {
    figure: `${action}-vs-${url.host}`,
    value,
    goal: `>= ${goals[action]}`,
    good: value >= goals[action],
    detail: {
      'each-round': ratios.map(ratio => Number(ratio.toFixed(2))),
      'per-second': rounded(here),
      'per-second-there': rounded(there),
      'at-once': atOnce,
      'people-a-round': people,
    },
  }
}
