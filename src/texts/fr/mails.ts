/** Mails: short, no password, never the login of somebody else. */
export const mails = {
  'mail.hello': 'Bonjour {name},',
  'mail.hello-nobody': 'Bonjour,',
  'mail.when': "C'était le {at}{known, select, yes {, depuis {device}} other {}}.",
  'mail.code.when': 'Ce code a été demandé le {at}{known, select, yes {, depuis {device}} other {}}.',
  'mail.to-desk': "Mail à l'assistance",
  'mail.password-expiring.named': 'Votre mot de passe expire bientôt',
  'mail.not-me': "Ce n'est pas moi",
  'mail.button-as-text': '« {label} » :',
  'mail.link': 'Si le bouton ne marche pas, copiez cette adresse dans votre navigateur :',
  'mail.help':
    "L'assistance vous répond : {phone} ou {mail}. Elle ne vous demandera jamais votre mot de passe.",
  'mail.signature': 'Sésame, {institution}',
  'mail.password-changed.subject': 'Votre mot de passe a bien été modifié',
  'mail.password-changed': 'Votre mot de passe a bien été modifié sur Sésame, par « Mot de passe oublié ».',
  'mail.password-changed.use':
    "Utilisez le nouveau mot de passe pour eduroam, la téléphonie, l'impression et l'ENT. L'état de chaque service se lit sur Sésame, après connexion : {signIn}",
  'mail.password-changed.not-me':
    "Si ce n'était pas vous, dites-le maintenant : une page s'ouvre, et son bouton gèle votre compte et prévient l'assistance.",
  'mail.password-changed-signed-in.subject': 'Votre mot de passe a bien été modifié',
  'mail.password-changed-signed-in':
    'Votre mot de passe a bien été modifié sur Sésame, depuis « Gérer mon compte ».',
  'mail.joker-changed.subject': 'Votre question joker a été choisie',
  'mail.joker-changed': "Une question joker et sa réponse viennent d'être choisies sur votre compte.",
  'mail.joker-removed.subject': 'Votre question joker est retirée',
  'mail.joker-removed': "L'assistance vient de retirer la question joker de votre compte, avec sa réponse.",
  'mail.joker-removed.again':
    "Connectez-vous pour en choisir une autre. Si vous n'avez plus de mot de passe, l'assistance vous remettra un code d'activation.",
  'mail.address-added.subject': 'Un moyen de secours a été ajouté à votre compte',
  'mail.address-added':
    'Cette adresse ou ce mobile est maintenant un moyen de secours de votre compte : {address}.',
  'mail.address-removed.subject': 'Un moyen de secours a été retiré de votre compte',
  'mail.address-removed':
    "Cette adresse ou ce mobile n'est plus un moyen de secours de votre compte : {address}.",
  'mail.joker-suspended.subject': 'De mauvaises réponses à votre question joker',
  'mail.joker-suspended':
    "{count, plural, one {Quelqu'un a donné trop de mauvaises réponses à votre question joker.} other {Quelqu'un a donné trop de mauvaises réponses à votre question joker, # fois.}} La question est fermée jusqu'au {until}. Votre mot de passe n'a pas changé et votre compte reste ouvert.",
  'mail.joker-suspended.not-me':
    "Si ce n'était pas vous, dites-le : une page s'ouvre, et son bouton ferme la récupération en ligne pendant 7 jours.",
  'mail.recovery-closed.subject': 'La récupération de votre mot de passe est fermée',
  'mail.recovery-closed':
    "Comme vous l'avez demandé, la récupération en ligne est fermée jusqu'au {until}. Votre mot de passe n'a pas changé : vous pouvez vous connecter.",
  'mail.account-frozen.subject': 'Votre compte est gelé',
  'mail.account-frozen':
    "Votre compte est gelé : plus personne ne peut s'en servir. Contactez l'assistance : elle vérifiera que c'est bien vous et rouvrira votre compte. Vous choisirez alors un nouveau mot de passe.",
  'mail.password-expiring.subject': 'Votre mot de passe expire le {until}',
  'mail.password-expiring':
    "Votre mot de passe expire le {until}. Après cette date, il n'ouvrira plus ni l'ENT, ni eduroam, ni les autres services.",
  'mail.password-expiring.do': 'Changez-le avant, sur Sésame : {change}',
  'mail.desk-frozen.subject': 'Compte gelé : {login}',
  'mail.desk-frozen':
    "Le compte {login} vient d'être gelé (« Ce n'est pas moi », ou la commande sesame freeze). Un mot de passe que personne ne connaît est écrit dans l'annuaire. Vérifiez l'identité de la personne avant de rouvrir : sesame unfreeze {login} --by VOUS --reason \"…\".",
  'mail.desk-freeze-refused.subject': 'Gel non confirmé : {login}',
  'mail.desk-freeze-refused':
    "Le compte {login} est gelé dans Sésame, mais l'annuaire n'a pas confirmé de nouveau mot de passe. L'ancien ouvre peut-être encore des services : changez-le à la main dans l'annuaire maintenant.",
  'mail.desk-incident.subject': 'Deux personnes pour un même numéro',
  'mail.desk-incident':
    "Une recherche par numéro a trouvé deux entrées dans l'annuaire. Aucune des deux ne peut récupérer son mot de passe tant que le doublon existe. La commande sesame check aide à le trouver.",
  'mail.desk-service-failed.subject': 'Service en échec : {service}',
  'mail.desk-service-failed':
    'Un nouveau mot de passe n\'est pas arrivé à un service. La commande sesame person LOGIN --by VOUS --reason "…" montre où en est chacun.',
  'mail.desk-messages.subject': "SMS : {sent} sur {budget} sont partis aujourd'hui",
  'mail.desk-messages':
    "{sent} SMS sur les {budget} de la journée ont été demandés. Quand il n'y en aura plus, le mobile ne sera plus proposé jusqu'à demain. Les codes par mail continuent.",
  'mail.desk-messages.then':
    "Si vous n'attendiez pas tant de monde, cherchez d'où viennent ces demandes. Le nombre se règle par limits.messagesPerDay.",
  'mail.older':
    '{count, plural, one {# événement plus ancien est compté ici sans détail.} other {# événements plus anciens sont comptés ici sans détail.}} Le journal les garde. Les derniers :',
  'mail.desk-audit-head.subject': "Empreinte du journal d'audit",
  'mail.desk-audit-head':
    "Voici l'empreinte du journal d'audit de Sésame. Gardez ce message hors du serveur. Pour vérifier que rien n'a été effacé depuis : sesame audit verify --head {reference}",
  'mail.when-service':
    'Le {at}, {service} : {login}{others, plural, =0 {} one { et # autre personne} other { et # autres personnes}}. {reason}',
  'mail.identifier-told.subject': 'Votre identifiant de connexion',
  'mail.identifier-told':
    "Votre identifiant de connexion est : {login}. Il vient d'être demandé sur Sésame, après une preuve de votre identité.",
  'mail.identifier-told.not-you':
    "Si ce n'était pas vous, quelqu'un se fait passer pour vous. Fermez la récupération par le bouton de ce mail, puis connectez-vous et choisissez une autre question joker : {signIn}",
  'mail.account-activated.subject': 'Votre compte est activé',
  'mail.account-activated':
    "Votre compte vient d'être activé sur Sésame. Votre identifiant de connexion est : {login}.",
  'mail.activation-code.subject': "Votre code d'activation",
  'mail.activation-code': "Votre code d'activation est : {code}. Il marche une fois, jusqu'au {until}.",
  'mail.activation-code.how':
    'Ouvrez {activation}, puis saisissez votre numéro, votre date de naissance et ce code.',
  'mail.code.subject': 'Votre code : {code}',
  'mail.code':
    'Saisissez ce code sur la page restée ouverte : {code}. Il marche {minutes, plural, one {# minute} other {# minutes}}.',
  'mail.code.not-you':
    "Vous n'avez rien demandé ? Ne donnez ce code à personne : sans lui, il ne se passe rien.",
  'mail.proof-code.subject': 'Votre code : {code}',
  'mail.proof-code':
    "Quelqu'un récupère un mot de passe ou un identifiant avec votre numéro et votre date de naissance. Si c'est vous, saisissez ce code sur la page où vous l'avez demandé : {code}. Il marche {minutes, plural, one {# minute} other {# minutes}}, et une fois.",
  'mail.proof-code.not-you': 'Ne donnez ce code à personne : sans lui, il ne se passe rien.',
  'mail.proof-code-sent.subject': 'Un code pour récupérer votre compte est parti',
  'mail.proof-code-sent':
    "{count, plural, one {Un code est parti vers une autre adresse de secours ou un mobile de votre compte.} other {# codes sont partis vers une autre adresse de secours ou un mobile de votre compte.}} Quelqu'un récupère un mot de passe ou un identifiant avec votre numéro et votre date de naissance.",
  'mail.proof-code-sent.yours':
    "Si c'est vous, vous n'avez rien d'autre à faire. Sans code, il ne se passe rien.",
  'mail.proof-code-sent.check':
    'Les adresses de secours et les mobiles de votre compte se lisent sur Sésame, après connexion : {signIn}',
  'mail.helpdesk-code.subject': "L'assistance a remis un code pour récupérer votre compte",
  'mail.helpdesk-code':
    "L'assistance vient de remettre un code qui permet de récupérer votre mot de passe ou votre identifiant. Il marche une fois, jusqu'au {until}.",
  'mail.helpdesk-code.use': "Si vous l'avez demandé, vous n'avez rien d'autre à faire.",
  'mail.proof-code-sms.subject': 'SMS',
  'mail.proof-code-sms':
    'Sésame : votre code pour récupérer votre compte est {code}. Il marche {minutes, plural, one {# minute} other {# minutes}}. Ne le donnez à personne.',
  'mail.code-sms.subject': 'SMS',
  'mail.code-sms':
    'Sésame : votre code est {code}. Il marche {minutes, plural, one {# minute} other {# minutes}}. Ne le donnez à personne.',
} as const
