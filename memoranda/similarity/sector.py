"""The default thesaurus: how the sector of integration in French-speaking Belgium names the same things.

Acronyms and their long forms, then words that stand for each other in demands. It is a beginning that the
network edits; `THESAURUS` alone is used, through `Thesaurus`.
"""

from memoranda.similarity.thesaurus import Thesaurus

_GROUPS = """
revenu d’intégration, revenu d’intégration sociale, RI, RIS;
CPAS, centre public d’action sociale, centre public;
français langue étrangère, FLE, cours de langue, apprentissage du français, apprendre le français,
  cours de FLE, cours de français langue étrangère, cours de français,
  français pour adultes;
alphabétisation, alpha, apprendre à lire et à écrire, lecture et écriture, savoir lire et écrire, lire et
  écrire;
illettrisme, analphabétisme, analphabète, illettré, difficultés de lecture, difficultés à lire, ne pas
  savoir lire, maîtriser l’écrit, difficulté avec l’écrit;
primo-arrivant, personne nouvellement arrivée, nouvel arrivant, nouveau arrivant, nouveau venu, nouvel
  habitant, venir d’arriver, vient d’arriver, dès l’arrivée;
MENA, mineur étranger non accompagné, mineur non accompagné;
initiative locale d’intégration, ILI;
initiative locale d’accueil, ILA;
centre régional d’intégration, CRI;
bureau d’accueil, BAPA, bureau d’accueil pour primo-arrivants;
parcours d’intégration, parcours d’accueil, dispositif d’accueil;
AMIF, FAMI, fonds asile migration et intégration;
plan local d’intégration, PLI;
plan de cohésion sociale, PCS;
promotion de la citoyenneté et de l’interculturalité, PCI;
aide médicale urgente, AMU;
déclaration de politique régionale, DPR, accord de gouvernement, programme de gouvernement, déclaration
  gouvernementale, accord de majorité;
fédération Wallonie-Bruxelles, FWB, communauté française;
intelligence artificielle, IA, algorithme, machine, système automatisé, décision automatisée;
insertion socioprofessionnelle, ISP;
centre d’insertion socioprofessionnelle, CISP;
association sans but lucratif, ASBL, association, associatif, société civile, acteur de terrain,
  organisation de terrain;
organisation non gouvernementale, ONG;
union européenne, UE, Europe, européen;
demandeur d’asile, demandeur de protection internationale, DPI, candidat réfugié;
réfugié, bénéficiaire de la protection internationale, réfugié reconnu;
personne étrangère, étranger, personne d’origine étrangère, migrant, personne migrante, immigré, exilé;
droit des étrangers, droit de la migration;
sans-papiers, personne en séjour irrégulier, personne sans titre de séjour, séjour irrégulier, séjour
  illégal, sans séjour légal;
titre de séjour, permis de séjour, papiers, droit de séjour, carte de séjour, autorisation de séjour;
Office des étrangers, OE;
regroupement familial, réunification familiale;
ambassade, poste diplomatique, consulat;
gens du voyage, familles itinérantes, voyageurs itinérants;
équivalence de diplôme, reconnaissance des diplômes, diplôme reconnu, diplôme étranger, reconnaissance des
  études, études à l’étranger, faire reconnaître son diplôme;
validation des compétences, reconnaissance des compétences, valorisation des acquis, valider les
  compétences, reconnaître les compétences, compétences reconnues, savoir-faire;
interprétariat social, interprète en milieu social, interprète, interprétation sociale;
traduire, traduit, traduction, multilingue, plurilingue;
interculturalité, interculturel, diversité culturelle;
langage clair, termes simples, facile à lire, mots simples, langage simple, compréhensible;
première ligne, guichet;
personnel, agent, fonctionnaire, équipe;
assistant social, travailleur social;
demandeur d’emploi, chômeur, sans emploi, cherche un emploi, chômage, chercheur d’emploi,
  en recherche d’emploi;
employeur, entreprise, patron;
emploi, travail, lieu de travail, boulot;
marché public, commande publique, cahier des charges, appel d’offres;
discrimination, discriminer, inégalité de traitement, discriminatoire, en raison de l’origine;
racisme, antiracisme, raciste, antiraciste;
numérique, digital, en ligne, internet, électronique, informatique;
subside, subvention, dotation, financement, financer, budget, moyens, investissement, investir, argent,
  enveloppe, fonds publics;
structurel, durable, pérenne, permanent, stable, stabilité, pérenniser, à long terme;
coût, frais, surcoût, prix;
gratuit, gratuité, sans frais;
commune, communal, ville, municipalité, municipal, pouvoir local, autorité locale, local, bourgmestre,
  échevin, collège communal, conseil communal, administration communale, élu local;
fédéral, État, État fédéral, gouvernement fédéral;
wallon, Wallonie, Région wallonne, gouvernement wallon;
bruxellois, Bruxelles, Région bruxelloise, capitale;
loi, légal, législation, légiférer, légalement, décret, ordonnance;
enfant, mineur;
détenir, détention, enfermer, enfermement, rétention, centre fermé;
logement, habitation, habitat, toit, hébergement;
logement public, logement social, parc public, habitation sociale;
logement vide, logement inoccupé, bâtiment vide, immeuble vide, logement inhabité, immeuble inhabité,
  inoccupé, inhabité;
garantie locative, caution;
construire, construction, bâtir;
embaucher, embauche, recruter, recrutement, engager;
attestation, certificat, preuve;
retard, tardif, tard, dans les délais, dans les temps, à temps;
réseau social, lien social, entourage, ami, connaissances, relations sociales;
isolement, isolé, solitude, repli, se replier, se renfermer, seul;
confiance en soi, estime de soi, perte de confiance, oser;
héberger, hébergeur, aidant, citoyen solidaire;
besoins de base, besoins essentiels, besoins primaires, première nécessité;
société d’accueil, population locale, société belge;
commission, jury, comité;
santé, soins, médical;
aide sociale, action sociale;
allocation, prestation sociale;
pauvreté, précarité, pauvre;
délai, durée, attendre, patienter, attente;
simplification administrative, simplifier l’administration, lourdeur administrative, paperasse,
  charge administrative, formalité, bureaucratie,
  paperasserie, formulaire, rapport;
formation, cours, apprentissage, apprendre, se former;
contrainte, obstacle, barrière, frein, condition d’accès, entrave;
statistique, chiffres, donnée;
organe, instance, autorité, organisme;
contrôler, contrôle, surveiller, vérifier;
usager, bénéficiaire;
automatique, automatiser, automatiquement, automatisation, d’office;
individualiser, individuel;
vivre ensemble, cohésion sociale;
petite enfance, crèche, garderie, garde d’enfants;
violence conjugale, violence intrafamiliale;
transport en commun, transport public, bus, TEC;
nationalité, naturalisation;
témoignage, parole des personnes;
volontaire, bénévole;
vite, rapide, rapidement, sans tarder, au plus tôt, rapidité, promptement;
transparent, transparence, connu de tous, rendre public, lisible, opaque, flou, opacité, obscur;
rembourser, remboursement, prise en charge, prendre en charge, couvrir, compenser, à charge de;
recenser, recensement, inventaire, inventorier, cadastre, dénombrer, répertorier, dresser la liste,
  état des lieux, compter, combien;
réquisition, réquisitionner, réquisitionnable;
expulsion, expulser, mettre à la rue, mise à la rue, déloger, jeter à la rue, perdre son logement;
critère, règle, balise;
clause, clausier;
juge, magistrat, magistrature, judiciaire;
avocat, barreau, juriste;
caravane, roulotte, habitat mobile, habitation mobile;
aire d’accueil, terrain d’accueil, emplacement, terrain, aire;
en présentiel, accès physique, en personne, face à face, être humain, de vive voix, contact humain,
  humain;
courrier, lettre, notification;
document, dépliant, brochure, imprimé, folder;
langue comprise, langue qu’elle comprend, langue qu’il comprend, langue maternelle, langue d’origine,
  sa langue, leur langue;
non-recours, renoncer à ses droits, droits non ouverts;
cohabitant, cohabitation, statut de cohabitant, taux cohabitant, colocataire, vivre sous le même toit,
  partager un toit;
seuil de pauvreté, vie digne, vivre dignement, conforme à la dignité humaine, dignité humaine, joindre les
  deux bouts, fin du mois;
indexer, indexation, index, inflation, coût de la vie, suivre les prix;
autonomie, autonome, indépendance, indépendant, libre de ses choix;
fusion, fusionner, synergie, absorber, mise en commun, rapprochement, regrouper;
conférence interministérielle, CIM, réunir les ministres, ministres compétents;
entités fédérées, Régions et Communautés, Communautés et Régions;
coordonner, coordination, articuler, mise en réseau, travailler de concert, se parler;
prioritaire, priorité, placer au cœur, au premier plan, mettre au centre, au cœur;
transversal, toutes les compétences, tous les ministres, tous les domaines;
prévenir, prévention, préventif, plan de prévention;
sensibiliser, sensibilisation, faire prendre conscience, conscientiser, ouvrir les yeux;
repérer, détecter, déceler, identifier;
régularisation, régulariser, régularisé, obtenir des papiers, 9bis, 9ter;
circonstances exceptionnelles, situation exceptionnelle, cas exceptionnel;
visa, laissez-passer, autorisation d’entrée;
sortant, quitter un centre, sortie de centre, sortir du centre, quitter le centre, sortir de centre;
relocalisation, relocaliser, réinstallation, réinstaller, faire venir;
tutelle, tuteur, tutrice;
juridique, droit, juridiquement;
parent, père, mère, maman, papa;
conjoint, époux, épouse, mari, compagnon;
proche, les siens, leurs proches, famille, familial, ménage, foyer;
propriétaire, propriété, acquisition, acquérir, acheter, achat, accession à la propriété, devenir
  propriétaire;
prêt, crédit, emprunt, emprunter, prêt hypothécaire;
locataire, louer, location, locatif, bailleur, bail;
sans-abri, sans abri, dormir dehors, sans chez-soi, vivre à la rue;
garde-fou, encadrer, encadrement, réguler, régulation;
rejoindre, adhérer, adhésion, devenir membre, s’affilier;
besoin spécifique, sur mesure, adapté, adapter, cibler, ciblage;
travailleur, salarié, ouvrier;
égalité, égal, égalitaire, même manière, sur un pied d’égalité, à égalité;
émancipation, émancipateur, émanciper, prendre sa place, autonomiser;
efficacité, efficace, résultat, utile, porter ses fruits;
malade, maladie, se soigner, soigner, médecin;
renouveler, renouvellement, prolonger, prolongation, reconduire, durée de validité, validité;
écouter, entendre, consulter, consultation, concertation, donner son avis, demander l’avis, avis,
  dialogue, autour de la table, avoir voix au chapitre;
en amont, préalable, au préalable, avant toute décision, préalablement;
mission, tâche, travail de base, cœur de métier;
gestion, gérer, gestionnaire, diriger, direction, management, professionnalisation;
"""

