import type { Limits } from '../limits/limits.ts'

/** What each limit counts, in French. A new limit without its sentence does not compile. */
export const limitWords: Readonly<Record<keyof Limits, string>> = {
  identificationPerNetwork: 'Identifications venant d’un réseau dans la fenêtre suivante ; au-delà, 429.',
  identificationWindow: 'Fenêtre de la limite précédente.',
  campusFactor: 'Facteur dont les limites d’un réseau de campus configuré sont plus hautes.',
  identificationPerNumber:
    'Identifications avec le même numéro dans la fenêtre suivante. Au-delà, aucune n’est refusée, mais chaque réponse est retardée de 1 à 5 s, que le numéro existe ou non.',
  identificationNumberWindow: 'Fenêtre de la limite précédente.',
  identificationMaxDelay: 'Le plus long de ces retards.',
  identificationFloor:
    'Une identification ou une connexion reçoit sa réponse au prochain multiple de cette durée après l’arrivée de la requête : la durée ne montre pas qui existe.',
  journeysPerNetwork: 'Démarches d’un réseau ouvertes en même temps.',
  journeyIdle: 'Temps après sa dernière étape acceptée au bout duquel une démarche prend fin.',
  journeyMaxAge:
    'Temps après sa première étape au bout duquel une démarche prend fin ; celle dont le mot de passe vient d’être écrit reste lisible `journeyIdle` de plus.',
  jokerTries:
    'Mauvaises réponses au joker dans la fenêtre `jokerWindow`, avant que la question soit suspendue.',
  jokerTriesKnownBrowser: 'De même pour un navigateur connu.',
  jokerTriesKnownBrowsers:
    'De même pour tous les navigateurs connus d’une personne ensemble ; au-delà, ils comptent comme tout autre navigateur.',
  jokerWindow: 'Fenêtre glissante des mauvaises réponses ; une bonne réponse ne remet pas le compte à zéro.',
  jokerSuspension: 'Durée de la première suspension ; chaque suivante dure le double.',
  jokerLongestSuspension: 'La plus longue suspension.',
  jokerWrongPerNetwork:
    'Mauvaises réponses au joker venant d’un réseau dans la fenêtre `jokerWindow`, pour qui que ce soit ; au-delà, ses réponses sont refusées par 429.',
  proofChangesPerPerson:
    'Jokers, feuilles de codes, applications et clés d’accès qu’une personne connectée commence à créer en 24 heures ; au-delà, 429. Un retrait n’est jamais refusé.',
  activationTries:
    'Mauvais codes d’activation pour une personne depuis un réseau dans la fenêtre `activationWindow`.',
  activationWindow: 'Fenêtre de la limite précédente.',
  activationReopened:
    'Temps pendant lequel un compte sans joker que l’assistance a dégelé accepte de nouveau un code d’activation.',
  activationByMail: 'Validité d’un code d’activation envoyé par mail.',
  activationByLetter: 'Validité d’un code d’activation imprimé sur une lettre.',
  helpdeskCode: 'Validité d’un code que l’assistance remet pour une récupération.',
  codeTries:
    'Mauvais essais d’un code envoyé à une adresse ou un mobile ; au-delà, il faut demander un autre code ou, dans une récupération, recommencer la démarche.',
  codeLife: 'Validité d’un tel code.',
  codesPerDestination:
    'Codes envoyés à une adresse ou un mobile dans la fenêtre suivante ; les variantes d’une adresse qui mènent à la même boîte comptent pour une (`name+tag@`).',
  codesWindow: 'Fenêtre de la limite précédente.',
  codesPerDestinationPerDay: 'De même en 24 heures.',
  codesPerPersonPerDay:
    'Codes qui confirment une adresse ou un mobile, envoyés pour une personne en 24 heures, vers toute destination.',
  codesPerNetworkPerDay:
    'Codes par mail demandés depuis un réseau en 24 heures ; × `campusFactor` pour un réseau de campus.',
  proofCodesPerNetwork:
    'Codes qui prouvent dans une démarche qui est la personne, demandés depuis un réseau pour une personne dans la fenêtre `proofCodesWindow` ; les navigateurs connus de la personne, ensemble, en ont autant à eux.',
  proofCodesPerPerson:
    'De même pour une personne, tous réseaux ensemble, navigateurs connus non comptés ; en une heure, autant que vers une seule destination (`codesPerDestination`).',
  proofCodesPace:
    'Une fois atteinte la limite de tous les réseaux, un réseau qui a demandé moins que sa propre part en obtient quand même un de plus, un seul par durée ainsi fixée.',
  proofCodesWindow:
    'Fenêtre de `proofCodesPerNetwork` et `proofCodesPerPerson` : qui en atteint une apprend quand demander le prochain code, et peut prouver autrement qui il est.',
  messagesPerDay:
    'SMS par jour, pour toutes les personnes ensemble ; une fois épuisés, aucun mobile n’est proposé jusqu’au lendemain.',
  messagesPercentPerNetwork: 'Part que peut en utiliser un réseau, en pour cent.',
  messagesPercentPerCampus: 'De même pour un réseau de campus configuré, en pour cent.',
  messagesAlertPercent:
    'Part à partir de laquelle l’assistance est prévenue, une fois par jour, en pour cent.',
  refusalsPerJourney:
    'Nouveaux mots de passe refusés par les règles avant la fin de la démarche ; pour un changement de mot de passe, dans `changeWindow`, avant que le formulaire soit refusé un temps.',
  mailsPerHour:
    'Mails d’un type sur une personne vers une boîte en une heure ; les événements suivants sont regroupés dans un mail ultérieur.',
  mailsPerDay: 'Mails d’un type sur une personne vers une boîte en un jour.',
  eventsPerMail: 'Événements qu’un mail liste un à un ; des plus anciens, il ne donne que le nombre.',
  postsPerSecond:
    'Formulaires que tous les processus d’une même base admettent en une seconde ; au-delà, ils attendent 2 s au plus, puis 503 avec une page qui se recharge d’elle-même. Le réseau le plus pesant par rapport à sa part est refusé en premier ; un cinquième est réservé aux navigateurs connus et aux sessions (décision 019).',
  postsPerSecondPerNetwork:
    'Formulaires venant d’un réseau en une seconde, dans chaque processus ; au-delà, 429 sans coût. Un campus : `campusFactor` fois plus. Jamais plus de quatre cinquièmes de `postsPerSecond`.',
  failedBinds:
    'Seuil de verrouillage supposé quand l’annuaire n’en indique aucun : mots de passe faux d’un identifiant, dont des inconnus peuvent utiliser la moitié, les navigateurs connus et les sessions de la personne un quart.',
  failedBindsWindow:
    'Fenêtre de la limite précédente : les échecs d’un identifiant sont oubliés après ce temps depuis le dernier.',
  failedBindsInARow:
    'Mots de passe faux consécutifs d’un identifiant, quelle que soit la fenêtre ; au-delà, aucun n’est essayé avant que son titulaire réussisse (NIST SP 800-63B).',
  failedNamesPerNetwork:
    'Identifiants pour lesquels un réseau a échoué dans la fenêtre suivante, navigateurs connus et sessions non comptés ; chaque personne qui se connecte depuis ce réseau en rend un. Au-delà, un dixième par intervalle de verrouillage, puis 429 pour ce réseau.',
  failedNamesWindow: 'Fenêtre de la limite précédente.',
  signInPerNetwork: 'Connexions venant d’un réseau dans la fenêtre suivante ; au-delà, 429.',
  signInWindow: 'Fenêtre de la limite précédente.',
  changeWindow:
    'Fenêtre dans laquelle sont comptés les nouveaux mots de passe refusés d’une personne lors d’un changement.',
  addressesPerKind: 'Adresses de secours d’une personne, et autant de mobiles.',
  recentChange:
    'Pendant ce temps après sa confirmation, une adresse reçoit des mails dont le bouton ferme seulement la récupération. Ce qui a été ajouté moins longtemps avant une récupération peut être retiré pendant `recoveryCoolDown`.',
  newContactDelay:
    'Pendant ce temps après sa confirmation, aucun code de récupération ne va à une adresse ou un mobile, si la personne en a un plus ancien, ou un joker ou une feuille de codes plus anciens ; et pendant ce temps une nouvelle clé d’accès ou une nouvelle feuille ne prouve aucune récupération.',
  recoveryCoolDown:
    'Pendant ce temps après une récupération par des preuves qui se prêtent à l’hameçonnage, ou qu’une personne de l’assistance a aidée, les adresses, mobiles, éléments et joker d’une personne restent tels quels : rien n’est ajouté ni remplacé, et seuls les récents (`recentChange`) sont retirés.',
  firstDayPutOffs: 'Reports permis à une personne sans joker ni adresse de secours.',
  sessionIdle: 'Temps après sa dernière page au bout duquel une session prend fin.',
  sessionMaxAge: 'Temps après la connexion au bout duquel une session prend fin en tout cas.',
  sessionFresh: 'Un changement sensible exige une authentification qui n’est pas plus ancienne.',
  sessionTouchInterval: 'Plus court intervalle auquel la dernière activité d’une session est enregistrée.',
  sessionsPerPerson: 'Sessions d’une personne ; une de plus met fin à la plus ancienne.',
  knownBrowser: 'Temps pendant lequel un navigateur reste connu après un succès.',
  knownBrowsersPerPerson: 'Navigateurs connus d’une personne ; un de plus remplace le plus ancien.',
  recoveryCodesPerSheet: 'Codes d’une feuille imprimée ; le premier saisi met la feuille en service.',
  factorPending: 'Un second élément doit servir une fois dans ce temps, sinon son inscription est supprimée.',
  passkeyChallenge: 'Validité du défi d’une clé d’accès.',
  passkeysPerPerson: 'Clés d’accès d’une personne.',
  pendingSignIn: 'Temps pendant lequel une connexion attend une clé d’accès ou un second élément.',
  pendingSignInTries:
    'Réponses refusées dans une connexion en attente, avant qu’elle reparte du mot de passe.',
  externalSignIn: 'Durée que peut prendre une connexion au serveur de l’établissement, s’il est configuré.',
  externalSignInTries: 'Réponses de ce serveur acceptées pour une telle connexion.',
  factorTries:
    'Mauvais codes de second élément d’une personne dans la fenêtre `factorWindow` ; une clé d’accès est encore acceptée.',
  factorWindow: 'Fenêtre de la limite précédente.',
  factorTriesPerDay: 'De même en 24 heures.',
  notMeToken: 'Validité du lien « Ce n’est pas moi » d’un mail.',
  recoveryClosed:
    'Temps pendant lequel « Ce n’est pas moi » ferme la récupération, quand le mail ne signalait que des essais.',
  serviceLogins:
    'Connexions d’essai refusées d’une personne à un service dans la fenêtre suivante ; au-delà, aucune n’est faite, pour qu’aucune vérification ne verrouille un compte.',
  serviceLoginsWindow: 'Fenêtre de la limite précédente.',
  receipt: 'Temps pendant lequel le reçu d’un changement peut être lu.',
  sealedPassword:
    'Temps pendant lequel un mot de passe scellé est gardé au plus, jusqu’à ce que son écriture ou sa livraison soit réglée.',
  departedKept:
    'Ce qui est gardé d’une personne est effacé une fois que son entrée a quitté l’annuaire depuis ce temps.',
  purgeJourneys: 'Les démarches terminées et les écritures réglées sont supprimées après ce temps.',
  purgeCounters:
    'Les mauvaises réponses au joker sont supprimées après ce temps ; les autres compteurs avec leur fenêtre.',
  purgeSuspensions:
    'Le nombre des suspensions d’une question est supprimé ce temps après sa dernière réponse.',
  purgeMails: 'Les mails envoyés ou abandonnés sont supprimés après ce temps.',
  purgeDetails:
    'Les détails personnels du journal d’audit sont effacés après ce temps, et les événements antérieurs à une preuve sont supprimés ; le reste se vérifie toujours.',
}
