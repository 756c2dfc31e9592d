import { sendMessages } from './send.ts'
import { portOf, type SyslogSettings } from './settings.ts'

/** Whether the collector takes a connection, by one that sends nothing. */
export const collectorState = async (
  settings: SyslogSettings,
): Promise<readonly ['good' | 'warning' | 'wrong', 'syslog', string]> => {
  const place = `${settings.host}:${portOf(settings)}`
  if (settings.transport === 'udp')
    return [
      'warning',
      'syslog',
      `Nothing says whether ${place} gets what is sent to it by UDP. Use tls or tcp.`,
    ]
  try {
    await sendMessages(settings, [])
    return ['good', 'syslog', `${place} accepts the portal.`]
  } catch (fault) {
    const { message } = fault as Error
    return [
      'wrong',
      'syslog',
      `${message}. The events wait in the store, and are sent once it does: correct audit.syslog, or start the collector.`,
    ]
  }
}