_FIELDS = """
séjour, visa, papiers, titre de séjour, permis de séjour, régularisation, sans-papiers, séjour irrégulier,
  Office des étrangers, humanitaire, circonstances exceptionnelles, éloignement, rapatriement, ordre de
  quitter le territoire, nationalité, migration, migratoire, droit des étrangers, loi de 1980, code de la
  migration, clandestin, migrant, étranger;
asile, réfugié, exil, exilé, protection internationale, protection subsidiaire, Fedasil, centre d’accueil,
  ILA, initiative locale d’accueil, Dublin, relocalisation, réinstallation, statut reconnu, structure
  d’accueil, guerre, persécution, fuir, sortant, quitter, relocaliser, réinstaller, place d’accueil;
regroupement familial, famille, proche, conjoint, époux, parent, ménage, réunification, familial, couple,
  foyer, regroupement;
centre fermé, détention, détenir, enfermer, enfermement, privation de liberté, prison, rétention;
enfant, mineur, jeune, MENA, tuteur, élève, école, crèche, jeunesse, scolaire, adolescent, mineur seul,
  garderie, enseignant;
français, FLE, langue, traduire, traduit, traduction, interprète, interprétariat, malentendu, comprendre,
  multilingue, néerlandais, linguistique, parler, vocabulaire, table de conversation;
alphabétisation, alpha, lire, écrire, lecture, écriture, illettrisme, illettré, analphabétisme, analphabète;
logement, habitation, habitat, toit, loger, loyer, bail, locataire, locatif, propriétaire, propriété,
  garantie locative, caution, immeuble, immobilier, bâtiment, maison, appartement, réquisition, inoccupé,
  inhabité, sans-abri, dormir dehors, mettre à la rue, expulsion, acquisition, acheter, hypothécaire, parc
  public, insalubre, héberger, hébergement, sortant;
santé, soins, soigner, médical, médecin, hôpital, mutuelle, malade, maladie, aide médicale urgente, AMU,
  maison médicale, patient, carte médicale, santé mentale, psychologue, durée de validité;
revenu, revenu d’intégration, RI, RIS, allocation, allocataire, aide financière, pauvreté, pauvre,
  précarité, cohabitant, ménage, argent, salaire, individualiser, individuel, droits sociaux, sécurité
  sociale, prestation, chômage, dette, niveau de vie, seuil de pauvreté, statut de cohabitant, taux;
CPAS, centre public, aide sociale, action sociale, assistant social, travailleur social, service social,
  centre de service social, conseil de l’action sociale;
emploi, travail, chômeur, demandeur d’emploi, employeur, entreprise, embauche, recruter, Forem, métier,
  salarié, travailleur, insertion professionnelle, licenciement, carrière, profession;
formation, cours, apprendre, apprentissage, stage, former, compétences, enseigner, se former, groupe,
  formateur, pédagogique;
diplôme, équivalence, études, université, qualification, étudiant, haute école, pays d’origine,
  reconnaissance des diplômes, compétences, savoir-faire, expérience, acquis, métier, études à l’étranger,
  reconnaissance des études;
discrimination, racisme, antiracisme, antiraciste, racial, égalité, inégalité, origine, handicap,
  stéréotype, préjugé, haine, Unia, même manière, islamophobie, antisémitisme, exclusion, diversité,
  coalition, ECCAR;
marché public, clause, cahier des charges, commande publique, commande, adjudication, attribuer, acheter,
  achat, fournisseur;
numérique, tout-numérique, en ligne, internet, ordinateur, fracture numérique, accès physique, électronique,
  être humain, digital, écran;
intelligence artificielle, IA, algorithme, automatisé, robot, données personnelles;
guichet, service public, première ligne, bureau, accueillir, accueil, personnel, agent, fonctionnaire,
  employé, équipe, intérêt général;
administration, administratif, formulaire, démarche, paperasse, bureaucratie, courrier, dossier, rapport,
  contrôle, formalité, simplification, document, dépliant, brochure, imprimé;
subside, subvention, dotation, indexer, indexation, structurel, pérenne, pérenniser, appel à projets,
  budget, moyens, financer, financement, refinancer, fonds, coût de la vie, investir, investissement,
  dépenses, rembourser, remboursement, prendre en charge, couvrir, payer, verser, euro, coût;
association, ASBL, associatif, bénévole, volontaire, non-marchand, usager, secteur social, gestion, gérer,
  diriger, professionnalisation;
concertation, consultation, consulter, en amont, préalable, entendre, impact, analyse d’impact, autour de la
  table, dialogue, toucher, avis, écouter, proposition, mission, touchant;
coordination, coordonner, conférence, interministériel, ministre, entités fédérées, Régions et Communautés,
  organe commun, réunir, travailler ensemble, niveau de pouvoir, opérateur, organisme, mécanisme, réseau;
loi, légal, légiférer, législation, législateur, code, règlement;
juge, magistrat, avocat, recours, tribunal, juridique, justice, juriste, personne morale, commission,
  collège, trancher, indépendant, motif;
autonomie, autonome, indépendance, synergie, fusion, mise en commun, distinct, mutualiser, personne morale;
interculturalité, interculturel, diversité, culture, culturel, vivre ensemble, dialogue interculturel;
Roms, gens du voyage, caravane, itinérant, terrain, emplacement;
statistique, chiffres, donnée, enquête, mesurer, combien, nombre, recenser, recensement, inventaire, étude,
  dénombrer;
évaluation, évaluer, efficacité, effet, résultat, mesurer, impact, analyse, vérifier, émancipation,
  émancipateur, émanciper, effet;
décision, motif, motiver, expliquer, explication, transparent, transparence, opaque, critère, règle,
  compréhensible, publier, connu de tous, refus, accorder, octroyer;
délai, durée, attente, attendre, patienter, retard, tardif, tard, à temps, rapide,
  rapidement, trimestre, validité, renouveler, prolonger;
gouvernement wallon, déclaration de politique régionale, DPR, accord de gouvernement, législature,
  priorité, transversal,
  compétence, programme de gouvernement;
Union européenne, Europe, européen, frontière, Schengen, international, ambassade, consulat, poste
  diplomatique;
primo-arrivant, nouvel arrivant, nouveau venu, nouvel habitant, arriver, arrivée, personne
  nouvellement arrivée, parcours d’intégration,
  parcours d’accueil, dispositif d’accueil, BAPA, bureau d’accueil, s’installer, intégration;
citoyenneté, vote, participation, électeur, conseil consultatif, élection, citoyen, nationalité, devenir
  belge, preuve d’intégration, attestation, parcours citoyen;
isolement, isolé, solitude, seul, réseau social, lien social, entourage, ami, voisin, rencontre, repli, se
  replier, se renfermer, confiance, estime de soi, découragement;
transit, passage, héberger, hébergeur, aidant, solidarité, solidaire, besoins de base, première nécessité,
  manger, repas, hygiène, douche;
société d’accueil, population, habitants, mentalités, ouverture, vivre ensemble;
transport, bus, train, TEC, SNCB, mobilité, permis de conduire, route;
femme, violence conjugale, violence intrafamiliale, genre, égalité des sexes;
sport, loisirs, bibliothèque, musée, fête;
obstacle, contrainte, barrière, frein, condition d’accès, entrave, condition, exclure;
prévention, prévenir, sensibiliser, sensibilisation, plan de prévention, campagne;
surveiller, surveillance, contrôler, contrôle, encadrer, organe, instance, autorité, garde-fou;
"""


def _terms(text: str) -> tuple[tuple[str, ...], ...]:
    """Return rows of terms: a semicolon ends a row, a comma parts its terms."""
    rows = (row.split(",") for row in text.split(";") if row.strip())
    return tuple(tuple(" ".join(term.split()) for term in row) for row in rows)


THESAURUS = Thesaurus(groups=_terms(_GROUPS), fields=_terms(_FIELDS))
