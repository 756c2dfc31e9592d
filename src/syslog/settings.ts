import { z } from 'zod'

export const syslogSettings = z.strictObject({
  host: z.string().describe('The collector that receives every event of the audit log (RFC 5424).'),
  port: z.int().min(1).max(65_535).optional().describe('Without it 6514 for `tls`, 514 for `tcp` and `udp`.'),
  transport: z
    .enum(['tls', 'tcp', 'udp'])
    .default('tls')
    .describe(
      '`tls` (RFC 5425) and `tcp` lose no event while the collector is unavailable. `udp` cannot know whether anything arrives.',
    ),
  caFile: z.string().optional().describe('PEM file of the private authority that signed the collector.'),
})

export type SyslogSettings = z.infer<typeof syslogSettings>

export const portOf = ({ port, transport }: SyslogSettings) => port ?? (transport === 'tls' ? 6514 : 514)
