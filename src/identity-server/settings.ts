import { z } from 'zod'
import { outgoingUrl } from '../web/safe-url.ts'

const reach = {
  caFile: z.string().optional().describe('PEM file of the private authority that signed that server.'),
  timeout: z
    .int()
    .min(500)
    .max(60_000)
    .default(5000)
    .describe('Milliseconds after which a question to that server has ended, its connection destroyed.'),
}

export const casSettings = z.strictObject({
  url: outgoingUrl.describe('Address of the CAS server, before /login: https://sso.univ.example/cas.'),
  loginAttribute: z
    .string()
    .min(1)
    .optional()
    .describe('Attribute that holds the login of the directory; otherwise the user that the ticket names.'),
  dateAttribute: z
    .string()
    .min(1)
    .default('authenticationDate')
    .describe(
      'Attribute that says when the person signed in there: an ISO date, or seconds since 1970. Without it the sign-in counts as old, and sensitive changes ask for a fresh one.',
    ),
  secondFactorAttribute: z
    .string()
    .min(1)
    .default('authnContextClass')
    .describe('Attribute that says how the person signed in.'),
  secondFactorValues: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Its values that mean that a second factor was asked for there; whoever has one in Sésame is then not asked again.',
    ),
  ...reach,
})

export const oidcSettings = z.strictObject({
  issuer: outgoingUrl.describe('Issuer, below which /.well-known/openid-configuration is found.'),
  clientId: z.string().min(1).describe('Name of the portal at the provider.'),
  clientSecretFile: z.string().describe('File that holds the secret of the portal at the provider.'),
  clientAuthentication: z
    .enum(['client_secret_basic', 'client_secret_post'])
    .default('client_secret_basic')
    .describe('How the secret is shown.'),
  scope: z
    .string()
    .regex(/^openid\b/)
    .default('openid profile')
    .describe('What is asked for; it begins with `openid`.'),
  loginClaim: z
    .string()
    .min(1)
    .default('preferred_username')
    .describe('Claim that holds the login of the directory, in the ID token or at the userinfo endpoint.'),
  acrValues: z
    .array(z.string().min(1))
    .default([])
    .describe('Levels (`acr`) of which one is asked for; a sign-in at none of them is refused.'),
  secondFactorAcr: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Levels that mean that a second factor was asked for there; whoever has one in Sésame is then not asked again. Name them in `acrValues` too: a provider need not say a level that nobody asked for.',
    ),
  ...reach,
})

export const identityServerSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }).describe('The page of Sésame itself.'),
  z.strictObject({ kind: z.literal('cas'), ...casSettings.shape }).describe('A CAS 3.0 server.'),
  z.strictObject({ kind: z.literal('oidc'), ...oidcSettings.shape }).describe('An OpenID Connect provider.'),
])

export type CasSettings = z.infer<typeof casSettings>
export type OidcSettings = z.infer<typeof oidcSettings>
