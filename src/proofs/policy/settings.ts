import { z } from 'zod'
import { recoveryKinds } from '../proof-registry.ts'
import { type PresetName, presets } from './presets.ts'
import { proofClasses } from './requirement.ts'

const item = z.enum([...recoveryKinds, ...proofClasses])

const requirement = z
  .array(z.union([item, z.array(item).min(1)]))
  .min(1)
  .transform(lines => lines.map(line => (Array.isArray(line) ? line : [line])))

const byPopulation = (journey: string) => {
  const asked = requirement
    .optional()
    .describe(
      `What « ${journey} » asks for, in place of the preset. Each entry of the list is enough: a proof, a class of proofs (known, held, sent, issued), or a list of those that are asked for together.`,
    )
  return z.strictObject({ student: asked, staff: asked, external: asked }).prefault({})
}

/** `recovery:` in `sesame.yaml`. */
export const recoverySettings = z.strictObject({
  preset: z
    .enum(Object.keys(presets) as [PresetName, ...PresetName[]])
    .default('classique')
    .describe(
      'By which proofs a person recovers a password or an identifier, after number and date of birth. `classique`: the joker. `renforce`: a code sent to an address or mobile that they confirmed earlier, a passkey, or a code of their printed sheet; see docs/operate/recovery.md. `nist-aal2`: a printed code with a sent one, or either with a passkey. What is written below is refused where it is weaker than the preset.',
    ),
  password: byPopulation('Récupérer mon mot de passe'),
  identifier: byPopulation('Récupérer mon identifiant'),
})

export type RecoverySettings = z.infer<typeof recoverySettings>
