import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { demoPeople } from '../src/demonstration/people.ts'
import { questionText } from '../src/proofs/joker/questions.ts'
import { sayIn } from '../src/texts/texts.ts'
import type { Campus } from '../test/world/campus.ts'
import type { ReceivedMail } from '../test/world/mail-server.ts'
import { dnOf } from '../test/world/people.ts'

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
pre { overflow-x: auto; padding: .8rem; background: color-mix(in srgb, currentColor 8%, transparent); border-radius: .4rem; }
.wide { overflow-x: auto; }
`

const page = (title: string, content: ComponentChildren) =>
  `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style>{style}</style>
      </head>
      <body>{content}</body>
    </html>,
  )}`

const Command = ({ title, line }: { title: string; line: string }) => (
  <>
    <h3>{title}</h3>
    <pre>{line}</pre>
  </>
)

const two = (n: number) => String(n).padStart(2, '0')

const People = () => (
  <div class="wide">
    <table>
      <thead>
        <tr>
          {['Who', 'Login', 'Numbers', 'Born', 'First password', 'Joker'].map(title => (
            <th scope="col">{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {demoPeople.map(({ firstName, familyName, login, numbers, born, password, joker }) => (
          <tr>
            <td>{`${firstName} ${familyName}`}</td>
            <td>{numbers.uid ?? login}</td>
            <td>
              {Object.entries(numbers)
                .map(([kind, number]) => `${kind} ${number}`)
                .join(', ')}
            </td>
            <td>{`${two(born.day)}/${two(born.month)}/${born.year}`}</td>
            <td>{password ?? 'not activated yet'}</td>
            <td>{joker ? `${questionText(sayIn('en'), joker.question)} ${joker.answer}` : 'none yet'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const commandsOf = (campus: Campus, network: string) => {
  const { slapd, radius, samba } = campus
  const dn = dnOf({ uid: 'clefevre', population: 'staff' })
  return [
    {
      title: 'eduroam: a login as a device makes it (put the password in place of PASSWORD)',
      line: `${'${EDITOR:-nano}'} ${network}\neapol_test -c ${network} -a ${radius.server} -p ${radius.port} -s "$(cat ${radius.secretFile})" -t 5 | tail -1`,
    },
    {
      title: 'Telephony and printing: a bind on the Active Directory',
      line: `LDAPTLS_CACERT=${samba.caFile} ldapsearch -LLL -x -W -H ${samba.url} -D clefevre@ad.univ.example -s base -b '' defaultNamingContext`,
    },
    {
      title: 'What binds to OpenLDAP',
      line: `LDAPTLS_CACERT=${slapd.caFile} ldapwhoami -x -W -H ${slapd.urls.ldaps} -D ${dn}`,
    },
    {
      title: 'What an operator would ask',
      line: `SESAME_CONFIG=${campus.configFile} SESAME_DATA=${campus.folder}/data node_modules/.bin/node bin/sesame.mjs check`,
    },
  ]
}

/** The start page of the rehearsal campus: its servers, its people, and what to try. */
export const labPage = (campus: Campus, network: string) =>
  page(
    'Sésame: the rehearsal campus',
    <>
      <h1>The rehearsal campus</h1>
      <p>
        Every server here is the real one, on this machine alone. Stop with Ctrl-C: nothing is left behind.
      </p>
      <h2>Try</h2>
      <ol>
        <li>
          Open <a href={campus.url}>the portal</a>, « Identifiants oubliés », and recover Camille’s password
          with her staff number, her birth date and her joker.
        </li>
        <li>The last page shows each service; ✓ means that Sésame logged in there with the new password.</li>
        <li>
          Read <a href="/mails">the mails</a> that left, and press « Ce n’est pas moi » in one.
        </li>
        <li>
          Sign in to <a href={`${campus.lemonldap.url}/`}>LemonLDAP::NG</a>, the CAS server of the campus (its
          certificate is of a private authority: your browser will ask).
        </li>
        <li>Log in yourself, with the commands below: the new password opens, the old one does not.</li>
      </ol>
      <h2>People</h2>
      <People />
      <h2>Commands</h2>
      {commandsOf(campus, network).map(command => (
        <Command {...command} />
      ))}
    </>,
  )

export const mailsPage = (received: readonly ReceivedMail[]) =>
  page(
    'Mails',
    <>
      <h1>Mails received by the campus</h1>
      <p>
        <a href="/">Back</a>
      </p>
      {received.toReversed().map(({ subject, recipients, text }) => (
        <>
          <h2>{subject}</h2>
          <p>{`To ${recipients.join(', ')}`}</p>
          <pre>{text}</pre>
        </>
      ))}
    </>,
  )
