/** The letter that brings an activation code, on paper. */
export const letters = {
  'letter.document': "Codes d'activation",
  'letter.heading': 'Activez votre compte',
  'letter.why':
    "Votre compte informatique vous attend. Il ouvre l'ENT, le Wi-Fi eduroam, la téléphonie et l'impression. L'activation prend 5 minutes. Il vous faut votre numéro (étudiant, INE, personnel ou UID), votre date de naissance et ce code :",
  'letter.open': '1. Ouvrez {address}, ou visez ce dessin avec votre téléphone.',
  'letter.type': '2. Saisissez votre numéro, votre date de naissance, puis le code.',
  'letter.choose': '3. Choisissez votre mot de passe.',
  'letter.until':
    "Ce code sert une seule fois, jusqu'au {until}. Ne le donnez à personne : l'assistance ne vous le demandera jamais.",
  'letter.helpdesk': "Une question ? L'assistance vous répond {hours} : {phone} ou {mail}.",
} as const
