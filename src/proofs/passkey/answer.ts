import { z } from 'zod'

const base64url = z
  .string()
  .max(6000)
  .regex(/^[\w-]+$/)
const envelope = {
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}),
}
const enrolment = z.object({
  ...envelope,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
})
const proof = z.object({
  ...envelope,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.optional(),
  }),
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The passkey's response from the form field that our browser script fills; `null` when it is malformed. */
export const parseRegistration = (field: string) => enrolment.safeParse(parsed(field)).data ?? null
export const parseAuthentication = (field: string) => proof.safeParse(parsed(field)).data ?? null

export type RegistrationResponse = z.infer<typeof enrolment>
export type AuthenticationResponse = z.infer<typeof proof>
