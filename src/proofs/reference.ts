import type { ProofDescriptor, ProofUse } from './proof.ts'
import { proofs } from './proof-registry.ts'

const uses: Readonly<Record<ProofUse, string>> = {
  recovery: 'recovery of the password or the identifier',
  'second-factor': 'second factor',
  contact: 'confirming a recovery address or mobile',
  activation: 'activation of the account',
  helpdesk: 'recovery, once the helpdesk has handed it over',
}

/** Of a proof whose first use is another one. */
const policyUses = {
  recovery: 'recovery of the password or the identifier, where the policy takes it',
  activation: 'activation of the account, where the policy takes it',
} as const

const spentTexts = {
  'at-once': 'by its use',
  'with-the-password': 'with the password that it allowed',
  never: 'never: it is known, and its wrong answers are counted',
} as const

const code = (names: readonly string[]) => names.map(name => `\`${name}\``).join(' ')

const lines = proofs.map(
  ({ kind, use, journeys, spent, retention, keys, events, notices, help }: ProofDescriptor) =>
    `| \`${kind}\` | ${uses[use]}${journeys && journeys.of !== use ? `; ${policyUses[journeys.of]}` : ''} | ${spentTexts[spent]} | ${code(Object.keys(retention))} | ${code(keys)} | ${code(events)} | ${code(Object.keys(notices))} | \`${help.topic}\`, \`${help.section}\` |`,
)

/** The page of the reference that lists the proofs. */
export const proofReference = () => `# Proofs

Generated from \`src/proofs/proof-list.ts\` and the descriptors that it names. \`test/world/proof-contract.ts\` holds each proof, on both stores, to this: it writes these tables, uses these keys and
sends these notices, and no others; an answer is right as often as the page says; a refusal of somebody who is unknown, frozen or closed leaves the same rows whether the answer was right or not; nothing is stored in clear; what it keeps is gone with its person.

| proof | asked for | used up | tables | keys | events | notices | help |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`
