/** « Aide »: for somebody worried, on a phone, at night. {names} of buttons and fields are filled from their own pages. */
export const help = {
  'help.title': 'Aide',
  'help.heading': 'Comment pouvons-nous vous aider ?',
  'help.lead': 'Tout peut se faire ici, à toute heure. Et en journée, une personne vous répond.',
  'help.search': "Chercher dans l'aide :",
  'help.search.do': 'Chercher',
  'help.search.hint': 'Quelques mots suffisent, par exemple : wifi, code, mail étrange.',
  'help.found': '{count, plural, one {# réponse pour « {query} »} other {# réponses pour « {query} »}}',
  'help.none': "L'aide ne dit rien de « {query} »",
  'help.none.do':
    "Essayez un mot plus simple, ou choisissez une page ci-dessous. L'assistance peut aussi vous répondre.",
  'help.asked.none': 'Que cherchez-vous ?',
  'help.search.title': 'Chercher',
  'help.privacy': 'Que savez-vous de moi ?',
  'help.all': "Toute l'aide",
  'help.group.out': 'Je ne peux pas entrer',
  'help.group.in': 'Mon compte au quotidien',
  'help.group.doubt': "J'ai un doute",
  'help.group.you': 'Par où commencer',
  'help.person': 'Une personne vous répond',
  'help.person.card':
    'Gardez votre carte multiservice à portée de main. Nous ne demandons jamais votre mot de passe.',
  'help.demonstration':
    'Les images viennent de la démonstration : chez vous, le nom et les couleurs changent.',
  'foot.help': 'Aide pour cette page : {title}',

  'help.password.title': "J'ai oublié mon mot de passe",
  'help.password.lead':
    "Environ 3 minutes. Tant que vous n'avez pas fini, rien ne change : vous pouvez vous arrêter.",
  'help.password.needed': "Ce qu'il vous faut",
  'help.password.needed.number':
    "Un numéro : numéro étudiant, INE, numéro personnel ou UID. Il figure sur votre carte multiservice, ou sur votre lettre d'accueil.",
  'help.password.needed.date': 'Votre date de naissance.',
  'help.password.needed.joker': 'La réponse à votre question joker.',
  'help.password.needed.factor':
    "Et, si vous en avez mis un en place, votre second élément : clé d'accès, application ou feuille de codes.",
  'help.password.guide': 'Pas à pas, en images',
  'help.password.guide.student': 'Le guide des étudiants',
  'help.password.guide.staff': 'Le guide des personnels',
  'help.password.guide.external': 'Le guide des externes',
  'help.password.joker': 'La question joker',
  'help.password.joker.fold':
    'Écrivez comme vous voulez : les majuscules, les accents, les tirets et les espaces ne comptent pas.',
  'help.password.joker.tries':
    'Vous avez {tries} essais. Ensuite, la question se ferme pendant {closed}. Votre compte, lui, reste ouvert.',
  'help.password.joker.other':
    "Ce n'est pas votre question ? Le numéro ou la date sont sans doute mal saisis. La page ne peut pas le dire, pour protéger tout le monde : revenez en arrière et vérifiez-les.",
  'help.password.joker.lost':
    "Vous avez oublié la réponse, ou vous n'avez jamais choisi de question ? Appelez l'assistance. Elle vérifie qui vous êtes, puis vous aide.",
  'help.password.choose': 'Choisir le nouveau mot de passe',
  'help.password.choose.leaked':
    "Un mot de passe refusé « trop courant » a été volé ailleurs et publié : quelqu'un l'essaiera. Prenez-en un autre.",
  'help.password.after': 'Et après ?',
  'help.password.after.where': 'Le nouveau mot de passe sert partout :',
  'help.password.after.receipt':
    "Le reçu de la dernière page dit où il est arrivé. « Prouvé » : Sésame s'y est connecté avec lui. « En cours » : attendez, ne recommencez pas.",
  'help.password.expired': "La démarche s'est fermée",
  'help.password.expired.why':
    "Par sécurité, elle se ferme après {idle} sans action, et {whole} en tout. Rien n'est changé : recommencez.",
  'help.password.closed': 'La récupération est fermée',
  'help.password.closed.why':
    "Quelqu'un qui lit vos mails, vous peut-être, a choisi « Ce n'est pas moi ». Elle s'ouvre de nouveau après {days}. Plus vite : appelez l'assistance.",

  'help.identifier.title': "J'ai oublié mon identifiant",
  'help.identifier.lead': "L'identifiant est ce que vous tapez au-dessus du mot de passe. Environ 2 minutes.",
  'help.identifier.steps': 'Pas à pas',
  'help.identifier.steps.go': 'Ouvrez {page}.',
  'help.identifier.steps.choose': 'Cliquez sur {card}.',
  'help.identifier.steps.number': 'Choisissez le numéro que vous avez sous la main.',
  'help.identifier.steps.identify': 'Entrez ce numéro et votre date de naissance, puis cliquez sur {button}.',
  'help.identifier.steps.joker': 'Entrez la réponse à votre question joker, puis cliquez sur {button}.',
  'help.identifier.steps.done':
    "Votre identifiant s'affiche. Nous l'envoyons aussi par mail, à chaque adresse que nous connaissons.",
  'help.identifier.both': 'Le mot de passe aussi ?',
  'help.identifier.both.do': "Commencez par l'identifiant. La dernière page mène au mot de passe.",

  'help.activation.title': "Je n'ai jamais activé mon compte",
  'help.activation.lead': "C'est votre première connexion : bienvenue. Environ 5 minutes.",
  'help.activation.needed': "Ce qu'il vous faut",
  'help.activation.needed.code': "Votre code d'activation : 16 caractères, reçus par mail ou par lettre.",
  'help.activation.steps': 'Pas à pas, en images',
  'help.activation.steps.go': 'Ouvrez {page} et choisissez votre numéro.',
  'help.activation.steps.identify': 'Entrez ce numéro et votre date de naissance.',
  'help.activation.steps.code':
    "Entrez votre code d'activation. La lettre porte aussi un code QR : lu avec un téléphone, il le saisit pour vous.",
  'help.activation.steps.password':
    'Choisissez votre mot de passe, cochez la case du règlement intérieur, puis cliquez sur {button}.',
  'help.activation.steps.joker':
    'Choisissez une question joker. Elle permettra de vous reconnaître le jour où vous oublierez le mot de passe.',
  'help.activation.steps.address':
    'Donnez une adresse de secours, puis le code que nous y envoyons. Vous pouvez passer cette étape.',
  'help.activation.steps.mobile': 'De même pour un numéro de mobile.',
  'help.activation.steps.done': "C'est fini : votre identifiant et votre adresse mail s'affichent.",
  'help.activation.code': 'Le code ne marche pas',
  'help.activation.code.life':
    'Il sert une seule fois. Reçu par mail, il marche {mail}. Sur une lettre, {letter}.',
  'help.activation.code.check':
    'Vérifiez aussi le numéro et la date saisis : la page ne dit pas lequel est faux.',
  'help.activation.code.other': "Sinon, l'assistance en envoie un autre.",
  'help.activation.stopped': 'Je me suis arrêté au milieu',
  'help.activation.stopped.before': "Avant d'avoir choisi le mot de passe : recommencez, avec le même code.",
  'help.activation.stopped.after':
    'Après : votre compte marche. Connectez-vous, Sésame vous propose ce qui manque.',
  'help.activation.active': 'La page dit que mon compte est déjà actif',
  'help.activation.active.do': 'Alors tout va bien. Si vous avez oublié le mot de passe, récupérez-le.',

  'help.change.title': 'Je veux changer mon mot de passe',
  'help.change.lead': "Vous connaissez l'ancien ? Deux minutes suffisent.",
  'help.change.steps': 'Pas à pas',
  'help.change.steps.go': 'Ouvrez {page} et connectez-vous.',
  'help.change.steps.line': 'À la ligne {line}, cliquez sur {button}.',
  'help.change.steps.old': 'Entrez votre ancien mot de passe, puis deux fois le nouveau.',
  'help.change.steps.charter': 'Cochez la case {box}, puis cliquez sur {button}.',
  'help.change.rules': 'Les règles',
  'help.change.after': 'Et après ?',
  'help.change.after.sessions': 'Vos autres sessions se ferment. Celle-ci reste ouverte.',
  'help.change.after.mail': "Un mail vous le confirme. Vous n'avez rien changé ? Signalez-le depuis ce mail.",

  'help.sign-in.title': "Je n'arrive pas à me connecter",
  'help.sign-in.lead': 'Un mot de passe refusé, un code demandé : voici quoi faire.',
  'help.sign-in.refused': 'Identifiant ou mot de passe refusé',
  'help.sign-in.refused.see': 'Affichez ce que vous tapez avec {button}. Vérifiez la touche des majuscules.',
  'help.sign-in.refused.wait':
    "Après plusieurs refus, la page fait une pause et dit jusqu'à quand. Votre compte n'est pas fermé. Un navigateur où il a déjà été ouvert a ses propres essais.",
  'help.sign-in.refused.server':
    "La page de connexion est celle de l'établissement : les mêmes identifiant et mot de passe que pour l'ENT.",
  'help.sign-in.refused.then':
    'Toujours refusé ? Récupérez votre mot de passe : c’est plus rapide que de chercher.',
  'help.sign-in.expired': 'Mon mot de passe a expiré',
  'help.sign-in.expired.do':
    'Il ne sert plus qu’à en choisir un autre. La page vous y mène : entrez-le une dernière fois.',
  'help.sign-in.factor': 'On me demande un second élément',
  'help.sign-in.factor.why':
    "Vous en avez mis un en place. Votre mot de passe seul n'ouvre plus votre compte et ne change plus rien, même dans d'autres mains. Nous redemandons le second élément avant chaque action sensible.",
  'help.sign-in.factor.app': 'Application : ouvrez-la sur votre téléphone et entrez les 6 chiffres affichés.',
  'help.sign-in.factor.sheet': 'Feuille imprimée : entrez un code, puis rayez-le. Il ne sert qu’une fois.',
  'help.sign-in.factor.passkey':
    "Clé d'accès : cliquez sur {button}, puis donnez votre doigt, votre visage ou le code de l'appareil.",
  'help.sign-in.factor.clock':
    "L'application est refusée ? L'heure du téléphone est peut-être fausse : réglez-la sur automatique.",
  'help.sign-in.factor.tries':
    'Après {tries} mauvais codes, attendez {pause}. Une clé d’accès marche encore.',
  'help.sign-in.lost': 'Je ne l’ai plus',
  'help.sign-in.lost.sheet': 'Téléphone perdu ou cassé ? Un code de votre feuille imprimée le remplace.',
  'help.sign-in.lost.desk':
    "Plus rien du tout ? Appelez l'assistance : elle vérifie qui vous êtes, puis retire l'ancien.",
  'help.sign-in.passkey': "Me connecter avec une clé d'accès",
  'help.sign-in.passkey.how':
    'Cliquez sur {button} : ni identifiant, ni mot de passe. Il faut un appareil où vous en avez créé une.',

  'help.account.title': 'Gérer mon compte',
  'help.account.lead': 'Tout ce que vous pouvez voir, changer ou fermer vous-même.',
  'help.account.see': 'Ce que montre la page',
  'help.account.see.go': 'Ouvrez {page} et connectez-vous. La page a une ligne pour chaque chose.',
  'help.account.see.security': "Ma sécurité d'un coup d'œil : ce qui est bien, et ce qu'il reste à faire.",
  'help.account.see.identity':
    "Mon identité : ce que l'annuaire sait de vous. Une erreur ? La page dit à qui écrire.",
  'help.account.see.services': 'Mes services : où votre mot de passe marche, et depuis quand.',
  'help.account.see.journal':
    'Mon journal : tout ce qui a été fait sur votre compte, par qui et quand. Vous pouvez le télécharger.',
  'help.account.back': "Préparer le jour où j'oublierai",
  'help.account.back.joker': "Une question joker, dont personne d'autre ne connaît la réponse.",
  'help.account.back.address':
    'Une adresse que vous lisez sans ce compte. Nous y envoyons un code pour vérifier.',
  'help.account.back.mobile': 'Un numéro de mobile, en plus. Un SMS se détourne plus facilement qu’un mail.',
  'help.account.back.told': 'Chaque changement est annoncé à toutes vos adresses, même aux anciennes.',
  'help.account.protect': 'Mieux protéger mon compte',
  'help.account.protect.passkey':
    "Une clé d'accès : votre doigt, votre visage ou le code de l'appareil, à la place du mot de passe.",
  'help.account.protect.app':
    "Une application d'authentification : 6 chiffres qui changent toutes les 30 secondes.",
  'help.account.protect.sheet':
    'Une feuille de {count} codes de secours, à imprimer et à garder chez vous. Elle remplace le téléphone perdu.',
  'help.account.protect.then':
    "Dès la première clé ou l'application, Sésame la demande à chaque connexion. Imprimez donc aussi la feuille.",
  'help.account.sessions': 'Je ne reconnais pas un appareil',
  'help.account.sessions.do': 'À la ligne {line}, fermez sa session. Puis changez votre mot de passe.',
  'help.account.sessions.alone':
    'Une session se ferme seule après {idle} sans action, et après {whole} en tout.',
  'help.account.again': 'On me redemande mon mot de passe',
  'help.account.again.why':
    "Pour ce qui protège le compte, si votre connexion a plus de {fresh} : quelqu'un pourrait s'être assis à votre place.",

  'help.not-me.title': "J'ai reçu un mail que je n'ai pas demandé",
  'help.not-me.lead':
    "Pas de panique : tant que vous n'avez donné aucun mot de passe, il suffit d'un bouton.",
  'help.not-me.do': 'Que faire',
  'help.not-me.do.open': 'Dans ce mail, cliquez sur {button}. Une page s’ouvre : rien n’est encore fait.',
  'help.not-me.do.read': 'La page dit ce que fera son bouton. Cliquez dessus.',
  'help.not-me.do.call': "Appelez l'assistance : elle est déjà prévenue si le compte est gelé.",
  'help.not-me.what': 'Ce que fait le bouton',
  'help.not-me.what.freeze':
    "Le mot de passe a été changé : le bouton gèle le compte. Plus personne n'y entre, vous non plus, jusqu'à ce que l'assistance vous ait parlé.",
  'help.not-me.what.close':
    "Le mot de passe n'a pas été changé : le bouton ferme la récupération pendant {days}. Vous pouvez toujours vous connecter.",
  'help.not-me.what.late': 'Le lien marche {life}. Trop tard ? Appelez l’assistance.',
  'help.not-me.real': 'Ce mail vient-il vraiment de nous ?',
  'help.not-me.real.never': 'Nos mails ne demandent jamais un mot de passe, et nous non plus.',
  'help.not-me.real.address': 'Nos pages commencent toutes par {address}. Sinon, n’entrez rien et fermez.',
  'help.not-me.real.given': 'Vous avez donné votre mot de passe ailleurs ? Changez-le tout de suite.',

  'help.student.title': 'Je suis étudiant ou étudiante',
  'help.student.lead': 'Vos numéros, et par où commencer.',
  'help.staff.title': 'Je fais partie du personnel',
  'help.staff.lead': 'Votre numéro, et par où commencer.',
  'help.external.title': 'Je viens de l’extérieur',
  'help.external.lead': 'Intervention, partenariat, visite : votre identifiant unique, et par où commencer.',
  'help.you.number': 'Mon numéro',
  'help.you.number.student': 'Numéro étudiant',
  'help.you.number.ine':
    'INE : 11 caractères, chiffres et lettres. Il est aussi sur votre relevé de notes du baccalauréat.',
  'help.you.number.either': 'L’un ou l’autre suffit.',
  'help.you.number.letter':
    "Il vous a été fourni par l'établissement, par lettre ou par mail. Par exemple : ext-dupont.",
  'help.you.first': 'La première fois',
  'help.you.first.do':
    "Activez votre compte avec le code reçu : par mail après l'inscription, ou par lettre.",
  'help.you.first.staff': 'Activez votre compte avec le code reçu par mail ou par lettre à votre arrivée.',
  'help.you.first.external':
    'Activez votre compte avec le code que vous a remis la personne qui vous accueille.',
  'help.you.forgotten': "Le jour où j'oublie",
  'help.you.where': 'Où sert mon mot de passe',

  // Other words that people type, beside those of the pages.
  'help.password.words':
    'mdp password perdu bloqué réinitialiser récupérer retrouver mot de passe oublié secret',
  'help.identifier.words': 'login uid nom utilisateur username compte perdu retrouver récupérer',
  'help.activation.words': 'première connexion nouveau arrivée inscription lettre QR créer compte',
  'help.sign-in.words':
    'connexion connecter login refusé bloqué expiré authentification double facteur 2FA MFA OTP TOTP passkey téléphone perdu volé SMS',
  'help.change.words': 'modifier remplacer nouveau mdp password',
  'help.account.words':
    'gérer profil adresse secours mobile téléphone portable codes passkey TOTP session appareil journal données télécharger export RGPD imprimante imprimer impression papercut copieur scanner',
  'help.not-me.words':
    "piraté hameçonnage phishing arnaque volé suspect étrange gelé ce n'est pas moi courriel email spam",
  'help.student.words': 'étudiante élève numéro carte INE',
  'help.staff.words': 'personnel enseignant enseignante agent agente administratif matricule numéro carte',
  'help.external.words': 'externe intervenant intervenante invité vacataire partenaire UID',
} as const
