/** Second factors: printed codes, passkeys, authenticator app; where they are made, and where they are asked for. */
export const factors = {
  'factor.then':
    'Une fois en service, ce second élément vous sera demandé à chaque connexion et pour récupérer votre mot de passe. Imprimez aussi des codes de secours : ils servent si vous le perdez.',

  'totp.title': "Application d'authentification",
  'totp.lead': 'Une application de votre téléphone affiche 6 chiffres, qui changent toutes les 30 secondes.',
  'totp.since': 'Votre application est en service depuis le {at}.',
  'totp.begin': 'Commencer',
  'totp.change': "Changer d'appareil",
  'totp.remove': "Retirer l'application",
  'totp.scan': 'Ajoutez Sésame à votre application',
  'totp.scan.how':
    "Ouvrez une application d'authentification (par exemple FreeOTP, Aegis ou celle de votre téléphone), puis scannez ce code QR.",
  'totp.picture': "Code QR à lire avec l'application. La même clé est écrite en lettres dessous.",
  'totp.open': "Ouvrir dans l'application de ce téléphone",
  'totp.letters': 'Ou tapez cette clé dans votre application :',
  'totp.copy': 'Copier la clé',
  'totp.code': 'Code affiché par votre application :',
  'totp.code.hint': "6 chiffres : l'application entre en service dès ce premier code.",

  'codes.title': 'Codes de secours imprimés',
  'codes.lead': 'Une feuille de codes à garder chez vous. Chacun sert une seule fois.',
  'codes.make': 'Créer une feuille',
  'codes.again': 'Créer une nouvelle feuille',
  'codes.remove': 'Retirer la feuille',
  'codes.left':
    '{left, plural, =0 {La feuille du {at} est épuisée.} one {Il vous reste # code, sur la feuille du {at}.} other {Il vous reste # codes, sur la feuille du {at}.}}',
  'codes.when':
    "Un code remplace votre téléphone ou votre clé d'accès le jour où vous ne l'avez pas. Une nouvelle feuille annule l'ancienne, dès que vous en avez tapé un code.",
  'codes.proves-after':
    'Ses codes permettent aussi de récupérer votre compte, {delay} après la saisie du premier.',
  'codes.voided':
    'Votre feuille de codes de secours ne sert plus : elle a été faite avant ce second élément. Jetez-la et créez-en une nouvelle.',
  'codes.sheet': 'Codes de secours de {login}',
  'codes.sheet.keep':
    'Gardez cette feuille chez vous, loin de votre ordinateur. Rayez chaque code qui a servi. Personne, pas même l’assistance, ne vous en demandera un par téléphone ou par mail.',
  'codes.sheet.print':
    "Imprimez ou recopiez cette feuille maintenant : nous ne pourrons plus l'afficher. Puis mettez-la en service ci-dessous.",
  'codes.copy': 'Copier les codes',
  'codes.download': 'Enregistrer dans un fichier',
  'codes.file': 'codes-de-secours.txt',
  'codes.first': 'Le premier code de votre feuille :',
  'codes.first.hint': 'Tapez-le depuis le papier, puis rayez-le : il a servi.',

  'passkey.title': "Clés d'accès (passkeys)",
  'passkey.lead':
    'Connectez-vous avec votre doigt, votre visage ou le code de votre appareil, sans mot de passe.',
  'passkey.proves-after': 'Elle permet aussi de récupérer votre compte, {delay} après son ajout.',
  'passkey.name': 'Nom :',
  'passkey.name.hint': 'Pour la reconnaître : par exemple « Téléphone » ou « Clé du bureau ».',
  'passkey.unnamed': "Clé d'accès",
  'passkey.made': 'Créée le',
  'passkey.used': 'Utilisée le',
  'passkey.remove': 'Retirer',
  'passkey.add': "Ajouter une clé d'accès",
  'passkey.new': "Nouvelle clé d'accès",
  'passkey.new.lead': 'Votre appareil va vous demander votre doigt, votre visage ou son code.',
  'passkey.make': "Créer la clé d'accès",
  'passkey.try': "Essayez votre clé d'accès",
  'passkey.try.lead': 'Elle entre en service dès ce premier essai.',
  'passkey.use': "Utiliser ma clé d'accès",
  'passkey.no-answer':
    "Votre appareil n'a pas répondu. Réessayez, ou choisissez l'autre moyen proposé sur cette page.",
  'passkey.no-script':
    "Une clé d'accès demande un navigateur récent où JavaScript est permis. Ce n'est pas le cas ici : choisissez l'autre moyen proposé sur cette page.",
  'sessions.by.passkey': "Par une clé d'accès",
  'passkey.sign-in': "Se connecter avec une clé d'accès",
  'passkey.sign-in.lead': 'Sans identifiant ni mot de passe.',
  'passkey.sign-in.instead': 'Se connecter avec un mot de passe',

  'second.title': "Confirmez que c'est vous",
  'second.step': 'Second élément',
  'second.lead': 'Votre compte est protégé par un second élément.',
  'second.code': 'Code :',
  'second.hint.app': 'Les 6 chiffres de votre application, ou un code de votre feuille imprimée.',
  'second.hint.sheet': 'Un code de votre feuille imprimée, de 16 caractères.',
  'second.passkey': "Utiliser ma clé d'accès",
  'second.code-instead': 'Taper un code',
  'second.nothing': "Vous n'avez rien de cela ?",
  'second.nothing.do':
    "Contactez l'assistance : elle vérifiera que c'est bien vous. Personne d'autre ne peut passer cette étape à votre place.",

  'proof.step': "Preuve d'identité",
  'proof.title': 'Prouvez votre identité',
  'proof.lead':
    "Choisissez un moyen que vous avez sous la main. S'il ne marche pas, revenez ici et choisissez-en un autre.",
  'proof.joker': 'Répondre à ma question joker',
  'proof.passkey': "Utiliser ma clé d'accès",
  'proof.passkey.title': "Votre clé d'accès",
  'proof.recovery-code': 'Taper un code de ma feuille imprimée',
  'proof.mail-code': 'Recevoir un code à mon adresse de secours',
  'proof.sms-code': 'Recevoir un code par SMS',
  'proof.helpdesk-code': "Taper un code remis par l'assistance",
  'proof.helpdesk': "Le code remis par l'assistance",
  'proof.helpdesk.hint': '12 lettres et chiffres, par exemple ABCD-2345-EFGH.',
  'proof.sent': 'Saisissez le code reçu',
  'proof.mail-code.to':
    "Un code part à l'adresse de secours que vous aviez confirmée, s'il y en a une. Il sert pendant {life}, dans ce navigateur seulement.",
  'proof.sms-code.to':
    "Un code part au mobile que vous aviez confirmé, s'il y en a un. Il sert pendant {life}, dans ce navigateur seulement.",
  'proof.printed': 'Un code de votre feuille imprimée',
  'proof.others': 'Les autres moyens',
  'proof.choose': 'Choisir un autre moyen',

  'mail.authenticator-added.subject': "Une application d'authentification protège votre compte",
  'mail.authenticator-added':
    "Une application d'authentification vient d'être mise en service sur votre compte. Ses codes seront demandés à la connexion et pour récupérer votre mot de passe.",
  'mail.authenticator-removed.subject': "L'application d'authentification a été retirée de votre compte",
  'mail.authenticator-removed': "L'application d'authentification vient d'être retirée de votre compte.",
  'mail.recovery-codes-added.subject': 'Une nouvelle feuille de codes de secours',
  'mail.recovery-codes-added':
    "Une feuille de codes de secours vient d'être mise en service. Les feuilles plus anciennes ne servent plus.",
  'mail.recovery-codes-removed.subject': 'Vos codes de secours ont été retirés',
  'mail.recovery-codes-removed': 'Votre feuille de codes de secours ne sert plus.',
  'mail.recovery-codes-voided.subject': 'Votre feuille de codes de secours ne sert plus',
  'mail.recovery-codes-voided':
    'Votre feuille de codes de secours ne sert plus : elle a été faite avant votre second élément. Jetez-la.',
  'mail.recovery-codes-voided.again':
    'Créez une nouvelle feuille dans « Gérer mon compte », « Codes de secours imprimés » : {signIn}',
  'mail.recovery-code-used.subject': 'Un code de secours a servi',
  'mail.recovery-code-used':
    'Un code de votre feuille imprimée vient de servir pour votre compte. Rayez-le sur la feuille.',
  'mail.passkey-added.subject': "Une clé d'accès a été ajoutée à votre compte",
  'mail.passkey-added':
    "Une clé d'accès vient d'être ajoutée à votre compte. Elle permet de se connecter sans mot de passe.",
  'mail.passkey-removed.subject': "Une clé d'accès a été retirée de votre compte",
  'mail.passkey-removed': "Une clé d'accès vient d'être retirée de votre compte.",
} as const
