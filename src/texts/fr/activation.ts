/** « Activer mon compte ». */
export const activation = {
  'choose.activation.lead': 'Activer mon compte',
  'choose.activation.intro':
    "Vous pouvez activer votre compte par l'intermédiaire des 4 informations ci-dessous. Celles-ci permettent de vous identifier au sein de notre système d'information. Préparez aussi votre code d'activation.",
  'activation.step.password': 'Mot de passe',
  'activation.step.rescue': 'Question joker et secours',
  'activation.code.title': "Saisissez votre code d'activation",
  'activation.code.label': "Code d'activation :",
  'activation.code.hint': "16 caractères, dans la lettre ou le mail d'activation.",
  'activation.code.more': 'Les majuscules, les espaces et les tirets ne comptent pas.',
  'activation.code.none': "Vous n'avez pas de code, ou il ne marche pas ?",
  'activation.code.none.do':
    "Vérifiez le numéro et la date de naissance saisis. Un code sert une seule fois et finit par expirer. L'assistance peut en envoyer un autre.",
  'activation.already': 'Mon compte est déjà activé : récupérer mon mot de passe',
  'activation.password.title': 'Choisissez votre mot de passe',
  'activation.joker.title': 'Choisissez votre question joker',
  'activation.joker.why':
    "Votre mot de passe est enregistré. Le jour où vous l'oublierez, nous vous poserons cette question.",
  'activation.address.title': 'Une adresse de secours ?',
  'activation.address.why':
    'Une adresse que vous lisez sans ce compte. Nous y envoyons un code maintenant, puis un mail à chaque changement important.',
  'activation.address.label': 'Adresse mail de secours :',
  'activation.address.hint': 'Par exemple prenom@exemple.fr.',
  'activation.address.price':
    "Sans adresse de secours, nous ne pourrons vous prévenir que dans votre boîte de l'établissement. Vous aurez aussi un moyen de moins pour récupérer votre compte.",
  'activation.mobile.title': 'Un numéro de mobile ?',
  'activation.mobile.why':
    'Nous y envoyons un code par SMS maintenant. Il sert seulement à vous reconnaître.',
  'activation.mobile.label': 'Numéro de mobile :',
  'activation.mobile.hint': 'Par exemple 06 12 34 56 78, ou 0692 12 34 56 outre-mer.',
  'activation.mobile.price':
    'Sans mobile, un code ne pourra vous arriver que par mail. Vous pourrez ajouter un mobile plus tard.',
  'activation.skip': 'Passer cette étape',
  'activation.unchanged':
    'Vos moyens de secours ne changent pas avant le {at}. Passez cette étape, et revenez ensuite dans « Mon compte ».',
  'activation.sent.title': 'Saisissez le code reçu',
  'activation.sent.to': 'Nous avons envoyé un code à {to}. Il marche {life}.',
  'activation.sent.label': 'Code reçu :',
  'activation.sent.hint': '8 chiffres.',
  'activation.sent.none': 'Rien reçu ?',
  'activation.sent.none.mail':
    'Regardez aussi dans les courriers indésirables. Un mail met parfois une minute.',
  'activation.sent.none.mobile': 'Un SMS met parfois une minute.',
  'activation.sent.again': 'Envoyer un autre code',
  'activation.sent.done': 'Un autre code est parti. Le premier ne sert plus.',
  'activation.sent.change.mail': "Changer d'adresse, ou passer",
  'activation.sent.change.mobile': 'Changer de numéro, ou passer',
  'activation.done.title': 'Votre compte est activé.',
  'activation.done.login': 'Votre identifiant de connexion est :',
  'activation.done.address': 'Votre adresse mail est {to}.',
  'over.account-active':
    'Votre code est le bon, et votre compte est déjà activé. Si vous avez oublié votre mot de passe, vous pouvez le récupérer maintenant.',
  'over.account-active-first-day':
    "Votre code est le bon, mais votre compte est déjà ouvert. Connectez-vous avec votre mot de passe : nous vous proposerons ensuite une question joker et une adresse de secours. Vous ne connaissez pas ce mot de passe ? Contactez l'assistance.",
  'over.activation-elsewhere':
    "Depuis le choix de ce mot de passe, quelqu'un s'est connecté à votre compte. Par sécurité, la suite ne peut plus se faire ici. Connectez-vous : nous vous proposerons ensuite une question joker et une adresse de secours. Ce n'était pas vous ? Contactez l'assistance.",
  'over.factor-needed':
    "Rien n'a été changé. Récupérez votre mot de passe : après votre réponse, nous vous demanderons votre second élément. Vous ne l'avez plus ? Contactez l'assistance.",
  'over.recover': 'Récupérer mon mot de passe',
} as const
